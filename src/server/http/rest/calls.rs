//! Calls, and what is done to them with one request.

use axum::Json;
use axum::extract::State;
use baton_domain::call::Call;
use baton_domain::ids::CallId;
use baton_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::input::{Asker, Body, Id, IdempotencyKey, KeyHeader, Params, invalid, time};
use super::model::{CallJson, Refusals, rfc3339};
use crate::api::desk::DeskCommand;
use crate::server::http::problem::Problem;
use crate::server::permissions::Action;
use crate::server::state::App;
use crate::server::store::calls::Before;

const USUAL_LIMIT: u32 = 50;
const LARGEST_LIMIT: u32 = 200;

/// Which calls.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// Only calls that began before this time; or the `next_before` of the page before, as it is.
    #[param(example = "2026-01-31T12:00:00Z")]
    before: Option<String>,
    /// At most so many: 1 to 200, usually 50.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Only calls that are not over.
    open: Option<bool>,
}

/// Calls, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Calls {
    calls: Vec<CallJson>,
    /// The `before` of the next page; none on the last. A time, and the call as well where others began in the same moment.
    #[schema(example = "2026-01-31T12:00:00.000Z")]
    next_before: Option<String>,
}

/// Calls, the newest first.
#[utoipa::path(get, path = "/calls", operation_id = "list_calls", tag = "Calls", params(Which), responses((status = 200, body = Calls), Refusals))]
pub async fn list(State(app): State<App>, asker: Asker, Params(which): Params<Which>) -> Result<Json<Calls>, Problem> {
    asker.may(Action::ReadCalls)?;
    let limit = which.limit.unwrap_or(USUAL_LIMIT);
    if !(1..=LARGEST_LIMIT).contains(&limit) {
        return Err(invalid(format!("The limit must be between 1 and {LARGEST_LIMIT}.")));
    }
    let before = which.before.as_deref().map(place).transpose()?;
    // One more says whether there is a next page.
    let mut calls = app.calls().newest(before, limit + 1, which.open == Some(true)).await?;
    let next = calls.get(limit as usize).map(|next| next.created_at);
    calls.truncate(limit as usize);
    let next_before = calls.last().zip(next).map(|(last, next)| place_after(last, next));
    Ok(Json(Calls { calls: calls.iter().map(CallJson::from).collect(), next_before }))
}

/// The place after `last`, where a call of this time is next. A time alone would pass over what began in the same moment.
fn place_after(last: &Call, next: Timestamp) -> String {
    let at = rfc3339(last.created_at);
    if next == last.created_at { format!("{at}_{}", last.id) } else { at }
}

fn place(text: &str) -> Result<Before, Problem> {
    let with_call = text.rsplit_once('_').and_then(|(at, id)| Some((at, id.parse().ok()?)));
    match with_call {
        Some((at, id)) => Ok(Before { created_at: time(at)?, id: Some(id) }),
        None => time(text).map(Before::from),
    }
}

/// One call.
#[utoipa::path(get, path = "/calls/{id}", operation_id = "get_call", tag = "Calls", params(("id" = String, Path)),
    responses((status = 200, body = CallJson), Refusals))]
pub async fn one(State(app): State<App>, asker: Asker, Id(call): Id<CallId>) -> Result<Json<CallJson>, Problem> {
    asker.may(Action::ReadCalls)?;
    Ok(Json(CallJson::from(&app.calls().find(call).await?)))
}

/// Who answers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// An agent whose desk is open.
    #[schema(example = "alice")]
    agent: String,
}

/// Why not.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decline {
    /// In a few words.
    #[serde(default)]
    #[schema(max_length = 200, example = "In a meeting")]
    pub reason: String,
}

/// Let an agent take a waiting call, or the one that rings at their desk. Their desk must be open: the page connects.
#[utoipa::path(post, path = "/calls/{id}/answer", operation_id = "answer_call", tag = "Calls", params(("id" = String, Path), KeyHeader),
    request_body = Answer, responses((status = 200, body = CallJson), Refusals))]
pub async fn answer(
    State(app): State<App>,
    asker: Asker,
    Id(call): Id<CallId>,
    IdempotencyKey(key): IdempotencyKey,
    Body(answer): Body<Answer>,
) -> Result<Json<CallJson>, Problem> {
    let who = asker.may(Action::ChangeCalls)?;
    let agent = answer.agent.parse().map_err(|_| invalid("The agent is no handle like \"alice\".".to_owned()))?;
    Ok(Json(CallJson::from(&app.calls().answer_by_api(who, call, key, &agent).await?)))
}

/// Refuse a call that rings at a desk, for the agent whom it rings. It goes on to the next one, or waits.
#[utoipa::path(post, path = "/calls/{id}/decline", operation_id = "decline_call", tag = "Calls", params(("id" = String, Path), KeyHeader),
    request_body = Decline, responses((status = 200, body = CallJson), Refusals))]
pub async fn decline(
    State(app): State<App>,
    asker: Asker,
    Id(call): Id<CallId>,
    key: IdempotencyKey,
    Body(decline): Body<Decline>,
) -> Result<Json<CallJson>, Problem> {
    command(&app, &asker, call, key, DeskCommand::Decline { reason: decline.reason }).await
}

/// Put the caller on hold.
#[utoipa::path(post, path = "/calls/{id}/hold", operation_id = "hold_call", tag = "Calls", params(("id" = String, Path), KeyHeader),
    responses((status = 200, body = CallJson), Refusals))]
pub async fn hold(
    State(app): State<App>,
    asker: Asker,
    Id(call): Id<CallId>,
    key: IdempotencyKey,
) -> Result<Json<CallJson>, Problem> {
    command(&app, &asker, call, key, DeskCommand::Hold).await
}

/// Take the caller back from hold.
#[utoipa::path(post, path = "/calls/{id}/retrieve", operation_id = "retrieve_call", tag = "Calls", params(("id" = String, Path), KeyHeader),
    responses((status = 200, body = CallJson), Refusals))]
pub async fn retrieve(
    State(app): State<App>,
    asker: Asker,
    Id(call): Id<CallId>,
    key: IdempotencyKey,
) -> Result<Json<CallJson>, Problem> {
    command(&app, &asker, call, key, DeskCommand::Retrieve).await
}

/// Record nothing for a while, as for a card number. Nothing is transcribed meanwhile either, and no lines are taken.
#[utoipa::path(post, path = "/calls/{id}/recording/pause", operation_id = "pause_recording", tag = "Calls",
    params(("id" = String, Path), KeyHeader), responses((status = 200, body = CallJson), Refusals))]
pub async fn pause_recording(
    State(app): State<App>,
    asker: Asker,
    Id(call): Id<CallId>,
    key: IdempotencyKey,
) -> Result<Json<CallJson>, Problem> {
    command(&app, &asker, call, key, DeskCommand::PauseRecording).await
}

/// Record again.
#[utoipa::path(post, path = "/calls/{id}/recording/resume", operation_id = "resume_recording", tag = "Calls",
    params(("id" = String, Path), KeyHeader), responses((status = 200, body = CallJson), Refusals))]
pub async fn resume_recording(
    State(app): State<App>,
    asker: Asker,
    Id(call): Id<CallId>,
    key: IdempotencyKey,
) -> Result<Json<CallJson>, Problem> {
    command(&app, &asker, call, key, DeskCommand::ResumeRecording).await
}

/// Hang up. While a transfer is open this is refused: complete it, cancel it, or end the call.
#[utoipa::path(post, path = "/calls/{id}/hang-up", operation_id = "hang_up_call", tag = "Calls", params(("id" = String, Path), KeyHeader),
    responses((status = 200, body = CallJson), Refusals))]
pub async fn hang_up(
    State(app): State<App>,
    asker: Asker,
    Id(call): Id<CallId>,
    key: IdempotencyKey,
) -> Result<Json<CallJson>, Problem> {
    command(&app, &asker, call, key, DeskCommand::HangUp).await
}

/// End the call for everyone, also while a transfer is open.
#[utoipa::path(post, path = "/calls/{id}/end", operation_id = "end_call", tag = "Calls", params(("id" = String, Path), KeyHeader),
    responses((status = 200, body = CallJson), Refusals))]
pub async fn end(
    State(app): State<App>,
    asker: Asker,
    Id(call): Id<CallId>,
    key: IdempotencyKey,
) -> Result<Json<CallJson>, Problem> {
    command(&app, &asker, call, key, DeskCommand::EndForEveryone).await
}

async fn command(
    app: &App,
    asker: &Asker,
    call: CallId,
    IdempotencyKey(key): IdempotencyKey,
    command: DeskCommand,
) -> Result<Json<CallJson>, Problem> {
    let who = asker.may(Action::ChangeCalls)?;
    let call: Call = app.calls().api_command(who, call, key, command).await?;
    Ok(Json(CallJson::from(&call)))
}
