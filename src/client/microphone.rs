//! Opens the microphone that somebody has chosen: for a call and for a dictation alike.

use livekit_web::devices::{AudioProcessing, MediaError, Microphone, request_microphone};

/// Opens a device; `None` is the system's default.
pub async fn open_microphone(id: Option<&str>) -> Result<Microphone, MediaError> {
    let processing = AudioProcessing::default();
    match request_microphone(id, processing).await {
        // The chosen one is not plugged in today: any is better than none.
        Err(MediaError::NotFound) if id.is_some() => request_microphone(None, processing).await,
        opened => opened,
    }
}
