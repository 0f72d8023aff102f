//! Listening to the recordings of a call.

use baton_domain::ids::CallId;
use baton_domain::recording::Recording;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::desk_client::DeskClient;
#[cfg(feature = "ssr")]
use super::door::{agent, answer};
use super::error::ApiError;

/// A recording, and the address at which this agent's browser gets its sound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlayableRecording {
    /// What it is.
    pub recording: Recording,
    /// Where its sound is, for a few hours.
    pub url: String,
}

/// The recordings of a call that can be listened to.
#[server(name = GetCallRecordings, prefix = "/api", endpoint = "call_recordings", client = DeskClient)]
pub async fn call_recordings(call: CallId) -> Result<Vec<PlayableRecording>, ApiError> {
    let (desk, me) = agent().await?;
    answer(desk.recordings().playable_of_call(&me, call).await)
}
