//! Briefings: written by the local summariser at once, by a model soon after, edited by agents.

mod better;

use baton_domain::briefing::{Briefing, BriefingEdit, BriefingText, Language, PreparedBriefing};
use baton_domain::call::Call;
use baton_domain::desk_event::TransferBriefing;
use baton_domain::ids::{AgentId, CallId, TransferId};
use baton_domain::machine::Refusal;
use baton_domain::seat::RoomName;
use baton_domain::transcript::Transcript;
use baton_summariser::{AgentName, Context, brief, brief_in};

use super::idempotency::{Key, asker};
use crate::server::error::ServiceError;
use crate::server::hub::Wake;
use crate::server::permissions::{Action, Who, may};
use crate::server::services::insight::{in_background, nth_line, reader};
use crate::server::state::App;
use crate::server::store::{StoreError, agents, briefings, insight, segments};

/// Briefings.
pub struct Briefings<'a>(pub(crate) &'a App);

impl Briefings<'_> {
    /// The briefing of a call as it would be now, in a language. If none is said, the one that a model has kept goes on in its own:
    /// what it understood is worth more than quotations in the language of the agent who has the call, which are there otherwise.
    pub async fn summarise(&self, call: CallId, language: Option<Language>) -> Result<Briefing, ServiceError> {
        let call = self.0.calls().find(call).await?;
        let kept = self.rolling(call.id).await?;
        let language = match (language, &kept) {
            (Some(language), _) => Some(language),
            (None, Some(kept)) => kept.written_in.clone(),
            (None, None) => self.language_for(reader(&call)).await?,
        };
        self.write(&call, None, language, kept).await
    }

    /// The same, for a target who is known already and will read it.
    pub(super) async fn for_call(&self, call: &Call, target: Option<&AgentId>) -> Result<Briefing, ServiceError> {
        let language = self.language_for(target).await?;
        let kept = self.rolling(call.id).await?;
        self.write(call, target, language, kept).await
    }

    /// Writes in a language by the local rules, or carries on what a model has `kept`, if that is in it.
    async fn write(
        &self,
        call: &Call,
        target: Option<&AgentId>,
        language: Option<Language>,
        kept: Option<Briefing>,
    ) -> Result<Briefing, ServiceError> {
        let (transcript, context) = self.material(call, target).await?;
        let earlier = self.earlier(call.id, None).await?;
        let lines: Vec<u32> = transcript.final_lines().map(|line| line.number).collect();
        let wanted = language.clone();
        let local = in_background(move || {
            let local = match &wanted {
                Some(language) => brief_in(&transcript, &context, language),
                None => brief(&transcript, &context),
            };
            // One case: what an earlier briefing knew is not forgotten.
            earlier.iter().fold(local, |briefing, earlier| briefing.after(&earlier.generated))
        })
        .await;
        Ok(match kept.filter(|kept| is_in(language.as_ref(), kept)) {
            Some(kept) => kept.carried_on(&local, nth_line(kept.lines_read, &lines)),
            None => local,
        })
    }

    /// The briefing that a model has kept up to date during the call.
    async fn rolling(&self, call: CallId) -> Result<Option<Briefing>, ServiceError> {
        let mut db = self.0.store.read().await?;
        Ok(insight::rolling_briefing(&mut db, call).await?)
    }

    /// The briefings of earlier transfers of a call, oldest first: all but that of `now`.
    pub(super) async fn earlier(
        &self,
        call: CallId,
        now: Option<TransferId>,
    ) -> Result<Vec<PreparedBriefing>, ServiceError> {
        let all = self.of_call(call).await?;
        Ok(all.into_iter().filter(|known| Some(known.transfer) != now).map(|known| known.briefing).collect())
    }

    /// In which language to write for `target`: `None` is the conversation's.
    pub(super) async fn language_for(&self, target: Option<&AgentId>) -> Result<Option<Language>, ServiceError> {
        let mut db = self.0.store.read().await?;
        let theirs = match target {
            Some(target) => agents::find(&mut db, target).await?.and_then(|stored| stored.agent.language),
            None => None,
        };
        Ok(theirs.or_else(|| self.0.config.models.language.clone()))
    }

    /// What was said, and who is who.
    pub(super) async fn material(
        &self,
        call: &Call,
        target: Option<&AgentId>,
    ) -> Result<(Transcript, Context), ServiceError> {
        let mut db = self.0.store.read().await?;
        let said = segments::lines_of(&mut db, RoomName::Call(call.id)).await?;
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
            caller_name: call.caller.given_name().map(str::to_owned),
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

pub(super) fn of_transfer(all: Vec<TransferBriefing>, transfer: TransferId) -> Result<TransferBriefing, ServiceError> {
    let found = all.into_iter().find(|briefing| briefing.transfer == transfer);
    found.ok_or(ServiceError::NotFound("briefing"))
}

/// Whether a briefing that is there already is in the language that is wanted.
fn is_in(wanted: Option<&Language>, briefing: &Briefing) -> bool {
    wanted.is_none_or(|wanted| briefing.written_in.as_ref().or(briefing.language.as_ref()) == Some(wanted))
}

/// Whose wording it is when `who` writes in a transfer of `transferring`'s: their own, or, through the API, theirs in whose
/// name the transfer is made.
pub(super) fn editor<'a>(who: &Who, transferring: &'a AgentId) -> Option<&'a AgentId> {
    (*who == Who::ApiKey || who.agent() == Some(transferring)).then_some(transferring)
}
