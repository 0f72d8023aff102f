//! Choosing a microphone and a loudspeaker.

use leptos::prelude::*;

use crate::client::media::Media;
use crate::client::media_state::{DeviceName, MicrophoneChoice};
use crate::ui::kit::select::{Choice, Select};

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
    let choices = move || {
        let devices = media.state.devices.read();
        let mut choices = vec![known(&MicrophoneChoice::Device(None), "System default")];
        choices.extend(
            devices
                .microphones
                .iter()
                .map(|device| known(&MicrophoneChoice::Device(Some(device.id.clone())), &device.label)),
        );
        choices.push(known(&MicrophoneChoice::TestVoice, "Test voice (no microphone needed)"));
        if at_once {
            choices.push(known(&MicrophoneChoice::Without, "No microphone"));
        }
        choices
    };
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
    let choices = move || {
        let devices = media.state.devices.read();
        let speaker = |device: &DeviceName| Choice { value: device.id.clone(), label: device.label.clone() };
        let default = Choice { value: String::new(), label: "System default".to_owned() };
        std::iter::once(default).chain(devices.speakers.iter().map(speaker)).collect::<Vec<_>>()
    };
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

fn known(choice: &MicrophoneChoice, label: &str) -> Choice {
    Choice { value: choice.as_value(), label: label.to_owned() }
}
