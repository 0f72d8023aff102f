//! Recordings: which there are, their sound, and their end.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use baton_domain::call::RoomKind;
use baton_domain::ids::{CallId, RecordingId};
use baton_domain::recording::Recording;
use serde::Serialize;
use utoipa::ToSchema;

use super::input::{Asker, Id};
use super::model::{Refusals, rfc3339};
use super::transcripts::speaker_name;
use crate::server::error::ServiceError;
use crate::server::http::credentials::recordings_ticket;
use crate::server::http::problem::Problem;
use crate::server::http::range::Wanted;
use crate::server::permissions::Action;
use crate::server::state::App;

/// One file: what one party said in one room.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Recording)]
pub struct RecordingJson {
    id: String,
    /// `caller`, or `agent:` and their handle.
    #[schema(example = "agent:alice")]
    speaker: String,
    /// `call`, or `consult` for what two agents said to each other; that is recorded only where the line says so.
    #[schema(example = "call")]
    room: &'static str,
    /// When its first sample was spoken.
    #[schema(example = "2026-01-31T12:00:00.000Z")]
    started_at: String,
    /// How much later that is than in the first recording of this call: mixed at their offsets, all of them are the call.
    #[schema(example = 2160)]
    offset_ms: i64,
    /// 0 while it is made.
    #[schema(example = 61_500)]
    duration_ms: i64,
    /// 0 while it is made.
    bytes: u64,
    /// `recording`, `waiting` (for the storage; it can be listened to) or `stored`.
    #[schema(example = "stored")]
    state: &'static str,
}

/// The recordings of a call, in the order in which they began.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordingList {
    recordings: Vec<RecordingJson>,
}

/// How many recordings were deleted.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeletedRecordings {
    deleted: u64,
}

fn in_json(recordings: &[Recording]) -> RecordingList {
    let first = recordings.iter().map(|recording| recording.started_at).min().unwrap_or_default();
    let one = |recording: &Recording| RecordingJson {
        id: recording.id.to_string(),
        speaker: speaker_name(&recording.speaker),
        room: match recording.room {
            RoomKind::Call => "call",
            RoomKind::Consult => "consult",
        },
        started_at: rfc3339(recording.started_at),
        offset_ms: recording.started_at.since(first).0,
        duration_ms: recording.duration.0,
        bytes: recording.bytes,
        state: recording.state.name(),
    };
    RecordingList { recordings: recordings.iter().map(one).collect() }
}

/// The recordings of a call. An agent gets those of calls that they had, and of consults that they were in.
#[utoipa::path(get, path = "/calls/{id}/recordings", operation_id = "list_recordings", tag = "Recordings", params(("id" = String, Path)),
    responses((status = 200, body = RecordingList), Refusals))]
pub async fn of_call(
    State(app): State<App>,
    asker: Asker,
    Id(call): Id<CallId>,
) -> Result<Json<RecordingList>, Problem> {
    let who = asker.may(Action::HearRecordings)?;
    Ok(Json(in_json(&app.recordings().of_call(who, call).await?)))
}

/// Delete the recordings of a call, for good.
#[utoipa::path(delete, path = "/calls/{id}/recordings", operation_id = "delete_recordings", tag = "Recordings", params(("id" = String, Path)),
    responses((status = 200, body = DeletedRecordings), Refusals))]
pub async fn delete(
    State(app): State<App>,
    asker: Asker,
    Id(call): Id<CallId>,
) -> Result<Json<DeletedRecordings>, Problem> {
    let who = asker.may(Action::DeleteRecordings)?;
    Ok(Json(DeletedRecordings { deleted: app.recordings().delete_of_call(who, call).await? }))
}

/// The sound of a recording, whole or in part: Opus in Ogg.
#[utoipa::path(get, path = "/recordings/{id}", operation_id = "get_recording", tag = "Recordings", params(("id" = String, Path)),
    responses((status = 200, content_type = "audio/ogg"), (status = 206, content_type = "audio/ogg", description = "The part that `Range` asked for"),
        (status = 416, description = "`Range` asked for what is not there"), Refusals))]
pub async fn sound(
    State(app): State<App>,
    asker: Asker,
    Id(id): Id<RecordingId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let recordings = app.recordings();
    let who = match asker.may(Action::HearRecordings) {
        // A browser's player sends no header but its cookies.
        Err(ServiceError::NotSignedIn) => &recordings.listener(id, |call| recordings_ticket(&headers, call)).await?,
        who => who?,
    };
    let recording = recordings.playable(who, id).await?;
    let total = recording.bytes;
    let wanted = Wanted::of(headers.get(RANGE).and_then(|range| range.to_str().ok()), total);
    let (status, range) = match wanted {
        Wanted::All => (StatusCode::OK, 0..total),
        Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Wanted::Nothing => return Ok(not_there(total)),
    };
    let length = range.end - range.start;
    let body = Body::from_stream(recordings.read(id, range.clone()).await?);
    let mut response = (status, body).into_response();
    let answered = response.headers_mut();
    answered.insert(CONTENT_TYPE, HeaderValue::from_static("audio/ogg"));
    answered.insert(CONTENT_LENGTH, HeaderValue::from(length));
    answered.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    // Once it is deleted nobody has it.
    answered.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    answered.insert(CONTENT_DISPOSITION, text(format!("inline; filename=\"{id}.opus\"")));
    if status == StatusCode::PARTIAL_CONTENT {
        answered.insert(CONTENT_RANGE, text(format!("bytes {}-{}/{total}", range.start, range.end - 1)));
    }
    Ok(response)
}

fn not_there(total: u64) -> Response {
    let problem = Problem::new(
        StatusCode::RANGE_NOT_SATISFIABLE,
        "range_not_satisfiable",
        format!("The recording has {total} bytes, and Range asks for none of them."),
    );
    let mut response = problem.into_response();
    response.headers_mut().insert(CONTENT_RANGE, text(format!("bytes */{total}")));
    response
}

fn text(value: String) -> HeaderValue {
    HeaderValue::try_from(value).expect("digits and plain letters fit a header")
}
