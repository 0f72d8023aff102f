//! What an agent is told of their own browser's speech recognition.

use leptos::prelude::*;

use crate::client::desk_store::DeskStore;
use crate::client::speech_state::SpeechState;

/// A line about it under the heading; nothing where nobody asks for it.
#[component]
pub fn SpeechNote() -> impl IntoView {
    let state = DeskStore::expect().speech;
    let is_there = Memo::new(move |_| state.get() != SpeechState::Off);
    view! {
        <Show when=move || is_there.get()>
            <p class="speech-note" role="status" data-tone=move || state.get().is_trouble().then_some("hold")>
                {move || state.get().words()}
            </p>
        </Show>
    }
}
