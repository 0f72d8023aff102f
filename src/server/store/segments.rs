//! What was said, room by room: what is said in a call, and in a table of its own what two agents say to each other in private, so
//! that no transcript, briefing or export of a call can contain it by mistake.

use baton_domain::ids::{CallId, TransferId};
use baton_domain::seat::RoomName;
use baton_domain::time::Timestamp;
use baton_domain::transcript::Segment;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::{StoreError, from_json, to_json};
use crate::server::instance::InstanceId;

/// Where the newest version of a line that somebody's own browser recognises came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromBrowser {
    /// At which server.
    pub instance: InstanceId,
    /// When.
    pub at: Timestamp,
}

impl FromBrowser {
    fn read(row: &AnyRow, first: usize) -> Option<Self> {
        let instance: String = row.get(first);
        let at = Timestamp(row.get(first + 1));
        (!instance.is_empty()).then(|| Self { instance: InstanceId::known(instance), at })
    }
}

/// A line that nobody has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenLine {
    /// As it is stored.
    pub line: Segment,
    /// Nothing when a server hears it itself.
    pub browser: Option<FromBrowser>,
}

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
        AssertSqlSafe(format!(
            "select body, browser_instance, browser_at from {table} where {owner} = $1 {condition} order by number {order}"
        ))
    }
}

/// Writes a line, or the next version of an interim one.
pub async fn put(db: &mut AnyConnection, room: RoomName, segment: &Segment) -> Result<(), StoreError> {
    write(db, room, segment, "", Timestamp(0)).await
}

/// The same, of a line whose end a browser still owes us, if one does: that of a line which was ended without it may yet come.
pub async fn put_heard(
    db: &mut AnyConnection,
    room: RoomName,
    segment: &Segment,
    browser: Option<&FromBrowser>,
) -> Result<(), StoreError> {
    match browser {
        Some(browser) => write(db, room, segment, browser.instance.as_str(), browser.at).await,
        None => put(db, room, segment).await,
    }
}

async fn write(
    db: &mut AnyConnection,
    room: RoomName,
    segment: &Segment,
    browser_instance: &str,
    browser_at: Timestamp,
) -> Result<(), StoreError> {
    let Place { table, owner, id } = Place::of(room);
    sqlx::query(AssertSqlSafe(format!(
        "insert into {table} ({owner}, number, body, is_final, browser_instance, browser_at) \
         values ($1, $2, $3, $4, $5, $6) \
         on conflict ({owner}, number) do update set body = excluded.body, is_final = excluded.is_final, \
         browser_instance = excluded.browser_instance, browser_at = excluded.browser_at"
    )))
    .bind(id)
    .bind(i64::from(segment.number))
    .bind(to_json(segment)?)
    .bind(i64::from(segment.is_final))
    .bind(browser_instance)
    .bind(browser_at.0)
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
pub async fn open_in(db: &mut AnyConnection, room: RoomName) -> Result<Vec<OpenLine>, StoreError> {
    let place = Place::of(room);
    let rows = sqlx::query(place.select("and is_final = 0", "")).bind(place.id).fetch_all(db).await?;
    rows.iter().map(|row| Ok(OpenLine { line: from_json(row.get(0))?, browser: FromBrowser::read(row, 1) })).collect()
}

/// Of a line that was ended without its browser: where its newest version came in.
pub async fn cut_off(db: &mut AnyConnection, room: RoomName, number: u32) -> Result<Option<FromBrowser>, StoreError> {
    let place = Place::of(room);
    let row = sqlx::query(place.select("and number = $2 and is_final = 1", ""))
        .bind(place.id)
        .bind(i64::from(number))
        .fetch_optional(db)
        .await?;
    Ok(row.and_then(|row| FromBrowser::read(&row, 1)))
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
    rows.iter().map(room_of).collect()
}

/// The open lines that browsers recognise, wherever they stand: in which room of which call, and where they came in.
pub async fn open_from_browsers(db: &mut AnyConnection) -> Result<Vec<(CallId, RoomName, FromBrowser)>, StoreError> {
    let rows = sqlx::query(
        "select call_id, '', browser_instance, browser_at from segments where is_final = 0 and browser_instance <> '' \
         union all \
         select t.call_id, t.id, s.browser_instance, s.browser_at \
         from consult_segments s join transfers t on t.id = s.transfer_id \
         where s.is_final = 0 and s.browser_instance <> ''",
    )
    .fetch_all(db)
    .await?;
    let mut open = Vec::new();
    for row in &rows {
        let (call, room) = room_of(row)?;
        open.extend(FromBrowser::read(row, 2).map(|browser| (call, room, browser)));
    }
    Ok(open)
}

/// A call and one of its rooms: that of the transfer which stands behind the call, if any does.
fn room_of(row: &AnyRow) -> Result<(CallId, RoomName), StoreError> {
    let call: CallId = row.get::<String, _>(0).parse()?;
    let transfer: String = row.get(1);
    Ok(match transfer.as_str() {
        "" => (call, RoomName::Call(call)),
        transfer => (call, RoomName::Consult(transfer.parse::<TransferId>()?)),
    })
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
