//! Hold music for those without a page: who may play it, and what a line plays.

use baton_domain::call::Call;
use baton_domain::hold_music::{COMFORT_AT_LEAST, Cue, HoldMusic, PLAYER, SoundFile, cue, cues};
use baton_domain::ids::{CallId, LineId};
use baton_domain::seat::RoomName;
use baton_domain::time::Span;
use sqlx::AnyConnection;

use crate::server::error::{ServiceError, chain};
use crate::server::ports::media_server::{Grant, Permission, TOKEN_TTL};
use crate::server::sounds::Sounds;
use crate::server::state::App;
use crate::server::store::hold_music;

/// The longest time between two comfort messages that is worth setting.
const COMFORT_AT_MOST: Span = Span::seconds(3600);

/// Hold music.
pub struct HoldMusicService<'a>(pub(crate) &'a App);

/// How what a line plays is to change.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct HoldMusicChange {
    /// Another file, or with `None` the desk's own.
    pub file: Option<Option<SoundFile>>,
    /// How often somebody on hold is spoken to, in seconds; 0 is never.
    pub comfort_seconds: Option<u32>,
}

impl HoldMusicService<'_> {
    /// The sounds that there are.
    pub fn sounds(&self) -> Sounds {
        Sounds::new(self.0.config.sounds.folder.clone())
    }

    /// What is to be played in a room of a call now.
    pub async fn cue(&self, call: CallId, room: RoomName) -> Result<Option<Cue>, ServiceError> {
        Ok(cue(&self.0.calls().find(call).await?, room))
    }

    /// A token to play in a room of a call: it hears nothing there.
    pub async fn token(&self, call: CallId, room: RoomName) -> Result<String, ServiceError> {
        self.cue(call, room).await?.ok_or(ServiceError::NoSeat)?;
        let room = room.to_string();
        self.0.media.create_room(&room, &self.0.installation().await?.id).await?;
        let permission = Permission { publish: true, subscribe: false };
        let grant = Grant { room: &room, identity: PLAYER, name: "Hold music", permission, ttl: TOKEN_TTL };
        Ok(self.0.media.token(&grant)?)
    }

    /// What a line plays.
    pub async fn of_line(&self, line: &LineId) -> Result<HoldMusic, ServiceError> {
        let mut db = self.0.store.read().await?;
        Ok(hold_music::of_line(&mut db, line).await?)
    }

    /// Whether what a line is to play can be played.
    pub(super) async fn check(&self, change: &HoldMusicChange) -> Result<(), ServiceError> {
        let bounds = COMFORT_AT_LEAST.0 / 1000..=COMFORT_AT_MOST.0 / 1000;
        if change.comfort_seconds.is_some_and(|seconds| seconds != 0 && !bounds.contains(&i64::from(seconds))) {
            let (least, most) = bounds.into_inner();
            return Err(ServiceError::Invalid(format!(
                "Comfort messages come every {least} to {most} seconds, or with 0 never."
            )));
        }
        if let Some(Some(file)) = &change.file
            && let Err(error) = self.sounds().find(file).await
        {
            return Err(ServiceError::Invalid(format!("{file} cannot be played: {}.", chain(&error))));
        }
        Ok(())
    }
}

/// Changes what a line plays.
pub(super) async fn change(
    db: &mut AnyConnection,
    line: &LineId,
    change: &HoldMusicChange,
) -> Result<(), ServiceError> {
    if *change == HoldMusicChange::default() {
        return Ok(());
    }
    let known = hold_music::of_line(db, line).await?;
    let every = |seconds: u32| (seconds > 0).then_some(Span::seconds(i64::from(seconds)));
    let music = HoldMusic {
        file: change.file.clone().unwrap_or(known.file),
        comfort_every: change.comfort_seconds.map_or(known.comfort_every, every),
    };
    Ok(hold_music::set(db, line, &music).await?)
}

/// Whether this is whoever plays, in the room in which they are to: they have no seat, and nothing is enforced upon them.
pub fn is_wanted_player(call: &Call, room: &str, identity: &str) -> bool {
    identity == PLAYER && cues(call).iter().any(|cue| cue.room.to_string() == room)
}
