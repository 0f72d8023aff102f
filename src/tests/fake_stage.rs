//! Where whoever is heard by some plays: time there passes a hundred times as fast.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use baton::server::ports::participation::{Broadcast, Packets, ParticipationError, Speaker};
use bytes::Bytes;
use tokio::sync::mpsc;

/// So many packets of 20 ms in a millisecond.
const HASTE: usize = 5;

#[derive(Debug, Default)]
pub struct FakeStage(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Who is there, as `music in call-…`.
    present: Vec<String>,
    /// Those of them who play now, as `music to <leg>`.
    playing: Vec<String>,
    /// How many packets were played in all.
    packets: usize,
}

impl FakeStage {
    pub fn present(&self) -> Vec<String> {
        self.lock().present.clone()
    }

    pub fn playing(&self) -> Vec<String> {
        self.lock().playing.clone()
    }

    pub fn packets(&self) -> usize {
        self.lock().packets
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn remove(from: &mut Vec<String>, what: &str) {
    if let Some(place) = from.iter().position(|known| known == what) {
        from.remove(place);
    }
}

pub struct FakeSpeaker {
    stage: Arc<FakeStage>,
    place: String,
    heard: String,
}

impl FakeSpeaker {
    pub fn enter(stage: &Arc<FakeStage>, token: &str, broadcast: &Broadcast) -> Self {
        let field = |name: &str| token.split(' ').find_map(|part| part.strip_prefix(name)).expect("our own token");
        let (room, identity) = (field("room="), field("identity="));
        let speaker = Self {
            stage: stage.clone(),
            place: format!("{identity} in {room}"),
            heard: format!("{identity} to {}", broadcast.hearers.join("+")),
        };
        stage.lock().present.push(speaker.place.clone());
        speaker
    }
}

/// While it lasts, somebody plays; cancelled, they do not.
struct Playing<'s>(&'s FakeSpeaker);

impl Drop for Playing<'_> {
    fn drop(&mut self) {
        remove(&mut self.0.stage.lock().playing, &self.0.heard);
    }
}

impl Drop for FakeSpeaker {
    fn drop(&mut self) {
        remove(&mut self.stage.lock().present, &self.place);
    }
}

#[async_trait]
impl Speaker for FakeSpeaker {
    async fn play(&mut self, packets: &mut Packets<'_>) -> Result<(), ParticipationError> {
        self.stage.lock().playing.push(self.heard.clone());
        let playing = Playing(self);
        for (number, _) in packets.enumerate() {
            playing.0.stage.lock().packets += 1;
            if number % HASTE == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        Ok(())
    }

    async fn play_as_they_come(&mut self, packets: &mut mpsc::Receiver<Bytes>) -> Result<(), ParticipationError> {
        self.stage.lock().playing.push(self.heard.clone());
        let playing = Playing(self);
        while packets.recv().await.is_some() {
            playing.0.stage.lock().packets += 1;
        }
        Ok(())
    }

    async fn wait_until_heard(&self, _limit: Duration) -> bool {
        true
    }

    async fn leave(self: Box<Self>) {}
}
