//! Callers whom a program plays: a gateway to telephones, a test, a bot.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_domain::ids::LineId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::{Asker, Body, Id, IdempotencyKey, KeyHeader};
use super::model::{CallJson, Refusals};
use crate::server::http::problem::Problem;
use crate::server::permissions::Action;
use crate::server::state::App;

/// Who comes in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCaller {
    /// What agents read. Without one it is the number of their telephone, if they come in by one, and else `Caller`.
    #[schema(min_length = 1, max_length = 60, example = "Carol")]
    name: Option<String>,
}

/// A caller who has come in, with the way into their room.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallerAccess {
    call: CallJson,
    /// The LiveKit server to connect to.
    #[schema(example = "wss://livekit.example.com")]
    url: String,
    /// The token to connect with, within two minutes. LiveKit renews it for whoever is connected.
    token: String,
}

/// Let a program come in as a caller. It connects to LiveKit with the token and publishes a microphone, as any client of LiveKit
/// does. It needs no music and no page of its own: on hold the server plays music to it in that room, as a track for it
/// alone. `hang-up` ends the call.
#[utoipa::path(post, path = "/lines/{id}/callers", operation_id = "come_in", tag = "Calls", params(("id" = String, Path), KeyHeader),
    request_body = NewCaller, responses((status = 201, body = CallerAccess), Refusals))]
pub async fn come_in(
    State(app): State<App>,
    asker: Asker,
    Id(line): Id<LineId>,
    IdempotencyKey(key): IdempotencyKey,
    Body(caller): Body<NewCaller>,
) -> Result<(StatusCode, Json<CallerAccess>), Problem> {
    let who = asker.may(Action::ChangeCalls)?;
    let (call, access) = app.callers().come_in(who, &line, key, caller.name.as_deref()).await?;
    let access = CallerAccess { call: CallJson::from(&call), url: access.url, token: access.token };
    Ok((StatusCode::CREATED, Json(access)))
}
