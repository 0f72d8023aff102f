//! Compares the wanted seats with what LiveKit reports, at start and all the time, and repairs.

use std::time::Duration;

use tokio::time::MissedTickBehavior;
use tracing::warn;

use crate::server::error::{ServiceError, chain};
use crate::server::state::App;

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
        let mut armed = false;
        loop {
            ticks.tick().await;
            // After an outage everything is looked at, because rooms are gone and clients are on their way back.
            let everything = look.is_multiple_of(ALL_EVERY) || was_down || !armed;
            was_down = self.app.media_health.is_down();
            if let Err(error) = self.look(everything, &mut armed).await
                && !was_down
            {
                warn!(error = chain(&error), "Could not compare the seats with the media server");
            }
            look = look.wrapping_add(1);
        }
    }

    /// `armed` says whether the deadlines that passed while we were down are set. Those of calls wait for the first whole look,
    /// because only then do we know who is still there. The work after a call needs no media server.
    async fn look(&self, everything: bool, armed: &mut bool) -> Result<(), ServiceError> {
        if everything {
            self.app.wrap_ups().arm().await?;
        }
        let calls =
            if everything { self.app.calls().unsettled().await? } else { self.app.calls().in_consult().await? };
        for call in &calls {
            let observed = self.app.seating().observe(call).await;
            // Whatever could not be noted of who is there: whoever must not be heard is silenced.
            let enforced = self.app.seating().enforce(call.id).await;
            if let Err(error) = observed.and(enforced) {
                // One call that cannot be looked at keeps nobody from the others, unless nothing answers at all.
                if self.app.media_health.is_down() {
                    return Err(error);
                }
                warn!(call.id = %call.id, error = chain(&error), "Could not bring the seats of call {} into line", call.id);
            }
        }
        if everything {
            self.app.seating().sweep(&calls).await?;
            self.arm_calls().await?;
            *armed = true;
        }
        Ok(())
    }

    /// Sets all alarms of calls: those that were set before we started, and those of a server that may be gone by the time they
    /// ring. What two servers ring happens once, because a change asks the rules.
    async fn arm_calls(&self) -> Result<(), ServiceError> {
        for call in self.app.calls().unsettled().await? {
            self.app.ring_later(&call);
        }
        self.app.presence().expect_rung_desks().await?;
        Ok(())
    }
}
