//! What is kept of a call while it goes on: its analysis, what was ticked off, what was asked, and the rolling briefing.

use baton_domain::briefing::{Briefing, Language, Statement};
use baton_domain::ids::CallId;
use baton_domain::insight::{CallInsight, ChatTurn, Insight, MAX_TURNS, Tick};
use baton_domain::time::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::{AnyConnection, Row};

use super::{StoreError, from_json, to_json};

/// All that is kept of a call for its agents.
pub async fn of_call(db: &mut AnyConnection, call: CallId) -> Result<CallInsight, StoreError> {
    Ok(CallInsight { analysis: analysis(db, call).await?, ticks: ticks(db, call).await?, chat: turns(db, call).await? })
}

/// The newest analysis.
pub async fn analysis(db: &mut AnyConnection, call: CallId) -> Result<Option<Insight>, StoreError> {
    body(db, "select body from insights where call_id = $1", call).await
}

/// In which language a model wrote the newest analysis; nothing is the conversation's.
pub async fn analysis_language(db: &mut AnyConnection, call: CallId) -> Result<Option<Language>, StoreError> {
    let row = sqlx::query("select language from insights where call_id = $1")
        .bind(call.to_string())
        .fetch_optional(db)
        .await?;
    let tag: String = row.map(|row| row.get(0)).unwrap_or_default();
    Ok(Language::new(&tag).ok())
}

/// Writes an analysis in the place of the one before, in the same language.
pub async fn put_analysis(
    db: &mut AnyConnection,
    call: CallId,
    insight: &Insight,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into insights (call_id, body, updated_at) values ($1, $2, $3) \
         on conflict (call_id) do update set body = excluded.body, updated_at = excluded.updated_at",
    )
    .bind(call.to_string())
    .bind(to_json(insight)?)
    .bind(now.0)
    .execute(db)
    .await?;
    Ok(())
}

/// The same, for one that a model has just written in a language.
pub async fn put_analysis_in(
    db: &mut AnyConnection,
    call: CallId,
    insight: &Insight,
    language: Option<&Language>,
    now: Timestamp,
) -> Result<(), StoreError> {
    put_analysis(db, call, insight, now).await?;
    sqlx::query("update insights set language = $1 where call_id = $2")
        .bind(language.map(Language::tag).unwrap_or_default())
        .bind(call.to_string())
        .execute(db)
        .await?;
    Ok(())
}

/// The briefing that is kept up to date during the call.
pub async fn rolling_briefing(db: &mut AnyConnection, call: CallId) -> Result<Option<Briefing>, StoreError> {
    body(db, "select body from rolling_briefings where call_id = $1", call).await
}

/// Writes it in the place of the one before.
pub async fn put_rolling_briefing(
    db: &mut AnyConnection,
    call: CallId,
    briefing: &Briefing,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into rolling_briefings (call_id, body, updated_at) values ($1, $2, $3) \
         on conflict (call_id) do update set body = excluded.body, updated_at = excluded.updated_at",
    )
    .bind(call.to_string())
    .bind(to_json(briefing)?)
    .bind(now.0)
    .execute(db)
    .await?;
    Ok(())
}

/// What was ticked off, oldest first.
pub async fn ticks(db: &mut AnyConnection, call: CallId) -> Result<Vec<Tick>, StoreError> {
    let rows = sqlx::query("select body from ticks where call_id = $1 order by at, item")
        .bind(call.to_string())
        .fetch_all(db)
        .await?;
    rows.iter().map(|row| from_json(row.get(0))).collect()
}

/// Ticks an item off; one that is ticked off already stays as it is.
pub async fn tick(db: &mut AnyConnection, call: CallId, tick: &Tick) -> Result<(), StoreError> {
    sqlx::query(
        "insert into ticks (call_id, item, at, body) values ($1, $2, $3, $4) on conflict (call_id, item) do nothing",
    )
    .bind(call.to_string())
    .bind(tick.item.text())
    .bind(tick.at.0)
    .bind(to_json(tick)?)
    .execute(db)
    .await?;
    Ok(())
}

/// Opens an item again.
pub async fn untick(db: &mut AnyConnection, call: CallId, item: &Statement) -> Result<(), StoreError> {
    sqlx::query("delete from ticks where call_id = $1 and item = $2")
        .bind(call.to_string())
        .bind(item.text())
        .execute(db)
        .await?;
    Ok(())
}

/// What was asked about the call, oldest first.
pub async fn turns(db: &mut AnyConnection, call: CallId) -> Result<Vec<ChatTurn>, StoreError> {
    let rows = sqlx::query("select body from chat_turns where call_id = $1 order by number")
        .bind(call.to_string())
        .fetch_all(db)
        .await?;
    rows.iter().map(|row| from_json(row.get(0))).collect()
}

/// Writes a question, or its answer beside it; the oldest go when there are too many.
pub async fn put_turn(db: &mut AnyConnection, call: CallId, turn: &ChatTurn) -> Result<(), StoreError> {
    sqlx::query(
        "insert into chat_turns (call_id, number, body) values ($1, $2, $3) \
         on conflict (call_id, number) do update set body = excluded.body",
    )
    .bind(call.to_string())
    .bind(i64::from(turn.number))
    .bind(to_json(turn)?)
    .execute(&mut *db)
    .await?;
    let oldest = i64::from(turn.number) - i64::try_from(MAX_TURNS).unwrap_or(i64::MAX);
    sqlx::query("delete from chat_turns where call_id = $1 and number <= $2")
        .bind(call.to_string())
        .bind(oldest)
        .execute(db)
        .await?;
    Ok(())
}

async fn body<T: DeserializeOwned>(
    db: &mut AnyConnection,
    sql: &'static str,
    call: CallId,
) -> Result<Option<T>, StoreError> {
    let row = sqlx::query(sql).bind(call.to_string()).fetch_optional(db).await?;
    row.map(|row| from_json(row.get(0))).transpose()
}
