//! Whoever plays music to somebody without a page: stands by in their room, is heard by them alone, hears nothing, and is
//! silent while somebody else is to be heard.

use std::sync::Arc;

use baton_domain::hold_music::{Comfort, Cue, cue};
use baton_domain::ids::{CallId, LegId, LineId};
use baton_domain::seat::{RoomName, Sound};
use baton_domain::time::Span;
use livekit_participant::ogg::{Channels, Clip};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::PartError;
use super::following::Following;
use super::programme::{Performance, Programme};
use super::stand_in::{StandIn, TICK};
use crate::server::error::chain;
use crate::server::ports::participation::{Broadcast, Ear, Participation, ParticipationError, Speaker, Tokens};
use crate::server::state::App;

/// Plays in `room` of `call` until nobody there needs it any more or `stop` is cancelled.
pub async fn play(
    app: App,
    rooms: Arc<dyn Participation>,
    call: CallId,
    room: RoomName,
    stop: CancellationToken,
) -> Result<(), PartError> {
    let Some(begun) = stop.run_until_cancelled(Player::join(app, rooms, call, room)).await else { return Ok(()) };
    let Some((player, mut speaker, mut ear)) = begun? else { return Ok(()) };
    let acted = stop.run_until_cancelled(player.act(&mut *speaker, &mut *ear)).await.unwrap_or(Ok(()));
    speaker.leave().await;
    acted
}

/// Where the call stands, as far as they mind.
#[derive(Clone, Debug)]
struct Standing {
    cue: Cue,
    programme: Programmes,
}

/// What there is to play in this call.
#[derive(Clone, Debug)]
struct Programmes {
    music: Programme,
    ringback: Programme,
}

impl Programmes {
    fn of(&self, sound: Sound) -> Option<Programme> {
        match sound {
            Sound::Music => Some(self.music.clone()),
            Sound::Ringback => Some(self.ringback.clone()),
            Sound::Silence => None,
        }
    }
}

struct Player {
    app: App,
    call: CallId,
    room: RoomName,
    /// The line's music, read once: a call keeps what it began with.
    music: Clip,
}

impl Player {
    /// Nothing when nobody needs music any more.
    async fn join(
        app: App,
        rooms: Arc<dyn Participation>,
        call: CallId,
        room: RoomName,
    ) -> Result<Option<(Self, Box<dyn Speaker>, Box<dyn Ear>)>, PartError> {
        let found = app.calls().find(call).await.map_err(PartError::Desk)?;
        let Some(cue) = cue(&found, room) else { return Ok(None) };
        let line = app.hold_music().of_line(&found.line).await.map_err(PartError::Desk)?;
        let music = app.hold_music().sounds().music(line.file.as_ref()).await;
        let is_stereo = music.head().channels == Channels::Stereo;
        let broadcast = Broadcast { name: "hold music", is_stereo, hearers: vec![cue.listener.to_string()] };
        let stage = rooms.broadcast(tokens(&app, call, room), broadcast).await?;
        Ok(Some((Self { app, call, room, music }, stage.speaker, stage.ear)))
    }

    async fn act(&self, speaker: &mut dyn Speaker, ear: &mut dyn Ear) -> Result<(), PartError> {
        let (tell, standing) = watch::channel(None);
        let (want, wanted) = watch::channel(None);
        let acted = tokio::select! {
            over = self.follow(tell) => over,
            gone = self.decide(ear, standing, want) => gone,
            played = perform(speaker, wanted) => played,
        };
        match acted {
            // The room was closed before the news of the end came.
            Err(_) if self.is_over().await => Ok(()),
            other => other,
        }
    }

    async fn is_over(&self) -> bool {
        self.app.hold_music().cue(self.call, self.room).await.is_ok_and(|cue| cue.is_none())
    }

    async fn follow(&self, tell: watch::Sender<Option<Standing>>) -> Result<(), PartError> {
        let mut following = Following::begin(&self.app, self.call);
        while let Some(call) = following.next().await? {
            let Some(cue) = cue(&call, self.room) else { return Ok(()) };
            let comfort = self.comfort(&call.line, &cue.comfort).await?;
            let music = Programme { sound: Sound::Music, clip: self.music.clone(), comfort };
            let ringback = self.app.hold_music().sounds().ringback();
            let ringback = Programme { sound: Sound::Ringback, clip: ringback, comfort: None };
            tell.send_replace(Some(Standing { cue, programme: Programmes { music, ringback } }));
        }
        Ok(())
    }

    /// What is said over the music, and how often.
    async fn comfort(&self, line: &LineId, comfort: &Comfort) -> Result<Option<(Span, Clip)>, PartError> {
        let connecting_to = match comfort {
            Comfort::Nothing => return Ok(None),
            Comfort::Waiting => None,
            Comfort::ConnectingTo(agent) => Some(agent),
        };
        let line = self.app.hold_music().of_line(line).await.map_err(PartError::Desk)?;
        let words = self.app.hold_music().sounds().comfort(connecting_to).await;
        Ok(line.comfort_every.map(|every| (every, words)))
    }

    /// Says what is to play, from what the seat says and who is really there.
    async fn decide(
        &self,
        ear: &mut dyn Ear,
        mut standing: watch::Receiver<Option<Standing>>,
        want: watch::Sender<Option<Programme>>,
    ) -> Result<(), PartError> {
        let mut stand_in = StandIn::default();
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let is_waiting = stand_in.is_waiting();
            let mut is_told = false;
            tokio::select! {
                told = standing.changed() => {
                    if told.is_err() {
                        // What follows the call ends the part.
                        return std::future::pending().await;
                    }
                    is_told = true;
                }
                noticed = ear.next() => stand_in.notice(&noticed.ok_or(ParticipationError::Ended)?),
                _ = ticks.tick(), if is_waiting => {
                    for speaker in stand_in.tick() {
                        self.report(speaker).await;
                    }
                }
            }
            let now = standing.borrow_and_update().clone();
            let Some(Standing { cue, programme }) = now else { continue };
            if is_told {
                stand_in.follow(&cue.hears, cue.otherwise);
                // What was said before a change may not count after it.
                for speaker in stand_in.heard() {
                    self.report(speaker).await;
                }
            }
            if !is_waiting && stand_in.is_waiting() {
                ticks.reset();
            }
            let playing = stand_in.playing();
            let is_playing = want.borrow().as_ref().map_or(Sound::Silence, |wanted| wanted.sound);
            if is_told || playing != is_playing {
                want.send_replace(programme.of(playing));
            }
        }
    }

    /// Nobody else can say whom a caller on a phone hears. Whom the server plays says so by themselves, and knows better; of a
    /// colleague's phone the relay says it.
    async fn report(&self, speaker: LegId) {
        if matches!(self.room, RoomName::Consult(_)) {
            return;
        }
        let found = match self.app.calls().find(self.call).await {
            Ok(call) if call.caller.is_simulated => return,
            Ok(_) => self.app.callers().heard(self.call, speaker).await,
            Err(error) => Err(error),
        };
        if let Err(error) = found {
            warn!(call.id = %self.call, error = chain(&error), "Could not report whom the caller of {} hears", self.call);
        }
    }
}

/// Performs whatever is wanted, one after the other.
async fn perform(speaker: &mut dyn Speaker, mut wanted: watch::Receiver<Option<Programme>>) -> Result<(), PartError> {
    loop {
        let Ok(programme) = wanted.wait_for(Option::is_some).await.map(|programme| programme.clone()) else {
            return std::future::pending().await;
        };
        let Some(programme) = programme else { continue };
        let mut performance = Performance::new(programme, wanted.clone())?;
        speaker.play(&mut performance).await?;
        if let Some(error) = performance.error() {
            return Err(error.into());
        }
    }
}

/// Tokens for the place of whoever plays, while there is one.
fn tokens(app: &App, call: CallId, room: RoomName) -> Tokens {
    let app = app.clone();
    Arc::new(move || {
        let app = app.clone();
        Box::pin(async move { Ok(app.hold_music().token(call, room).await?) })
    })
}
