//! The first page's checks for the server's build, where there is nothing to try out.

use super::media_state::MicrophoneState;

/// See `home_checks.rs`.
pub async fn check_microphone() -> MicrophoneState {
    MicrophoneState::NotAsked
}

/// See `home_checks.rs`.
pub async fn check_sound() -> bool {
    false
}
