//! Why a command was refused, in words for the person who asked.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::AgentId;

/// A refusal. Every one has a stable code and a sentence that says what is the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// The call is over.
    CallEnded,
    /// Another agent answered first.
    AlreadyAnswered {
        /// Who.
        by: AgentId,
    },
    /// The call rings somewhere else just now.
    OfferedToAnother {
        /// Whose desk.
        to: AgentId,
    },
    /// Somebody else's call.
    NotYourCall,
    /// The action does not fit the state.
    WrongState {
        /// What was asked.
        action: Action,
        /// The state's name.
        state: String,
    },
    /// A transfer is open, so this is not the way out.
    TransferOpen,
    /// There is no transfer to do this to.
    NoTransfer,
    /// The target is the one who asks.
    TransferToSelf,
    /// The target has left.
    AlreadyLeft {
        /// Who.
        agent: AgentId,
    },
    /// The target may only take the caller when the transferring agent is gone.
    StillThere {
        /// Who.
        agent: AgentId,
    },
    /// A phone has no desk to do it from.
    OnPhone {
        /// Who.
        agent: AgentId,
    },
    /// There is nothing to refuse.
    NotListenedTo,
    /// Nothing more of the call may be written down.
    ListeningRefused,
    /// There is no recording to stop for a while.
    NotRecorded,
    /// Nothing is written down while the recording is stopped.
    RecordingPaused,
    /// A briefing is read aloud once.
    AlreadySpoken,
    /// A text is too long.
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
            Self::RecordingPaused => "recording_paused",
            Self::AlreadySpoken => "already_spoken",
            Self::TooLong { .. } => "too_long",
        }
    }

    /// The sentence for the person who asked, with agents called what `name` calls them.
    pub fn sentence(&self, name: impl Fn(&AgentId) -> String) -> String {
        match self {
            Self::CallEnded => "This call has already ended.".to_owned(),
            Self::AlreadyAnswered { by } => format!("{} has already answered this call.", name(by)),
            Self::OfferedToAnother { to } => format!("This call is ringing at {}.", name(to)),
            Self::NotYourCall => "This is not your call.".to_owned(),
            Self::WrongState { action, state } => format!("Cannot {action} now: the call is {state}."),
            Self::TransferOpen => {
                "A transfer is open. Complete it, cancel it, or end the call for everyone.".to_owned()
            }
            Self::NoTransfer => "There is no open transfer.".to_owned(),
            Self::TransferToSelf => "You cannot transfer a call to yourself.".to_owned(),
            Self::AlreadyLeft { agent } => format!("{} has already left.", name(agent)),
            Self::StillThere { agent } => {
                let agent = name(agent);
                format!("{agent} still has the caller. You can take them when {agent} has been gone for a few seconds.")
            }
            Self::OnPhone { agent } => {
                let agent = name(agent);
                format!(
                    "{agent} is on a phone: they can take over a call, but neither answer a waiting one nor hand one on."
                )
            }
            Self::NotListenedTo => "This call is neither transcribed nor recorded.".to_owned(),
            Self::ListeningRefused => "The caller does not want this call to be transcribed.".to_owned(),
            Self::NotRecorded => "This call is not recorded.".to_owned(),
            Self::RecordingPaused => "The recording is paused: what is said now is not written down either.".to_owned(),
            Self::AlreadySpoken => "This briefing was already read to you. It stays on your screen.".to_owned(),
            Self::TooLong { field, max } => format!("The {field} is too long: at most {max} characters."),
        }
    }
}

/// Agents are called by their handles, for logs and for whoever knows no names.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(AgentId::to_string))
    }
}

impl std::error::Error for Refusal {}

/// What was asked, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names of the commands")]
pub enum Action {
    Answer,
    Offer,
    Hold,
    Retrieve,
    HangUp,
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

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Answer => "answer",
            Self::Offer => "offer the call",
            Self::Hold => "hold",
            Self::Retrieve => "retrieve",
            Self::HangUp => "hang up",
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
