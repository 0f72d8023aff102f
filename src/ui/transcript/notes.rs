//! What agents who had the call before left about it, for whoever has it now.

use baton_domain::ids::AgentId;
use baton_domain::wrap_up::FinishedWrapUp;
use leptos::prelude::*;

use super::briefing_text::paragraphs;
use crate::client::desk_store::DeskStore;

/// The notes of those before, if they left any.
#[component]
pub fn NotesOfOthers() -> impl IntoView {
    let store = DeskStore::expect();
    let call = store.shown();
    let left = Memo::new(move |_| call.with(|call| call.as_ref().map(|call| call.finished_wrap_ups.clone())));
    move || {
        let mut left = left.get().unwrap_or_default();
        left.retain(|finished| !finished.notes.trim().is_empty());
        (!left.is_empty()).then(|| {
            view! {
                <div class="body scroll notes" tabindex="0" role="group" aria-label="Notes of those before">
                    {left.into_iter().map(|finished| notes(store, finished)).collect_view()}
                </div>
            }
        })
    }
}

fn notes(store: DeskStore, finished: FinishedWrapUp) -> impl IntoView {
    let FinishedWrapUp { agent, disposition, notes, .. } = finished;
    view! {
        <div>
            <p class="by">
                <b>{move || heading(store, &agent)}</b>
                {disposition.map(|disposition| view! { <span class="tag">{disposition.label()}</span> })}
            </p>
            {paragraphs(&notes)}
        </div>
    }
}

fn heading(store: DeskStore, agent: &AgentId) -> String {
    if store.me.get_value() == *agent { "Your notes".to_owned() } else { format!("Notes of {}", store.name(agent)) }
}
