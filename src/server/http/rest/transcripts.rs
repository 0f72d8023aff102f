//! What was said: read, and written by whoever transcribes.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_domain::ids::CallId;
use baton_domain::transcript::{Segment, Speaker};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::{Asker, Body, Id, IdempotencyKey, KeyHeader, invalid, time};
use super::model::{Refusals, rfc3339};
use crate::server::http::problem::Problem;
use crate::server::permissions::Action;
use crate::server::services::transcripts::NewLine;
use crate::server::state::App;

/// One line of a transcript.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TranscriptLine)]
pub struct LineJson {
    /// What briefings cite it by.
    #[schema(example = 1)]
    number: u32,
    /// `caller`, or `agent:` and their handle.
    #[schema(example = "agent:alice")]
    speaker: String,
    text: String,
    started_at: String,
    /// A line that is not final may still change.
    is_final: bool,
}

/// Lines, in order.
#[derive(Debug, Serialize, ToSchema)]
pub struct TranscriptLines {
    lines: Vec<LineJson>,
}

impl TranscriptLines {
    /// These lines.
    pub fn of(lines: &[Segment]) -> Self {
        Self { lines: lines.iter().map(LineJson::from).collect() }
    }
}

/// Lines that are new.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLines {
    /// 1 to 200.
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<NewLineJson>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewTranscriptLine)]
pub struct NewLineJson {
    /// `caller`, or `agent:` and their handle.
    #[schema(example = "caller")]
    speaker: String,
    #[schema(max_length = 2000, example = "My invoice is wrong.")]
    text: String,
    /// When it was said; now, when left out.
    #[schema(example = "2026-01-31T12:00:00Z")]
    started_at: Option<String>,
}

impl From<&Segment> for LineJson {
    fn from(line: &Segment) -> Self {
        Self {
            number: line.number,
            speaker: speaker_name(&line.speaker),
            text: line.text.to_string(),
            started_at: rfc3339(line.started_at),
            is_final: line.is_final,
        }
    }
}

/// `caller`, or `agent:` and their handle.
pub(super) fn speaker_name(speaker: &Speaker) -> String {
    match speaker {
        Speaker::Caller => "caller".to_owned(),
        Speaker::Agent(agent) => format!("agent:{agent}"),
    }
}

impl TryFrom<NewLineJson> for NewLine {
    type Error = Problem;

    fn try_from(line: NewLineJson) -> Result<Self, Problem> {
        let agent = line.speaker.strip_prefix("agent:").and_then(|handle| handle.parse().ok());
        let speaker = match (line.speaker.as_str(), agent) {
            ("caller", _) => Speaker::Caller,
            (_, Some(agent)) => Speaker::Agent(agent),
            _ => return Err(invalid("The speaker must be \"caller\", or \"agent:\" and a handle.".to_owned())),
        };
        Ok(Self { speaker, text: line.text, started_at: line.started_at.as_deref().map(time).transpose()? })
    }
}

/// Add lines to a call that is going on. While its recording is paused none are taken: leave out what was said then.
#[utoipa::path(post, path = "/calls/{id}/transcript", operation_id = "add_transcript_lines", tag = "Transcripts", params(("id" = String, Path), KeyHeader),
    request_body = NewLines, responses((status = 201, body = TranscriptLines), Refusals))]
pub async fn append(
    State(app): State<App>,
    asker: Asker,
    Id(call): Id<CallId>,
    IdempotencyKey(key): IdempotencyKey,
    Body(new): Body<NewLines>,
) -> Result<(StatusCode, Json<TranscriptLines>), Problem> {
    let who = asker.may(Action::WriteTranscript)?;
    let new = new.lines.into_iter().map(NewLine::try_from).collect::<Result<Vec<_>, _>>()?;
    let written = app.transcripts().append(who, call, key, new).await?;
    Ok((StatusCode::CREATED, Json(TranscriptLines::of(&written))))
}
