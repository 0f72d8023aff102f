//! What lines play to callers on hold.

use baton_domain::hold_music::HoldMusic;
use baton_domain::ids::LineId;
use baton_domain::time::Span;
use sqlx::{AnyConnection, Row};

use super::StoreError;

/// What a line plays; the usual, when nothing was ever said about it.
pub async fn of_line(db: &mut AnyConnection, line: &LineId) -> Result<HoldMusic, StoreError> {
    let row = sqlx::query("select file, comfort_seconds from hold_music where line_id = $1")
        .bind(line.as_str())
        .fetch_optional(db)
        .await?;
    let Some(row) = row else { return Ok(HoldMusic::default()) };
    let seconds: i64 = row.get(1);
    Ok(HoldMusic {
        // A name that was taken once and is none any more is as good as a file that is not there.
        file: row.get::<Option<String>, _>(0).and_then(|name| name.parse().ok()),
        comfort_every: (seconds > 0).then_some(Span::seconds(seconds)),
    })
}

/// Says what a line plays from now on.
pub async fn set(db: &mut AnyConnection, line: &LineId, music: &HoldMusic) -> Result<(), StoreError> {
    sqlx::query(
        "insert into hold_music (line_id, file, comfort_seconds) values ($1, $2, $3) \
         on conflict (line_id) do update set file = excluded.file, comfort_seconds = excluded.comfort_seconds",
    )
    .bind(line.as_str())
    .bind(music.file.as_ref().map(baton_domain::hold_music::SoundFile::as_str))
    .bind(music.comfort_every.map_or(0, |every| every.0 / 1000))
    .execute(db)
    .await?;
    Ok(())
}
