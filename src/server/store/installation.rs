//! What this installation made for itself.

use sqlx::{AnyConnection, Row};

use super::StoreError;

/// The value of this name; `made`, when there is none yet.
pub async fn value_or(db: &mut AnyConnection, name: &str, made: &str) -> Result<String, StoreError> {
    sqlx::query("insert into installation (name, value) values ($1, $2) on conflict (name) do nothing")
        .bind(name)
        .bind(made)
        .execute(&mut *db)
        .await?;
    let row = sqlx::query("select value from installation where name = $1").bind(name).fetch_one(db).await?;
    Ok(row.get(0))
}
