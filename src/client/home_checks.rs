//! What the first page tries out in the browser.

use js_sys::Promise;
use livekit_web::devices::{AudioProcessing, MediaError, request_microphone};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlAudioElement;

use super::media_state::MicrophoneState;

const CHIME: &str = "/audio/chime.ogg";

/// Opens a microphone and closes it again.
pub async fn check_microphone() -> MicrophoneState {
    match request_microphone(None, AudioProcessing::default()).await {
        Ok(_) => MicrophoneState::Ok,
        Err(MediaError::Denied) => MicrophoneState::Denied,
        Err(MediaError::NotFound) => MicrophoneState::Missing,
        Err(MediaError::InUse) => MicrophoneState::InUse,
        Err(MediaError::InsecureContext) => MicrophoneState::Insecure,
        Err(_) => MicrophoneState::Failed,
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
