//! Briefings: written by the local summariser at once, by a model soon after, edited by agents.

mod better;

use baton_domain::briefing::{Briefing, BriefingEdit, BriefingText};
use baton_domain::call::Call;
use baton_domain::desk_event::TransferBriefing;
use baton_domain::ids::{AgentId, CallId, TransferId};
use baton_domain::machine::Refusal;
use baton_domain::transcript::Transcript;
use baton_summariser::{AgentName, Context, brief};

use super::idempotency::{Key, asker};
use crate::server::error::ServiceError;
use crate::server::hub::Wake;
use crate::server::permissions::{Action, Who, may};
use crate::server::state::App;
use crate::server::store::{StoreError, agents, briefings, segments};

/// Briefings.
pub struct Briefings<'a>(pub(crate) &'a App);

impl Briefings<'_> {
    /// The briefing of a call as it would be now.
    pub async fn summarise(&self, call: CallId) -> Result<Briefing, ServiceError> {
        let call = self.0.calls().find(call).await?;
        self.for_call(&call, None).await
    }

    /// The same, for a target who is known already and will read the opening line.
    pub(super) async fn for_call(&self, call: &Call, target: Option<&AgentId>) -> Result<Briefing, ServiceError> {
        let (transcript, context) = self.material(call, target).await?;
        Ok(brief(&transcript, &context))
    }

    /// What was said, and who is who.
    pub(super) async fn material(&self, call: &Call, target: Option<&AgentId>) -> Result<(Transcript, Context), ServiceError> {
        let mut db = self.0.store.read().await?;
        let said = segments::of_call(&mut db, call.id).await?;
        let agents: Vec<AgentName> = agents::all(&mut db)
            .await?
            .into_iter()
            .map(|stored| AgentName { id: stored.agent.id, name: stored.agent.name })
            .collect();
        drop(db);
        let name = |id: &AgentId| agents.iter().find(|agent| agent.id == *id).map(|agent| agent.name.clone());
        let holder = call.agent_legs().first().and_then(|leg| name(&leg.agent));
        let transcript = Transcript::new(said).map_err(|error| ServiceError::invalid(&error))?;
        let context = Context {
            caller_name: Some(call.caller.name.clone()),
            transferring_agent: holder.unwrap_or_default(),
            target: target.and_then(name),
            agents,
        };
        Ok((transcript, context))
    }

    /// The briefings of a call's transfers, oldest first.
    pub async fn of_call(&self, call: CallId) -> Result<Vec<TransferBriefing>, ServiceError> {
        let mut db = self.0.store.read().await?;
        Ok(briefings::of_call(&mut db, call).await?)
    }

    /// The transferring agent changes the briefing of the open transfer; both versions are kept. What this key has changed
    /// before stays as it is now, whatever became of the transfer.
    pub async fn edit(
        &self,
        who: &Who,
        call: CallId,
        transfer: TransferId,
        key: Option<String>,
        text: &str,
    ) -> Result<TransferBriefing, ServiceError> {
        let key = key.map(|key| Key::new(key, transfer, &text)).transpose()?;
        let by = who.actor().ok_or(ServiceError::NotSignedIn)?;
        if self.0.answered_before(&by, key.as_ref()).await?.is_some() {
            return of_transfer(self.of_call(call).await?, transfer);
        }
        let found = self.0.calls().find(call).await?;
        let open =
            found.transfer().filter(|open| open.id == transfer).ok_or(ServiceError::NotFound("open transfer"))?;
        if !may(who, Action::WorkAtDesk) && !may(who, Action::ChangeCalls) {
            return Err(ServiceError::NotAllowed);
        }
        let by = editor(who, &open.transferring.agent).ok_or(Refusal::NotYourCall)?.clone();
        let text = BriefingText::new(text).map_err(|error| ServiceError::invalid(&error))?;
        let now = self.0.clock.now();
        let mut tx = self.0.store.begin().await?;
        let mut briefing = of_transfer(briefings::of_call(&mut tx, call).await?, transfer)?;
        briefing.briefing.edit = Some(BriefingEdit { text, by, at: now });
        briefings::put(&mut tx, call, transfer, &briefing.briefing, now).await?;
        if let Some(key) = &key {
            key.remember(&mut tx, &asker(who), &transfer.to_string(), now).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        self.0.hub.wake(Wake::Briefed(call, Box::new(briefing.clone())));
        Ok(briefing)
    }
}

fn of_transfer(all: Vec<TransferBriefing>, transfer: TransferId) -> Result<TransferBriefing, ServiceError> {
    let found = all.into_iter().find(|briefing| briefing.transfer == transfer);
    found.ok_or(ServiceError::NotFound("briefing"))
}

/// Whose wording it is when `who` writes in a transfer of `transferring`'s: their own, or, through the API, theirs in whose
/// name the transfer is made.
pub(super) fn editor<'a>(who: &Who, transferring: &'a AgentId) -> Option<&'a AgentId> {
    (*who == Who::ApiKey || who.agent() == Some(transferring)).then_some(transferring)
}
