//! What comes out of a transition: the next state, what happened, and what is to be done outside.

use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::ids::{AgentId, TransferId};
use crate::transfer::Outcome;

/// The next state and what it brings with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The call as it is now; unchanged when `happened` is empty and nothing was learnt.
    pub call: Call,
    /// What goes into the timeline and out as events, in order.
    pub happened: Vec<Happening>,
    /// What the desk does beyond seats and engagements, which follow from the call itself.
    pub effects: Vec<Effect>,
}

/// One line of a call's timeline, and one event to the outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happening {
    /// What.
    pub kind: HappeningKind,
    /// Whom it is about.
    pub agent: Option<AgentId>,
    /// In which transfer.
    pub transfer: Option<TransferId>,
    /// More, for people.
    pub detail: Option<String>,
}

/// What may happen. The names are the event names of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "docs/events.md says what each means; the names say it too")]
pub enum HappeningKind {
    CallQueued,
    CallOffered,
    CallAnswered,
    CallHeld,
    CallRetrieved,
    CallReturnedToQueue,
    CallEnded,
    CallerLost,
    CallerBack,
    AgentLost,
    AgentBack,
    OfferDeclined,
    OfferNotAnswered,
    TransferInitiated,
    TransferRinging,
    TransferAccepted,
    TransferConsulting,
    TransferSwapped,
    TransferMerged,
    TransferCompleting,
    TransferForced,
    TransferWithoutWaiting,
    TransferCompleted,
    TransferCancelled,
    TransferDeclined,
    TransferNoAnswer,
    TransferFailed,
    TransferAbandoned,
    ConsultClosed,
    TextSentToModel,
    SpeechSentToRecogniser,
    RecordingsDeleted,
    ListeningRefused,
    ListeningAllowed,
    RecordingPaused,
    RecordingResumed,
}

impl HappeningKind {
    /// The event name, for instance `transfer_initiated`.
    pub fn name(self) -> String {
        let debug = format!("{self:?}");
        let mut name = String::with_capacity(debug.len() + 4);
        for (index, letter) in debug.char_indices() {
            if letter.is_ascii_uppercase() && index > 0 {
                name.push('_');
            }
            name.push(letter.to_ascii_lowercase());
        }
        name
    }

    /// The happening that an ended transfer is.
    pub fn of_outcome(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Completed { .. } => Self::TransferCompleted,
            Outcome::Cancelled => Self::TransferCancelled,
            Outcome::Declined { .. } => Self::TransferDeclined,
            Outcome::NoAnswer => Self::TransferNoAnswer,
            Outcome::Failed { .. } => Self::TransferFailed,
            Outcome::Abandoned => Self::TransferAbandoned,
        }
    }
}

/// An order to the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// This agent is done with the caller: wrap-up begins.
    StartWrapUp(AgentId),
    /// This agent let it ring out: the next caller is not sent there.
    SetAway(AgentId),
    /// Ring the next skilled agent who was not tried yet.
    OfferNext,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::EndReason;
    use crate::transfer::FailReason;

    #[test]
    fn reasons_have_the_names_that_serde_writes_and_are_found_by_them() {
        for reason in EndReason::ALL {
            assert_eq!(serde_json::to_string(&reason).ok(), Some(format!("\"{}\"", reason.name())));
            assert_eq!(EndReason::of_name(reason.name()), Some(reason));
        }
        for reason in FailReason::ALL {
            assert_eq!(serde_json::to_string(&reason).ok(), Some(format!("\"{}\"", reason.name())));
            assert_eq!(FailReason::of_name(reason.name()), Some(reason));
        }
        assert_eq!((EndReason::of_name("NotHeard"), FailReason::of_name("NotHeard")), (None, None));
    }

    #[test]
    fn event_names_are_what_serde_writes() {
        for kind in
            [HappeningKind::TransferInitiated, HappeningKind::CallReturnedToQueue, HappeningKind::TransferNoAnswer]
        {
            assert_eq!(serde_json::to_string(&kind).ok(), Some(format!("\"{}\"", kind.name())));
        }
    }
}
