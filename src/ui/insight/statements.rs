//! Intent, key points, things to do and what might be said.

use baton_domain::briefing::{Section, Statement};
use baton_domain::ids::CallId;
use baton_domain::insight::{ActionItem, SuggestedReply};
use leptos::prelude::*;

use crate::client::desk_commands::Pending;
use crate::client::desk_store::DeskStore;
use crate::ui::kit::icon::Icon;
use crate::ui::transcript::briefing_text::citations;

/// A heading and what is known under it.
pub fn section(title: &'static str, section: &Section, unknown: &'static str) -> impl IntoView + use<> {
    let said = if section.is_unknown() {
        view! { <p class="unknown">{unknown}</p> }.into_any()
    } else {
        let rows = section.statements().iter().map(|said| {
            view! { <li>{said.text().to_owned()} {citations(said.citations())}</li> }
        });
        view! { <ul>{rows.collect_view()}</ul> }.into_any()
    };
    view! {
        <h3>{title}</h3>
        {said}
    }
}

/// What is to be done, to tick off. A row stays while the analysis around it is written anew, or a click on it could be lost.
#[component]
pub fn Actions(call: CallId, items: Memo<Vec<ActionItem>>) -> impl IntoView {
    let key = |row: &ActionItem| (row.item.text().to_owned(), row.item.citations().to_vec());
    view! {
        <h3>"To do"</h3>
        <Show
            when=move || !items.read().is_empty()
            fallback=|| view! { <p class="unknown">"Nothing was promised or left open yet."</p> }
        >
            <ul class="ticks">
                <For each=move || items.get() key let(row)>
                    <Action call item=row.item items />
                </For>
            </ul>
        </Show>
    }
}

#[component]
fn Action(call: CallId, item: Statement, items: Memo<Vec<ActionItem>>) -> impl IntoView {
    let store = DeskStore::expect();
    let text = item.text().to_owned();
    let pending = Pending::Tick(text.clone());
    let done = {
        let text = text.clone();
        Memo::new(move |_| items.with(|items| items.iter().find(|row| row.item.text() == text)?.done.clone()))
    };
    let tick = {
        let text = text.clone();
        move |event| store.tick(call, text.clone(), event_target_checked(&event))
    };
    // As it was clicked until the answer comes, and then as it is: a tick that was refused goes again.
    let is_ticked = {
        let pending = pending.clone();
        move || store.is_pending(&pending) != done.read().is_some()
    };
    view! {
        <li data-done=move || done.read().is_some().then_some("")>
            <label>
                <input
                    type="checkbox"
                    prop:checked=is_ticked
                    disabled=move || store.is_pending(&pending)
                    on:change=tick
                />
                <span>{text}</span>
            </label>
            {citations(item.citations())}
            {move || done.get().map(|by| view! { <span class="by">{format!("done, {}", store.name_now(&by))}</span> })}
        </li>
    }
}

/// What might be said next; a click copies it.
pub fn replies(store: DeskStore, replies: Vec<SuggestedReply>) -> impl IntoView {
    if replies.is_empty() {
        return view! {
            <h3>"You could say"</h3>
            <p class="unknown">"No suggestion just now."</p>
        }
        .into_any();
    }
    let rows = replies.into_iter().map(|reply| {
        let words = reply.words.text().to_owned();
        let copy = {
            let words = words.clone();
            move |_| store.copy_reply(&words)
        };
        let label = format!("Copy: {words}");
        view! {
            <li>
                <button type="button" class="reply" aria-label=label on:click=copy>
                    <span class="why">{reply.why.label()}</span>
                    <span>{words}</span>
                    <Icon name="copy" />
                </button>
                {citations(reply.words.citations())}
            </li>
        }
    });
    view! {
        <h3>"You could say"</h3>
        <ul class="replies">{rows.collect_view()}</ul>
    }
    .into_any()
}
