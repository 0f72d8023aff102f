//! Rings the alarms: deadlines of calls, ends of wrap-ups, desks that have been gone for too long.

use std::time::Duration;

use baton_domain::time::Span;
use tracing::error;

use crate::server::error::{ServiceError, chain};
use crate::server::hub::Wake;
use crate::server::state::{App, Due};

/// When what was due and failed is tried again.
const RETRY: Span = Span::seconds(1);

/// How often what nobody asks for again is forgotten.
const FORGET_EVERY: Span = Span::seconds(60 * 60);

/// How often it is looked for lines that came to a server that is gone.
const QUIET_EVERY: Span = Span::seconds(60);

/// The timers.
pub struct Timers {
    app: App,
}

impl Timers {
    /// Timers; the alarms are set by whoever changes something, and at start by the reconciler.
    pub fn new(app: App) -> Self {
        Self { app }
    }

    /// Rings until the process ends.
    pub async fn run(self) {
        loop {
            let now = self.app.clock.now();
            let wait = self.app.agenda.next().map(|at| Duration::from_millis(at.since(now).0.unsigned_abs()));
            match wait {
                None => self.app.agenda.changed().await,
                Some(wait) => {
                    tokio::select! {
                        () = tokio::time::sleep(wait) => self.app.run_due().await,
                        () = self.app.agenda.changed() => {}
                    }
                }
            }
        }
    }
}

impl App {
    /// Everything that is due by now happens.
    pub async fn run_due(&self) {
        for due in self.agenda.take_due(self.clock.now()) {
            if let Err(error) = self.ring(&due).await {
                error!(error = chain(&error), "Could not do what was due, trying again: {due:?}");
                self.agenda.set(due, Some(self.clock.now().plus(RETRY)));
            }
        }
    }

    async fn ring(&self, due: &Due) -> Result<(), ServiceError> {
        match due {
            Due::Call(call) => {
                self.calls().clock(*call).await?;
                // What that has changed has its alarm. Nothing was due: another server may have changed the call since.
                self.ring_later(&self.calls().find(*call).await?);
                Ok(())
            }
            Due::WrapUp(agent) => self.wrap_ups().expire(agent).await,
            Due::Unreachable(agent) => self.calls().unreachable(agent).await,
            Due::Forget => {
                self.agenda.set(Due::Forget, Some(self.clock.now().plus(FORGET_EVERY)));
                self.limits.forget_idle();
                self.recordings().forget_old().await?;
                self.leases().forget_old().await?;
                self.forget_old_requests().await?;
                // Before any file is forgotten: whoever brought it is told what became of it.
                self.spoken_files().look_after_abandoned().await?;
                self.spoken_files().forget_old().await?;
                self.spoken_files().tidy().await;
                Ok(())
            }
            Due::QuietLines => {
                let next = self.transcripts().end_quiet_lines().await?;
                let latest = self.clock.now().plus(QUIET_EVERY);
                self.agenda.set_at_latest(Due::QuietLines, next.map_or(latest, |next| next.min(latest)));
                Ok(())
            }
            Due::Offline(_) => {
                self.hub.wake(Wake::Agents);
                Ok(())
            }
        }
    }
}
