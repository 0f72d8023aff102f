//! Files that are transcribed. What is known of one is one JSON document; beside it stands what is looked for.

use baton_domain::ids::SpokenFileId;
use baton_domain::spoken_file::{SpokenFile, SpokenFileState};
use baton_domain::time::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::{StoreError, from_json, to_json};
use crate::server::instance::InstanceId;

/// A file, and what of it only the server knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// What its owner sees.
    pub file: SpokenFile,
    /// Who brought it.
    pub owner: String,
    /// How often work on it was begun, and the server ended before it said why.
    pub tries: u32,
}

fn read(row: &AnyRow) -> Result<StoredFile, StoreError> {
    Ok(StoredFile {
        file: from_json(&row.get::<String, _>(0))?,
        owner: row.get(1),
        tries: u32::try_from(row.get::<i64, _>(2)).unwrap_or(u32::MAX),
    })
}

/// A file that is received by this instance from now on.
pub async fn insert(
    db: &mut AnyConnection,
    file: &SpokenFile,
    owner: &str,
    instance: &InstanceId,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into spoken_files (id, owner, instance_id, state, tries, created_at, cared_at, document) \
         values ($1, $2, $3, $4, 0, $5, $5, $6)",
    )
    .bind(file.id.to_string())
    .bind(owner)
    .bind(instance.as_str())
    .bind(file.state.name())
    .bind(file.created_at.0)
    .bind(to_json(file)?)
    .execute(db)
    .await?;
    Ok(())
}

/// What has become of a file. `false` when it was deleted meanwhile, or is over: another server may have given it up.
pub async fn put(db: &mut AnyConnection, file: &SpokenFile) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "update spoken_files set state = $1, document = $2 where id = $3 and state not in ('done', 'failed')",
    )
    .bind(file.state.name())
    .bind(to_json(file)?)
    .bind(file.id.to_string())
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Work on a file begins once more.
pub async fn try_again(db: &mut AnyConnection, id: SpokenFileId) -> Result<(), StoreError> {
    sqlx::query("update spoken_files set tries = tries + 1 where id = $1").bind(id.to_string()).execute(db).await?;
    Ok(())
}

/// Work on a file ended in a way that is not its fault.
pub async fn take_back_try(db: &mut AnyConnection, id: SpokenFileId) -> Result<(), StoreError> {
    sqlx::query("update spoken_files set tries = tries - 1 where id = $1 and tries > 0")
        .bind(id.to_string())
        .execute(db)
        .await?;
    Ok(())
}

/// This instance is there, and with it the files that it has.
pub async fn care(db: &mut AnyConnection, instance: &InstanceId, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("update spoken_files set cared_at = $1 where instance_id = $2 and state not in ('done', 'failed')")
        .bind(now.0)
        .bind(instance.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// This instance has the files whose lines are there and whose own instance was not there since a moment. Gives how many those were.
pub async fn take_over_summarising(
    db: &mut AnyConnection,
    instance: &InstanceId,
    before: Timestamp,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "update spoken_files set instance_id = $1, cared_at = $2 where state = 'summarising' and cared_at < $3",
    )
    .bind(instance.as_str())
    .bind(now.0)
    .bind(before.0)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// The files whose instance was not there since a moment, and which are not over.
pub async fn without_care(db: &mut AnyConnection, before: Timestamp) -> Result<Vec<StoredFile>, StoreError> {
    let rows = sqlx::query(
        "select document, owner, tries from spoken_files where cared_at < $1 and state not in ('done', 'failed') \
         order by created_at, id",
    )
    .bind(before.0)
    .fetch_all(db)
    .await?;
    rows.iter().map(read).collect()
}

/// One file of this owner's: those of others are not there.
pub async fn find(db: &mut AnyConnection, id: SpokenFileId, owner: &str) -> Result<Option<SpokenFile>, StoreError> {
    let row = sqlx::query("select document from spoken_files where id = $1 and owner = $2")
        .bind(id.to_string())
        .bind(owner)
        .fetch_optional(db)
        .await?;
    row.map(|row| from_json(&row.get::<String, _>(0))).transpose()
}

/// The files of an owner, the newest first.
pub async fn of_owner(db: &mut AnyConnection, owner: &str, most: u32) -> Result<Vec<SpokenFile>, StoreError> {
    let rows =
        sqlx::query("select document from spoken_files where owner = $1 order by created_at desc, id desc limit $2")
            .bind(owner)
            .bind(i64::from(most))
            .fetch_all(db)
            .await?;
    rows.iter().map(|row| from_json(&row.get::<String, _>(0))).collect()
}

/// How many files of an owner are not over.
pub async fn open_of_owner(db: &mut AnyConnection, owner: &str) -> Result<u32, StoreError> {
    let row = sqlx::query("select count(*) from spoken_files where owner = $1 and state not in ('done', 'failed')")
        .bind(owner)
        .fetch_one(db)
        .await?;
    Ok(u32::try_from(row.get::<i64, _>(0)).unwrap_or(u32::MAX))
}

/// The files of this instance in a state, the oldest first.
pub async fn in_state(
    db: &mut AnyConnection,
    state: SpokenFileState,
    instance: &InstanceId,
) -> Result<Vec<StoredFile>, StoreError> {
    let rows = sqlx::query(
        "select document, owner, tries from spoken_files where state = $1 and instance_id = $2 order by created_at, id",
    )
    .bind(state.name())
    .bind(instance.as_str())
    .fetch_all(db)
    .await?;
    rows.iter().map(read).collect()
}

/// Forgets a file of this owner's. `false` when there is none.
pub async fn delete(db: &mut AnyConnection, id: SpokenFileId, owner: &str) -> Result<bool, StoreError> {
    let done = sqlx::query("delete from spoken_files where id = $1 and owner = $2")
        .bind(id.to_string())
        .bind(owner)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets files that were brought before a moment, however far they came. Gives how many those were.
pub async fn delete_older(db: &mut AnyConnection, before: Timestamp) -> Result<u64, StoreError> {
    let done = sqlx::query("delete from spoken_files where created_at < $1").bind(before.0).execute(db).await?;
    Ok(done.rows_affected())
}
