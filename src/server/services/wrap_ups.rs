//! The work after a call.

use baton_domain::call::Call;
use baton_domain::ids::{AgentId, CallId};
use baton_domain::machine::Refusal;
use baton_domain::text::plain;
use baton_domain::time::{Span, Timestamp};
use baton_domain::wrap_up::{Draft, FinishedWrapUp, NOTES_MAX, WrapUp, Written};
use sqlx::AnyConnection;

use crate::server::error::ServiceError;
use crate::server::hub::Wake;
use crate::server::permissions::{Action, Who, may};
use crate::server::state::{App, Due};
use crate::server::store::wrap_ups::Saved;
use crate::server::store::{StoreError, Tx, calls, wrap_ups};

const NOT_OPEN: ServiceError = ServiceError::NotFound("open wrap-up of this call");

/// How long a wrap-up that ended by itself still takes what its agent had written: their page may have been cut off, alone or with
/// this server, and tells it when it is back. Later the notes have been read.
const LATE: Span = Span::seconds(15 * 60);

/// The work after a call.
pub struct WrapUps<'a>(pub(crate) &'a App);

impl WrapUps<'_> {
    /// Ends `who`'s wrap-up with an outcome and notes.
    pub async fn finish(&self, who: &Who, outcome: &Written) -> Result<(), ServiceError> {
        let agent = who.agent().ok_or(ServiceError::NotAllowed)?;
        let outcome = checked(outcome)?;
        let now = self.0.clock.now();
        let mut tx = self.0.store.begin().await?;
        let saved = wrap_ups::finish(&mut tx, agent, &outcome, self.late_since(), now).await?;
        self.commit(tx, agent).await?;
        self.tell_if_late(outcome.wrap_up.call, saved.ok_or(NOT_OPEN)?).await
    }

    /// Keeps what `who` has typed so far: the wrap-up may end by itself at any moment, or with the next call. Tells how often
    /// it was kept by now.
    pub async fn save_draft(&self, who: &Who, written: &Written) -> Result<u32, ServiceError> {
        let agent = who.agent().ok_or(ServiceError::NotAllowed)?;
        let written = checked(written)?;
        let mut tx = self.0.store.begin().await?;
        let saved = wrap_ups::save_draft(&mut tx, agent, &written, self.late_since()).await?.ok_or(NOT_OPEN)?;
        tx.commit().await.map_err(StoreError::from)?;
        // Their other tabs.
        self.0.hub.wake(Wake::Agents);
        self.tell_if_late(written.wrap_up.call, saved).await?;
        Ok(saved.revision)
    }

    /// The time for it is over, if it is; what was typed so far stays.
    pub async fn expire(&self, agent: &AgentId) -> Result<(), ServiceError> {
        let mut tx = self.0.store.begin().await?;
        wrap_ups::expire(&mut tx, agent, self.0.clock.now()).await?;
        self.commit(tx, agent).await
    }

    /// Another one of the agent may go on, or have been begun by another server: it has the alarm then.
    async fn commit(&self, mut tx: Tx, agent: &AgentId) -> Result<(), ServiceError> {
        let next = wrap_ups::open(&mut tx).await?.into_iter().find(|open| open.agent == *agent);
        tx.commit().await.map_err(StoreError::from)?;
        self.0.agenda.set(Due::WrapUp(agent.clone()), next.map(|open| open.ends_at));
        self.0.hub.wake(Wake::Agents);
        Ok(())
    }

    fn late_since(&self) -> Timestamp {
        Timestamp(self.0.clock.now().0 - LATE.0)
    }

    /// All that are going on.
    pub async fn open(&self) -> Result<Vec<WrapUp>, ServiceError> {
        let mut db = self.0.store.read().await?;
        Ok(wrap_ups::open(&mut db).await?)
    }

    /// Sets the alarms of all that are going on.
    pub async fn arm(&self) -> Result<(), ServiceError> {
        for wrap_up in self.open().await? {
            self.0.agenda.set_at_latest(Due::WrapUp(wrap_up.agent), wrap_up.ends_at);
        }
        Ok(())
    }

    /// What was left about a call: agents read it of calls that they have or had, whoever may read any call of any.
    pub async fn of_call(&self, who: &Who, call: CallId) -> Result<Vec<FinishedWrapUp>, ServiceError> {
        self.0.calls().find(call).await?;
        let viewers = self.0.viewers(call).await?;
        let mut db = self.0.store.read().await?;
        if !may(who, Action::ReadCalls) {
            let agent = who.agent().ok_or(ServiceError::NotAllowed)?;
            if !viewers.contains(agent) && !wrap_ups::has_any(&mut db, call, agent).await? {
                return Err(Refusal::NotYourCall.into());
            }
        }
        Ok(wrap_ups::finished(&mut db, call).await?)
    }

    /// Of one that ends, the publisher tells.
    async fn tell_if_late(&self, call: CallId, saved: Saved) -> Result<(), ServiceError> {
        if saved.was_late { self.tell_readers(call).await } else { Ok(()) }
    }

    /// Whoever has this call, or the one with which its caller came back, is shown what was left about it.
    pub(crate) async fn tell_readers(&self, call: CallId) -> Result<(), ServiceError> {
        let mut db = self.0.store.read().await?;
        let mut next = Some(call);
        while let Some(call) = next {
            if calls::find(&mut db, call).await?.is_some_and(|call| !call.is_ended()) {
                self.0.hub.wake(Wake::Call(call));
            }
            next = calls::rejoined(&mut db, call).await?;
        }
        Ok(())
    }
}

/// What was left about a call and about those that its caller came back from, the oldest first.
pub(super) async fn left_about(db: &mut AnyConnection, call: &Call) -> Result<Vec<FinishedWrapUp>, StoreError> {
    let mut finished = Vec::new();
    for earlier in calls::before(db, call).await? {
        finished.extend(wrap_ups::finished(db, earlier.id).await?);
    }
    finished.extend(wrap_ups::finished(db, call.id).await?);
    Ok(finished)
}

fn checked(written: &Written) -> Result<Written, ServiceError> {
    let notes = plain(&written.draft.notes);
    if notes.chars().count() > NOTES_MAX {
        return Err(ServiceError::Invalid(format!("The notes are too long: at most {NOTES_MAX} characters.")));
    }
    Ok(Written { draft: Draft { notes, ..written.draft }, ..*written })
}
