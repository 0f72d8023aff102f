//! The work after a call.

use baton_domain::ids::{AgentId, CallId};
use baton_domain::time::Timestamp;
use baton_domain::wrap_up::{Disposition, Draft, FinishedWrapUp, WrapUp, Written};
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Row};

use super::{StoreError, of_word, word};

const IS_MEANT: &str = "call_id = $3 and agent_id = $4 and started_at = $5";
/// It is open, or has ended by itself after a given time, and has nothing newer.
const TAKES_DRAFT: &str = "(finished_at is null or (was_finished = 0 and finished_at > $6)) and revision <= $7";
/// Whoever finishes an open one says so of what stands before them: a draft of theirs may be on its way beside it, and is older.
const TAKES_OUTCOME: &str = "(finished_at is null or (was_finished = 0 and finished_at > $6 and revision <= $7))";

/// What was written is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saved {
    /// How often a draft of this wrap-up was saved by now.
    pub revision: u32,
    /// Whether the wrap-up had ended by itself before.
    pub was_late: bool,
}

fn read(row: &AnyRow) -> Result<WrapUp, StoreError> {
    Ok(WrapUp {
        draft: Draft {
            // None was stored by a version that knew nothing likely.
            disposition: disposition(row, 5)?.unwrap_or(Disposition::Resolved),
            notes: notes(row, 6),
        },
        revision: revision(row, 7),
        call: row.get::<String, _>(0).parse()?,
        agent: row.get::<String, _>(1).parse()?,
        caller_name: row.get(2),
        started_at: Timestamp(row.get(3)),
        ends_at: Timestamp(row.get(4)),
    })
}

fn disposition(row: &AnyRow, column: usize) -> Result<Option<Disposition>, StoreError> {
    row.get::<Option<String>, _>(column).map(|disposition| of_word(&disposition)).transpose()
}

fn notes(row: &AnyRow, column: usize) -> String {
    row.get::<Option<String>, _>(column).unwrap_or_default()
}

fn revision(row: &AnyRow, column: usize) -> u32 {
    u32::try_from(row.get::<i64, _>(column)).unwrap_or(u32::MAX)
}

/// Begins a wrap-up.
pub async fn start(db: &mut AnyConnection, wrap_up: &WrapUp) -> Result<(), StoreError> {
    sqlx::query(
        "insert into wrap_ups (call_id, agent_id, caller_name, started_at, ends_at, disposition, notes) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (call_id, agent_id, started_at) do nothing",
    )
    .bind(wrap_up.call.to_string())
    .bind(wrap_up.agent.as_str())
    .bind(&wrap_up.caller_name)
    .bind(wrap_up.started_at.0)
    .bind(wrap_up.ends_at.0)
    .bind(word(&wrap_up.draft.disposition)?)
    .bind(&wrap_up.draft.notes)
    .execute(db)
    .await?;
    Ok(())
}

/// All wrap-ups that are going on.
pub async fn open(db: &mut AnyConnection) -> Result<Vec<WrapUp>, StoreError> {
    let rows = sqlx::query(
        "select call_id, agent_id, caller_name, started_at, ends_at, disposition, notes, revision from wrap_ups \
         where finished_at is null order by started_at",
    )
    .fetch_all(db)
    .await?;
    rows.iter().map(read).collect()
}

/// What was left about a call by those who are done with it, in the order in which they finished.
pub async fn finished(db: &mut AnyConnection, call: CallId) -> Result<Vec<FinishedWrapUp>, StoreError> {
    let rows = sqlx::query(
        "select agent_id, started_at, finished_at, disposition, notes from wrap_ups \
         where call_id = $1 and finished_at is not null order by finished_at, started_at",
    )
    .bind(call.to_string())
    .fetch_all(db)
    .await?;
    let read = |row: &AnyRow| {
        Ok(FinishedWrapUp {
            agent: row.get::<String, _>(0).parse()?,
            started_at: Timestamp(row.get(1)),
            ended_at: Timestamp(row.get(2)),
            disposition: disposition(row, 3)?,
            notes: notes(row, 4),
        })
    };
    rows.iter().map(read).collect()
}

/// Whether an agent was done with a call at some time, and so had had it.
pub async fn has_any(db: &mut AnyConnection, call: CallId, agent: &AgentId) -> Result<bool, StoreError> {
    let row = sqlx::query("select count(*) from wrap_ups where call_id = $1 and agent_id = $2")
        .bind(call.to_string())
        .bind(agent.as_str())
        .fetch_one(db)
        .await?;
    Ok(row.get::<i64, _>(0) > 0)
}

/// Keeps what an agent has typed so far; a wrap-up that ends by itself ends with it. One that did so after `since` still takes
/// it. `None` when there is no such wrap-up, or it has something newer.
pub async fn save_draft(
    db: &mut AnyConnection,
    agent: &AgentId,
    written: &Written,
    since: Timestamp,
) -> Result<Option<Saved>, StoreError> {
    let row = update("revision = revision + 1", TAKES_DRAFT, agent, written, since)?.fetch_optional(&mut *db).await?;
    let saved = row.map(|row| Saved { revision: revision(&row, 0), was_late: row.get::<Option<i64>, _>(1).is_some() });
    or_kept_already(db, saved, agent, written).await
}

/// Ends an agent's wrap-up with the outcome that they gave, also one that has ended by itself after `since` and has nothing newer.
/// `None` when there is no such wrap-up.
pub async fn finish(
    db: &mut AnyConnection,
    agent: &AgentId,
    outcome: &Written,
    since: Timestamp,
    now: Timestamp,
) -> Result<Option<Saved>, StoreError> {
    let end = "was_finished = 1, finished_at = coalesce(finished_at, $8)";
    let row = update(end, TAKES_OUTCOME, agent, outcome, since)?.bind(now.0).fetch_optional(&mut *db).await?;
    let saved = row.map(|row| Saved { revision: revision(&row, 0), was_late: row.get::<i64, _>(1) < now.0 });
    or_kept_already(db, saved, agent, outcome).await
}

/// What takes nothing more, but has this very draft, has kept it: a page that got no answer asks again before it goes on.
async fn or_kept_already(
    db: &mut AnyConnection,
    saved: Option<Saved>,
    agent: &AgentId,
    written: &Written,
) -> Result<Option<Saved>, StoreError> {
    if saved.is_some() {
        return Ok(saved);
    }
    let sql = format!("select revision from wrap_ups where {IS_MEANT} and disposition = $1 and notes = $2");
    let row = bind(sql, agent, written)?.fetch_optional(db).await?;
    Ok(row.map(|row| Saved { revision: revision(&row, 0), was_late: false }))
}

/// Stores what was written, and `also` (its own parameters begin with `$8`), where the wrap-up still takes it.
fn update(
    also: &'static str,
    takes: &'static str,
    agent: &AgentId,
    written: &Written,
    since: Timestamp,
) -> Result<Query<'static, Any, AnyArguments>, StoreError> {
    let sql = format!(
        "update wrap_ups set disposition = $1, notes = $2, {also} where {IS_MEANT} and {takes} \
         returning revision, finished_at"
    );
    Ok(bind(sql, agent, written)?.bind(since.0).bind(i64::from(written.over)))
}

/// The draft and where it was written, as `$1` to `$5`.
fn bind(sql: String, agent: &AgentId, written: &Written) -> Result<Query<'static, Any, AnyArguments>, StoreError> {
    Ok(sqlx::query(AssertSqlSafe(sql))
        .bind(word(&written.draft.disposition)?)
        .bind(written.draft.notes.clone())
        .bind(written.wrap_up.call.to_string())
        .bind(agent.as_str().to_owned())
        .bind(written.wrap_up.started_at.0))
}

/// Ends those of an agent's wrap-ups whose time is over, with what they had typed so far.
pub async fn expire(db: &mut AnyConnection, agent: &AgentId, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("update wrap_ups set finished_at = $1 where agent_id = $2 and finished_at is null and ends_at <= $1")
        .bind(now.0)
        .bind(agent.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// Ends all of an agent's wrap-ups, with what they had typed so far.
pub async fn end_all(db: &mut AnyConnection, agent: &AgentId, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("update wrap_ups set finished_at = $1 where agent_id = $2 and finished_at is null")
        .bind(now.0)
        .bind(agent.as_str())
        .execute(db)
        .await?;
    Ok(())
}
