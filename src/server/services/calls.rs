//! Answering, and everything that is done to a call with one button.

use baton_domain::agent::{Device, Presence};
use baton_domain::call::{Call, CallState, Place};
use baton_domain::ids::{AgentId, CallId, LegId};
use baton_domain::machine::{Actor, Command, Event, Fact, Refusal};
use baton_domain::routing::{next_agent, queue_order};
use baton_domain::time::Timestamp;
use baton_domain::transfer::TransferState;
use serde::Serialize;
use tracing::warn;

use super::Request;
use super::change::Changed;
use super::idempotency::Key;
use crate::api::desk::{Asked, DeskCommand};
use crate::server::error::{ServiceError, chain};
use crate::server::permissions::Who;
use crate::server::random;
use crate::server::state::App;
use crate::server::store::{StoreError, calls, engagements};

/// What a key for an answer is remembered by.
#[derive(Serialize)]
struct AnswerAs<'a> {
    answer: &'a AgentId,
}

/// Calls and what is done to them.
pub struct Calls<'a>(pub(crate) &'a App);

impl Calls<'_> {
    /// One call.
    pub async fn find(&self, id: CallId) -> Result<Call, ServiceError> {
        let mut db = self.0.store.read().await?;
        calls::find(&mut db, id).await?.ok_or(ServiceError::NotFound("call"))
    }

    /// The newest calls from a place on, or of all; only those that are not over, if so asked.
    pub async fn newest(
        &self,
        before: Option<calls::Before>,
        limit: u32,
        only_open: bool,
    ) -> Result<Vec<Call>, ServiceError> {
        let mut db = self.0.store.read().await?;
        let before = before.unwrap_or(Timestamp(i64::MAX).into());
        Ok(calls::newest(&mut db, before, limit, only_open).await?)
    }

    /// `who` takes a waiting call.
    pub async fn answer(&self, who: &Who, call: CallId) -> Result<(), ServiceError> {
        self.0.with_standing(call, None, self.try_answer(who, call).await).await
    }

    /// The same through the API, for an agent whose desk is open.
    pub async fn answer_by_api(
        &self,
        who: &Who,
        call: CallId,
        key: Option<String>,
        agent: &AgentId,
    ) -> Result<Call, ServiceError> {
        let by = who.actor().ok_or(ServiceError::NotSignedIn)?;
        let key = key.map(|key| Key::new(key, call, &AnswerAs { answer: agent })).transpose()?;
        if self.0.answered_before(&by, key.as_ref()).await?.is_none() {
            let answered = self.let_answer(by, call, key, agent).await;
            self.0.with_standing(call, None, answered).await?;
        }
        self.find(call).await
    }

    async fn let_answer(&self, by: Actor, call: CallId, key: Option<Key>, agent: &AgentId) -> Result<(), ServiceError> {
        let agents = self.0.presence().views().await?;
        let view = agents.into_iter().find(|view| view.agent.id == *agent).ok_or(ServiceError::NotFound("agent"))?;
        let cannot = |presence| ServiceError::TargetUnavailable { name: view.agent.name.clone(), presence };
        if view.presence == Presence::Offline {
            return Err(cannot(view.presence));
        }
        if view.agent.device == Device::Phone {
            return Err(Refusal::OnPhone { agent: agent.clone() }.into());
        }
        let command = Command::Answer { agent: agent.clone(), leg: LegId(random::id()) };
        let request = Request { key, ..Request::command(call, by, command) };
        match self.0.change(&request).await {
            Err(ServiceError::Store(StoreError::Engaged(_))) => Err(cannot(Presence::OnCall)),
            Err(ServiceError::Store(StoreError::Rung(_))) => Err(cannot(Presence::Reserved)),
            other => other.map(drop),
        }
    }

    async fn try_answer(&self, who: &Who, call: CallId) -> Result<(), ServiceError> {
        let agent = who.agent().ok_or(ServiceError::NotAllowed)?;
        let command = Command::Answer { agent: agent.clone(), leg: LegId(random::id()) };
        let request = Request::command(call, Actor::Agent(agent.clone()), command);
        self.0.change(&request).await.map(drop).map_err(or_busy)
    }

    /// `who` takes whoever is next; `None` when nobody waits. Who has lost their connection is there for nobody, and keeps their
    /// place for when they are back: they are taken when nobody else waits. Whoever rings here is next, whoever else waits.
    pub async fn answer_next(&self, who: &Who) -> Result<Option<CallId>, ServiceError> {
        let mut db = self.0.store.read().await?;
        let mut waiting: Vec<Call> = calls::unsettled(&mut db).await?;
        drop(db);
        waiting.retain(|call| match &call.state {
            CallState::Queued(_) => true,
            CallState::Offered { to, .. } => Some(&to.agent) == who.agent(),
            _ => false,
        });
        waiting.sort_by_key(|call| (call.rung_desk().is_none(), call.caller.gone_since().is_some(), queue_order(call)));
        for call in waiting {
            match self.try_answer(who, call.id).await {
                // Somebody else was faster: the next one, then.
                Err(ServiceError::Refused(..)) => {}
                other => return other.map(|()| Some(call.id)),
            }
        }
        Ok(None)
    }

    /// A button of the desk.
    pub async fn desk_command(&self, who: &Who, asked: Asked, command: DeskCommand) -> Result<(), ServiceError> {
        let by = who.actor().ok_or(ServiceError::NotSignedIn)?;
        let key = Some(Key::new(asked.key, asked.call, &command)?);
        let command = command.into();
        self.0.speaking().check(&command)?;
        let seen_version = Some(asked.seen_version);
        let request = Request { seen_version, key, ..Request::command(asked.call, by, command) };
        let done = self.0.change(&request).await.map(drop).map_err(or_busy);
        self.0.with_standing(asked.call, None, done).await
    }

    /// The same through the API, where a key is optional. Gives the call back.
    pub async fn api_command(
        &self,
        who: &Who,
        call: CallId,
        key: Option<String>,
        command: DeskCommand,
    ) -> Result<Call, ServiceError> {
        let by = who.actor().ok_or(ServiceError::NotSignedIn)?;
        let key = key.map(|key| Key::new(key, call, &command)).transpose()?;
        let request = Request { key, ..Request::command(call, by, command.into()) };
        let done = self.0.change(&request).await.map_err(or_busy);
        match self.0.with_standing(call, None, done).await? {
            Changed::Now(call) => Ok(*call),
            Changed::Before(_) => self.find(call).await,
        }
    }

    /// A fact about a call. Facts are never refused, so all that can fail is the store.
    pub async fn fact(&self, call: CallId, fact: Fact) -> Result<(), ServiceError> {
        self.0.change(&Request::plain(call, Event::Fact(fact))).await.map(drop)
    }

    /// Everything that is due in a call by now happens.
    pub async fn clock(&self, call: CallId) -> Result<(), ServiceError> {
        self.0.change(&Request::plain(call, Event::Clock)).await.map(drop)
    }

    /// The offer is on the agent's screen.
    pub async fn offer_shown(&self, who: &Who, call: CallId) -> Result<(), ServiceError> {
        let agent = who.agent().ok_or(ServiceError::NotAllowed)?.clone();
        self.fact(call, Fact::OfferShown { agent }).await
    }

    /// The target's microphone stands by.
    pub async fn media_ready(&self, who: &Who, call: CallId) -> Result<(), ServiceError> {
        let agent = who.agent().ok_or(ServiceError::NotAllowed)?.clone();
        self.fact(call, Fact::MediaReady { agent }).await
    }

    /// The agent's page receives `speaker`.
    pub async fn heard_by_agent(&self, who: &Who, call: CallId, speaker: LegId) -> Result<(), ServiceError> {
        let agent = who.agent().ok_or(ServiceError::NotAllowed)?;
        let found = self.find(call).await?;
        let listener = found.agent_legs().into_iter().find(|leg| leg.agent == *agent).map(|leg| leg.leg);
        match listener {
            Some(listener) => self.fact(call, Fact::Heard { listener, speaker }).await,
            None => Ok(()),
        }
    }

    /// An agent's desk is gone: what rings there rings elsewhere. They may be back since this became due.
    pub async fn unreachable(&self, agent: &AgentId) -> Result<(), ServiceError> {
        let mut db = self.0.store.read().await?;
        let engaged = engagements::all(&mut db).await?.into_iter().find(|engaged| engaged.agent == *agent);
        drop(db);
        let is_there = self.0.hub.is_there(agent, self.0.clock.now(), self.0.config.desk.offer_gone);
        match engaged.filter(|_| !is_there) {
            Some(engaged) => self.fact(engaged.call, Fact::Unreachable { agent: agent.clone() }).await,
            None => Ok(()),
        }
    }

    /// Rings the next skilled agent for an urgent call; when there is none it waits, first in the queue.
    pub async fn offer_next(&self, call: CallId) {
        if let Err(error) = self.try_offer_next(call).await {
            warn!(call.id = %call, error = chain(&error), "Nobody could be rung for urgent call {call}; it waits first in the queue");
        }
    }

    /// Rings whoever is free for the urgent calls that wait: somebody has just become available.
    pub async fn offer_urgent(&self) -> Result<(), ServiceError> {
        for call in self.unsettled().await? {
            if matches!(&call.state, CallState::Queued(waiting) if waiting.place == Place::Urgent) {
                self.offer_next(call.id).await;
            }
        }
        Ok(())
    }

    async fn try_offer_next(&self, call: CallId) -> Result<(), ServiceError> {
        loop {
            let found = self.find(call).await?;
            let CallState::Queued(waiting) = &found.state else { return Ok(()) };
            let agents = self.0.presence().views().await?;
            let Some(next) = next_agent(&agents, &found.queue, &waiting.tried) else { return Ok(()) };
            let command = Command::Offer { agent: next.agent.id.clone(), leg: LegId(random::id()) };
            match self.0.change(&Request::command(call, Actor::Desk, command)).await {
                // Rung by somebody else in this very moment: look again.
                Err(ServiceError::Store(StoreError::Engaged(_))) => {}
                other => return other.map(drop),
            }
        }
    }

    /// The calls in which two agents sit beside the caller, where a track in the wrong room would be heard.
    pub async fn in_consult(&self) -> Result<Vec<Call>, ServiceError> {
        let mut db = self.0.store.read().await?;
        let mut calls = calls::transferring(&mut db).await?;
        drop(db);
        calls.retain(|call| {
            call.transfer().is_some_and(|transfer| !matches!(transfer.state, TransferState::BlindRinging { .. }))
        });
        Ok(calls)
    }

    /// Every call to which something may still happen.
    pub async fn unsettled(&self) -> Result<Vec<Call>, ServiceError> {
        let mut db = self.0.store.read().await?;
        Ok(calls::unsettled(&mut db).await?)
    }
}

/// Whoever does something to a call can only be kept from it by another call of theirs.
pub(super) fn or_busy(error: ServiceError) -> ServiceError {
    match error {
        ServiceError::Store(StoreError::Engaged(_)) => ServiceError::AgentBusy,
        ServiceError::Store(StoreError::Rung(_)) => ServiceError::OfferOpen,
        other => other,
    }
}
