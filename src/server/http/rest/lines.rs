//! Lines: the published ways in.

use axum::Json;
use axum::extract::State;
use baton_domain::ids::LineId;
use baton_domain::line::Line;
use baton_domain::listening::Recorded;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::{Asker, Body, Id, IdempotencyKey, KeyHeader};
use super::model::Refusals;
use crate::server::http::problem::Problem;
use crate::server::permissions::Action;
use crate::server::services::callers::{LineChange, LinkChange};
use crate::server::state::App;

/// A published way in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Line)]
pub struct LineJson {
    #[schema(example = "support")]
    id: String,
    #[schema(example = "Customer support")]
    name: String,
    /// The queue that its callers wait in.
    #[schema(example = "support")]
    queue: String,
    /// Whether calls are taken just now.
    open: bool,
    /// How many callers may wait at once.
    capacity: u32,
    /// What callers open; none once it is revoked.
    join_url: Option<String>,
    /// Whether speech becomes a transcript.
    transcribe: bool,
    /// What is recorded.
    record: Record,
}

/// What is recorded: nothing, what callers and agents say to each other, or also what agents say to each other in private.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    Nothing,
    Call,
    CallAndConsult,
}

impl From<Recorded> for Record {
    fn from(recorded: Recorded) -> Self {
        match recorded {
            Recorded::Nothing => Self::Nothing,
            Recorded::Call => Self::Call,
            Recorded::CallAndConsult => Self::CallAndConsult,
        }
    }
}

impl From<Record> for Recorded {
    fn from(record: Record) -> Self {
        match record {
            Record::Nothing => Self::Nothing,
            Record::Call => Self::Call,
            Record::CallAndConsult => Self::CallAndConsult,
        }
    }
}

/// All lines.
#[derive(Debug, Serialize, ToSchema)]
pub struct Lines {
    lines: Vec<LineJson>,
}

/// How a line is to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeLine {
    open: Option<bool>,
    capacity: Option<u32>,
    /// A new join link, or none. The old one is dead at once either way.
    link: Option<Link>,
    /// For calls that come from now on: callers are told what holds for theirs.
    transcribe: Option<bool>,
    /// For calls that come from now on.
    record: Option<Record>,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    Rotate,
    Revoke,
}

fn json(app: &App, line: Line) -> LineJson {
    LineJson {
        id: line.id.to_string(),
        name: line.name,
        queue: line.queue.to_string(),
        open: line.open,
        capacity: line.capacity,
        transcribe: line.listening.transcribe,
        record: line.listening.record.into(),
        join_url: line.join_code.map(|code| format!("{}/join/{code}", app.config.http.public_url)),
    }
}

/// All lines, with their join links.
#[utoipa::path(get, path = "/lines", operation_id = "list_lines", tag = "Lines", responses((status = 200, body = Lines), Refusals))]
pub async fn list(State(app): State<App>, asker: Asker) -> Result<Json<Lines>, Problem> {
    asker.may(Action::ReadLines)?;
    let lines = app.callers().lines().await?;
    Ok(Json(Lines { lines: lines.into_iter().map(|line| json(&app, line)).collect() }))
}

/// Open or close a line, change how many may wait, give it a new join link or none.
#[utoipa::path(patch, path = "/lines/{id}", operation_id = "change_line", tag = "Lines", params(("id" = String, Path), KeyHeader), request_body = ChangeLine,
    responses((status = 200, body = LineJson), Refusals))]
pub async fn change(
    State(app): State<App>,
    asker: Asker,
    Id(id): Id<LineId>,
    IdempotencyKey(key): IdempotencyKey,
    Body(change): Body<ChangeLine>,
) -> Result<Json<LineJson>, Problem> {
    let who = asker.may(Action::ChangeLines)?;
    let change = LineChange {
        open: change.open,
        capacity: change.capacity,
        link: change.link.map(|link| match link {
            Link::Rotate => LinkChange::Rotate,
            Link::Revoke => LinkChange::Revoke,
        }),
        transcribe: change.transcribe,
        record: change.record.map(Recorded::from),
    };
    Ok(Json(json(&app, app.callers().change_line(who, &id, key, &change).await?)))
}
