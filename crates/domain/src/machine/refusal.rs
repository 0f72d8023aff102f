//! Why a command was refused, in words for the person who asked.

use serde::{Deserialize, Serialize};

use crate::ids::AgentId;

/// A refusal. Every one has a stable code and a sentence that says what is the case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// The call is over.
    #[error("This call has already ended.")]
    CallEnded,
    /// Another agent answered first.
    #[error("{by} has already answered this call.")]
    AlreadyAnswered {
        /// Who.
        by: AgentId,
    },
    /// The call rings somewhere else just now.
    #[error("This call is ringing at {to}.")]
    OfferedToAnother {
        /// Whose desk.
        to: AgentId,
    },
    /// Somebody else's call.
    #[error("This is not your call.")]
    NotYourCall,
    /// The action does not fit the state.
    #[error("Cannot {action} now: the call is {state}.")]
    WrongState {
        /// What was asked.
        action: Action,
        /// The state's name.
        state: String,
    },
    /// A transfer is open, so this is not the way out.
    #[error("A transfer is open. Complete it, cancel it, or end the call for everyone.")]
    TransferOpen,
    /// There is no transfer to do this to.
    #[error("There is no open transfer.")]
    NoTransfer,
    /// The target is the one who asks.
    #[error("You cannot transfer a call to yourself.")]
    TransferToSelf,
    /// The target has left.
    #[error("{agent} has already left.")]
    AlreadyLeft {
        /// Who.
        agent: AgentId,
    },
    /// The target may only take the caller when the transferring agent is gone.
    #[error("{agent} still has the caller. You can take them when {agent} has been gone for a few seconds.")]
    StillThere {
        /// Who.
        agent: AgentId,
    },
    /// A phone has no desk to do it from.
    #[error("{agent} is on a phone: they can take over a call, but neither answer a waiting one nor hand one on.")]
    OnPhone {
        /// Who.
        agent: AgentId,
    },
    /// There is nothing to refuse.
    #[error("This call is neither transcribed nor recorded.")]
    NotListenedTo,
    /// Nothing more of the call may be written down.
    #[error("The caller does not want this call to be transcribed.")]
    ListeningRefused,
    /// There is no recording to stop for a while.
    #[error("This call is not recorded.")]
    NotRecorded,
    /// A briefing is read aloud once.
    #[error("This briefing was already read to you. It stays on your screen.")]
    AlreadySpoken,
    /// A text is too long.
    #[error("The {field} is too long: at most {max} characters.")]
    TooLong {
        /// Which.
        field: String,
        /// How long it may be.
        max: u32,
    },
}

impl Refusal {
    /// The stable code, for instance `transfer_open`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::CallEnded => "call_ended",
            Self::AlreadyAnswered { .. } => "already_answered",
            Self::OfferedToAnother { .. } => "offered_to_another",
            Self::NotYourCall => "not_your_call",
            Self::WrongState { .. } => "wrong_state",
            Self::TransferOpen => "transfer_open",
            Self::NoTransfer => "no_transfer",
            Self::TransferToSelf => "transfer_to_self",
            Self::AlreadyLeft { .. } => "already_left",
            Self::StillThere { .. } => "still_there",
            Self::OnPhone { .. } => "on_phone",
            Self::NotListenedTo => "not_listened_to",
            Self::ListeningRefused => "listening_refused",
            Self::NotRecorded => "not_recorded",
            Self::AlreadySpoken => "already_spoken",
            Self::TooLong { .. } => "too_long",
        }
    }
}

/// What was asked, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names of the commands")]
pub enum Action {
    Answer,
    Offer,
    Hold,
    Retrieve,
    StartTransfer,
    Accept,
    Decline,
    Swap,
    Merge,
    Complete,
    Cancel,
    TransferWithoutWaiting,
    Force,
    LeaveConsult,
    TakeCaller,
    SpeakBriefing,
    StopSpeaking,
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Answer => "answer",
            Self::Offer => "offer the call",
            Self::Hold => "hold",
            Self::Retrieve => "retrieve",
            Self::StartTransfer => "start a transfer",
            Self::Accept => "accept",
            Self::Decline => "decline",
            Self::Swap => "swap",
            Self::Merge => "merge",
            Self::Complete => "complete the transfer",
            Self::Cancel => "cancel the transfer",
            Self::TransferWithoutWaiting => "transfer without waiting",
            Self::Force => "force the transfer",
            Self::LeaveConsult => "leave the consult",
            Self::TakeCaller => "take the caller",
            Self::SpeakBriefing => "read the briefing aloud",
            Self::StopSpeaking => "stop reading the briefing aloud",
        })
    }
}
