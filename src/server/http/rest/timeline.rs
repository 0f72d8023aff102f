//! What happened in a call.

use axum::Json;
use axum::extract::State;
use baton_domain::desk_event::TimelineEntry;
use baton_domain::ids::CallId;
use serde::Serialize;
use utoipa::ToSchema;

use super::input::{Asker, Id};
use super::model::{Refusals, rfc3339};
use crate::server::http::problem::Problem;
use crate::server::permissions::Action;
use crate::server::state::App;

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimelineEntry)]
pub struct EntryJson {
    /// The event's id.
    #[schema(example = 17)]
    id: i64,
    /// What; `docs/events.md` lists them.
    #[serde(rename = "type")]
    #[schema(example = "transfer_initiated")]
    kind: String,
    #[schema(example = "2026-01-31T12:00:00.000Z")]
    at: String,
    /// The agent whom it is about.
    #[schema(example = "bob")]
    agent: Option<String>,
    transfer_id: Option<String>,
    /// More: `docs/events.md` says which types have what.
    detail: Option<String>,
}

/// What happened in a call, in order.
#[derive(Debug, Serialize, ToSchema)]
pub struct Timeline {
    entries: Vec<EntryJson>,
}

impl From<&TimelineEntry> for EntryJson {
    fn from(entry: &TimelineEntry) -> Self {
        let happening = &entry.happening;
        Self {
            id: entry.id,
            kind: happening.kind.name(),
            at: rfc3339(entry.at),
            agent: happening.agent.as_ref().map(ToString::to_string),
            transfer_id: happening.transfer.map(|transfer| transfer.to_string()),
            detail: happening.detail.clone(),
        }
    }
}

/// What happened in a call, in order.
#[utoipa::path(get, path = "/calls/{id}/timeline", operation_id = "get_timeline", tag = "Calls", params(("id" = String, Path)),
    responses((status = 200, body = Timeline), Refusals))]
pub async fn of_call(State(app): State<App>, asker: Asker, Id(call): Id<CallId>) -> Result<Json<Timeline>, Problem> {
    asker.may(Action::ReadCalls)?;
    app.calls().find(call).await?;
    let timeline = app.timeline(call).await?;
    Ok(Json(Timeline { entries: timeline.iter().map(EntryJson::from).collect() }))
}
