//! Which part an agent has in a call, and what everybody is called.

use baton_domain::agent::AgentView;
use baton_domain::call::{Call, CallState};
use baton_domain::ids::AgentId;
use baton_domain::transfer::TransferState;

/// An agent's part in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The call is offered to them.
    Offered,
    /// They have the caller, and nobody else is involved.
    Handling,
    /// They hand over.
    Transferring,
    /// They are rung to take over.
    RungTarget,
    /// They have accepted and are to take over.
    Target,
    /// The caller has left, and they may finish what they were saying to their colleague.
    Tail,
}

impl Part {
    /// Whether it only rings so far.
    pub fn is_rung(self) -> bool {
        matches!(self, Self::Offered | Self::RungTarget)
    }
}

/// The part of `me` in `call`; none when they are not in it (any more).
pub fn part(call: &Call, me: &AgentId) -> Option<Part> {
    match &call.state {
        CallState::Offered { to, .. } if to.agent == *me => Some(Part::Offered),
        CallState::WithAgent { agent, .. } if agent.agent == *me => Some(Part::Handling),
        CallState::Transferring(transfer) if transfer.target.agent == *me => match transfer.state {
            TransferState::Ringing { .. } | TransferState::BlindRinging { accepted: None, .. } => {
                Some(Part::RungTarget)
            }
            _ => Some(Part::Target),
        },
        CallState::Transferring(transfer) if transfer.transferring.agent == *me && !transfer.state.is_blind() => {
            Some(Part::Transferring)
        }
        CallState::Ended { consult: Some(tail), .. } if tail.transferring.agent == *me || tail.target.agent == *me => {
            Some(Part::Tail)
        }
        _ => None,
    }
}

/// What an agent is called on screen; their handle when nothing better is known.
pub fn agent_name(agents: &[AgentView], id: &AgentId) -> String {
    agents.iter().find(|view| view.agent.id == *id).map_or_else(|| id.to_string(), |view| view.agent.name.clone())
}
