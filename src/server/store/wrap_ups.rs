//! The work after a call.

use baton_domain::ids::{AgentId, CallId};
use baton_domain::time::Timestamp;
use baton_domain::wrap_up::{Disposition, Draft, WrapUp};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::{StoreError, of_word, word};

fn read(row: &AnyRow) -> Result<WrapUp, StoreError> {
    let draft = match row.get::<Option<String>, _>(5) {
        Some(disposition) => Some(Draft {
            disposition: of_word(&disposition)?,
            notes: row.get::<Option<String>, _>(6).unwrap_or_default(),
        }),
        None => None,
    };
    Ok(WrapUp {
        draft,
        call: row.get::<String, _>(0).parse()?,
        agent: row.get::<String, _>(1).parse()?,
        caller_name: row.get(2),
        started_at: Timestamp(row.get(3)),
        ends_at: Timestamp(row.get(4)),
    })
}

/// Begins a wrap-up.
pub async fn start(db: &mut AnyConnection, wrap_up: &WrapUp) -> Result<(), StoreError> {
    sqlx::query(
        "insert into wrap_ups (call_id, agent_id, caller_name, started_at, ends_at) values ($1, $2, $3, $4, $5) \
         on conflict (call_id, agent_id, started_at) do nothing",
    )
    .bind(wrap_up.call.to_string())
    .bind(wrap_up.agent.as_str())
    .bind(&wrap_up.caller_name)
    .bind(wrap_up.started_at.0)
    .bind(wrap_up.ends_at.0)
    .execute(db)
    .await?;
    Ok(())
}

/// All wrap-ups that are going on.
pub async fn open(db: &mut AnyConnection) -> Result<Vec<WrapUp>, StoreError> {
    let rows = sqlx::query(
        "select call_id, agent_id, caller_name, started_at, ends_at, disposition, notes from wrap_ups \
         where finished_at is null order by started_at",
    )
    .fetch_all(db)
    .await?;
    rows.iter().map(read).collect()
}

/// Keeps what an agent has typed so far; a wrap-up that ends by itself ends with it. `false` when it is not open.
pub async fn save_draft(
    db: &mut AnyConnection,
    agent: &AgentId,
    call: CallId,
    draft: &Draft,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "update wrap_ups set disposition = $1, notes = $2 where agent_id = $3 and call_id = $4 and finished_at is null",
    )
    .bind(word(&draft.disposition)?)
    .bind(&draft.notes)
    .bind(agent.as_str())
    .bind(call.to_string())
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Ends those of an agent's wrap-ups whose time is over, with what they had typed so far.
pub async fn expire(db: &mut AnyConnection, agent: &AgentId, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("update wrap_ups set finished_at = $1 where agent_id = $2 and finished_at is null and ends_at <= $3")
        .bind(now.0)
        .bind(agent.as_str())
        .bind(now.0)
        .execute(db)
        .await?;
    Ok(())
}

/// Ends an agent's wrap-ups: with an outcome when they gave one for this call, else with what they had typed so far.
/// `false` when none was open.
pub async fn finish(
    db: &mut AnyConnection,
    agent: &AgentId,
    outcome: Option<(CallId, Disposition, &str)>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if let Some((call, disposition, notes)) = outcome {
        let done = sqlx::query(
            "update wrap_ups set finished_at = $1, disposition = $2, notes = $3 \
             where agent_id = $4 and call_id = $5 and finished_at is null",
        )
        .bind(now.0)
        .bind(word(&disposition)?)
        .bind(notes)
        .bind(agent.as_str())
        .bind(call.to_string())
        .execute(db)
        .await?;
        return Ok(done.rows_affected() > 0);
    }
    let done = sqlx::query("update wrap_ups set finished_at = $1 where agent_id = $2 and finished_at is null")
        .bind(now.0)
        .bind(agent.as_str())
        .execute(db)
        .await?;
    Ok(done.rows_affected() > 0)
}
