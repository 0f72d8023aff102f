//! Listening to the recordings of a call.

use baton_domain::ids::{CallId, RecordingId};
use baton_domain::recording::Recording;
use leptos::prelude::*;

use super::desk_client::DeskClient;
#[cfg(feature = "ssr")]
use super::door::{agent, answer, give_recordings};
use super::error::ApiError;

/// Where the sound of a recording is. A browser may get it after it has asked for [`call_recordings`].
pub fn sound_of(recording: RecordingId) -> String {
    format!("/api/v1/recordings/{recording}")
}

/// The recordings of a call that can be listened to. From now on this browser gets their sound, for a few hours.
#[server(name = GetCallRecordings, prefix = "/api", endpoint = "call_recordings", client = DeskClient)]
pub async fn call_recordings(call: CallId) -> Result<Vec<Recording>, ApiError> {
    let (desk, me) = agent().await?;
    let (recordings, ticket) = answer(desk.recordings().playable_of_call(&me, call).await)?;
    give_recordings(call, &ticket)?;
    Ok(recordings)
}
