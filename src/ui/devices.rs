//! What there is to choose from: microphones and loudspeakers, for agents and callers alike.

use crate::client::media_state::{DeviceName, MicrophoneChoice};
use crate::ui::kit::select::Choice;

/// Chrome lists the system's choice once more as a device of this id.
const SYSTEM: &str = "default";
const SYSTEM_LABEL: &str = "System default";

/// All microphones, the test voice and, where somebody may do without, none.
pub fn microphones(known: &[DeviceName], may_do_without: bool) -> Vec<Choice> {
    let choice = |choice: &MicrophoneChoice, label: &str| Choice { value: choice.as_value(), label: label.to_owned() };
    let device = |device: &DeviceName| choice(&MicrophoneChoice::Device(Some(device.id.clone())), &device.label);
    let mut choices = vec![choice(&MicrophoneChoice::Device(None), SYSTEM_LABEL)];
    choices.extend(known.iter().filter(is_device).map(device));
    choices.push(choice(&MicrophoneChoice::TestVoice, "Test voice (no microphone needed)"));
    if may_do_without {
        choices.push(choice(&MicrophoneChoice::Without, "No microphone: listen only"));
    }
    choices
}

/// All loudspeakers. Where the browser lets nobody choose there is only the system's.
pub fn speakers(known: &[DeviceName]) -> Vec<Choice> {
    let choice = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
    let others = known.iter().filter(is_device).map(|device| choice(&device.id, &device.label));
    std::iter::once(choice("", SYSTEM_LABEL)).chain(others).collect()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "a filter asks with a reference to a reference")]
fn is_device(device: &&DeviceName) -> bool {
    device.id != SYSTEM
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(choices: &[Choice]) -> Vec<&str> {
        choices.iter().map(|choice| choice.label.as_str()).collect()
    }

    #[test]
    fn the_systems_choice_is_listed_once() {
        let known = [("default", "Default - Headset"), ("1", "Headset")]
            .map(|(id, label)| DeviceName { id: id.to_owned(), label: label.to_owned() });
        assert_eq!(labels(&speakers(&known)), ["System default", "Headset"]);
        let test_voice = "Test voice (no microphone needed)";
        assert_eq!(labels(&microphones(&known, false)), ["System default", "Headset", test_voice]);
        let all = ["System default", "Headset", test_voice, "No microphone: listen only"];
        assert_eq!(labels(&microphones(&known, true)), all);
    }
}
