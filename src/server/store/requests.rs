//! Commands that came with a key: one that comes twice is carried out once.

use baton_domain::time::Timestamp;
use sqlx::{AnyConnection, Row};

use super::StoreError;

/// What was answered to this actor's request of this key.
pub async fn answered(db: &mut AnyConnection, actor: &str, key: &str) -> Result<Option<String>, StoreError> {
    let row = sqlx::query("select answer from requests where actor = $1 and request_key = $2")
        .bind(actor)
        .bind(key)
        .fetch_optional(db)
        .await?;
    Ok(row.map(|row| row.get(0)))
}

/// Remembers an answer, in the transaction that carries the request out.
pub async fn remember(
    db: &mut AnyConnection,
    actor: &str,
    key: &str,
    answer: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into requests (actor, request_key, at, answer) values ($1, $2, $3, $4) \
         on conflict (actor, request_key) do nothing",
    )
    .bind(actor)
    .bind(key)
    .bind(now.0)
    .bind(answer)
    .execute(db)
    .await?;
    Ok(())
}

/// Forgets what nobody repeats any more.
pub async fn forget_before(db: &mut AnyConnection, before: Timestamp) -> Result<(), StoreError> {
    sqlx::query("delete from requests where at < $1").bind(before.0).execute(db).await?;
    Ok(())
}
