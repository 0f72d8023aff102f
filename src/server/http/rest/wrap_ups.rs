//! What agents leave about a call when they are done with it.

use axum::Json;
use axum::extract::State;
use baton_domain::ids::CallId;
use baton_domain::wrap_up::{Disposition, FinishedWrapUp};
use serde::Serialize;
use utoipa::ToSchema;

use super::input::{Asker, Id};
use super::model::{Refusals, rfc3339};
use crate::server::http::problem::Problem;
use crate::server::permissions::Action;
use crate::server::state::App;

/// The work after a call of one of its agents, when it has ended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WrapUp)]
pub struct WrapUpJson {
    #[schema(example = "alice")]
    agent: String,
    /// When the call had left them.
    #[schema(example = "2026-01-31T12:00:00.000Z")]
    started_at: String,
    /// When they had finished, or it ended by itself. What they wrote before that may still come for some minutes after an outage.
    ended_at: String,
    /// `resolved`, `handed_over`, `follow_up`, `wrong_number`, `dropped` or `cut_off`. What was likely, when the
    /// agent said nothing. Null in wrap-ups from before Baton kept that.
    #[schema(example = "follow_up")]
    disposition: Option<&'static str>,
    /// Empty when nothing was written.
    #[schema(example = "Call back on Monday.")]
    notes: String,
}

/// In the order in which they ended. Those that go on are not among them.
#[derive(Debug, Serialize, ToSchema)]
pub struct WrapUps {
    wrap_ups: Vec<WrapUpJson>,
}

impl From<FinishedWrapUp> for WrapUpJson {
    fn from(finished: FinishedWrapUp) -> Self {
        Self {
            agent: finished.agent.to_string(),
            started_at: rfc3339(finished.started_at),
            ended_at: rfc3339(finished.ended_at),
            disposition: finished.disposition.map(Disposition::name),
            notes: finished.notes,
        }
    }
}

/// What agents left about a call when they were done with it. An agent gets that of calls that they have or had.
#[utoipa::path(get, path = "/calls/{id}/wrap-ups", operation_id = "list_wrap_ups", tag = "Calls", params(("id" = String, Path)),
    responses((status = 200, body = WrapUps), Refusals))]
pub async fn of_call(State(app): State<App>, asker: Asker, Id(call): Id<CallId>) -> Result<Json<WrapUps>, Problem> {
    let who = asker.may(Action::ReadWrapUps)?;
    let finished = app.wrap_ups().of_call(who, call).await?;
    Ok(Json(WrapUps { wrap_ups: finished.into_iter().map(WrapUpJson::from).collect() }))
}
