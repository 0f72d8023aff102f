//! Rooms to take part in that keep what was said in memory: time there passes a hundred times as fast.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use baton::server::ports::bridging::{Bridge, BridgeEnds};
use baton::server::ports::listening::{RoomEar, RoomSound};
use baton::server::ports::participation::{
    Broadcast, Ear, Noticed, Participation, ParticipationError, Presence, Stage, Tokens, Voice,
};
use livekit_participant::ogg::Clip;
use tokio::sync::broadcast;

use crate::fake_bridge::{FakeBridge, FakeBridges};
use crate::fake_stage::{FakeSpeaker, FakeStage};

/// How much faster time passes.
const HASTE: u32 = 100;

#[derive(Debug)]
pub struct FakeRooms {
    state: Arc<Mutex<State>>,
    /// What everybody hears.
    sounds: broadcast::Sender<Noticed>,
    /// What listeners hear, by room.
    room_sounds: broadcast::Sender<(String, RoomSound)>,
    /// What is played, and to whom.
    pub stage: Arc<FakeStage>,
    /// What is carried to phones.
    pub bridges: Arc<FakeBridges>,
}

#[derive(Debug, Default)]
struct State {
    /// Who is in, by the identity of their token, as often as they are.
    present: Vec<String>,
    /// How many of one identity were in at the same time, at most.
    most: usize,
    /// What was done, in order.
    done: Vec<String>,
    panics: u32,
    refusals: u32,
}

impl State {
    fn enter(&mut self, identity: String) {
        let others = self.present.iter().filter(|present| **present == identity).count();
        self.most = self.most.max(others + 1);
        self.present.push(identity);
    }
}

impl Default for FakeRooms {
    fn default() -> Self {
        Self {
            state: Arc::default(),
            sounds: broadcast::Sender::new(64),
            room_sounds: broadcast::Sender::new(1024),
            stage: Arc::default(),
            bridges: Arc::default(),
        }
    }
}

impl FakeRooms {
    /// The next so many who join panic.
    pub fn let_panic(&self, times: u32) {
        self.lock().panics = times;
    }

    /// The next so many who join are refused.
    pub fn refuse(&self, times: u32) {
        self.lock().refusals = times;
    }

    /// Who is in a room, as often as they are.
    pub fn present(&self) -> Vec<String> {
        self.lock().present.clone()
    }

    /// How often somebody was in at the same time, at most.
    pub fn most(&self) -> usize {
        self.lock().most
    }

    /// What was done so far: `join`, `say 7.5 s`, `leave`. Silence is not counted.
    pub fn done(&self) -> Vec<String> {
        self.lock().done.clone()
    }

    /// Everybody hears a packet of this identity.
    pub fn sound(&self, identity: &str) {
        self.notice(Noticed::Sound(identity.into()));
    }

    /// Everybody notices it.
    pub fn notice(&self, noticed: Noticed) {
        // Nobody being there is no error.
        let _ = self.sounds.send(noticed);
    }

    /// Whoever listens in a room hears it.
    pub fn heard_in(&self, room: &str, sound: RoomSound) {
        // Nobody being there is no error.
        let _ = self.room_sounds.send((room.to_owned(), sound));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Participation for FakeRooms {
    async fn join(&self, tokens: Tokens) -> Result<Presence, ParticipationError> {
        let token = tokens().await.map_err(ParticipationError::Join)?;
        let identity = token.split(' ').find_map(|part| part.strip_prefix("identity=")).expect("our own token");
        let mut state = self.lock();
        if state.panics > 0 {
            state.panics -= 1;
            drop(state);
            panic!("the test wants it");
        }
        if state.refusals > 0 {
            state.refusals -= 1;
            return Err(ParticipationError::Join("the test wants it".into()));
        }
        state.enter(identity.to_owned());
        state.done.push("join".to_owned());
        let here = Here { state: self.state.clone(), identity: identity.to_owned() };
        let ear = FakeEar { sounds: self.sounds.subscribe() };
        Ok(Presence { voice: Box::new(FakeVoice { here }), ear: Box::new(ear) })
    }

    async fn broadcast(&self, tokens: Tokens, broadcast: Broadcast) -> Result<Stage, ParticipationError> {
        let token = tokens().await.map_err(ParticipationError::Join)?;
        assert!(token.contains("publish=true subscribe=false"), "{token}");
        let speaker = FakeSpeaker::enter(&self.stage, &token, &broadcast);
        Ok(Stage { speaker: Box::new(speaker), ear: Box::new(FakeEar { sounds: self.sounds.subscribe() }) })
    }

    async fn bridge(&self, ends: BridgeEnds) -> Result<Box<dyn Bridge>, ParticipationError> {
        Ok(Box::new(FakeBridge::join(&self.bridges, ends).await?))
    }

    async fn listen(&self, tokens: Tokens) -> Result<Box<dyn RoomEar>, ParticipationError> {
        let token = tokens().await.map_err(ParticipationError::Join)?;
        let field = |name: &str| token.split(' ').find_map(|part| part.strip_prefix(name)).expect("our own token");
        assert!(token.ends_with("publish=false subscribe=true hidden=true"), "{token}");
        let identity = format!("{} in {}", field("identity="), field("room="));
        self.lock().enter(identity.clone());
        let here = Here { state: self.state.clone(), identity };
        Ok(Box::new(FakeRoomEar { room: field("room=").to_owned(), sounds: self.room_sounds.subscribe(), _here: here }))
    }
}

/// Somebody who is in; dropped, they are not.
struct Here {
    state: Arc<Mutex<State>>,
    identity: String,
}

impl Here {
    fn note(&self, what: String) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).done.push(what);
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = state.present.iter().position(|identity| *identity == self.identity) {
            state.present.remove(place);
        }
        state.done.push("leave".to_owned());
    }
}

struct FakeVoice {
    here: Here,
}

#[async_trait]
impl Voice for FakeVoice {
    async fn say(&mut self, clip: &Clip) -> Result<(), ParticipationError> {
        let span = Duration::from_millis(clip.duration() / 48);
        self.here.note(format!("say {:.1} s", span.as_secs_f64()));
        tokio::time::sleep(span / HASTE).await;
        Ok(())
    }

    async fn be_quiet(&mut self, span: Duration) -> Result<(), ParticipationError> {
        tokio::time::sleep(span / HASTE).await;
        Ok(())
    }

    async fn leave(self: Box<Self>) {}
}

struct FakeEar {
    sounds: broadcast::Receiver<Noticed>,
}

#[async_trait]
impl Ear for FakeEar {
    async fn next(&mut self) -> Option<Noticed> {
        self.sounds.recv().await.ok()
    }
}

struct FakeRoomEar {
    room: String,
    sounds: broadcast::Receiver<(String, RoomSound)>,
    _here: Here,
}

#[async_trait]
impl RoomEar for FakeRoomEar {
    async fn next(&mut self) -> Option<RoomSound> {
        loop {
            let (room, sound) = self.sounds.recv().await.ok()?;
            if room == self.room {
                return Some(sound);
            }
        }
    }

    async fn leave(self: Box<Self>) {}
}
