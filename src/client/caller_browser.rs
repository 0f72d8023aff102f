//! Whether this browser can make a call, and what it keeps for a caller.

use baton_domain::ids::CallId;
use js_sys::Reflect;
use leptos::prelude::window;

use super::caller_trouble::BrowserTrouble;

const NAME: &str = "baton-name";
const CAPTIONS: &str = "baton-captions";
const LEFT: &str = "baton-left";
/// What a call needs; a browser too old for WebAssembly does not get as far as asking.
const NEEDED: [&str; 3] = ["RTCPeerConnection", "AudioContext", "WebSocket"];

/// Why no call can be made here, if so.
pub fn browser_trouble() -> Option<BrowserTrouble> {
    if !window().is_secure_context() {
        return Some(BrowserTrouble::Insecure);
    }
    let has = |name: &&str| Reflect::has(&window(), &(*name).into()).unwrap_or_default();
    (!NEEDED.iter().all(has)).then_some(BrowserTrouble::Unsupported)
}

/// The name this browser's caller gave last.
pub fn kept_name() -> Option<String> {
    window().local_storage().ok()??.get_item(NAME).ok()?
}

/// Keeps the caller's name; where nothing may be kept they type it again.
pub fn keep_name(name: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(NAME, name);
    }
}

/// Whether this browser's caller reads along.
pub fn kept_captions() -> bool {
    let kept = || window().local_storage().ok()??.get_item(CAPTIONS).ok()?;
    kept().is_some()
}

/// Keeps whether the caller reads along.
pub fn keep_captions(are_on: bool) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = if are_on { storage.set_item(CAPTIONS, "on") } else { storage.remove_item(CAPTIONS) };
    }
}

/// Keeps for this tab that its caller has left this call.
pub fn keep_left(call: CallId) {
    if let Ok(Some(storage)) = window().session_storage() {
        let _ = storage.set_item(LEFT, &call.to_string());
    }
}

/// Whether this tab's caller has left this call, whatever the server knows of it.
pub fn has_left(call: CallId) -> bool {
    let kept = || window().session_storage().ok()??.get_item(LEFT).ok()?;
    kept().is_some_and(|left| left == call.to_string())
}

/// Nobody guesses it: whoever has it is the caller. Pages that are not secure, where there is none, make no calls.
pub fn new_join_key() -> String {
    window().crypto().map(|crypto| crypto.random_uuid()).unwrap_or_default()
}

/// This page's address.
pub fn page_address() -> String {
    window().location().href().unwrap_or_default()
}

/// Puts a text on the clipboard.
pub fn copy(text: &str) {
    // A refusal changes nothing: the text stands on screen.
    drop(window().navigator().clipboard().write_text(text));
}

/// Loads the page again.
pub fn reload() {
    if let Err(error) = window().location().reload() {
        leptos::logging::warn!("the page did not reload: {error:?}");
    }
}
