//! Calls.

use baton_domain::call::Call;
use baton_domain::ids::{CallId, LineId};
use baton_domain::time::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::{StoreError, from_json, to_json};

/// Whether nothing more can happen to a call: it ended, and no consult outlives it.
fn is_settled(call: &Call) -> i64 {
    i64::from(call.is_ended() && call.agent_legs().is_empty())
}

fn ended_at(call: &Call) -> Option<i64> {
    match &call.state {
        baton_domain::call::CallState::Ended { at, .. } => Some(at.0),
        _ => None,
    }
}

/// A new call.
pub async fn insert(db: &mut AnyConnection, call: &Call) -> Result<(), StoreError> {
    sqlx::query(
        "insert into calls (id, line_id, state, version, created_at, ended_at, is_settled, body, rejoined_from) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(call.id.to_string())
    .bind(call.line.as_str())
    .bind(call.state_name())
    .bind(i64::from(call.version))
    .bind(call.created_at.0)
    .bind(ended_at(call))
    .bind(is_settled(call))
    .bind(to_json(call)?)
    .bind(call.rejoined_from.map(|left| left.to_string()))
    .execute(db)
    .await?;
    Ok(())
}

/// A call over the version that it was made from.
pub async fn update(db: &mut AnyConnection, call: &Call, read_version: u32) -> Result<(), StoreError> {
    let done = sqlx::query(
        "update calls set state = $1, version = $2, ended_at = $3, is_settled = $4, body = $5 where id = $6 and version = $7",
    )
    .bind(call.state_name())
    .bind(i64::from(call.version))
    .bind(ended_at(call))
    .bind(is_settled(call))
    .bind(to_json(call)?)
    .bind(call.id.to_string())
    .bind(i64::from(read_version))
    .execute(db)
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::VersionConflict) }
}

/// One call.
pub async fn find(db: &mut AnyConnection, id: CallId) -> Result<Option<Call>, StoreError> {
    let row = sqlx::query("select body from calls where id = $1").bind(id.to_string()).fetch_optional(db).await?;
    row.map(|row| from_json(row.get(0))).transpose()
}

/// The call with which somebody came back from one that had ended.
pub async fn rejoined(db: &mut AnyConnection, left: CallId) -> Result<Option<CallId>, StoreError> {
    let row =
        sqlx::query("select id from calls where rejoined_from = $1").bind(left.to_string()).fetch_optional(db).await?;
    row.map(|row| Ok(row.get::<String, _>(0).parse()?)).transpose()
}

/// A call that its caller had left before they came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// Which.
    pub id: CallId,
    /// Since when.
    pub created_at: Timestamp,
}

/// The calls that the caller of `call` had left and come back from, one after the other, oldest first.
pub async fn before(db: &mut AnyConnection, call: &Call) -> Result<Vec<Earlier>, StoreError> {
    // Hardly anybody came back, and this is asked all the time.
    let Some(left) = call.rejoined_from else { return Ok(Vec::new()) };
    let rows = sqlx::query(
        "with recursive earlier (id, created_at, rejoined_from, steps) as (\
         select id, created_at, rejoined_from, 0 from calls where id = $1 \
         union all select calls.id, calls.created_at, calls.rejoined_from, earlier.steps + 1 \
         from calls join earlier on calls.id = earlier.rejoined_from) \
         select id, created_at from earlier order by steps desc",
    )
    .bind(left.to_string())
    .fetch_all(db)
    .await?;
    let read = |row: &AnyRow| Ok(Earlier { id: row.get::<String, _>(0).parse()?, created_at: Timestamp(row.get(1)) });
    rows.iter().map(read).collect()
}

/// Every call to which something may still happen, oldest first.
pub async fn unsettled(db: &mut AnyConnection) -> Result<Vec<Call>, StoreError> {
    let rows = sqlx::query("select body from calls where is_settled = 0 order by created_at, id").fetch_all(db).await?;
    rows.iter().map(|row| from_json(row.get(0))).collect()
}

/// The calls with an open transfer, oldest first.
pub async fn transferring(db: &mut AnyConnection) -> Result<Vec<Call>, StoreError> {
    let rows = sqlx::query(
        "select body from calls where is_settled = 0 \
         and state in ('initiated', 'ringing', 'consulting', 'swapped', 'conference', 'completing') \
         order by created_at, id",
    )
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| from_json(row.get(0))).collect()
}

/// A place among the calls by their age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Before {
    /// Whatever began earlier,
    pub created_at: Timestamp,
    /// and of those that began in the same moment whatever comes after this one.
    pub id: Option<CallId>,
}

impl From<Timestamp> for Before {
    fn from(created_at: Timestamp) -> Self {
        Self { created_at, id: None }
    }
}

/// The newest calls, for the API: at most `limit`, from a place on; only those that are not over, if so asked.
pub async fn newest(
    db: &mut AnyConnection,
    before: Before,
    limit: u32,
    only_open: bool,
) -> Result<Vec<Call>, StoreError> {
    let query = if only_open {
        "select body from calls where is_settled = 0 and ended_at is null and (created_at, id) < ($1, $2) \
         order by created_at desc, id desc limit $3"
    } else {
        "select body from calls where (created_at, id) < ($1, $2) order by created_at desc, id desc limit $3"
    };
    let rows = sqlx::query(query)
        .bind(before.created_at.0)
        .bind(before.id.map(|id| id.to_string()).unwrap_or_default())
        .bind(i64::from(limit))
        .fetch_all(db)
        .await?;
    rows.iter().map(|row| from_json(row.get(0))).collect()
}

/// How many callers of a line have no agent yet.
pub async fn waiting_on_line(db: &mut AnyConnection, line: &LineId) -> Result<u32, StoreError> {
    let row = sqlx::query(
        "select count(*) from calls where is_settled = 0 and line_id = $1 and state in ('queued', 'offered')",
    )
    .bind(line.as_str())
    .fetch_one(db)
    .await?;
    Ok(u32::try_from(row.get::<i64, _>(0)).unwrap_or(u32::MAX))
}

/// Keeps the fingerprint of a caller's secret.
pub async fn insert_caller_key(
    db: &mut AnyConnection,
    fingerprint: &str,
    call: CallId,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("insert into caller_keys (secret_hash, call_id, created_at) values ($1, $2, $3)")
        .bind(fingerprint)
        .bind(call.to_string())
        .bind(now.0)
        .execute(db)
        .await?;
    Ok(())
}

/// The call whose caller has this secret.
pub async fn call_of_caller_key(db: &mut AnyConnection, fingerprint: &str) -> Result<Option<CallId>, StoreError> {
    let row = sqlx::query("select call_id from caller_keys where secret_hash = $1")
        .bind(fingerprint)
        .fetch_optional(db)
        .await?;
    row.map(|row| Ok(row.get::<String, _>(0).parse()?)).transpose()
}
