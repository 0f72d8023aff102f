//! The region "Briefing".

use baton_domain::briefing::{MAX_BRIEFING_TEXT_CHARS, PreparedBriefing};
use baton_domain::desk_event::{DeskCall, TransferBriefing};
use baton_domain::ids::{AgentId, CallId, TransferId};
use leptos::prelude::*;

use super::briefing_text::{briefing_text, edited_text, written_by};
use super::notes::NotesOfOthers;
use crate::client::desk_commands::Pending;
use crate::client::desk_store::DeskStore;
use crate::ui::kit::button::Button;

/// What the region shows of a call.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    call: CallId,
    current: TransferBriefing,
    earlier: Vec<TransferBriefing>,
    may_edit: bool,
}

fn shown(call: &DeskCall, me: &AgentId) -> Option<Shown> {
    let open = call.call.transfer();
    let wanted = open.map(|transfer| transfer.id);
    let at = call.briefings.iter().rposition(|known| wanted.is_none_or(|wanted| known.transfer == wanted))?;
    let may_edit = open.is_some_and(|transfer| transfer.transferring.agent == *me && !transfer.state.is_blind());
    Some(Shown {
        call: call.call.id,
        current: call.briefings[at].clone(),
        earlier: call.briefings[..at].to_vec(),
        may_edit,
    })
}

/// The region "Briefing".
#[component]
pub fn BriefingPanel() -> impl IntoView {
    let store = DeskStore::expect();
    let call = store.shown();
    let me = store.me.get_value();
    let shown = Memo::new(move |_| call.with(|call| call.as_ref().and_then(|call| shown(call, &me))));
    let editing = RwSignal::new(None::<TransferId>);
    let is_editing = move || shown.with(|shown| shown.as_ref().map(|shown| shown.current.transfer)) == editing.get();
    let is_editing = Memo::new(move |_| editing.read().is_some() && is_editing());
    let may_edit = move || shown.read().as_ref().is_some_and(|shown| shown.may_edit) && !is_editing.get();
    let edit = move |()| editing.set(shown.with_untracked(|shown| Some(shown.as_ref()?.current.transfer)));
    view! {
        <section class="panel briefing" aria-labelledby="briefing-h">
            <header>
                <h2 id="briefing-h">"Briefing"</h2>
                {move || shown.get().map(|shown| view! { <Origin briefing=shown.current.briefing /> })}
                <Show when=may_edit>
                    <Button label="Edit" icon="edit" class="quiet small push" on_click=Callback::new(edit) />
                </Show>
            </header>
            {move || {
                // What a model writes meanwhile must not take the words from under the agent's hands: untracked.
                let shown = if is_editing.get() { shown.get_untracked() } else { shown.get() };
                match shown {
                    None => {
                        view! { <div class="empty">"Written from the transcript when a transfer starts."</div> }.into_any()
                    }
                    Some(shown) if is_editing.get_untracked() => view! { <Editor shown editing /> }.into_any(),
                    Some(shown) => view! { <Reader shown /> }.into_any(),
                }
            }}
            <NotesOfOthers />
        </section>
    }
}

/// Who wrote it.
#[component]
fn Origin(briefing: PreparedBriefing) -> impl IntoView {
    let store = DeskStore::expect();
    match briefing.edit {
        Some(edit) => view! { <span class="tag">{format!("Edited by {}", store.name_now(&edit.by))}</span> }.into_any(),
        None => written_by(&briefing.generated.source).into_any(),
    }
}

#[component]
fn Reader(shown: Shown) -> impl IntoView {
    let Shown { current, earlier, .. } = shown;
    view! {
        <div class="body scroll" tabindex="0" role="group" aria-label="Briefing text">
            {match current.briefing.edit {
                Some(edit) => {
                    view! {
                        {edited_text(&edit)}
                        <details>
                            <summary>"As it was generated"</summary>
                            {briefing_text(&current.briefing.generated)}
                        </details>
                    }
                        .into_any()
                }
                None => briefing_text(&current.briefing.generated).into_any(),
            }}
            {earlier.into_iter().rev().map(|briefing| view! { <Earlier briefing /> }).collect_view()}
        </div>
    }
}

/// What an earlier transfer of the same call told.
#[component]
fn Earlier(briefing: TransferBriefing) -> impl IntoView {
    let PreparedBriefing { generated, edit } = briefing.briefing;
    view! {
        <details>
            <summary>"Earlier briefing"</summary>
            {match edit {
                Some(edit) => edited_text(&edit).into_any(),
                None => briefing_text(&generated).into_any(),
            }}
        </details>
    }
}

#[component]
fn Editor(shown: Shown, editing: RwSignal<Option<TransferId>>) -> impl IntoView {
    let store = DeskStore::expect();
    let text = RwSignal::new(shown.current.briefing.plain_text());
    let (call, transfer) = (shown.call, shown.current.transfer);
    let save = Callback::new(move |()| {
        store.edit_briefing(call, transfer, text.get_untracked(), move || editing.set(None));
    });
    view! {
        <div class="body scroll">
            <div class="field">
                <label for="briefing-edit">"Briefing in your words"</label>
                <textarea id="briefing-edit" maxlength=MAX_BRIEFING_TEXT_CHARS bind:value=text></textarea>
            </div>
            <div class="actions">
                <Button
                    label="Save briefing"
                    class="primary"
                    on_click=save
                    disabled=Signal::derive(move || text.read().trim().is_empty())
                    busy=Signal::derive(move || store.is_pending(&Pending::EditBriefing))
                />
                <Button
                    label="Discard changes"
                    class="quiet"
                    on_click=Callback::new(move |()| editing.set(None))
                />
            </div>
        </div>
    }
}
