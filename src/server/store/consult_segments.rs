//! What two agents said to each other in private.

use baton_domain::ids::TransferId;
use baton_domain::transcript::Segment;
use sqlx::{AnyConnection, Row};

use super::{StoreError, from_json, to_json};

/// Writes a line, or the next version of an interim one.
pub async fn put(db: &mut AnyConnection, transfer: TransferId, segment: &Segment) -> Result<(), StoreError> {
    sqlx::query(
        "insert into consult_segments (transfer_id, number, body) values ($1, $2, $3) \
         on conflict (transfer_id, number) do update set body = excluded.body",
    )
    .bind(transfer.to_string())
    .bind(i64::from(segment.number))
    .bind(to_json(segment)?)
    .execute(db)
    .await?;
    Ok(())
}

/// All lines of a transfer's consult, in order.
pub async fn of_transfer(db: &mut AnyConnection, transfer: TransferId) -> Result<Vec<Segment>, StoreError> {
    let rows = sqlx::query("select body from consult_segments where transfer_id = $1 order by number")
        .bind(transfer.to_string())
        .fetch_all(db)
        .await?;
    rows.iter().map(|row| from_json(row.get(0))).collect()
}

/// The newest lines of a transfer's consult, in order.
pub async fn newest(db: &mut AnyConnection, transfer: TransferId, limit: u32) -> Result<Vec<Segment>, StoreError> {
    let rows = sqlx::query("select body from consult_segments where transfer_id = $1 order by number desc limit $2")
        .bind(transfer.to_string())
        .bind(i64::from(limit))
        .fetch_all(db)
        .await?;
    rows.iter().rev().map(|row| from_json(row.get(0))).collect()
}

/// Takes a line away.
pub async fn remove(db: &mut AnyConnection, transfer: TransferId, number: u32) -> Result<(), StoreError> {
    sqlx::query("delete from consult_segments where transfer_id = $1 and number = $2")
        .bind(transfer.to_string())
        .bind(i64::from(number))
        .execute(db)
        .await?;
    Ok(())
}
