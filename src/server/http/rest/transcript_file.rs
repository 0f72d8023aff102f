//! A transcript as JSON, as text, or as captions.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use baton_domain::ids::CallId;
use baton_domain::transcript::{Speaker, export};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::input::{Asker, Id, Params};
use super::model::Refusals;
use super::transcripts::TranscriptLines;
use crate::server::http::problem::Problem;
use crate::server::permissions::Action;
use crate::server::state::App;

/// How a transcript is written down.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TranscriptFormat {
    /// Every line with all that is known of it, interim ones too.
    #[default]
    Json,
    /// One final line each.
    Txt,
    /// `WebVTT`: captions for players, final lines only.
    Vtt,
}

/// What is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// `json` when left out.
    #[serde(default)]
    #[param(inline)]
    format: TranscriptFormat,
}

/// All that was said in a call: as JSON, or as a file for people (`txt`) and players (`vtt`).
#[utoipa::path(get, path = "/calls/{id}/transcript", operation_id = "get_transcript", tag = "Transcripts", params(("id" = String, Path), Wanted),
    responses((status = 200, content((TranscriptLines = "application/json"), (String = "text/plain"), (String = "text/vtt"))), Refusals))]
pub async fn of_call(
    State(app): State<App>,
    asker: Asker,
    Id(call): Id<CallId>,
    Params(wanted): Params<Wanted>,
) -> Result<Response, Problem> {
    asker.may(Action::ReadCalls)?;
    let found = app.calls().find(call).await?;
    let lines = app.transcripts().of_call(call).await?;
    let names = app.captions().names(&found).await?;
    let name = |speaker: &Speaker| names.of(speaker);
    Ok(match wanted.format {
        TranscriptFormat::Json => Json(TranscriptLines::of(&lines)).into_response(),
        TranscriptFormat::Txt => {
            file(call, "txt", "text/plain; charset=utf-8", export::text(&lines, found.created_at, name))
        }
        TranscriptFormat::Vtt => {
            file(call, "vtt", "text/vtt; charset=utf-8", export::web_vtt(&lines, found.created_at, name))
        }
    })
}

fn file(call: CallId, ending: &str, kind: &'static str, content: String) -> Response {
    let name = HeaderValue::try_from(format!("attachment; filename=\"call-{call}.{ending}\""));
    let name = name.expect("an id is made of letters that fit a header");
    ([(CONTENT_TYPE, HeaderValue::from_static(kind)), (CONTENT_DISPOSITION, name)], content).into_response()
}
