//! What the server may listen to: for transcripts and recordings, as far as the line wants it and the caller allows it.
//!
//! The server listens from a place of its own in each room, which is no seat and no leg: nobody sees it there and nothing
//! waits for it. [`rooms`] says where it must be, and of whom what may be used at this moment.

use serde::{Deserialize, Serialize};

use crate::call::{Call, CallState, RoomKind};
use crate::ids::LegId;
use crate::seat::{Microphone, Party, RoomName, Seat, seats, wanted_rooms};

/// The identity of a listener in each room that it listens in: no leg has such a one.
pub const LISTENER: &str = "listener";

/// What a line does with what is said on it. A caller is told what it was when they came, and for their call that stays:
/// a line that begins to record does not begin in the middle of calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListeningPolicy {
    /// Whether speech becomes a transcript.
    pub transcribe: bool,
    /// Whose voices are kept.
    pub record: Recorded,
}

/// Which of a line's rooms are recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recorded {
    /// None.
    #[default]
    Nothing,
    /// The caller and whoever they talk to.
    Call,
    /// That, and what two agents say to each other about the call.
    CallAndConsult,
}

impl Recorded {
    /// Whether rooms of this kind are recorded.
    pub fn covers(self, room: RoomKind) -> bool {
        match room {
            RoomKind::Call => self != Self::Nothing,
            RoomKind::Consult => self == Self::CallAndConsult,
        }
    }
}

impl ListeningPolicy {
    /// Whether rooms of this kind are listened to at all.
    pub fn covers(self, room: RoomKind) -> bool {
        self.transcribe || self.record.covers(room)
    }
}

/// What the server may listen to in one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listening {
    /// What the line did when the caller came.
    pub policy: ListeningPolicy,
    /// What the caller says to it.
    pub consent: Consent,
    /// Whether an agent has stopped the recording for a while, as for a card number.
    pub recording_paused: bool,
}

/// What the caller says to being listened to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// They were told, and have not said no.
    #[default]
    Told,
    /// They do not want it.
    Refused,
}

/// What becomes of the recording, in one word for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingStatus {
    /// The line does not record.
    Off,
    /// What is said is recorded.
    On,
    /// An agent has stopped it for a while.
    Paused,
    /// The caller does not want it.
    Refused,
}

impl RecordingStatus {
    /// The word that the API uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::Paused => "paused",
            Self::Refused => "refused",
        }
    }
}

impl Listening {
    /// A caller who comes in by a line with this policy.
    pub fn under(policy: ListeningPolicy) -> Self {
        Self { policy, ..Self::default() }
    }

    /// Whether this call's line listens at all, so that there is something to tell and to refuse.
    pub fn is_told(self) -> bool {
        self.policy.covers(RoomKind::Call)
    }

    /// Whether anything in rooms of this kind may be listened to, at one time or another.
    fn covers(self, room: RoomKind) -> bool {
        self.consent == Consent::Told && self.policy.covers(room)
    }

    /// Whether speech may become text.
    pub fn may_transcribe(self) -> bool {
        self.consent == Consent::Told && self.policy.transcribe
    }

    /// Whether voices in rooms of this kind may be kept now.
    pub fn may_record(self, room: RoomKind) -> bool {
        self.consent == Consent::Told && self.policy.record.covers(room) && !self.recording_paused
    }

    /// What becomes of the recording.
    pub fn recording(self) -> RecordingStatus {
        match (self.policy.record, self.consent, self.recording_paused) {
            (Recorded::Nothing, ..) => RecordingStatus::Off,
            (_, Consent::Refused, _) => RecordingStatus::Refused,
            (_, Consent::Told, true) => RecordingStatus::Paused,
            (_, Consent::Told, false) => RecordingStatus::On,
        }
    }
}

/// A room in which the server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenedRoom {
    /// Which.
    pub room: RoomName,
    /// Everybody who has a seat in it.
    pub legs: Vec<ListenedLeg>,
}

/// Somebody in a room in which the server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenedLeg {
    /// Their leg.
    pub leg: LegId,
    /// Who.
    pub party: Party,
    /// Whether what they say now may become text.
    pub transcribe: bool,
    /// Whether what they say now may be kept as sound.
    pub record: bool,
}

/// The rooms of `call` in which the server listens, and what of whom it may use now. It is there before anybody speaks,
/// and stays while the caller is on hold, when nothing may be used: whoever came only then would miss the first words.
pub fn rooms(call: &Call) -> Vec<ListenedRoom> {
    let seats = seats(call);
    wanted_rooms(call)
        .into_iter()
        .filter(|room| call.listening.covers(room.kind()) && has_company(call, *room))
        .map(|room| listened_room(call, room, &seats))
        .collect()
}

/// A caller who waits speaks to nobody: nobody needs to be there to listen.
fn has_company(call: &Call, room: RoomName) -> bool {
    room.kind() == RoomKind::Consult || !matches!(call.state, CallState::Queued(_))
}

fn listened_room(call: &Call, room: RoomName, seats: &[Seat]) -> ListenedRoom {
    let kind = room.kind();
    let (may_transcribe, may_record) = (call.listening.may_transcribe(), call.listening.may_record(kind));
    let legs = seats.iter().filter(|seat| seat.room(kind).is_some()).map(|seat| {
        let is_heard = is_heard(seat, kind, seats);
        // Whoever the server plays writes down themselves what they say.
        let is_scripted = seat.party == Party::Caller && call.caller.is_simulated;
        ListenedLeg {
            leg: seat.leg,
            party: seat.party.clone(),
            transcribe: is_heard && may_transcribe && !is_scripted,
            record: is_heard && may_record,
        }
    });
    ListenedRoom { room, legs: legs.collect() }
}

/// The server hears nobody whom no person hears: the caller on hold, a target who waits while the agents have swapped.
fn is_heard(speaker: &Seat, room: RoomKind, seats: &[Seat]) -> bool {
    let speaks = speaker.room(room).is_some_and(|seat| seat.microphone == Microphone::Open);
    let hears =
        |other: &Seat| other.hears.contains(&speaker.leg) && other.room(room).is_some_and(|seat| seat.may_subscribe);
    speaks && seats.iter().any(hears)
}
