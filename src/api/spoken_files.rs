//! Files of sound that an agent has transcribed. The file itself goes to the REST interface: it is too large for a function.

use baton_domain::ids::SpokenFileId;
use baton_domain::spoken_file::SpokenFile;
use leptos::prelude::*;

use super::desk_client::DeskClient;
#[cfg(feature = "ssr")]
use super::door::{answer, anyone};
use super::error::ApiError;
#[cfg(feature = "ssr")]
use crate::server::permissions::Action;

/// Where the file itself is sent.
pub const TRANSCRIBE_PATH: &str = "/api/v1/recordings/transcribe";

/// One's own file as it is now, once that is other than what was seen of it; after some seconds in any case.
#[server(prefix = "/api", endpoint = "follow_file", client = DeskClient)]
pub async fn follow_file(id: SpokenFileId, seen: Option<u32>) -> Result<SpokenFile, ApiError> {
    let (desk, me) = anyone(Action::TranscribeFiles).await?;
    answer(desk.spoken_files().follow(&me, id, seen).await)
}

/// Delete one's own file with its transcript.
#[server(prefix = "/api", endpoint = "delete_file", client = DeskClient)]
pub async fn delete_file(id: SpokenFileId) -> Result<(), ApiError> {
    let (desk, me) = anyone(Action::TranscribeFiles).await?;
    answer(desk.spoken_files().delete(&me, id).await)
}
