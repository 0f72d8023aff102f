//! Sees to it that whom the server plays is in their calls: each one once, and nobody who is wanted no more.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use baton_domain::call::Call;
use baton_domain::ids::CallId;
use futures_util::future::join_all;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::server::error::{ServiceError, chain};
use crate::server::hub::News;
use crate::server::media::{ServerParticipant, keep_alone, wanted};
use crate::server::ports::participation::Participation;
use crate::server::state::App;

/// How often all calls are looked at; in between, each is when it changes.
const LOOK: Duration = Duration::from_secs(5);
/// How long leaving may take when the server ends.
const LEAVE: Duration = Duration::from_secs(3);

/// The supervisor of server participants. Each server on the database has one; which of them plays a part is decided by leases.
pub struct Supervisor {
    app: App,
    rooms: Arc<dyn Participation>,
    stop: CancellationToken,
    running: HashMap<ServerParticipant, Running>,
}

struct Running {
    stop: CancellationToken,
    keeper: JoinHandle<()>,
}

impl Supervisor {
    /// A supervisor that has started nobody yet. It ends, with everybody, when `stop` is cancelled.
    pub fn new(app: App, rooms: Arc<dyn Participation>, stop: CancellationToken) -> Self {
        Self { app, rooms, stop, running: HashMap::new() }
    }

    /// Starts and stops until the server ends.
    pub async fn run(mut self) {
        let mut news = self.app.hub.subscribe();
        let mut looks = tokio::time::interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let stop = self.stop.clone();
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = looks.tick() => self.look_or_log().await,
                told = news.recv() => match told {
                    Ok(News::Call { call, .. }) => self.follow(&call.call),
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => self.look_or_log().await,
                    Err(RecvError::Closed) => break,
                },
            }
        }
        self.end().await;
    }

    async fn look_or_log(&mut self) {
        if let Err(error) = self.look().await {
            error!(error = chain(&error), "Could not look who must be in which call; trying again");
        }
    }

    /// All calls. At the start it finds whom the server played before it was killed.
    async fn look(&mut self) -> Result<(), ServiceError> {
        let calls = self.app.calls().unsettled().await?;
        let known: HashSet<CallId> = calls.iter().map(|call| call.id).collect();
        for (_, gone) in self.running.iter().filter(|(participant, _)| !known.contains(&participant.call)) {
            gone.stop.cancel();
        }
        for call in &calls {
            // Another server may have changed it.
            self.app.ears.follow(call, self.app.clock.now());
            self.follow(call);
        }
        Ok(())
    }

    /// One call. Whoever was told to leave keeps the place until they have.
    fn follow(&mut self, call: &Call) {
        self.running.retain(|_, running| !running.keeper.is_finished());
        let wanted = wanted(call);
        for (participant, running) in &self.running {
            if participant.call == call.id && !wanted.contains(participant) {
                running.stop.cancel();
            }
        }
        for participant in wanted {
            let (app, rooms, stop) = (&self.app, &self.rooms, &self.stop);
            self.running.entry(participant).or_insert_with(|| {
                let stop = stop.child_token();
                let keeper = tokio::spawn(keep_alone(app.clone(), rooms.clone(), participant, stop.clone()));
                Running { stop, keeper }
            });
        }
    }

    async fn end(self) {
        let leaving = join_all(self.running.into_values().map(|running| running.keeper));
        if tokio::time::timeout(LEAVE, leaving).await.is_err() {
            warn!("Not everybody whom the server plays has left their room in time");
        }
    }
}
