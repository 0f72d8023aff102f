//! What only a demo has.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::input::{Asker, IdempotencyKey, KeyHeader};
use super::model::{CallJson, Refusals};
use crate::server::http::problem::Problem;
use crate::server::permissions::Action;
use crate::server::state::App;

/// Let the server play one more caller: they wait in the queue, talk to whoever answers, and hang up in the end.
///
/// 404 where the setting `BATON_SIMULATED_CALLERS` is 0; 409 `too_many_simulated_callers` when as many are there as may be.
#[utoipa::path(post, path = "/demo/callers", operation_id = "simulate_caller", tag = "Calls", params(KeyHeader), responses((status = 201, body = CallJson), Refusals))]
pub async fn simulate_caller(
    State(app): State<App>,
    asker: Asker,
    IdempotencyKey(key): IdempotencyKey,
) -> Result<(StatusCode, Json<CallJson>), Problem> {
    let who = asker.may(Action::SimulateCaller)?;
    let caller = app.callers().simulate(who, key).await?;
    let call = app.calls().find(caller.call).await?;
    Ok((StatusCode::CREATED, Json((&call).into())))
}
