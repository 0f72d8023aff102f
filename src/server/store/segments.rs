//! What was said.

use baton_domain::ids::CallId;
use baton_domain::transcript::Segment;
use sqlx::{AnyConnection, Row};

use super::{StoreError, from_json, to_json};

/// Writes a line, or the next version of an interim one.
pub async fn put(db: &mut AnyConnection, call: CallId, segment: &Segment) -> Result<(), StoreError> {
    sqlx::query(
        "insert into segments (call_id, number, body) values ($1, $2, $3) \
         on conflict (call_id, number) do update set body = excluded.body",
    )
    .bind(call.to_string())
    .bind(i64::from(segment.number))
    .bind(to_json(segment)?)
    .execute(db)
    .await?;
    Ok(())
}

/// All lines of a call, in order.
pub async fn of_call(db: &mut AnyConnection, call: CallId) -> Result<Vec<Segment>, StoreError> {
    let rows = sqlx::query("select body from segments where call_id = $1 order by number")
        .bind(call.to_string())
        .fetch_all(db)
        .await?;
    rows.iter().map(|row| from_json(row.get(0))).collect()
}

/// The newest lines of a call, in order.
pub async fn newest(db: &mut AnyConnection, call: CallId, limit: u32) -> Result<Vec<Segment>, StoreError> {
    let rows = sqlx::query("select body from segments where call_id = $1 order by number desc limit $2")
        .bind(call.to_string())
        .bind(i64::from(limit))
        .fetch_all(db)
        .await?;
    rows.iter().rev().map(|row| from_json(row.get(0))).collect()
}

/// Takes a line away.
pub async fn remove(db: &mut AnyConnection, call: CallId, number: u32) -> Result<(), StoreError> {
    sqlx::query("delete from segments where call_id = $1 and number = $2")
        .bind(call.to_string())
        .bind(i64::from(number))
        .execute(db)
        .await?;
    Ok(())
}
