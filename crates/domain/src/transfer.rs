//! A transfer: one attempt to hand a call over.

use serde::{Deserialize, Serialize};

use crate::call::AgentLeg;
use crate::ids::{QueueId, TransferId};
use crate::rules::Rules;
use crate::time::Timestamp;

/// The longest note for the next agent, in characters.
pub const NOTE_MAX: usize = 2_000;
/// The longest reason, in characters.
pub const REASON_MAX: usize = 200;

/// One open attempt to hand a call over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Its id; the consult room is `consult-<id>`.
    pub id: TransferId,
    /// Who hands over.
    pub transferring: AgentLeg,
    /// Who is to take over.
    pub target: AgentLeg,
    /// The queue that was asked for, when it was not a person.
    pub through_queue: Option<QueueId>,
    /// What the transferring agent wrote for the next.
    pub note: String,
    /// Why the caller is handed over, in a few words.
    pub reason: String,
    /// Whether it was forced: nobody is left to go back to.
    pub urgent: bool,
    /// When it began.
    pub started_at: Timestamp,
    /// Since when the transferring agent has the caller, whose clock goes on through all of it. A transfer from before this
    /// was written down does not know.
    #[serde(default)]
    pub had_since: Option<Timestamp>,
    /// Where it stands.
    pub state: TransferState,
}

/// Where an open transfer stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum TransferState {
    /// The target is rung; the transferring agent has the caller.
    Ringing {
        /// Whether the offer is on the target's screen (`initiated` before, `ringing` from then on).
        shown: bool,
        /// Until when it rings.
        until: Timestamp,
        /// Since when the caller is on hold meanwhile.
        held_since: Option<Timestamp>,
    },
    /// The target accepted; their microphone is on its way into both rooms. The caller still has the transferring agent.
    Connecting {
        /// Until when it must be there.
        until: Timestamp,
        /// Since when the caller is on hold meanwhile.
        held_since: Option<Timestamp>,
    },
    /// The target is rung, or on the way in; the transferring agent is free and the caller hears music.
    BlindRinging {
        /// Whether the offer is on the target's screen.
        shown: bool,
        /// Until when it rings, or must be heard once accepted.
        until: Timestamp,
        /// The target accepted, and who hears whom so far.
        accepted: Option<Heard>,
    },
    /// The agents talk, the caller hears music.
    Consulting {
        /// Since when.
        since: Timestamp,
    },
    /// The transferring agent talks to the caller, the target hears music.
    Swapped {
        /// Since when.
        since: Timestamp,
    },
    /// All three talk.
    Conference {
        /// Since when.
        since: Timestamp,
    },
    /// The target has the word; the transferring agent leaves when caller and target hear each other.
    Completing {
        /// Until when they must.
        until: Timestamp,
        /// Who hears whom so far.
        heard: Heard,
    },
}

/// Make before break: nobody is released until both of these are true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The caller's page receives the target.
    pub by_caller: bool,
    /// The target's page receives the caller.
    pub by_target: bool,
}

impl Heard {
    /// Caller and target hear each other.
    pub fn both(self) -> bool {
        self.by_caller && self.by_target
    }
}

impl TransferState {
    /// The stable name in the API and in events.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ringing { shown: false, .. } | Self::BlindRinging { shown: false, .. } => "initiated",
            Self::Ringing { .. } | Self::BlindRinging { .. } | Self::Connecting { .. } => "ringing",
            Self::Consulting { .. } => "consulting",
            Self::Swapped { .. } => "swapped",
            Self::Conference { .. } => "conference",
            Self::Completing { .. } => "completing",
        }
    }

    /// The plain stage shown to integrators who do not care for the details.
    pub fn stage(&self) -> &'static str {
        match self.name() {
            "initiated" => "Initiated",
            "ringing" => "In progress",
            _ => "Briefing",
        }
    }

    /// Whether the transferring agent has already let go.
    pub fn is_blind(&self) -> bool {
        matches!(self, Self::BlindRinging { .. })
    }
}

/// How a transfer ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Outcome {
    /// The target has the caller.
    Completed {
        /// Whether it was forced.
        urgent: bool,
    },
    /// The transferring agent took the caller back.
    Cancelled,
    /// The target refused.
    Declined {
        /// Why, in the target's words.
        reason: String,
    },
    /// It rang out.
    NoAnswer,
    /// Something broke.
    Failed {
        /// What.
        reason: FailReason,
    },
    /// The caller left.
    Abandoned,
}

impl Outcome {
    /// The stable name in the API and in events.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Completed { .. } => "completed",
            Self::Cancelled => "cancelled",
            Self::Declined { .. } => "declined",
            Self::NoAnswer => "no_answer",
            Self::Failed { .. } => "failed",
            Self::Abandoned => "abandoned",
        }
    }

    /// The plain stage of an ended transfer.
    pub fn stage(&self) -> &'static str {
        if matches!(self, Self::Completed { .. }) { "Completed" } else { "Failed" }
    }
}

/// What broke a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailReason {
    /// The target's microphone did not reach the rooms in time.
    Microphone,
    /// The target's desk is gone.
    Unreachable,
    /// The target hung up.
    TargetLeft,
    /// The target lost the connection and did not come back.
    TargetLost,
    /// The transferring agent lost the connection and nobody took the caller.
    TransferringLost,
    /// Caller and target did not hear each other in time.
    NotHeard,
    /// Somebody ended the call for everyone.
    CallEnded,
}

impl FailReason {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::Microphone,
        Self::Unreachable,
        Self::TargetLeft,
        Self::TargetLost,
        Self::TransferringLost,
        Self::NotHeard,
        Self::CallEnded,
    ];

    /// The stable name in the API and in events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Microphone => "microphone",
            Self::Unreachable => "unreachable",
            Self::TargetLeft => "target_left",
            Self::TargetLost => "target_lost",
            Self::TransferringLost => "transferring_lost",
            Self::NotHeard => "not_heard",
            Self::CallEnded => "call_ended",
        }
    }

    /// The reason of a stable name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// The sentence for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Microphone => "The target's microphone did not start in time.",
            Self::Unreachable => "The target could not be reached.",
            Self::TargetLeft => "The target left.",
            Self::TargetLost => "The target's connection broke and they did not come back.",
            Self::TransferringLost => "The transferring agent's connection broke and they did not come back.",
            Self::NotHeard => "The caller and the target did not hear each other in time.",
            Self::CallEnded => "The call was ended for everyone.",
        }
    }
}

impl Transfer {
    /// Since when the transferring agent has the caller.
    pub fn with_transferring_since(&self) -> Timestamp {
        self.had_since.unwrap_or(self.started_at)
    }

    /// The agents' legs: whoever handed over blindly is not part of it any more.
    pub(crate) fn legs(&self) -> Vec<&AgentLeg> {
        if self.state.is_blind() { vec![&self.target] } else { vec![&self.transferring, &self.target] }
    }

    /// The same legs, to be changed.
    pub(crate) fn legs_mut(&mut self) -> Vec<&mut AgentLeg> {
        if self.state.is_blind() { vec![&mut self.target] } else { vec![&mut self.transferring, &mut self.target] }
    }

    /// Who hears whom, while that is what the transfer waits for.
    pub(crate) fn heard_mut(&mut self) -> Option<(&mut Heard, &mut Timestamp)> {
        match &mut self.state {
            TransferState::Completing { heard, until }
            | TransferState::BlindRinging { accepted: Some(heard), until, .. } => Some((heard, until)),
            _ => None,
        }
    }

    /// The next moment at which the clock changes this transfer, the caller's absence aside. While the caller is not
    /// there nobody can hear them, so that is not held against the target.
    pub(crate) fn next_deadline(&self, rules: &Rules, caller_present: bool) -> Option<Timestamp> {
        let missing = |leg: &AgentLeg| leg.missing_since().map(|since| since.plus(rules.agent_grace));
        let (a, b) = (missing(&self.transferring), missing(&self.target));
        let candidates = match &self.state {
            TransferState::Ringing { until, .. } | TransferState::Connecting { until, .. } => [Some(*until), a],
            TransferState::BlindRinging { until, accepted: None, .. } => [Some(*until), None],
            TransferState::BlindRinging { until, .. } | TransferState::Completing { until, .. } => {
                [caller_present.then_some(*until), None]
            }
            TransferState::Consulting { .. } | TransferState::Swapped { .. } | TransferState::Conference { .. } => {
                [a, b]
            }
        };
        candidates.into_iter().flatten().min()
    }
}
