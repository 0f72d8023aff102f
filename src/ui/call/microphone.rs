//! The microphone's trouble at a desk that is in no call, and what helps: said before anybody is kept waiting by it.

use leptos::prelude::*;

use crate::client::desk_store::DeskStore;
use crate::client::media_state::{MicrophoneChoice, MicrophoneState};
use crate::ui::kit::button::Button;
use crate::ui::kit::notice::Notice;

/// What is wrong with the microphone, unless another tab has it. It stays while the microphone is asked for once more, so
/// that nothing jumps.
pub fn trouble(store: DeskStore) -> Memo<Option<MicrophoneState>> {
    let state = store.media().state;
    Memo::new(move |before: Option<&Option<MicrophoneState>>| match state.microphone.get() {
        _ if state.elsewhere.get() => None,
        MicrophoneState::Asking => before.copied().flatten(),
        now => now.is_trouble().then_some(now),
    })
}

/// The trouble in words, with another try, another microphone, or none at all.
#[component]
pub fn MicrophoneTrouble() -> impl IntoView {
    let store = DeskStore::expect();
    let trouble = trouble(store);
    move || {
        let words = trouble.get()?.words();
        Some(view! {
            <Notice tone="danger" icon="mic-off">
                <p role="alert">{words}</p>
                <Remedies />
            </Notice>
        })
    }
}

#[component]
fn Remedies() -> impl IntoView {
    let store = DeskStore::expect();
    let state = store.media().state;
    let try_again = Callback::new(move |()| store.media().try_again());
    let speak_for_me = Callback::new(move |()| store.choose_microphone(MicrophoneChoice::TestVoice));
    view! {
        <Button
            label="Try again"
            class="small"
            on_click=try_again
            busy=Signal::derive(move || state.microphone.get() == MicrophoneState::Asking)
        />
        <button type="button" class="small" popovertarget="my-settings">
            "Choose a microphone"
        </button>
        <Button label="Use the test voice" class="small" on_click=speak_for_me />
    }
}
