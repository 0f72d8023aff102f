//! What the server may listen to: for transcripts and recordings, as far as the line wants it and the caller allows it.
//!
//! The server listens from a place of its own in each room, which is no seat and no leg: nobody sees it there and nothing
//! waits for it. [`rooms`] says where it must be, and of whom what may be used at this moment.

use serde::{Deserialize, Serialize};

use crate::call::{Call, CallState, RoomKind};
use crate::ids::LegId;
use crate::seat::{Microphone, Party, Relay, RoomName, Seat, relay, seats, wanted_rooms};

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
    /// Whether an agent has stopped the recording for a while, as for a card number, which must not become text either.
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

    /// Whether speech may become text now.
    pub fn may_transcribe(self) -> bool {
        self.consent == Consent::Told && self.policy.transcribe && !self.recording_paused
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
    /// The room whose conversation they take part in: that of the call also for a phone whose voice is carried there.
    pub talks_in: RoomName,
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
        .filter(|room| may_be_heard(call, *room) && has_company(call, *room))
        .map(|room| listened_room(call, room, &seats))
        .collect()
}

/// The room in which what this leg says now may become text, if there is one: nobody speaks in two.
pub fn transcribed_in(call: &Call, leg: LegId) -> Option<RoomName> {
    let speaks = |room: &ListenedRoom| room.legs.iter().any(|known| known.leg == leg && known.transcribe);
    rooms(call).into_iter().find(speaks).map(|room| room.room)
}

/// Whoever is on a phone is heard in its room, also when they talk in the call: the relay's copy of their voice is nobody's.
fn may_be_heard(call: &Call, room: RoomName) -> bool {
    let is_relayed = || relay(call).is_some_and(|relay| room == RoomName::Consult(relay.consult));
    call.listening.covers(room.kind()) || (call.listening.covers(RoomKind::Call) && is_relayed())
}

/// A caller who waits speaks to nobody: nobody needs to be there to listen.
fn has_company(call: &Call, room: RoomName) -> bool {
    room.kind() == RoomKind::Consult || !matches!(call.state, CallState::Queued(_))
}

fn listened_room(call: &Call, room: RoomName, seats: &[Seat]) -> ListenedRoom {
    let kind = room.kind();
    let carried = relay(call).filter(Relay::is_open).map(|relay| relay.phone);
    let legs = seats.iter().filter(|seat| seat.room(kind).is_some()).map(|seat| {
        let is_heard = is_heard(seat, kind, seats);
        // Whoever the server plays writes down themselves what they say.
        let is_scripted = seat.party == Party::Caller && call.caller.is_simulated;
        let talks_in = if carried == Some(seat.leg) { RoomName::Call(call.id) } else { room };
        ListenedLeg {
            leg: seat.leg,
            party: seat.party.clone(),
            talks_in,
            transcribe: is_heard && call.listening.may_transcribe() && !is_scripted,
            record: is_heard && call.listening.may_record(talks_in.kind()),
        }
    });
    ListenedRoom { room, legs: legs.collect() }
}

/// The server hears nobody whom no person hears: the caller on hold, a target who waits while the agents have swapped.
fn is_heard(speaker: &Seat, room: RoomKind, seats: &[Seat]) -> bool {
    let speaks = speaker.room(room).is_some_and(|seat| seat.microphone == Microphone::Open);
    speaks && seats.iter().any(|other| other.hears.contains(&speaker.leg))
}
