//! Starting a transfer: to whom, with which briefing.

use baton_domain::agent::{AgentView, Presence};
use baton_domain::briefing::{BriefingEdit, BriefingText, PreparedBriefing};
use baton_domain::call::Call;
use baton_domain::ids::{AgentId, CallId, LegId, TransferId};
use baton_domain::machine::{Actor, Command, Refusal, StartTransfer};
use baton_domain::routing::{TargetOption, next_agent, target_options};

use super::Request;
use super::briefings::editor;
use super::calls::or_busy;
use super::change::Changed;
use super::idempotency::Key;
use crate::api::desk::{Asked, DeskCommand, TransferOptions, TransferRequest, TransferTarget};
use crate::server::error::ServiceError;
use crate::server::permissions::Who;
use crate::server::random;
use crate::server::state::App;
use crate::server::store::transfers::StoredTransfer;
use crate::server::store::{StoreError, lines, transfers};

/// Transfers.
pub struct Transfers<'a>(pub(crate) &'a App);

impl Transfers<'_> {
    /// Whom `call` could be handed to now, and with which briefing.
    pub async fn options(&self, who: &Who, call: CallId) -> Result<TransferOptions, ServiceError> {
        let me = who.agent().ok_or(ServiceError::NotAllowed)?;
        let call = self.0.calls().find(call).await?;
        if !call.agent_legs().iter().any(|leg| leg.agent == *me) {
            return Err(Refusal::NotYourCall.into());
        }
        let agents = self.0.presence().views().await?;
        let generated = self.0.briefings().for_call(&call, None).await?;
        Ok(TransferOptions {
            people: target_options(&agents, &call.queue, me),
            briefing: PreparedBriefing { generated, edit: None },
        })
    }

    /// An agent begins to hand a call over.
    pub async fn start(&self, who: &Who, asked: Asked, request: TransferRequest) -> Result<TransferId, ServiceError> {
        let begun = self.begin(who, asked.call, Some(asked.key), Some(asked.seen_version), request).await;
        self.0.with_standing(asked.call, None, begun).await
    }

    /// The same through the API.
    pub async fn start_by_api(
        &self,
        who: &Who,
        call: CallId,
        key: Option<String>,
        request: TransferRequest,
    ) -> Result<StoredTransfer, ServiceError> {
        let begun = self.begin(who, call, key, None, request).await;
        let id = self.0.with_standing(call, None, begun).await?;
        self.find(id).await
    }

    /// Something is done to this very transfer, through the API. If another one of the call is open by now, that cannot be
    /// meant.
    pub async fn command(
        &self,
        who: &Who,
        id: TransferId,
        key: Option<String>,
        command: DeskCommand,
    ) -> Result<StoredTransfer, ServiceError> {
        let by = who.actor().ok_or(ServiceError::NotSignedIn)?;
        let call = self.find(id).await?.call;
        let key = key.map(|key| Key::new(key, call, &(id, &command))).transpose()?;
        let command = command.into();
        self.0.speaking().check(&command)?;
        let request = Request { transfer: Some(id), key, ..Request::command(call, by, command) };
        let done = self.0.change(&request).await.map_err(or_busy);
        self.0.with_standing(call, Some(id), done).await?;
        self.find(id).await
    }

    async fn begin(
        &self,
        who: &Who,
        call: CallId,
        key: Option<String>,
        seen_version: Option<u32>,
        request: TransferRequest,
    ) -> Result<TransferId, ServiceError> {
        let by = who.actor().ok_or(ServiceError::NotSignedIn)?;
        let key = key.map(|key| Key::new(key, call, &request)).transpose()?;
        // Before anything else: what was begun then has changed who can be rung now.
        if let Some(begun) = self.begun(&by, key.as_ref()).await? {
            return Ok(begun);
        }
        let call = self.0.calls().find(call).await?;
        let agents = self.0.presence().views().await?;
        let target = match self.target(&call, &agents, &request.target).await {
            Ok(target) => target,
            // They may ring because of this very request, which came twice at once.
            Err(refused) => return self.begun(&by, key.as_ref()).await?.ok_or(refused),
        };
        let id = TransferId(random::id());
        let note = request.note.trim().to_owned();
        let briefing = self.prepare_briefing(&call, &target.agent.id, who, request.briefing_edit.as_deref()).await?;
        let start = StartTransfer {
            id,
            target: target.agent.id.clone(),
            target_leg: LegId(random::id()),
            target_device: target.agent.device,
            through_queue: match request.target {
                TransferTarget::Queue(queue) => Some(queue),
                TransferTarget::Agent(_) => None,
            },
            kind: request.kind,
            reason: request.reason.trim().to_owned(),
            note: note.clone(),
            hold: request.hold,
        };
        let request = Request {
            seen_version,
            key,
            answer: id.to_string(),
            briefing: Some((id, briefing)),
            ..Request::command(call.id, by, Command::StartTransfer(start))
        };
        match self.0.change(&request).await {
            Ok(Changed::Now(_)) => {
                self.0.briefings().improve(&call, id, target.agent.id.clone(), note);
                Ok(id)
            }
            Ok(Changed::Before(answer)) => Ok(answer.parse().map_err(StoreError::from)?),
            Err(ServiceError::Store(StoreError::Engaged(_))) => Err(reserved(&call, &agents, &target)),
            Err(other) => Err(other),
        }
    }

    /// The transfer that was begun when this was asked for before.
    async fn begun(&self, by: &Actor, key: Option<&Key>) -> Result<Option<TransferId>, ServiceError> {
        let begun = self.0.answered_before(by, key).await?;
        Ok(begun.map(|id| id.parse()).transpose().map_err(StoreError::from)?)
    }

    /// The agent whom a target means, if they can be rung now.
    async fn target(
        &self,
        call: &Call,
        agents: &[AgentView],
        target: &TransferTarget,
    ) -> Result<AgentView, ServiceError> {
        match target {
            TransferTarget::Agent(id) => {
                let found = agents.iter().find(|view| view.agent.id == *id).ok_or(ServiceError::NotFound("agent"))?;
                let is_self = call.agent_legs().iter().any(|leg| leg.agent == *id);
                // The rules say better why nobody hands a call to themselves.
                if found.presence == Presence::Available || is_self {
                    return Ok(found.clone());
                }
                if found.presence == Presence::Reserved {
                    return Err(reserved(call, agents, found));
                }
                Err(ServiceError::TargetUnavailable { name: found.agent.name.clone(), presence: found.presence })
            }
            TransferTarget::Queue(id) => {
                let mut db = self.0.store.read().await?;
                let queues = lines::queues(&mut db).await?;
                let queue = queues.into_iter().find(|queue| queue.id == *id).ok_or(ServiceError::NotFound("queue"))?;
                let busy_here: Vec<AgentId> = call.agent_legs().iter().map(|leg| leg.agent.clone()).collect();
                next_agent(agents, id, &busy_here).cloned().ok_or(ServiceError::NobodyAvailable { queue: queue.name })
            }
        }
    }

    async fn prepare_briefing(
        &self,
        call: &Call,
        target: &AgentId,
        who: &Who,
        edit: Option<&str>,
    ) -> Result<PreparedBriefing, ServiceError> {
        let generated = self.0.briefings().for_call(call, Some(target)).await?;
        let holder = call.agent_legs().first().map(|leg| &leg.agent);
        let by = holder.and_then(|holder| editor(who, holder));
        let edit = match (edit.map(str::trim).filter(|text| !text.is_empty()), by) {
            (Some(text), Some(by)) => Some(BriefingEdit {
                text: BriefingText::new(text).map_err(|error| ServiceError::invalid(&error))?,
                by: by.clone(),
                at: self.0.clock.now(),
            }),
            _ => None,
        };
        Ok(PreparedBriefing { generated, edit })
    }

    /// One transfer.
    pub async fn find(&self, id: TransferId) -> Result<StoredTransfer, ServiceError> {
        let mut db = self.0.store.read().await?;
        transfers::find(&mut db, id).await?.ok_or(ServiceError::NotFound("transfer"))
    }

    /// A call's transfers, oldest first.
    pub async fn of_call(&self, call: CallId) -> Result<Vec<StoredTransfer>, ServiceError> {
        let mut db = self.0.store.read().await?;
        Ok(transfers::of_call(&mut db, call).await?)
    }
}

/// The target was taken a moment ago; who else could be asked.
fn reserved(call: &Call, agents: &[AgentView], target: &AgentView) -> ServiceError {
    let me = call.agent_legs().first().map(|leg| leg.agent.clone());
    let options = me.map(|me| target_options(agents, &call.queue, &me)).unwrap_or_default();
    let next_best = options
        .into_iter()
        .find(|option: &TargetOption| option.available() && option.agent.agent.id != target.agent.id)
        .map(|option| option.agent.agent.name);
    ServiceError::TargetReserved { name: target.agent.name.clone(), next_best }
}
