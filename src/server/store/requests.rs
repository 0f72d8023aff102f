//! Commands that came with a key: one that comes twice is carried out once.

use baton_domain::time::Timestamp;
use sqlx::{AnyConnection, Row};

use super::StoreError;

/// A request that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// What was asked for, as its fingerprint.
    pub command: String,
    /// What was answered.
    pub answer: String,
}

/// What was answered to this actor's request of this key, and what that request was.
pub async fn answered(db: &mut AnyConnection, actor: &str, key: &str) -> Result<Option<Answered>, StoreError> {
    let row = sqlx::query("select command, answer from requests where actor = $1 and request_key = $2")
        .bind(actor)
        .bind(key)
        .fetch_optional(db)
        .await?;
    Ok(row.map(|row| Answered { command: row.get(0), answer: row.get(1) }))
}

/// Remembers an answer, in the transaction that carries the request out: of two, which only come about where the first counts no
/// more, the newer one.
pub async fn remember(
    db: &mut AnyConnection,
    actor: &str,
    key: &str,
    answered: &Answered,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into requests (actor, request_key, at, command, answer) values ($1, $2, $3, $4, $5) \
         on conflict (actor, request_key) do update set at = excluded.at, command = excluded.command, answer = excluded.answer",
    )
    .bind(actor)
    .bind(key)
    .bind(now.0)
    .bind(&answered.command)
    .bind(&answered.answer)
    .execute(db)
    .await?;
    Ok(())
}

/// Forgets what nobody repeats any more.
pub async fn forget_before(db: &mut AnyConnection, before: Timestamp) -> Result<(), StoreError> {
    sqlx::query("delete from requests where at < $1").bind(before.0).execute(db).await?;
    Ok(())
}
