//! What was said, room by room: what is said in a call, and in a table of its own what two agents say to each other in private, so
//! that no transcript, briefing or export of a call can contain it by mistake.

use baton_domain::ids::{CallId, TransferId};
use baton_domain::seat::RoomName;
use baton_domain::transcript::Segment;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::{StoreError, from_json, to_json};

/// Where the lines of a room stand.
struct Place {
    table: &'static str,
    /// The column that says whose lines they are.
    owner: &'static str,
    id: String,
}

impl Place {
    fn of(room: RoomName) -> Self {
        match room {
            RoomName::Call(call) => Self { table: "segments", owner: "call_id", id: call.to_string() },
            RoomName::Consult(transfer) => {
                Self { table: "consult_segments", owner: "transfer_id", id: transfer.to_string() }
            }
        }
    }

    /// The lines of this room that `condition` is true for, in `order`. Neither is ever anything that came from outside.
    fn select(&self, condition: &str, order: &str) -> AssertSqlSafe<String> {
        let Self { table, owner, .. } = self;
        AssertSqlSafe(format!("select body from {table} where {owner} = $1 {condition} order by number {order}"))
    }
}

/// Writes a line, or the next version of an interim one.
pub async fn put(db: &mut AnyConnection, room: RoomName, segment: &Segment) -> Result<(), StoreError> {
    let Place { table, owner, id } = Place::of(room);
    sqlx::query(AssertSqlSafe(format!(
        "insert into {table} ({owner}, number, body, is_final) values ($1, $2, $3, $4) \
         on conflict ({owner}, number) do update set body = excluded.body, is_final = excluded.is_final"
    )))
    .bind(id)
    .bind(i64::from(segment.number))
    .bind(to_json(segment)?)
    .bind(i64::from(segment.is_final))
    .execute(db)
    .await?;
    Ok(())
}

/// All lines of a room, in order.
pub async fn lines_of(db: &mut AnyConnection, room: RoomName) -> Result<Vec<Segment>, StoreError> {
    let place = Place::of(room);
    let rows = sqlx::query(place.select("", "")).bind(place.id).fetch_all(db).await?;
    rows.iter().map(|row| from_json(row.get(0))).collect()
}

/// The newest lines of a room, in order.
pub async fn newest(db: &mut AnyConnection, room: RoomName, limit: u32) -> Result<Vec<Segment>, StoreError> {
    let place = Place::of(room);
    let rows =
        sqlx::query(place.select("", "desc limit $2")).bind(place.id).bind(i64::from(limit)).fetch_all(db).await?;
    rows.iter().rev().map(|row| from_json(row.get(0))).collect()
}

/// The lines of a room that nobody has ended, in order.
pub async fn open_in(db: &mut AnyConnection, room: RoomName) -> Result<Vec<Segment>, StoreError> {
    let place = Place::of(room);
    let rows = sqlx::query(place.select("and is_final = 0", "")).bind(place.id).fetch_all(db).await?;
    rows.iter().map(|row| from_json(row.get(0))).collect()
}

/// The rooms with lines that nobody has ended, and their calls, whether these go on or not.
pub async fn rooms_with_open_lines(db: &mut AnyConnection) -> Result<Vec<(CallId, RoomName)>, StoreError> {
    let rows = sqlx::query(
        "select distinct call_id, '' from segments where is_final = 0 \
         union all \
         select distinct t.call_id, t.id from consult_segments s join transfers t on t.id = s.transfer_id \
         where s.is_final = 0",
    )
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            let call: CallId = row.get::<String, _>(0).parse()?;
            let transfer: String = row.get(1);
            Ok(match transfer.as_str() {
                "" => (call, RoomName::Call(call)),
                transfer => (call, RoomName::Consult(transfer.parse::<TransferId>()?)),
            })
        })
        .collect()
}

/// Takes a line away.
pub async fn remove(db: &mut AnyConnection, room: RoomName, number: u32) -> Result<(), StoreError> {
    let Place { table, owner, id } = Place::of(room);
    sqlx::query(AssertSqlSafe(format!("delete from {table} where {owner} = $1 and number = $2")))
        .bind(id)
        .bind(i64::from(number))
        .execute(db)
        .await?;
    Ok(())
}
