//! What the first page tries out in the browser.

use js_sys::{Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlAudioElement, MediaStream, MediaStreamConstraints, MediaStreamTrack};

use super::media_state::MicrophoneState;

const CHIME: &str = "/audio/chime.ogg";

/// Opens a microphone and closes it again. It asks the browser itself, so that this page need not load LiveKit's SDK.
pub async fn check_microphone() -> MicrophoneState {
    match open_microphone().await {
        Ok(stream) => {
            for track in stream.get_tracks() {
                track.unchecked_into::<MediaStreamTrack>().stop();
            }
            MicrophoneState::Ok
        }
        Err(error) => in_words(&error),
    }
}

async fn open_microphone() -> Result<MediaStream, JsValue> {
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    if !window.is_secure_context() {
        let refusal = js_sys::Error::new("microphones need a secure page");
        refusal.set_name("SecurityError");
        return Err(refusal.into());
    }
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio(&JsValue::TRUE);
    let asked = window.navigator().media_devices()?.get_user_media_with_constraints(&constraints)?;
    Ok(JsFuture::from(asked).await?.unchecked_into())
}

fn in_words(error: &JsValue) -> MicrophoneState {
    let name = Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string());
    match name.as_deref() {
        Some("NotAllowedError") => MicrophoneState::Denied,
        Some("NotFoundError" | "OverconstrainedError") => MicrophoneState::Missing,
        Some("NotReadableError" | "AbortError") => MicrophoneState::InUse,
        Some("SecurityError") => MicrophoneState::Insecure,
        _ => MicrophoneState::Failed,
    }
}

/// Plays a short sound. Says whether the browser does.
pub async fn check_sound() -> bool {
    let Ok(chime) = HtmlAudioElement::new_with_src(CHIME) else { return false };
    match chime.play() {
        Ok(playing) => JsFuture::from(playing.unchecked_into::<Promise>()).await.is_ok(),
        Err(_) => false,
    }
}
