//! Bridges to phones that keep in memory what they carry.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use baton::server::ports::bridging::{Bridge, BridgeEnds};
use baton::server::ports::participation::{Noticed, ParticipationError};
use tokio::sync::{mpsc, watch};

/// What all bridges carry, by phone, in the order of changes.
#[derive(Debug, Default)]
pub struct FakeBridges(Mutex<Vec<(String, Vec<String>)>>);

impl FakeBridges {
    /// Whose voices are carried to each phone for which a bridge stands.
    pub fn carried(&self) -> Vec<(String, Vec<String>)> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(String, Vec<String>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub struct FakeBridge {
    bridges: Arc<FakeBridges>,
    ends: BridgeEnds,
}

impl FakeBridge {
    pub async fn join(bridges: &Arc<FakeBridges>, ends: BridgeEnds) -> Result<Self, ParticipationError> {
        for tokens in [&ends.call, &ends.phone_room] {
            let token = tokens().await.map_err(ParticipationError::Join)?;
            assert!(token.ends_with("publish=true subscribe=true"), "{token}");
        }
        bridges.lock().push((ends.phone.clone(), Vec::new()));
        Ok(Self { bridges: bridges.clone(), ends })
    }
}

impl Drop for FakeBridge {
    fn drop(&mut self) {
        self.bridges.lock().retain(|(phone, _)| *phone != self.ends.phone);
    }
}

#[async_trait]
impl Bridge for FakeBridge {
    async fn carry(
        &mut self,
        mut carried: watch::Receiver<Vec<String>>,
        noticed: mpsc::Sender<Noticed>,
    ) -> Result<(), ParticipationError> {
        while carried.changed().await.is_ok() {
            let now = carried.borrow_and_update().clone();
            assert!(now.iter().all(|voice| self.ends.voices.contains(voice)), "nobody is carried unprepared");
            for (_, voices) in self.bridges.lock().iter_mut().filter(|(phone, _)| *phone == self.ends.phone) {
                voices.clone_from(&now);
            }
            for voice in now {
                noticed.send(Noticed::Sound(voice.into())).await.map_err(|_| ParticipationError::Ended)?;
            }
        }
        Err(ParticipationError::Ended)
    }

    async fn leave(self: Box<Self>) {}
}
