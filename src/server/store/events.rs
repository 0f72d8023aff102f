//! What happened: timeline, audit and outbox in one.

use baton_domain::call::Call;
use baton_domain::desk_event::TimelineEntry;
use baton_domain::ids::CallId;
use baton_domain::machine::Actor;
use baton_domain::outcome::Happening;
use baton_domain::time::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::{StoreError, from_json, to_json};

/// An event as the outside gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// In which call.
    pub call: CallId,
    /// Who asked for it, or what reported it.
    pub actor: String,
    /// Id, time and content.
    pub entry: TimelineEntry,
}

/// Writes down what happened to `call`, in order. Taking the numbers from one counter row keeps ids in the order of
/// commits, also over many instances: whoever writes later waits for whoever writes now.
pub async fn append(
    db: &mut AnyConnection,
    call: &Call,
    actor: &str,
    happened: &[Happening],
    now: Timestamp,
) -> Result<(), StoreError> {
    if happened.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(happened.len()).unwrap_or(i64::MAX);
    let row = sqlx::query("update counters set value = value + $1 where name = 'event' returning value")
        .bind(count)
        .fetch_one(&mut *db)
        .await?;
    let first = row.get::<i64, _>(0) - count + 1;
    for (id, happening) in (first..).zip(happened) {
        sqlx::query(
            "insert into events (id, at, call_id, call_version, transfer_id, actor, kind, body) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(id)
        .bind(now.0)
        .bind(call.id.to_string())
        .bind(i64::from(call.version))
        .bind(happening.transfer.map(|transfer| transfer.to_string()))
        .bind(actor)
        .bind(happening.kind.name())
        .bind(to_json(happening)?)
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// How the audit names who asked.
pub fn actor_name(actor: &Actor) -> String {
    match actor {
        Actor::Caller => "caller".to_owned(),
        Actor::Agent(agent) => format!("agent:{agent}"),
        Actor::Supervisor(agent) => format!("supervisor:{agent}"),
        Actor::Api => "api".to_owned(),
        Actor::Desk => "desk".to_owned(),
    }
}

fn read(row: &AnyRow) -> Result<StoredEvent, StoreError> {
    Ok(StoredEvent {
        call: row.get::<String, _>(2).parse()?,
        actor: row.get(3),
        entry: TimelineEntry {
            id: row.get(0),
            at: Timestamp(row.get(1)),
            happening: from_json(&row.get::<String, _>(4))?,
        },
    })
}

/// The first `limit` events after `id`, over all calls.
pub async fn after(db: &mut AnyConnection, id: i64, limit: u32) -> Result<Vec<StoredEvent>, StoreError> {
    let rows = sqlx::query("select id, at, call_id, actor, body from events where id > $1 order by id limit $2")
        .bind(id)
        .bind(i64::from(limit))
        .fetch_all(db)
        .await?;
    rows.iter().map(read).collect()
}

/// The id of the newest event; 0 before the first.
pub async fn last_id(db: &mut AnyConnection) -> Result<i64, StoreError> {
    Ok(sqlx::query("select value from counters where name = 'event'").fetch_one(db).await?.get(0))
}

/// A call's timeline.
pub async fn timeline(db: &mut AnyConnection, call: CallId) -> Result<Vec<TimelineEntry>, StoreError> {
    let rows = sqlx::query("select id, at, call_id, actor, body from events where call_id = $1 order by id")
        .bind(call.to_string())
        .fetch_all(db)
        .await?;
    rows.iter().map(|row| read(row).map(|event| event.entry)).collect()
}

/// Whether a person would see another call than they saw at `version`.
pub async fn happened_since(db: &mut AnyConnection, call: CallId, version: u32) -> Result<bool, StoreError> {
    let row = sqlx::query("select count(*) from events where call_id = $1 and call_version > $2")
        .bind(call.to_string())
        .bind(i64::from(version))
        .fetch_one(db)
        .await?;
    Ok(row.get::<i64, _>(0) > 0)
}
