//! Of several servers on one database, one plays each part: whoever has its lease.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tracing::{error, info, warn};

use super::{Role, ServerParticipant, keep};
use crate::server::error::chain;
use crate::server::ports::participation::Participation;
use crate::server::services::leases::{Lease, LeaseDue, LeaseError};
use crate::server::state::App;

/// How often it is looked whether a part that another server plays is free.
const WAIT: Duration = Duration::from_secs(1);
/// How often it is looked whether a lease is to be renewed.
const LOOK: Duration = Duration::from_millis(250);
/// How long leaving may take when a lease could not be renewed; after that everything is dropped.
const LEAVING: Duration = Duration::from_secs(1);

impl ServerParticipant {
    /// What the lease on this part is called: all of it, so that no two parts have one name.
    pub fn lease(&self) -> String {
        format!("{:?} in {}", self.role, self.call)
    }
}

/// Plays a part whenever nobody else does, until it is over or `stop` is cancelled.
pub async fn keep_alone(
    app: App,
    rooms: Arc<dyn Participation>,
    participant: ServerParticipant,
    stop: CancellationToken,
) {
    while let Some(lease) = turn(&app, &participant, &stop).await {
        let ServerParticipant { call, role } = &participant;
        let term = lease.term;
        info!(call.id = %call, term, "The {role} of call {call} is played here");
        end_lines(&app, &participant).await;
        let (lease, is_over) = hold(&app, &rooms, participant, lease, &stop).await;
        if let Err(failed) = app.leases().release(&lease).await {
            warn!(call.id = %call, error = chain(&failed), "Others wait for the end of the lease on the {role} of call {call}");
        }
        if is_over {
            return;
        }
    }
}

/// Waits for the lease; nothing when it is not wanted any more.
async fn turn(app: &App, participant: &ServerParticipant, stop: &CancellationToken) -> Option<Lease> {
    let name = participant.lease();
    while !stop.is_cancelled() {
        // Never cut short: what was taken must be known, to be given back.
        match take(app, &name).await {
            Ok(Some(lease)) => return Some(lease),
            Ok(None) => {}
            Err(failed) => warn!(error = chain(&failed), "Nobody is played without a lease, trying again"),
        }
        stop.run_until_cancelled(tokio::time::sleep(WAIT)).await?;
    }
    None
}

/// Only looks while another has it: a look writes nothing.
async fn take(app: &App, name: &str) -> Result<Option<Lease>, LeaseError> {
    if app.leases().is_free(name).await? { app.leases().take(name).await } else { Ok(None) }
}

/// Plays the part for as long as the lease is ours. Says whether the part is over.
async fn hold(
    app: &App,
    rooms: &Arc<dyn Participation>,
    participant: ServerParticipant,
    mut lease: Lease,
    stop: &CancellationToken,
) -> (Lease, bool) {
    let farewell = stop.child_token();
    let mut part =
        AbortOnDropHandle::new(tokio::spawn(keep(app.clone(), rooms.clone(), participant, farewell.clone())));
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = &mut part => return (lease, true),
            _ = looks.tick() => match renewed(app, &lease).await {
                Some(renewed) => lease = renewed,
                None => break,
            },
        }
    }
    let ServerParticipant { call, role } = &participant;
    warn!(call.id = %call, "The {role} of call {call} leaves: the lease could not be renewed");
    farewell.cancel();
    if tokio::time::timeout(LEAVING, &mut part).await.is_err() {
        warn!(call.id = %call, "The {role} of call {call} takes too long to leave, and is dropped");
    }
    (lease, false)
}

/// The lease as it is now, renewed when that is due. Nothing when it cannot be relied on any more.
async fn renewed(app: &App, lease: &Lease) -> Option<Lease> {
    match lease.due(app.clock.now()) {
        LeaseDue::Nothing => Some(lease.clone()),
        LeaseDue::End => None,
        LeaseDue::Renewal => app.leases().renew(lease).await.unwrap_or_else(|failed| {
            warn!(error = chain(&failed), "A lease could not be renewed, trying again");
            Some(lease.clone())
        }),
    }
}

/// Whoever listened before has left lines that nobody else will end.
async fn end_lines(app: &App, participant: &ServerParticipant) {
    let Role::Listener(room) = participant.role else { return };
    if let Err(failed) = app.transcripts().end_open_lines_in(participant.call, room).await {
        error!(call.id = %participant.call, error = chain(&failed), "Lines of a former listener could not be ended");
    }
}
