//! Coming back after leaving.

use std::net::IpAddr;

use baton_domain::call::{Call, CallState, Place, Waiting};
use baton_domain::desk_event::CallerView;
use baton_domain::ids::CallId;
use baton_domain::line::{Line, LineRefusal};
use baton_domain::time::Timestamp;
use sqlx::AnyConnection;

use super::{Callers, closed};
use crate::server::error::ServiceError;
use crate::server::store::{StoreError, calls, lines};

impl Callers<'_> {
    /// Whether one more may come back from this address now. It counts like coming in by the same line.
    pub async fn admit_back(&self, left: CallId, from: IpAddr) -> Result<(), ServiceError> {
        let mut db = self.0.store.read().await?;
        let left = calls::find(&mut db, left).await?;
        self.0.limits.joins.check(&(from, left.map(|call| call.line)))
    }

    /// Comes back within a minute after leaving: a new call, in the place that the caller had. Whom somebody has talked to goes
    /// before others. There is one such call: another tab, or a page that got no answer and asks again, gets the same, with a
    /// secret for it. A line that is full by now takes them all the same, since they had come in already; one that was closed,
    /// or whose link was revoked, takes nobody any more.
    pub async fn rejoin(&self, left: CallId) -> Result<(CallerView, Option<String>), ServiceError> {
        let mut tx = self.0.store.begin().await?;
        let old = calls::find(&mut tx, left).await?.ok_or(ServiceError::NotFound("call"))?;
        let CallState::Ended { at, .. } = old.state else {
            drop(tx);
            return Ok((self.0.caller_view(left).await?, None));
        };
        if self.0.clock.now() >= at.plus(self.0.config.desk.rejoin) {
            return Err(ServiceError::Invalid(
                "This call ended a while ago. Open your link to start a new one.".to_owned(),
            ));
        }
        if let Some(rejoined) = calls::rejoined(&mut tx, left).await? {
            // Whoever asks again may never have got the secret that was made then.
            let secret = self.new_secret(&mut tx, rejoined).await?;
            tx.commit().await.map_err(StoreError::from)?;
            return Ok((self.0.caller_view(rejoined).await?, Some(secret)));
        }
        let line = lines::find(&mut tx, &old.line).await?.ok_or(LineRefusal::DeadLink)?;
        if let Some(refusal) = refusal_to_rejoin(&line) {
            return Err(refusal.into());
        }
        let mut call = self.new_call(&line, Some(&old.caller.name));
        call.caller.naming = old.caller.naming;
        call.was_spoken_to = old.was_spoken_to;
        call.rejoined_from = Some(left);
        // Who did not want to be recorded has not changed their mind by coming back.
        call.listening.consent = old.listening.consent;
        call.state = CallState::Queued(place_again(&mut tx, &old, call.created_at).await?);
        self.begin_call(tx, call).await
    }
}

/// Where somebody waits who comes back. A conversation that broke off goes on before others; who had only waited goes on waiting
/// as if they had never left.
async fn place_again(db: &mut AnyConnection, left: &Call, now: Timestamp) -> Result<Waiting, StoreError> {
    let tried = Vec::new();
    if left.was_spoken_to {
        return Ok(Waiting { since: now, place: Place::Front, was_answered: true, tried });
    }
    // They may have left and come back before.
    let since = calls::before(db, left).await?.first().map_or(left.created_at, |first| first.created_at);
    Ok(Waiting { since, place: Place::Normal, was_answered: false, tried })
}

fn refusal_to_rejoin(line: &Line) -> Option<LineRefusal> {
    if line.join_code.is_none() { Some(LineRefusal::DeadLink) } else { closed(line) }
}
