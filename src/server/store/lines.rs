//! Lines and queues.

use baton_domain::ids::{LineId, QueueId};
use baton_domain::line::{Line, Queue};
use baton_domain::listening::ListeningPolicy;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::{StoreError, of_word, word};

fn read(row: &AnyRow) -> Result<Line, StoreError> {
    Ok(Line {
        id: row.get::<String, _>(0).parse()?,
        name: row.get(1),
        queue: row.get::<String, _>(2).parse()?,
        join_code: row.get(3),
        open: row.get::<i64, _>(4) != 0,
        capacity: u32::try_from(row.get::<i64, _>(5)).unwrap_or(u32::MAX),
        listening: ListeningPolicy { transcribe: row.get::<i64, _>(6) != 0, record: of_word(row.get(7))? },
        redact: row.get::<i64, _>(8) != 0,
    })
}

/// All lines, by name.
pub async fn all(db: &mut AnyConnection) -> Result<Vec<Line>, StoreError> {
    let rows = sqlx::query(
        "select id, name, queue_id, join_code, is_open, capacity, transcribe, record, redact from lines order by name, id",
    )
    .fetch_all(db)
    .await?;
    rows.iter().map(read).collect()
}

/// One line.
pub async fn find(db: &mut AnyConnection, id: &LineId) -> Result<Option<Line>, StoreError> {
    let row = sqlx::query(
        "select id, name, queue_id, join_code, is_open, capacity, transcribe, record, redact from lines where id = $1",
    )
    .bind(id.as_str())
    .fetch_optional(db)
    .await?;
    row.as_ref().map(read).transpose()
}

/// The line behind a join link.
pub async fn by_code(db: &mut AnyConnection, code: &str) -> Result<Option<Line>, StoreError> {
    let row = sqlx::query(
        "select id, name, queue_id, join_code, is_open, capacity, transcribe, record, redact from lines where join_code = $1",
    )
    .bind(code)
    .fetch_optional(db)
    .await?;
    row.as_ref().map(read).transpose()
}

/// A new line; one that is there already stays as it is.
pub async fn insert_new(db: &mut AnyConnection, line: &Line) -> Result<(), StoreError> {
    sqlx::query(
        "insert into lines (id, name, queue_id, join_code, is_open, capacity, transcribe, record, redact) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (id) do nothing",
    )
    .bind(line.id.as_str())
    .bind(&line.name)
    .bind(line.queue.as_str())
    .bind(line.join_code.as_deref())
    .bind(i64::from(line.open))
    .bind(i64::from(line.capacity))
    .bind(i64::from(line.listening.transcribe))
    .bind(word(&line.listening.record)?)
    .bind(i64::from(line.redact))
    .execute(db)
    .await?;
    Ok(())
}

/// Opens or closes a line, and gives it a new join link or none. `false` when there is no such line.
pub async fn change(
    db: &mut AnyConnection,
    id: &LineId,
    open: bool,
    join_code: Option<&str>,
    capacity: u32,
) -> Result<bool, StoreError> {
    let done = sqlx::query("update lines set is_open = $1, join_code = $2, capacity = $3 where id = $4")
        .bind(i64::from(open))
        .bind(join_code)
        .bind(i64::from(capacity))
        .bind(id.as_str())
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Says what is done with what is said on a line, for calls that come from now on.
pub async fn set_listening(db: &mut AnyConnection, id: &LineId, policy: ListeningPolicy) -> Result<(), StoreError> {
    sqlx::query("update lines set transcribe = $1, record = $2 where id = $3")
        .bind(i64::from(policy.transcribe))
        .bind(word(&policy.record)?)
        .bind(id.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// Says whether personal data is taken out of what leaves about calls of a line, from now on.
pub async fn set_redaction(db: &mut AnyConnection, id: &LineId, redact: bool) -> Result<(), StoreError> {
    sqlx::query("update lines set redact = $1 where id = $2")
        .bind(i64::from(redact))
        .bind(id.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// All queues, by name.
pub async fn queues(db: &mut AnyConnection) -> Result<Vec<Queue>, StoreError> {
    let rows = sqlx::query("select id, name from queues order by name, id").fetch_all(db).await?;
    rows.iter().map(|row| Ok(Queue { id: row.get::<String, _>(0).parse::<QueueId>()?, name: row.get(1) })).collect()
}

/// A new queue; one that is there already stays as it is.
pub async fn insert_new_queue(db: &mut AnyConnection, queue: &Queue) -> Result<(), StoreError> {
    sqlx::query("insert into queues (id, name) values ($1, $2) on conflict (id) do nothing")
        .bind(queue.id.as_str())
        .bind(&queue.name)
        .execute(db)
        .await?;
    Ok(())
}
