//! Choosing a microphone and a loudspeaker.

use leptos::prelude::*;

use crate::client::media::Media;
use crate::client::media_state::MicrophoneChoice;
use crate::ui::devices::{microphones, speakers};
use crate::ui::kit::select::Select;

/// All microphones, the test voice, and, in a call, none at all.
#[component]
pub fn MicrophoneSelect(
    /// Whose.
    media: Media,
    /// Unique in the page.
    id: &'static str,
    /// Whether it opens at once what is chosen, as in a call.
    #[prop(optional)]
    at_once: bool,
) -> impl IntoView {
    let choice = media.state.choice;
    let choices = move || microphones(&media.state.devices.read().microphones, at_once);
    let choose = move |value: String| {
        let chosen = MicrophoneChoice::from_value(&value);
        if at_once {
            media.choose_microphone(chosen);
        } else {
            choice.set(chosen);
        }
    };
    view! {
        <Select
            label="Microphone"
            id
            choices=Signal::derive(choices)
            chosen=Signal::derive(move || choice.read().as_value())
            on_choose=choose
        />
    }
}

/// All loudspeakers. Where the browser lets nobody choose there is only the system's.
#[component]
pub fn SpeakerSelect(
    /// Whose.
    media: Media,
    /// Unique in the page.
    id: &'static str,
) -> impl IntoView {
    let choices = move || speakers(&media.state.devices.read().speakers);
    view! {
        <Select
            label="Speaker"
            id
            choices=Signal::derive(choices)
            chosen=media.state.speaker
            on_choose=move |device_id: String| media.choose_speaker(&device_id)
        />
    }
}
