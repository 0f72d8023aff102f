//! What the browser keeps for a person: per tab what they are doing, per browser what they like.

use web_sys::Storage;

use crate::client::media_state::MicrophoneChoice;

const MICROPHONE: &str = "baton-microphone";
const MUTED: &str = "baton-muted";
const SPEAKER: &str = "baton-speaker";

/// The choice made in this tab, which a reload goes on with.
pub fn choice_of_this_tab() -> Option<MicrophoneChoice> {
    read(&tab()?, MICROPHONE).map(|value| MicrophoneChoice::from_value(&value))
}

/// The choice made last in this browser, to begin with.
pub fn last_choice() -> Option<MicrophoneChoice> {
    read(&browser()?, MICROPHONE).map(|value| MicrophoneChoice::from_value(&value))
}

/// Keeps a choice for this tab, and as the first suggestion for the next. To listen only is nothing to suggest.
pub fn keep_choice(choice: &MicrophoneChoice) {
    write(tab().as_ref(), MICROPHONE, &choice.as_value());
    if *choice != MicrophoneChoice::Without {
        write(browser().as_ref(), MICROPHONE, &choice.as_value());
    }
}

/// Forgets the choice of this tab.
pub fn forget_choice() {
    if let Some(storage) = tab() {
        // Whatever cannot be removed was not kept either.
        let _ = storage.remove_item(MICROPHONE);
    }
}

/// Whether the person muted themselves in this tab.
pub fn is_muted() -> bool {
    tab().and_then(|storage| read(&storage, MUTED)).is_some_and(|value| value == "yes")
}

/// Keeps whether the person muted themselves.
pub fn keep_muted(muted: bool) {
    write(tab().as_ref(), MUTED, if muted { "yes" } else { "no" });
}

/// The loudspeaker chosen last; empty is the system's default.
pub fn speaker() -> String {
    browser().and_then(|storage| read(&storage, SPEAKER)).unwrap_or_default()
}

/// Keeps the loudspeaker.
pub fn keep_speaker(device_id: &str) {
    write(browser().as_ref(), SPEAKER, device_id);
}

fn tab() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

fn browser() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn read(storage: &Storage, key: &str) -> Option<String> {
    storage.get_item(key).ok()?
}

/// Where a browser keeps nothing (private windows, full disks), the page works all the same.
fn write(storage: Option<&Storage>, key: &str, value: &str) {
    if let Some(storage) = storage {
        let _ = storage.set_item(key, value);
    }
}
