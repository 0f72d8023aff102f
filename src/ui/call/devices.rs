//! Microphone and speaker.

use leptos::prelude::*;

use crate::client::desk_store::DeskStore;
use crate::client::media_state::{DeviceName, MicrophoneChoice};
use crate::ui::kit::icon::Icon;
use crate::ui::kit::meter::LevelMeter;
use crate::ui::kit::select::{Choice, Select};

/// A button that opens the choice of microphone and speaker.
#[component]
pub fn DevicesMenu() -> impl IntoView {
    let media = DeskStore::expect().media();
    let state = media.state;
    let microphones = Signal::derive(move || microphones(&state.devices.read().microphones));
    let speakers = Signal::derive(move || speakers(&state.devices.read().speakers));
    let choose_microphone =
        Callback::new(move |value: String| media.choose_microphone(MicrophoneChoice::from_value(&value)));
    let choose_speaker = Callback::new(move |value: String| media.choose_speaker(&value));
    view! {
        <button
            type="button"
            class="square"
            popovertarget="devices"
            aria-label="Devices"
            on:click=move |_| media.refresh_devices()
        >
            <Icon name="devices" />
        </button>
        <div popover="auto" id="devices" role="group" aria-label="Devices">
            <Select
                label="Microphone"
                id="desk-microphone"
                choices=microphones
                chosen=Signal::derive(move || state.choice.get().as_value())
                on_choose=choose_microphone
            />
            <LevelMeter label="Microphone level" level=state.own_level />
            <Select
                label="Speaker"
                id="desk-speaker"
                choices=speakers
                chosen=state.speaker
                on_choose=choose_speaker
            />
        </div>
    }
}

fn microphones(known: &[DeviceName]) -> Vec<Choice> {
    let choice = |choice: MicrophoneChoice, label: &str| Choice { value: choice.as_value(), label: label.to_owned() };
    let mut choices = vec![choice(MicrophoneChoice::Device(None), "System default")];
    choices.extend(
        known
            .iter()
            .filter(|device| device.id != "default")
            .map(|device| choice(MicrophoneChoice::Device(Some(device.id.clone())), &device.label)),
    );
    choices.push(choice(MicrophoneChoice::TestVoice, "Test voice (no microphone needed)"));
    choices.push(choice(MicrophoneChoice::Without, "No microphone: listen only"));
    choices
}

fn speakers(known: &[DeviceName]) -> Vec<Choice> {
    let default = Choice { value: String::new(), label: "System default".to_owned() };
    let others = known.iter().filter(|device| device.id != "default");
    std::iter::once(default)
        .chain(others.map(|device| Choice { value: device.id.clone(), label: device.label.clone() }))
        .collect()
}
