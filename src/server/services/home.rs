//! The first page.

use baton_domain::outcome::HappeningKind;

use crate::api::home::{DemoProgress, HomePage};
use crate::server::error::ServiceError;
use crate::server::ports::media_server::MediaServerError;
use crate::server::state::App;
use crate::server::store::{agents, events, lines};

/// The first page.
pub struct Home<'a>(pub(crate) &'a App);

impl Home<'_> {
    /// Everything on it.
    pub async fn page(&self) -> Result<HomePage, ServiceError> {
        let mut db = self.0.store.read().await?;
        let agents = agents::all(&mut db).await?;
        let lines = lines::all(&mut db).await?;
        let happened = |kind: HappeningKind| kind.name();
        let kinds = events::kinds(&mut db).await?;
        drop(db);
        let has = |kind| kinds.contains(&happened(kind));
        let open_line = lines.into_iter().find(|line| line.open && line.join_code.is_some());
        Ok(HomePage {
            demo: true,
            agents: agents.into_iter().map(|stored| stored.agent).collect(),
            join_path: open_line.and_then(|line| line.join_code).map(|code| format!("/join/{code}")),
            can_simulate: self.0.config.demo.simulated_callers > 0,
            livekit_trouble: self.livekit_trouble().await,
            progress: DemoProgress {
                caller_joined: has(HappeningKind::CallQueued),
                answered: has(HappeningKind::CallAnswered),
                transfer_started: has(HappeningKind::TransferInitiated),
                accepted: has(HappeningKind::TransferAccepted),
                completed: has(HappeningKind::TransferCompleted),
            },
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
