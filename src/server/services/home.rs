//! The first page.

use std::sync::{Mutex, PoisonError};

use baton_domain::agent::Device;
use baton_domain::outcome::{Happening, HappeningKind};

use crate::api::home::{DemoProgress, HomePage};
use crate::server::error::ServiceError;
use crate::server::ports::media_server::MediaServerError;
use crate::server::state::App;
use crate::server::store::{agents, lines};

/// How far the demo has come since this start of the server: what others tried yesterday ticks nothing today.
#[derive(Debug, Default)]
pub struct Progress(Mutex<DemoProgress>);

impl Progress {
    /// Ticks what has happened.
    pub fn note(&self, happened: &[Happening]) {
        let mut progress = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for happening in happened {
            match happening.kind {
                HappeningKind::CallQueued => progress.caller_joined = true,
                HappeningKind::CallAnswered => progress.answered = true,
                HappeningKind::TransferInitiated => progress.transfer_started = true,
                HappeningKind::TransferAccepted => progress.accepted = true,
                HappeningKind::TransferCompleted => progress.completed = true,
                _ => {}
            }
        }
    }

    fn now(&self) -> DemoProgress {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The first page.
pub struct Home<'a>(pub(crate) &'a App);

impl Home<'_> {
    /// Everything on it.
    pub async fn page(&self) -> Result<HomePage, ServiceError> {
        let mut db = self.0.store.read().await?;
        let agents = agents::all(&mut db).await?;
        let desks = agents.into_iter().filter(|stored| stored.agent.device == Device::Page);
        let lines = lines::all(&mut db).await?;
        drop(db);
        let open_line = lines.into_iter().find(|line| line.open && line.join_code.is_some());
        Ok(HomePage {
            demo: self.0.config.demo.is_on,
            // Whoever is on a phone has no desk to open.
            agents: desks.map(|stored| stored.agent).collect(),
            join_path: open_line.and_then(|line| line.join_code).map(|code| format!("/join/{code}")),
            can_simulate: self.0.config.demo.simulated_callers > 0,
            livekit_trouble: self.livekit_trouble().await,
            progress: self.0.demo_progress.now(),
        })
    }

    async fn livekit_trouble(&self) -> Option<String> {
        let answer = self.0.media.rooms().await;
        self.0.media_health.learn(&answer, self.0.clock.now());
        match answer {
            Ok(_) => None,
            Err(MediaServerError::Unreachable(_)) => {
                Some("LiveKit does not answer. Is it running, and is LIVEKIT_URL right?".to_owned())
            }
            Err(_) => {
                Some("LiveKit refuses us. Are LIVEKIT_API_KEY and LIVEKIT_API_SECRET those of this server?".to_owned())
            }
        }
    }
}
