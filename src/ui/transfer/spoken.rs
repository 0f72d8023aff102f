//! The briefing read aloud: the line about it on the target's screen, with its button.

use leptos::prelude::*;

use crate::client::desk_actions::Action;
use crate::client::desk_spoken::spoken;
use crate::client::desk_store::DeskStore;
use crate::ui::call::controls::ActionButton;

/// The line; nothing for whoever does not take over, and where nobody can read aloud.
#[component]
pub fn SpokenBriefing() -> impl IntoView {
    let store = DeskStore::expect();
    let chosen = store.select(spoken);
    let spoken = Memo::new(move |_| chosen.get().flatten());
    let text = move || spoken.get().map(|spoken| spoken.text);
    let action = Memo::new(move |_| spoken.get().and_then(|spoken| spoken.action));
    let shown = Signal::derive(move || action.get().unwrap_or(Action::SpeakBriefing));
    view! {
        <Show when=move || spoken.read().is_some()>
            <div class="spoken" data-state=move || spoken.get().map(|spoken| spoken.state)>
                <p role="status" aria-label="Spoken briefing">
                    {text}
                </p>
                <Show when=move || action.get().is_some()>
                    <ActionButton action=shown enabled=true class="small" />
                </Show>
            </div>
        </Show>
    }
}
