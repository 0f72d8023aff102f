//! Microphone and speaker: in a call beside its buttons, at any time among the settings.

use leptos::prelude::*;

use crate::client::desk_store::DeskStore;
use crate::client::media_state::MicrophoneChoice;
use crate::ui::devices::{microphones, speakers};
use crate::ui::kit::icon::Icon;
use crate::ui::kit::meter::LevelMeter;
use crate::ui::kit::select::Select;

/// A button that opens the choice of microphone and speaker.
#[component]
pub fn DevicesMenu() -> impl IntoView {
    let media = DeskStore::expect().media();
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
            <DeviceChoices microphone_id="desk-microphone" speaker_id="desk-speaker" />
        </div>
    }
}

/// The choices themselves.
#[component]
pub fn DeviceChoices(
    /// Unique in the page.
    microphone_id: &'static str,
    /// The same.
    speaker_id: &'static str,
) -> impl IntoView {
    let store = DeskStore::expect();
    let media = store.media();
    let state = media.state;
    let microphones = Signal::derive(move || microphones(&state.devices.read().microphones, true));
    let speakers = Signal::derive(move || speakers(&state.devices.read().speakers));
    let choose_microphone =
        Callback::new(move |value: String| store.choose_microphone(MicrophoneChoice::from_value(&value)));
    let choose_speaker = Callback::new(move |value: String| media.choose_speaker(&value));
    view! {
        <Select
            label="Microphone"
            id=microphone_id
            choices=microphones
            chosen=Signal::derive(move || state.choice.get().as_value())
            on_choose=choose_microphone
        />
        <LevelMeter label="Microphone level" level=state.own_level />
        <Select label="Speaker" id=speaker_id choices=speakers chosen=state.speaker on_choose=choose_speaker />
    }
}
