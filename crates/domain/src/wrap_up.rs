//! The work after a call.

use serde::{Deserialize, Serialize};

use crate::call::{Call, CallState, EndReason};
use crate::ids::{AgentId, CallId};
use crate::time::Timestamp;

/// The longest wrap-up notes, in characters.
pub const NOTES_MAX: usize = 5_000;

/// An agent finishing a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrapUp {
    /// Which call.
    pub call: CallId,
    /// Who was called for.
    pub caller_name: String,
    /// Who finishes it.
    pub agent: AgentId,
    /// Since when.
    pub started_at: Timestamp,
    /// When it ends by itself.
    pub ends_at: Timestamp,
    /// What the agent has chosen and typed so far, which begins with what is likely; it counts when the wrap-up ends by itself.
    pub draft: Draft,
    /// How often the draft was saved: of two, the one with more is newer.
    #[serde(default)]
    pub revision: u32,
}

impl WrapUp {
    /// Which one of its agent it is.
    pub const fn id(&self) -> WrapUpId {
        WrapUpId { call: self.call, started_at: self.started_at }
    }

    /// Whether it is the same one, whatever was typed meanwhile.
    pub fn is_same(&self, other: &Self) -> bool {
        (self.call, &self.agent, self.started_at) == (other.call, &other.agent, other.started_at)
    }
}

/// One of an agent's wrap-ups: they may be done with the same call more than once, when it comes back to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrapUpId {
    /// Which call.
    pub call: CallId,
    /// Since when they were done with it.
    pub started_at: Timestamp,
}

/// What an agent has written on one of their pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// In which wrap-up.
    pub wrap_up: WrapUpId,
    /// The revision that the page knew: one that was away may know less than is written elsewhere by now.
    pub over: u32,
    /// What stands there.
    pub draft: Draft,
}

/// What an agent has chosen and typed in a wrap-up that is not finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The outcome.
    pub disposition: Disposition,
    /// The notes.
    pub notes: String,
}

/// What an agent who is done with a call has left about it for whoever has it next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishedWrapUp {
    /// Who.
    pub agent: AgentId,
    /// Since when they were done with it.
    pub started_at: Timestamp,
    /// When they had finished.
    pub ended_at: Timestamp,
    /// The outcome; unknown of a wrap-up that an earlier version let end by itself.
    pub disposition: Option<Disposition>,
    /// The notes; empty where nothing was written.
    pub notes: String,
}

/// The outcome code of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// The caller has what they wanted.
    Resolved,
    /// Somebody else has the caller now.
    HandedOver,
    /// Somebody will call back.
    FollowUp,
    /// It was not a matter for this desk.
    WrongNumber,
    /// The caller was gone.
    Dropped,
    /// The agent's own connection was gone, and the caller waited again.
    CutOff,
}

impl Disposition {
    /// All of them, in the order on screen.
    pub const ALL: [Self; 6] =
        [Self::Resolved, Self::HandedOver, Self::FollowUp, Self::WrongNumber, Self::Dropped, Self::CutOff];

    /// What probably came of a call for an agent whom it has just left, so that one click is enough most of the time.
    pub fn likely(call: &Call) -> Self {
        match &call.state {
            CallState::Ended { reason: EndReason::CallerLost, .. } => Self::Dropped,
            CallState::Ended { .. } => Self::Resolved,
            // Nobody gives a caller up who is still on the line: all who had them had vanished.
            CallState::Queued(_) => Self::CutOff,
            // It goes on without them.
            _ => Self::HandedOver,
        }
    }

    /// The words on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Resolved => "Resolved",
            Self::HandedOver => "Handed over",
            Self::FollowUp => "Follow-up needed",
            Self::WrongNumber => "Wrong number",
            Self::Dropped => "Caller gone",
            Self::CutOff => "Connection lost",
        }
    }

    /// The stable name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resolved => "resolved",
            Self::HandedOver => "handed_over",
            Self::FollowUp => "follow_up",
            Self::WrongNumber => "wrong_number",
            Self::Dropped => "dropped",
            Self::CutOff => "cut_off",
        }
    }
}
