//! Agents and their presence.

use std::collections::HashMap;

use baton_domain::agent::{AgentView, Device, PresenceChoice, presence};
use baton_domain::briefing::Language;
use baton_domain::call::Engagement;
use baton_domain::ids::AgentId;
use baton_domain::time::Timestamp;

use crate::server::error::ServiceError;
use crate::server::hub::Wake;
use crate::server::permissions::Who;
use crate::server::state::{App, Due};
use crate::server::store::{StoreError, agents, calls, wrap_ups};

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
        let now = self.0.clock.now();
        let mut db = self.0.store.read().await?;
        let engaged = engaged(&calls::engagements(&mut db).await?);
        let finishing: HashMap<AgentId, Timestamp> =
            wrap_ups::open(&mut db).await?.into_iter().map(|wrap_up| (wrap_up.agent, wrap_up.started_at)).collect();
        let stored = agents::all(&mut db).await?;
        let view = |stored: agents::StoredAgent| {
            let id = &stored.agent.id;
            // A phone is always there to be called.
            let is_there =
                stored.agent.device == Device::Phone || self.0.hub.is_there(id, now, self.0.config.desk.offline);
            let wrap_up = finishing.get(id);
            let presence = presence(stored.agent.choice, is_there, engaged.get(id).copied(), wrap_up.is_some());
            let since = wrap_up.copied().unwrap_or(stored.choice_since).max(stored.choice_since);
            AgentView { agent: stored.agent, presence, since }
        };
        Ok(stored.into_iter().map(view).collect())
    }

    /// A desk of this agent has opened.
    pub fn desk_opened(&self, agent: &AgentId) {
        self.0.hub.open(agent);
        for due in [Due::Unreachable(agent.clone()), Due::Offline(agent.clone())] {
            self.0.agenda.set(due, None);
        }
        self.0.hub.wake(Wake::Agents);
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

/// What each agent is busy with; a call counts more than an offer.
fn engaged(rows: &[(AgentId, Engagement, baton_domain::ids::CallId)]) -> HashMap<AgentId, Engagement> {
    let mut engaged = HashMap::new();
    for (agent, kind, _) in rows {
        let entry = engaged.entry(agent.clone()).or_insert(*kind);
        *entry = (*entry).max(*kind);
    }
    engaged
}
