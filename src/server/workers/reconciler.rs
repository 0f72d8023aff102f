//! Compares the wanted seats with what LiveKit reports, at start and all the time, and repairs.

use std::time::Duration;

use tokio::time::MissedTickBehavior;
use tracing::warn;

use crate::server::error::{ServiceError, chain};
use crate::server::state::{App, Due};

/// How often rooms in consult are looked at: mutes raise no webhook.
const CONSULTS: Duration = Duration::from_millis(500);
/// Every how many looks all calls are looked at, not only those in consult.
const ALL_EVERY: u32 = 10;

/// The reconciler.
pub struct Reconciler {
    app: App,
}

impl Reconciler {
    /// A reconciler.
    pub fn new(app: App) -> Self {
        Self { app }
    }

    /// Repairs until the process ends.
    pub async fn run(self) {
        let mut ticks = tokio::time::interval(CONSULTS);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut look = 0_u32;
        let mut was_down = false;
        loop {
            ticks.tick().await;
            // After an outage everything is looked at, because rooms are gone and clients are on their way back.
            let everything = look.is_multiple_of(ALL_EVERY) || was_down;
            was_down = self.app.media_health.is_down();
            if let Err(error) = self.look(everything, look == 0).await
                && !was_down
            {
                warn!(error = chain(&error), "Could not compare the seats with the media server");
            }
            look = look.wrapping_add(1);
        }
    }

    async fn look(&self, everything: bool, first: bool) -> Result<(), ServiceError> {
        let calls =
            if everything { self.app.calls().unsettled().await? } else { self.app.calls().in_consult().await? };
        let mut outcome = Ok(());
        for call in &calls {
            let looked = async {
                self.app.seating().observe(call).await?;
                self.app.seating().enforce(call.id).await
            };
            if let Err(error) = looked.await {
                outcome = Err(error);
            }
        }
        if everything {
            self.app.seating().sweep(&calls).await?;
        }
        if first {
            // Deadlines that passed while we were down wait until we know who is still there.
            for call in &calls {
                self.app.agenda.set(Due::Call(call.id), call.next_deadline(&self.app.config.desk.rules));
            }
            for wrap_up in self.app.wrap_ups().open().await? {
                self.app.agenda.set(Due::WrapUp(wrap_up.agent), Some(wrap_up.ends_at));
            }
        }
        outcome
    }
}
