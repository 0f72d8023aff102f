//! A sound begun outside the call's own audio: a recording, a sample, a notice.

use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlAudioElement;

/// Plays what `element` holds. A browser that wants a click first refuses, and the promise that says so has to be
/// awaited, or the page reports an error nobody handled; the element itself shows at the next tick that it stands still.
pub fn start(element: &HtmlAudioElement) {
    if let Ok(started) = element.play() {
        spawn_local(async move { drop(JsFuture::from(started).await) });
    }
}
