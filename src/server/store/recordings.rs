//! Recordings: which there are, and where their sound is. The sound itself is never in the database.

use baton_domain::ids::{CallId, RecordingId};
use baton_domain::recording::{Activity, Recording, RecordingState};
use baton_domain::time::{Span, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::{StoreError, from_json, of_word, to_json, word};
use crate::server::instance::InstanceId;

const COLUMNS: &str =
    "id, call_id, leg_id, speaker, room, state, started_at, duration_ms, bytes, activity, transfer_id";

/// What is known of a recording once it is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// How long it is.
    pub duration: Span,
    /// How large the file is.
    pub bytes: u64,
    /// What is drawn of it.
    pub activity: Activity,
}

fn read(row: &AnyRow) -> Result<Recording, StoreError> {
    let text = |column: usize| row.get::<String, _>(column);
    Ok(Recording {
        id: text(0).parse()?,
        call: text(1).parse()?,
        leg: text(2).parse()?,
        speaker: from_json(&text(3))?,
        room: of_word(&text(4))?,
        transfer: row.get::<Option<String>, _>(10).map(|transfer| transfer.parse()).transpose()?,
        state: of_word(&text(5))?,
        started_at: Timestamp(row.get(6)),
        duration: Span(row.get(7)),
        bytes: u64::try_from(row.get::<i64, _>(8)).unwrap_or(0),
        activity: from_json(&text(9))?,
    })
}

/// A recording that begins in the spool of `maker`, with the key under which it will be stored.
pub async fn insert(
    db: &mut AnyConnection,
    recording: &Recording,
    storage_key: &str,
    maker: &InstanceId,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into recordings \
         (id, call_id, leg_id, speaker, room, state, started_at, duration_ms, bytes, activity, storage_key, instance_id, \
          transfer_id) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(recording.id.to_string())
    .bind(recording.call.to_string())
    .bind(recording.leg.to_string())
    .bind(to_json(&recording.speaker)?)
    .bind(word(&recording.room)?)
    .bind(recording.state.name())
    .bind(recording.started_at.0)
    .bind(recording.duration.0)
    .bind(i64::try_from(recording.bytes).unwrap_or(i64::MAX))
    .bind(to_json(&recording.activity)?)
    .bind(storage_key)
    .bind(maker.as_str())
    .bind(recording.transfer.map(|transfer| transfer.to_string()))
    .execute(db)
    .await?;
    Ok(())
}

/// A recording is whole, and waits for the storage. `false` when it was not being made: it was deleted meanwhile, or closed
/// before.
pub async fn close(db: &mut AnyConnection, id: RecordingId, closed: &Closed) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "update recordings set state = 'waiting', duration_ms = $1, bytes = $2, activity = $3 \
         where id = $4 and state = 'recording'",
    )
    .bind(closed.duration.0)
    .bind(i64::try_from(closed.bytes).unwrap_or(i64::MAX))
    .bind(to_json(&closed.activity)?)
    .bind(id.to_string())
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A recording is in the storage, and in nobody's spool. `false` when it was deleted meanwhile.
pub async fn stored(db: &mut AnyConnection, id: RecordingId) -> Result<bool, StoreError> {
    let done =
        sqlx::query("update recordings set state = 'stored', instance_id = '' where id = $1 and state = 'waiting'")
            .bind(id.to_string())
            .execute(db)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// The recordings of a call that were not deleted, in the order in which they began.
pub async fn of_call(db: &mut AnyConnection, call: CallId) -> Result<Vec<Recording>, StoreError> {
    let sql =
        format!("select {COLUMNS} from recordings where call_id = $1 and state <> 'deleted' order by started_at, id");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(call.to_string()).fetch_all(db).await?;
    rows.iter().map(read).collect()
}

/// One recording and the key of its sound, unless it was deleted.
pub async fn find(db: &mut AnyConnection, id: RecordingId) -> Result<Option<(Recording, String)>, StoreError> {
    let sql = format!("select {COLUMNS}, storage_key from recordings where id = $1 and state <> 'deleted'");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.to_string()).fetch_optional(db).await?;
    row.map(|row| Ok((read(&row)?, row.get(11)))).transpose()
}

/// The recordings in a state that are in the spool of `maker` or in nobody's, with the keys of their sound, oldest first.
pub async fn in_state(
    db: &mut AnyConnection,
    state: RecordingState,
    maker: &InstanceId,
) -> Result<Vec<(Recording, String)>, StoreError> {
    let sql = format!(
        "select {COLUMNS}, storage_key from recordings where state = $1 and instance_id in ($2, '') \
         order by started_at, id"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(state.name()).bind(maker.as_str()).fetch_all(db).await?;
    rows.iter().map(|row| Ok((read(row)?, row.get(11)))).collect()
}

/// How many recordings of a call can be listened to.
pub async fn playable(db: &mut AnyConnection, call: CallId) -> Result<u32, StoreError> {
    let row = sqlx::query("select count(*) from recordings where call_id = $1 and state in ('waiting', 'stored')")
        .bind(call.to_string())
        .fetch_one(db)
        .await?;
    Ok(u32::try_from(row.get::<i64, _>(0)).unwrap_or(u32::MAX))
}

/// Nobody gets the finished recordings of a call any more. Gives how many those were.
pub async fn delete_of_call(db: &mut AnyConnection, call: CallId) -> Result<u64, StoreError> {
    let done =
        sqlx::query("update recordings set state = 'deleted' where call_id = $1 and state in ('waiting', 'stored')")
            .bind(call.to_string())
            .execute(db)
            .await?;
    Ok(done.rows_affected())
}

/// Nobody gets finished recordings that ended before a moment any more. Gives how many those were.
pub async fn delete_older(db: &mut AnyConnection, before: Timestamp) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "update recordings set state = 'deleted' \
         where started_at + duration_ms < $1 and state in ('waiting', 'stored')",
    )
    .bind(before.0)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// Forgets a recording whose sound is gone.
pub async fn remove(db: &mut AnyConnection, id: RecordingId) -> Result<(), StoreError> {
    sqlx::query("delete from recordings where id = $1").bind(id.to_string()).execute(db).await?;
    Ok(())
}
