//! A briefing spoken to the target of a transfer: while the two agents talk, a voice of ours reads it to the target alone.
//!
//! Like the music for callers without a page, the voice has no seat and no leg; nobody waits for it, and the transferring
//! agent and the caller do not hear it. It speaks once in a transfer.

use serde::{Deserialize, Serialize};

use crate::call::{Call, CallState};
use crate::ids::{LegId, TransferId};
use crate::transfer::{Transfer, TransferState};

/// How far the briefing of one transfer is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpokenBriefing {
    /// Of which transfer.
    pub transfer: TransferId,
    /// How far.
    pub state: SpokenState,
}

/// How far a briefing is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SpokenState {
    /// The target has asked for it.
    Asked,
    /// It is on its way, or heard.
    Speaking,
    /// To its end.
    Spoken,
    /// The target has had enough.
    Stopped,
    /// It broke off, or never began; it may be asked for again.
    Failed {
        /// Why.
        why: SpeechFailure,
    },
}

/// Why a briefing was not spoken, or not to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpeechFailure {
    /// Whoever makes the voice cannot be reached, or is too slow.
    Unreachable,
    /// They want a pause.
    Busy,
    /// They do not take the key, the model or the voice.
    Rejected,
    /// What came from them is no sound.
    NotSound,
    /// It broke off in the middle.
    CutOff,
    /// There is nothing to say.
    Nothing,
}

impl SpokenState {
    /// Whether a voice is to be there.
    pub fn is_going_on(self) -> bool {
        matches!(self, Self::Asked | Self::Speaking)
    }

    /// Whether this may follow, as far as the voice itself says so. Somebody who has stopped it has the last word.
    pub fn may_become(self, next: Self) -> bool {
        match next {
            Self::Speaking => self == Self::Asked,
            Self::Spoken | Self::Failed { .. } => self.is_going_on(),
            Self::Asked | Self::Stopped => false,
        }
    }
}

/// The voice that must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voice {
    /// In the consult room of which transfer.
    pub transfer: TransferId,
    /// The only one who may hear it.
    pub listener: LegId,
}

/// How far the briefing of this transfer is spoken; nothing when nobody has asked for it.
pub fn state_in(call: &Call, transfer: TransferId) -> Option<SpokenState> {
    call.spoken.filter(|spoken| spoken.transfer == transfer).map(|spoken| spoken.state)
}

/// Whether the target sits where they could hear it.
pub fn could_hear(transfer: &Transfer) -> bool {
    matches!(transfer.state, TransferState::Consulting { .. } | TransferState::Swapped { .. })
}

/// The voice that must be there now. It falls silent with the consult, whatever it is saying.
pub fn voice(call: &Call) -> Option<Voice> {
    let CallState::Transferring(transfer) = &call.state else { return None };
    let state = state_in(call, transfer.id)?;
    let voice = Voice { transfer: transfer.id, listener: transfer.target.leg };
    (state.is_going_on() && could_hear(transfer)).then_some(voice)
}

/// The identity of the voice in the consult room: that of no leg, and written like one, so that a page can find its sound.
pub fn identity(transfer: TransferId) -> LegId {
    LegId(transfer.0)
}
