//! The work after a call.

use baton_domain::ids::{AgentId, CallId};
use baton_domain::text::plain;
use baton_domain::wrap_up::{Disposition, Draft, NOTES_MAX, WrapUp};

use crate::server::error::ServiceError;
use crate::server::hub::Wake;
use crate::server::permissions::Who;
use crate::server::state::{App, Due};
use crate::server::store::{StoreError, wrap_ups};

const NOT_OPEN: ServiceError = ServiceError::NotFound("open wrap-up of this call");

/// The work after a call.
pub struct WrapUps<'a>(pub(crate) &'a App);

impl WrapUps<'_> {
    /// Ends `who`'s wrap-up with an outcome and notes.
    pub async fn finish(
        &self,
        who: &Who,
        call: CallId,
        disposition: Disposition,
        notes: &str,
    ) -> Result<(), ServiceError> {
        let agent = who.agent().ok_or(ServiceError::NotAllowed)?;
        let notes = written(notes)?;
        if !self.end(agent, (call, disposition, &notes)).await? {
            return Err(NOT_OPEN);
        }
        Ok(())
    }

    /// Keeps what `who` has typed so far: the wrap-up may end by itself at any moment, or with the next call.
    pub async fn save_draft(&self, who: &Who, call: CallId, draft: &Draft) -> Result<(), ServiceError> {
        let agent = who.agent().ok_or(ServiceError::NotAllowed)?;
        let draft = Draft { notes: written(&draft.notes)?, ..draft.clone() };
        let mut tx = self.0.store.begin().await?;
        let is_open = wrap_ups::save_draft(&mut tx, agent, call, &draft).await?;
        tx.commit().await.map_err(StoreError::from)?;
        if is_open { Ok(()) } else { Err(NOT_OPEN) }
    }

    /// The time for it is over, if it is; what was typed so far stays.
    pub async fn expire(&self, agent: &AgentId) -> Result<(), ServiceError> {
        let mut tx = self.0.store.begin().await?;
        wrap_ups::expire(&mut tx, agent, self.0.clock.now()).await?;
        let next = wrap_ups::open(&mut tx).await?.into_iter().find(|open| open.agent == *agent);
        tx.commit().await.map_err(StoreError::from)?;
        // Another server may have ended the one that this alarm was for, and begun this.
        self.0.agenda.set(Due::WrapUp(agent.clone()), next.map(|open| open.ends_at));
        self.0.hub.wake(Wake::Agents);
        Ok(())
    }

    async fn end(&self, agent: &AgentId, outcome: (CallId, Disposition, &str)) -> Result<bool, ServiceError> {
        let mut tx = self.0.store.begin().await?;
        let ended = wrap_ups::finish(&mut tx, agent, Some(outcome), self.0.clock.now()).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.0.agenda.set(Due::WrapUp(agent.clone()), None);
        self.0.hub.wake(Wake::Agents);
        Ok(ended)
    }

    /// All that are going on.
    pub async fn open(&self) -> Result<Vec<WrapUp>, ServiceError> {
        let mut db = self.0.store.read().await?;
        Ok(wrap_ups::open(&mut db).await?)
    }
}

fn written(notes: &str) -> Result<String, ServiceError> {
    let notes = plain(notes);
    if notes.chars().count() > NOTES_MAX {
        return Err(ServiceError::Invalid(format!("The notes are too long: at most {NOTES_MAX} characters.")));
    }
    Ok(notes)
}
