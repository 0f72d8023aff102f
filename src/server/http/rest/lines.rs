//! Lines: the published ways in.

use axum::Json;
use axum::extract::State;
use baton_domain::hold_music::InvalidSoundFile;
use baton_domain::ids::LineId;
use baton_domain::line::Line;
use baton_domain::listening::Recorded;
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::{Asker, Body, Id, IdempotencyKey, KeyHeader, invalid};
use super::model::Refusals;
use crate::server::http::problem::Problem;
use crate::server::permissions::Action;
use crate::server::services::callers::{LineChange, LinkChange};
use crate::server::services::hold_music::HoldMusicChange;
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
    /// Whether personal data is taken out of what leaves about its calls, as `BATON_REDACT` says; else it leaves as it was said.
    redact: bool,
    /// What callers on hold are played who have no page of the desk: `default`, or a file among the installation's sounds.
    #[schema(example = "default")]
    hold_music: String,
    /// How often they are told that nobody has forgotten them, in seconds; 0 is never.
    comfort_every_seconds: i64,
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
    /// For all that leaves from now on, also of calls that go on. The timeline of a call says of all that left which it was.
    redact: Option<bool>,
    /// `default`, or the name of an Ogg Opus file in the folder of `BATON_SOUNDS`.
    hold_music: Option<String>,
    /// 10 to 3600, or 0 for never.
    comfort_every_seconds: Option<u32>,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    Rotate,
    Revoke,
}

/// The music that the desk has itself: no file is called so.
const OWN_MUSIC: &str = "default";

async fn json(app: &App, line: Line) -> Result<LineJson, Problem> {
    let music = app.hold_music().of_line(&line.id).await?;
    Ok(LineJson {
        hold_music: music.file.map_or_else(|| OWN_MUSIC.to_owned(), String::from),
        comfort_every_seconds: music.comfort_every.map_or(0, |every| every.0 / 1000),
        id: line.id.to_string(),
        name: line.name,
        queue: line.queue.to_string(),
        open: line.open,
        capacity: line.capacity,
        transcribe: line.listening.transcribe,
        record: line.listening.record.into(),
        redact: line.redact,
        join_url: line.join_code.map(|code| format!("{}/join/{code}", app.config.http.public_url)),
    })
}

fn hold_music(change: &ChangeLine) -> Result<HoldMusicChange, Problem> {
    let file = match change.hold_music.as_deref() {
        None => None,
        Some(OWN_MUSIC) => Some(None),
        Some(name) => Some(Some(name.parse().map_err(|error: InvalidSoundFile| invalid(error.to_string()))?)),
    };
    Ok(HoldMusicChange { file, comfort_seconds: change.comfort_every_seconds })
}

/// All lines, with their join links.
#[utoipa::path(get, path = "/lines", operation_id = "list_lines", tag = "Lines", responses((status = 200, body = Lines), Refusals))]
pub async fn list(State(app): State<App>, asker: Asker) -> Result<Json<Lines>, Problem> {
    asker.may(Action::ReadLines)?;
    let lines = app.callers().lines().await?;
    Ok(Json(Lines { lines: try_join_all(lines.into_iter().map(|line| json(&app, line))).await? }))
}

/// Open or close a line, change how many may wait, give it a new join link or none, say what is done with what is said and
/// what is played on hold.
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
    let hold_music = hold_music(&change)?;
    let change = LineChange {
        hold_music,
        open: change.open,
        capacity: change.capacity,
        link: change.link.map(|link| match link {
            Link::Rotate => LinkChange::Rotate,
            Link::Revoke => LinkChange::Revoke,
        }),
        transcribe: change.transcribe,
        record: change.record.map(Recorded::from),
        redact: change.redact,
    };
    Ok(Json(json(&app, app.callers().change_line(who, &id, key, &change).await?).await?))
}
