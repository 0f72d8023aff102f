//! Transfers, each attempt a row of its own.

use baton_domain::call::{Call, EndedTransfer};
use baton_domain::ids::{AgentId, CallId, TransferId};
use baton_domain::time::Timestamp;
use baton_domain::transfer::Outcome;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::{StoreError, from_json, to_json};

/// A transfer as it is told to the outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTransfer {
    /// Its id.
    pub id: TransferId,
    /// In which call.
    pub call: CallId,
    /// Who hands over.
    pub transferring: AgentId,
    /// Who is to take over.
    pub target: AgentId,
    /// State or outcome, by its stable name.
    pub state: String,
    /// The plain stage.
    pub stage: String,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Why.
    pub reason: String,
    /// For the next agent.
    pub note: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// Writes the transfers that `call` knows of: the open one, and the one that ended last.
pub async fn put_of(db: &mut AnyConnection, call: &Call) -> Result<(), StoreError> {
    if let Some(open) = call.transfer() {
        sqlx::query(
            "insert into transfers (id, call_id, transferring_agent, target_agent, state, stage, reason, note, started_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             on conflict (id) do update set state = excluded.state, stage = excluded.stage",
        )
        .bind(open.id.to_string())
        .bind(call.id.to_string())
        .bind(open.transferring.agent.as_str())
        .bind(open.target.agent.as_str())
        .bind(open.state.name())
        .bind(open.state.stage())
        .bind(&open.reason)
        .bind(&open.note)
        .bind(open.started_at.0)
        .execute(&mut *db)
        .await?;
    }
    match &call.last_transfer {
        Some(ended) => put_ended(db, ended).await,
        None => Ok(()),
    }
}

async fn put_ended(db: &mut AnyConnection, ended: &EndedTransfer) -> Result<(), StoreError> {
    sqlx::query(
        "update transfers set state = $1, stage = $2, outcome = $3, ended_at = $4 where id = $5 and ended_at is null",
    )
    .bind(ended.outcome.name())
    .bind(ended.outcome.stage())
    .bind(to_json(&ended.outcome)?)
    .bind(ended.ended_at.0)
    .bind(ended.id.to_string())
    .execute(db)
    .await?;
    Ok(())
}

const COLUMNS: &str =
    "id, call_id, transferring_agent, target_agent, state, stage, outcome, reason, note, started_at, ended_at";

fn read(row: &AnyRow) -> Result<StoredTransfer, StoreError> {
    let outcome: Option<String> = row.get(6);
    Ok(StoredTransfer {
        id: row.get::<String, _>(0).parse()?,
        call: row.get::<String, _>(1).parse()?,
        transferring: row.get::<String, _>(2).parse()?,
        target: row.get::<String, _>(3).parse()?,
        state: row.get(4),
        stage: row.get(5),
        outcome: outcome.as_deref().map(from_json).transpose()?,
        reason: row.get(7),
        note: row.get(8),
        started_at: Timestamp(row.get(9)),
        ended_at: row.get::<Option<i64>, _>(10).map(Timestamp),
    })
}

/// One transfer.
pub async fn find(db: &mut AnyConnection, id: TransferId) -> Result<Option<StoredTransfer>, StoreError> {
    let sql = format!("select {COLUMNS} from transfers where id = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.to_string()).fetch_optional(db).await?;
    row.as_ref().map(read).transpose()
}

/// A call's transfers, oldest first.
pub async fn of_call(db: &mut AnyConnection, call: CallId) -> Result<Vec<StoredTransfer>, StoreError> {
    let sql = format!("select {COLUMNS} from transfers where call_id = $1 order by started_at, id");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(call.to_string()).fetch_all(db).await?;
    rows.iter().map(read).collect()
}
