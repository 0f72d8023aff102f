//! Whom a call is offered to, and in which order.

use serde::{Deserialize, Serialize};

use crate::agent::{AgentView, Device, Presence};
use crate::call::{Call, CallState, Place};
use crate::ids::{AgentId, QueueId};
use crate::time::Timestamp;

/// Somebody a call could be handed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetOption {
    /// Who.
    pub agent: AgentView,
    /// Whether they are skilled for this call's queue.
    pub skilled: bool,
}

impl TargetOption {
    /// Whether they can be rung now.
    pub fn available(&self) -> bool {
        self.agent.presence == Presence::Available
    }
}

/// Everybody a call in `queue` could be handed to by `me`: available and skilled first, then available, then the rest.
pub fn target_options(agents: &[AgentView], queue: &QueueId, me: &AgentId) -> Vec<TargetOption> {
    let mut options: Vec<TargetOption> = agents
        .iter()
        .filter(|view| view.agent.id != *me)
        .map(|view| TargetOption { agent: view.clone(), skilled: view.agent.skills.contains(queue) })
        .collect();
    options.sort_by_key(|option| {
        let rank = (!option.available(), !option.skilled, option.agent.since);
        (rank, option.agent.agent.name.clone())
    });
    options
}

/// The agents of `queue` who are available and were not tried yet. Phones are reached by whoever hands a call over to them by name.
pub fn free_agents<'a>(
    agents: &'a [AgentView],
    queue: &QueueId,
    tried: &[AgentId],
) -> impl Iterator<Item = &'a AgentView> {
    agents
        .iter()
        .filter(|view| view.presence == Presence::Available && view.agent.device == Device::Page)
        .filter(move |view| view.agent.skills.contains(queue) && !tried.contains(&view.agent.id))
}

/// The one of them who has been available for longest.
pub fn next_agent<'a>(agents: &'a [AgentView], queue: &QueueId, tried: &[AgentId]) -> Option<&'a AgentView> {
    free_agents(agents, queue, tried).min_by_key(|view| (view.since, view.agent.id.clone()))
}

/// The order in which waiting calls are answered.
pub fn queue_order(call: &Call) -> Option<(Place, Timestamp)> {
    match &call.state {
        CallState::Queued(waiting) | CallState::Offered { waiting, .. } => Some((waiting.place, waiting.since)),
        _ => None,
    }
}
