//! Leases: which of several servers on this database does what only one may do.

use baton_domain::time::Timestamp;
use sqlx::{AnyConnection, Row};

use super::StoreError;
use crate::server::instance::InstanceId;

/// A lease as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLease {
    /// Who took it last.
    pub instance: InstanceId,
    /// How often it was taken.
    pub term: i64,
    /// Until when it is theirs.
    pub expires_at: Timestamp,
}

/// Takes a lease until a time, or goes on with it: `held` is the term that is gone on with, nothing when it is to be taken
/// anew. Gives its term, or nothing when it is somebody else's now.
pub async fn take(
    db: &mut AnyConnection,
    name: &str,
    instance: &InstanceId,
    held: Option<i64>,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<i64>, StoreError> {
    // Terms begin at 1.
    let row = sqlx::query(
        "insert into leases (name, instance_id, term, expires_at) values ($1, $2, 1, $3) \
         on conflict (name) do update set instance_id = excluded.instance_id, expires_at = excluded.expires_at, \
         term = leases.term + case when leases.instance_id = excluded.instance_id and leases.term = $4 then 0 else 1 end \
         where (leases.instance_id = excluded.instance_id and (leases.term = $4 or $4 = 0)) or leases.expires_at < $5 \
         returning term",
    )
    .bind(name)
    .bind(instance.as_str())
    .bind(until.0)
    .bind(held.unwrap_or(0))
    .bind(now.0)
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| row.get(0)))
}

/// Gives a lease back, unless it is somebody else's by now.
pub async fn release(db: &mut AnyConnection, name: &str, instance: &InstanceId, term: i64) -> Result<(), StoreError> {
    // The row stays, and with it the count of its terms.
    sqlx::query("update leases set expires_at = 0 where name = $1 and instance_id = $2 and term = $3")
        .bind(name)
        .bind(instance.as_str())
        .bind(term)
        .execute(db)
        .await?;
    Ok(())
}

/// A lease, if anybody ever took it.
pub async fn find(db: &mut AnyConnection, name: &str) -> Result<Option<StoredLease>, StoreError> {
    let row = sqlx::query("select instance_id, term, expires_at from leases where name = $1")
        .bind(name)
        .fetch_optional(db)
        .await?;
    Ok(row.map(|row| StoredLease {
        instance: InstanceId::known(row.get(0)),
        term: row.get(1),
        expires_at: Timestamp(row.get(2)),
    }))
}

/// Forgets leases that nobody has had since a moment.
pub async fn forget(db: &mut AnyConnection, before: Timestamp) -> Result<(), StoreError> {
    sqlx::query("delete from leases where expires_at < $1").bind(before.0).execute(db).await?;
    Ok(())
}
