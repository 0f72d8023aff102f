//! Briefings, and what the caller's page measured.

use baton_domain::briefing::PreparedBriefing;
use baton_domain::desk_event::{SilenceReport, TransferBriefing};
use baton_domain::ids::{CallId, TransferId};
use baton_domain::time::{Span, Timestamp};
use sqlx::{AnyConnection, Row};

use super::{StoreError, from_json, to_json};

/// Writes the briefing of a transfer, or its next version.
pub async fn put(
    db: &mut AnyConnection,
    call: CallId,
    transfer: TransferId,
    briefing: &PreparedBriefing,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into briefings (transfer_id, call_id, body, created_at) values ($1, $2, $3, $4) \
         on conflict (transfer_id) do update set body = excluded.body",
    )
    .bind(transfer.to_string())
    .bind(call.to_string())
    .bind(to_json(briefing)?)
    .bind(now.0)
    .execute(db)
    .await?;
    Ok(())
}

/// The briefings of a call's transfers, oldest first.
pub async fn of_call(db: &mut AnyConnection, call: CallId) -> Result<Vec<TransferBriefing>, StoreError> {
    let rows =
        sqlx::query("select transfer_id, body from briefings where call_id = $1 order by created_at, transfer_id")
            .bind(call.to_string())
            .fetch_all(db)
            .await?;
    rows.iter()
        .map(|row| {
            let transfer = row.get::<String, _>(0).parse()?;
            Ok(TransferBriefing { transfer, briefing: from_json(&row.get::<String, _>(1))? })
        })
        .collect()
}

/// Keeps what the caller's page measured; the worst counts when it reports twice.
pub async fn put_silence(db: &mut AnyConnection, call: CallId, report: &SilenceReport) -> Result<(), StoreError> {
    sqlx::query(
        "insert into silences (transfer_id, call_id, longest_ms) values ($1, $2, $3) \
         on conflict (transfer_id) do update set longest_ms = excluded.longest_ms \
         where silences.longest_ms < excluded.longest_ms",
    )
    .bind(report.transfer.to_string())
    .bind(call.to_string())
    .bind(report.longest.0)
    .execute(db)
    .await?;
    Ok(())
}

/// What was measured during one transfer.
pub async fn silence(db: &mut AnyConnection, transfer: TransferId) -> Result<Option<SilenceReport>, StoreError> {
    let row = sqlx::query("select longest_ms from silences where transfer_id = $1")
        .bind(transfer.to_string())
        .fetch_optional(db)
        .await?;
    Ok(row.map(|row| SilenceReport { transfer, longest: Span(row.get(0)) }))
}
