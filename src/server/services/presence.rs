//! Agents and their presence.

use std::collections::HashMap;

use baton_domain::agent::{AgentView, Device, Presence, PresenceChoice, presence};
use baton_domain::briefing::Language;
use baton_domain::call::Engagement;
use baton_domain::ids::AgentId;
use baton_domain::time::Timestamp;

use crate::server::error::ServiceError;
use crate::server::hub::Wake;
use crate::server::permissions::Who;
use crate::server::state::{App, Due};
use crate::server::store::{StoreError, agents, engagements, wrap_ups};

/// Agents and their presence.
pub struct PresenceService<'a>(pub(crate) &'a App);

impl PresenceService<'_> {
    /// `who` chooses what to be.
    pub async fn choose(&self, who: &Who, choice: PresenceChoice) -> Result<(), ServiceError> {
        let agent = who.agent().ok_or(ServiceError::NotAllowed)?;
        let mut tx = self.0.store.begin().await?;
        agents::choose(&mut tx, agent, choice, self.0.clock.now()).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.0.hub.wake(Wake::Agents);
        Ok(())
    }

    /// In which language `who` wants to read what is written for them: a tag, or nothing for the conversation's.
    pub async fn choose_language(&self, who: &Who, tag: &str) -> Result<(), ServiceError> {
        let agent = who.agent().ok_or(ServiceError::NotAllowed)?;
        let language = match tag.trim() {
            "" => None,
            tag => Some(Language::new(tag).map_err(|error| ServiceError::invalid(&error))?),
        };
        let mut tx = self.0.store.begin().await?;
        agents::set_language(&mut tx, agent, language.as_ref()).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.0.hub.wake(Wake::Agents);
        Ok(())
    }

    /// Everybody as others see them.
    pub async fn views(&self) -> Result<Vec<AgentView>, ServiceError> {
        let mut db = self.0.store.read().await?;
        let engaged = engagements::all(&mut db).await?;
        let finishing = wrap_ups::open(&mut db).await?;
        let busy = Busy {
            engaged: engaged.into_iter().map(|stored| (stored.agent, (stored.kind, stored.since))).collect(),
            finishing: finishing.into_iter().map(|wrap_up| (wrap_up.agent, wrap_up.started_at)).collect(),
        };
        let now = self.0.clock.now();
        Ok(agents::all(&mut db).await?.into_iter().map(|stored| self.view(stored, &busy, now)).collect())
    }

    fn view(&self, stored: agents::StoredAgent, busy: &Busy, now: Timestamp) -> AgentView {
        let (id, offline) = (&stored.agent.id, self.0.config.desk.offline);
        // A phone is always there to be called.
        let is_phone = stored.agent.device == Device::Phone;
        let (engaged, wrap_up) = (busy.engaged.get(id), busy.finishing.get(id));
        let is_there = is_phone || self.0.hub.is_there(id, now, offline);
        let presence = presence(stored.agent.choice, is_there, engaged.map(|(kind, _)| *kind), wrap_up.is_some());
        let there_since = self.0.hub.there_since(id, now, offline).unwrap_or_default();
        let free_since = stored.choice_since.max(stored.free_since).max(there_since);
        let busy_since = match presence {
            Presence::Reserved | Presence::OnCall => engaged.map(|(_, since)| *since),
            Presence::WrapUp => wrap_up.copied(),
            Presence::Offline | Presence::Available | Presence::Busy | Presence::Away => None,
        };
        AgentView { agent: stored.agent, presence, since: busy_since.unwrap_or(free_since) }
    }

    /// A desk of this agent has opened.
    pub fn desk_opened(&self, agent: &AgentId) {
        self.0.hub.open(agent, self.0.clock.now(), self.0.config.desk.offline);
        for due in [Due::Unreachable(agent.clone()), Due::Offline(agent.clone())] {
            self.0.agenda.set(due, None);
        }
        self.0.hub.wake(Wake::Agents);
    }

    /// It rings at this agent's desk. If none is open by when an offer does not reach them any more, it rings elsewhere.
    pub fn expect_desk(&self, agent: &AgentId) {
        if let Some(at) = self.0.hub.gone_at(agent, self.0.clock.now(), self.0.config.desk.offer_gone) {
            self.0.agenda.set_at_latest(Due::Unreachable(agent.clone()), at);
        }
    }

    /// The same for whatever rang when this server was started again.
    pub async fn expect_rung_desks(&self) -> Result<(), ServiceError> {
        let mut db = self.0.store.read().await?;
        for agent in engagements::rung_desks(&mut db, &self.0.instance).await? {
            self.expect_desk(&agent);
        }
        Ok(())
    }

    /// A desk of this agent has closed. A reload is no absence: what follows from it is due later.
    pub fn desk_closed(&self, agent: &AgentId) {
        let now = self.0.clock.now();
        if self.0.hub.close(agent, now) {
            let desk = &self.0.config.desk;
            self.0.agenda.set(Due::Unreachable(agent.clone()), Some(now.plus(desk.offer_gone)));
            self.0.agenda.set(Due::Offline(agent.clone()), Some(now.plus(desk.offline)));
        }
    }
}

/// What agents are busy with, since when.
struct Busy {
    engaged: HashMap<AgentId, (Engagement, Timestamp)>,
    finishing: HashMap<AgentId, Timestamp>,
}
