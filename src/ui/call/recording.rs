//! Whether the call is recorded, and the button that stops it for a while.

use leptos::prelude::*;

use super::controls::ActionButton;
use crate::client::desk_actions::Action;
use crate::client::desk_listening::listened;
use crate::client::desk_store::DeskStore;

/// The line about it in the call panel; nothing where the line neither transcribes nor records.
#[component]
pub fn RecordingLine() -> impl IntoView {
    let store = DeskStore::expect();
    let live = store.live_call();
    let listened = Memo::new(move |_| live.with(|call| call.as_ref().and_then(listened)));
    let text = move || listened.get().map(|listened| listened.text);
    let action = Memo::new(move |_| listened.get().and_then(|listened| listened.action));
    let shown = Signal::derive(move || action.get().unwrap_or(Action::PauseRecording));
    view! {
        <Show when=move || listened.read().is_some()>
            <div class="recording" data-state=move || listened.get().map(|listened| listened.state)>
                <p role="status" aria-label="Recording">{text}</p>
                <Show when=move || action.get().is_some()>
                    <ActionButton action=shown enabled=true class="quiet small" />
                </Show>
            </div>
        </Show>
    }
}
