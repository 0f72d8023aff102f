//! What an agent is, and what they choose to be.

use baton_domain::agent::PresenceChoice;
use leptos::prelude::*;

use crate::client::desk_store::DeskStore;

/// The radio group "Presence". What was asked for and not answered yet is shown as on its way.
#[component]
pub fn PresenceChoices() -> impl IntoView {
    let store = DeskStore::expect();
    let myself = store.myself();
    let pill = move || {
        myself.get().map(|me| {
            view! {
                <output class="pill" data-state=me.presence.name() aria-label="You are">
                    {me.presence.label()}
                </output>
            }
        })
    };
    view! {
        <div class="presence">
            {pill} <fieldset class="segmented" role="radiogroup" disabled=move || myself.read().is_none()>
                <legend class="visually-hidden">"Presence"</legend>
                {PresenceChoice::ALL.map(|choice| view! { <Choice choice /> }).collect_view()}
            </fieldset>
        </div>
    }
}

#[component]
fn Choice(choice: PresenceChoice) -> impl IntoView {
    let store = DeskStore::expect();
    let myself = store.myself();
    let is_pending = move || store.pending_presence() == Some(choice);
    let is_checked = move || {
        let chosen = store.pending_presence().or_else(|| myself.get().map(|me| me.agent.choice));
        chosen == Some(choice)
    };
    let choose = move |_| {
        if choice == PresenceChoice::Available {
            store.begin();
        }
        store.choose_presence(choice);
    };
    view! {
        <label>
            <input
                type="radio"
                name="presence"
                value=choice.label()
                prop:checked=is_checked
                aria-busy=move || is_pending().then_some("true")
                on:change=choose
            />
            {choice.label()}
        </label>
    }
}
