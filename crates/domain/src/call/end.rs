//! What is left when a call, or a transfer of it, is over.

use serde::{Deserialize, Serialize};

use super::AgentLeg;
use crate::ids::{AgentId, TransferId};
use crate::rules::Rules;
use crate::time::Timestamp;
use crate::transfer::Outcome;

/// Why a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The caller hung up.
    CallerHungUp,
    /// The caller was gone for too long.
    CallerLost,
    /// The agent hung up.
    AgentHungUp,
    /// Somebody ended it for everyone.
    EndedForEveryone,
}

impl EndReason {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::CallerHungUp, Self::CallerLost, Self::AgentHungUp, Self::EndedForEveryone];

    /// The stable name in the API and in events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CallerHungUp => "caller_hung_up",
            Self::CallerLost => "caller_lost",
            Self::AgentHungUp => "agent_hung_up",
            Self::EndedForEveryone => "ended_for_everyone",
        }
    }

    /// The reason of a stable name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// The sentence for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::CallerHungUp => "The caller hung up.",
            Self::CallerLost => "The caller's connection broke and they did not come back.",
            Self::AgentHungUp => "The agent hung up.",
            Self::EndedForEveryone => "The call was ended for everyone.",
        }
    }
}

/// A consult that outlives its call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsultTail {
    /// Which consult room.
    pub transfer: TransferId,
    /// Who was handing over.
    pub transferring: AgentLeg,
    /// Who was to take over.
    pub target: AgentLeg,
    /// Until when the room stays.
    pub until: Timestamp,
}

impl ConsultTail {
    /// Whether nobody is left in it.
    pub(crate) fn is_deserted(&self) -> bool {
        self.transferring.is_lost() && self.target.is_lost()
    }

    /// When it closes: nobody waits alone for longer than a reload takes.
    pub(crate) fn deadline(&self, rules: &Rules) -> Timestamp {
        let legs = [&self.transferring, &self.target];
        let alone = legs.into_iter().filter_map(AgentLeg::missing_since).map(|since| since.plus(rules.agent_grace));
        alone.fold(self.until, Timestamp::min)
    }
}

/// What is left of a transfer that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedTransfer {
    /// Which.
    pub id: TransferId,
    /// Who wanted to hand over.
    pub transferring: AgentId,
    /// Who was to take over.
    pub target: AgentId,
    /// How it ended.
    pub outcome: Outcome,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Whether whoever wanted to hand over had vanished by then.
    #[serde(default)]
    pub was_deserted: bool,
}
