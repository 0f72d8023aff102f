//! Files of sound: transcribed and summarised.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse};
use baton_domain::ids::SpokenFileId;
use baton_domain::spoken_file::{SpokenFile, SpokenLine};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, IntoResponses, ToSchema};

use super::briefings::BriefingJson;
use super::input::{Asker, Id, IdempotencyKey, KeyHeader, Params};
use super::model::{Refusals, rfc3339};
use crate::server::http::problem::{Problem, ProblemDetail};
use crate::server::permissions::Action;
use crate::server::services::spoken_files::NewFile;
use crate::server::state::App;

/// A file, and how far it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Transcription)]
pub struct SpokenFileJson {
    id: String,
    name: String,
    #[schema(example = "audio/wav")]
    media_type: String,
    bytes: u64,
    /// `receiving`, `transcribing`, `summarising`, `done` or `failed`.
    #[schema(example = "transcribing")]
    state: &'static str,
    /// Null where it cannot be told: some providers say nothing until they are done, some files not how long they are.
    #[schema(example = 40, minimum = 0, maximum = 100)]
    percent: Option<u8>,
    /// What is said in it.
    lines: Vec<SpokenLineJson>,
    /// What that comes to, once it is done.
    summary: Option<BriefingJson>,
    /// Why there is no transcript.
    failure: Option<FailureJson>,
    /// What left for whom.
    #[schema(example = json!(["deepgram, nova-3: the sound"]))]
    sent_to: Vec<String>,
    #[schema(example = "2026-01-31T12:00:00.000Z")]
    created_at: String,
    ended_at: Option<String>,
}

/// A line of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TranscriptionLine)]
pub struct SpokenLineJson {
    /// What the summary cites it by.
    number: u32,
    /// `A`, `B` …, where voices were told apart.
    speaker: Option<String>,
    text: String,
    /// Since the beginning of the file.
    from_ms: i64,
    to_ms: Option<i64>,
}

/// Why there is no transcript.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TranscriptionFailure)]
pub struct FailureJson {
    /// `unreadable`, `too_long`, `provider_failed`, `no_provider` or `interrupted`.
    #[schema(example = "unreadable")]
    code: &'static str,
    detail: &'static str,
}

/// Files, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Transcriptions {
    transcriptions: Vec<SpokenFileJson>,
}

/// What a file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// For people; at most 200 characters are kept.
    name: Option<String>,
}

/// Why a file is not taken. Nothing of it stays.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only its description is used")]
pub enum NotTaken {
    /// `upload_cut`: the body did not come whole.
    #[response(status = 400, content_type = "application/problem+json")]
    Cut(ProblemDetail),
    /// `not_found`: the file was deleted while it came, or what this `Idempotency-Key` brought was deleted since.
    #[response(status = 404, content_type = "application/problem+json")]
    Deleted(ProblemDetail),
    /// `too_slow`: nothing of the body came for half a minute.
    #[response(status = 408, content_type = "application/problem+json")]
    Stalled(ProblemDetail),
    /// `too_many_files`: so many of one's own are not done yet.
    #[response(status = 409, content_type = "application/problem+json")]
    TooManyFiles(ProblemDetail),
    /// `file_too_large`: known from `Content-Length`, or found out as it comes.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemDetail),
    /// `unknown_file_type`: which types are known stands in the detail.
    #[response(status = 415, content_type = "application/problem+json")]
    UnknownKind(ProblemDetail),
    /// `empty_file`; `invalid`: the query or the `Idempotency-Key` does not fit; or the key was used for another file before.
    #[response(status = 422, content_type = "application/problem+json")]
    Empty(ProblemDetail),
    /// `no_speech_recognition`: which settings are needed stands in the detail; `unavailable`: the database cannot be had now.
    #[response(status = 503, content_type = "application/problem+json")]
    NoProvider(ProblemDetail),
}

impl From<&SpokenLine> for SpokenLineJson {
    fn from(line: &SpokenLine) -> Self {
        Self {
            number: line.number,
            speaker: line.speaker.clone(),
            text: line.text.clone(),
            from_ms: line.from.0,
            to_ms: line.to.map(|to| to.0),
        }
    }
}

impl From<SpokenFile> for SpokenFileJson {
    fn from(file: SpokenFile) -> Self {
        Self {
            id: file.id.to_string(),
            percent: file.percent(),
            lines: file.lines.iter().map(SpokenLineJson::from).collect(),
            summary: file.summary.as_ref().map(BriefingJson::from),
            failure: file.failure.map(|failure| FailureJson { code: failure.name(), detail: failure.sentence() }),
            name: file.name,
            media_type: file.media_type,
            bytes: file.bytes,
            state: file.state.name(),
            sent_to: file.sent_to,
            created_at: rfc3339(file.created_at),
            ended_at: file.ended_at.map(rfc3339),
        }
    }
}

/// Have a file of sound transcribed and summarised. 202 once all of it is there; then look at `Location`.
///
/// The body is the file itself, with its media type as `Content-Type`: WAV, MP3, M4A, AAC, Ogg, `WebM` or FLAC of at most 200 MB
/// (or what the desk is set to). For instance
/// `curl -T talk.wav -X POST -H "Content-Type: audio/wav" -H "Authorization: Bearer …" …/api/v1/recordings/transcribe?name=talk.wav`.
/// A repetition with the same `Idempotency-Key`, name, media type and length is answered with the first file, and its body is not
/// read.
#[utoipa::path(post, path = "/recordings/transcribe", operation_id = "transcribe_file", tag = "Transcriptions", params(Named, KeyHeader),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file, under its own media type"),
    responses(Refusals, (status = 202, body = SpokenFileJson, headers(("Location" = String, description = "Where it can be looked at"))),
        NotTaken))]
pub async fn transcribe(
    State(app): State<App>,
    asker: Asker,
    IdempotencyKey(key): IdempotencyKey,
    Params(Named { name }): Params<Named>,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Problem> {
    let who = asker.may(Action::TranscribeFiles)?;
    let text = |header| headers.get(header).and_then(|value| value.to_str().ok());
    let new = NewFile {
        name: name.unwrap_or_default(),
        media_type: text(CONTENT_TYPE).unwrap_or_default().to_owned(),
        announced: text(CONTENT_LENGTH).and_then(|length| length.parse().ok()),
    };
    let file = app.spoken_files().receive(who, new, key, body.into_data_stream()).await?;
    let location = format!("/api/v1/recordings/transcriptions/{}", file.id);
    Ok((StatusCode::ACCEPTED, AppendHeaders([(LOCATION, location)]), Json(SpokenFileJson::from(file))))
}

/// One's own files, the newest first.
#[utoipa::path(get, path = "/recordings/transcriptions", operation_id = "list_transcriptions", tag = "Transcriptions",
    responses((status = 200, body = Transcriptions), Refusals))]
pub async fn all(State(app): State<App>, asker: Asker) -> Result<Json<Transcriptions>, Problem> {
    let who = asker.may(Action::TranscribeFiles)?;
    let files = app.spoken_files().all(who).await?;
    Ok(Json(Transcriptions { transcriptions: files.into_iter().map(SpokenFileJson::from).collect() }))
}

/// How far one's own file is, and what came of it.
#[utoipa::path(get, path = "/recordings/transcriptions/{id}", operation_id = "get_transcription", tag = "Transcriptions",
    params(("id" = String, Path)), responses((status = 200, body = SpokenFileJson), Refusals))]
pub async fn one(
    State(app): State<App>,
    asker: Asker,
    Id(id): Id<SpokenFileId>,
) -> Result<Json<SpokenFileJson>, Problem> {
    let who = asker.may(Action::TranscribeFiles)?;
    Ok(Json(SpokenFileJson::from(app.spoken_files().find(who, id).await?)))
}

/// Delete one's own file with its transcript and summary. Work on it ends.
#[utoipa::path(delete, path = "/recordings/transcriptions/{id}", operation_id = "delete_transcription", tag = "Transcriptions",
    params(("id" = String, Path)), responses((status = 204, description = "It is gone"), Refusals))]
pub async fn delete(State(app): State<App>, asker: Asker, Id(id): Id<SpokenFileId>) -> Result<StatusCode, Problem> {
    let who = asker.may(Action::TranscribeFiles)?;
    app.spoken_files().delete(who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
