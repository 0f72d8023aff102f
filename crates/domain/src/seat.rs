//! Where everybody sits: for every party of a call, which rooms they hold a token for, where their microphone may be
//! open, and what they hear. The server mints tokens only for seats, every page converges to its seat, and "Who hears
//! whom" on screen is the same value drawn.

mod isolation;
mod relay;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::call::{AgentLeg, Call, CallState, Connection, ConsultTail, RoomKind};
use crate::ids::{AgentId, CallId, LegId, TransferId};
use crate::transfer::{Transfer, TransferState};

pub use isolation::takes_a_voice_away;
pub use relay::{Relay, places, relay};

/// What one party has at this moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Who.
    pub party: Party,
    /// Their identity in every room.
    pub leg: LegId,
    /// The rooms they hold a token for.
    pub rooms: Vec<RoomSeat>,
    /// Whom they hear. Until one of these is really heard, and when there is none, they hear `otherwise`.
    pub hears: Vec<LegId>,
    /// What they hear instead of people.
    pub otherwise: Sound,
}

/// One party in one room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomSeat {
    /// Which kind of room.
    pub kind: RoomKind,
    /// Its name on the media server.
    pub room: String,
    /// Whether their microphone may be open there.
    pub microphone: Microphone,
    /// Whether they may receive anything there; enforced by the media server (`can_subscribe`).
    pub may_subscribe: bool,
}

/// A microphone in a room. A person's own Mute is separate, and nothing unmutes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Microphone {
    /// It may be open.
    Open,
    /// It stands by: published muted, so that opening it is only an unmute.
    Standby,
}

/// Who somebody is in a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The outside party.
    Caller,
    /// An agent.
    Agent(AgentId),
}

/// What is heard instead of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sound {
    /// It rings at the other end.
    Ringback,
    /// Hold music.
    Music,
    /// Nothing.
    Silence,
}

impl Seat {
    /// This party's seat in rooms of one kind.
    pub fn room(&self, kind: RoomKind) -> Option<&RoomSeat> {
        self.rooms.iter().find(|room| room.kind == kind)
    }

    /// Where their microphone may be open; never in two rooms.
    pub fn open_room(&self) -> Option<&RoomSeat> {
        self.rooms.iter().find(|room| room.microphone == Microphone::Open)
    }
}

/// A room of ours on the media server. Its name there says what it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoomName {
    /// The room of a call.
    Call(CallId),
    /// The consult room of a transfer.
    Consult(TransferId),
}

impl RoomName {
    /// Reads a name on the media server; rooms that are not ours have none here.
    pub fn parse(name: &str) -> Option<Self> {
        let room = match name.split_once('-')? {
            ("call", id) => Self::Call(id.parse().ok()?),
            ("consult", id) => Self::Consult(id.parse().ok()?),
            _ => return None,
        };
        // An id may be spelled in several ways, a room's name may not.
        (room.to_string() == name).then_some(room)
    }

    /// Which kind of room it is.
    pub fn kind(self) -> RoomKind {
        match self {
            Self::Call(_) => RoomKind::Call,
            Self::Consult(_) => RoomKind::Consult,
        }
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(call) => write!(f, "call-{call}"),
            Self::Consult(transfer) => write!(f, "consult-{transfer}"),
        }
    }
}

/// Whether the caller and this agent talk to each other.
pub fn talks_to_caller(call: &Call, agent: &AgentId) -> bool {
    let seats = seats(call);
    let seat_of = |party: &Party| seats.iter().find(|seat| seat.party == *party);
    let agent = seat_of(&Party::Agent(agent.clone()));
    seat_of(&Party::Caller).zip(agent).is_some_and(|(caller, agent)| caller.hears.contains(&agent.leg))
}

/// The name of a call's room.
pub fn call_room(call: CallId) -> String {
    RoomName::Call(call).to_string()
}

/// The name of a transfer's consult room.
pub fn consult_room(transfer: TransferId) -> String {
    RoomName::Consult(transfer).to_string()
}

/// The seats of everybody in `call`.
pub fn seats(call: &Call) -> Vec<Seat> {
    let rooms = Rooms { call: call_room(call.id), consult: call.transfer_id().map(consult_room).unwrap_or_default() };
    let mut seats = match &call.state {
        CallState::Queued(waiting) | CallState::Offered { waiting, .. } => {
            let sound = if waiting.was_answered { Sound::Music } else { Sound::Ringback };
            vec![caller_seat(call, &rooms, &[], sound)]
        }
        CallState::WithAgent { agent, held_since: None, .. } => rooms.talking(call, agent),
        CallState::WithAgent { agent, .. } => rooms.on_hold(call, agent),
        CallState::Transferring(transfer) => rooms.transferring(call, transfer),
        CallState::Ended { consult: Some(tail), .. } => rooms.consult_alone(tail),
        CallState::Ended { consult: None, .. } => Vec::new(),
    };
    for seat in &mut seats {
        hear_only_whoever_is_there(call, seat);
    }
    seats
}

/// Somebody who vanished from where they talk to the caller is not waited for in silence: the caller gets music at once.
fn hear_only_whoever_is_there(call: &Call, seat: &mut Seat) {
    if seat.party == Party::Caller {
        let legs = call.agent_legs();
        let is_lost = |leg: &AgentLeg| matches!(leg.connection(leg.talks_from()), Connection::Lost { .. });
        seat.hears.retain(|heard| !legs.iter().any(|leg| leg.leg == *heard && is_lost(leg)));
    }
}

fn caller_seat(call: &Call, rooms: &Rooms, hears: &[&AgentLeg], otherwise: Sound) -> Seat {
    Seat {
        party: Party::Caller,
        leg: call.caller.leg,
        rooms: vec![rooms.in_call(Microphone::Open, true)],
        hears: hears.iter().map(|leg| leg.leg).collect(),
        otherwise,
    }
}

/// Whoever is on a phone stays in the one room that it was called into, with the microphone open: nobody can unmute a phone
/// again from outside. Who they hear and are heard by is decided by the others, and by the [relay].
fn agent_seat(leg: &AgentLeg, rooms: Vec<RoomSeat>, hears: Vec<LegId>, otherwise: Sound) -> Seat {
    let rooms = leg.phone.map_or(rooms, |transfer| vec![phone_seat(transfer)]);
    Seat { party: Party::Agent(leg.agent.clone()), leg: leg.leg, rooms, hears, otherwise }
}

fn phone_seat(transfer: TransferId) -> RoomSeat {
    let (kind, room) = (RoomKind::Consult, consult_room(transfer));
    RoomSeat { kind, room, microphone: Microphone::Open, may_subscribe: true }
}

/// The seat of a target who has not answered: a page has none before, a phone rings in its room.
fn ringing_phone(target: &AgentLeg) -> Option<Seat> {
    target.phone.map(|_| agent_seat(target, Vec::new(), Vec::new(), Sound::Silence))
}

/// The names of a call's rooms.
struct Rooms {
    call: String,
    consult: String,
}

impl Rooms {
    fn in_call(&self, microphone: Microphone, may_subscribe: bool) -> RoomSeat {
        RoomSeat { kind: RoomKind::Call, room: self.call.clone(), microphone, may_subscribe }
    }

    fn in_consult(&self, microphone: Microphone, may_subscribe: bool) -> RoomSeat {
        RoomSeat { kind: RoomKind::Consult, room: self.consult.clone(), microphone, may_subscribe }
    }

    fn talking(&self, call: &Call, agent: &AgentLeg) -> Vec<Seat> {
        vec![
            caller_seat(call, self, &[agent], Sound::Music),
            agent_seat(agent, vec![self.in_call(Microphone::Open, true)], vec![call.caller.leg], Sound::Silence),
        ]
    }

    fn on_hold(&self, call: &Call, agent: &AgentLeg) -> Vec<Seat> {
        vec![
            caller_seat(call, self, &[], Sound::Music),
            agent_seat(agent, vec![self.in_call(Microphone::Standby, false)], Vec::new(), Sound::Silence),
        ]
    }

    fn transferring(&self, call: &Call, transfer: &Transfer) -> Vec<Seat> {
        let (a, b) = (&transfer.transferring, &transfer.target);
        let c = call.caller.leg;
        match &transfer.state {
            TransferState::Ringing { held_since, .. } => {
                let mut seats = self.still_with_transferring(call, a, held_since.is_some());
                seats.extend(ringing_phone(b));
                seats
            }
            TransferState::Connecting { held_since, .. } => {
                let mut seats = self.still_with_transferring(call, a, held_since.is_some());
                seats.push(agent_seat(b, self.standing_by(), Vec::new(), Sound::Silence));
                seats
            }
            TransferState::BlindRinging { accepted: None, .. } => {
                let caller = caller_seat(call, self, &[], Sound::Music);
                std::iter::once(caller).chain(ringing_phone(b)).collect()
            }
            TransferState::BlindRinging { accepted: Some(_), .. } => vec![
                caller_seat(call, self, &[b], Sound::Music),
                agent_seat(b, vec![self.in_call(Microphone::Open, true)], vec![c], Sound::Silence),
            ],
            TransferState::Consulting { .. } => vec![
                caller_seat(call, self, &[], Sound::Music),
                agent_seat(a, self.consulting(), vec![b.leg], Sound::Silence),
                agent_seat(b, self.consulting(), vec![a.leg], Sound::Silence),
            ],
            TransferState::Swapped { .. } => vec![
                caller_seat(call, self, &[a], Sound::Music),
                agent_seat(
                    a,
                    vec![self.in_call(Microphone::Open, true), self.in_consult(Microphone::Standby, false)],
                    vec![c],
                    Sound::Silence,
                ),
                agent_seat(b, self.consulting(), Vec::new(), Sound::Music),
            ],
            TransferState::Conference { .. } => vec![
                caller_seat(call, self, &[a, b], Sound::Music),
                agent_seat(a, self.merged(b), vec![c, b.leg], Sound::Silence),
                agent_seat(b, vec![self.in_call(Microphone::Open, true)], vec![c, a.leg], Sound::Silence),
            ],
            TransferState::Completing { .. } => vec![
                caller_seat(call, self, &[b], Sound::Music),
                agent_seat(a, self.standing_by(), Vec::new(), Sound::Silence),
                agent_seat(b, vec![self.in_call(Microphone::Open, true)], vec![c], Sound::Silence),
            ],
        }
    }

    /// While the target rings or connects, the transferring agent has the caller, and already sits in the consult room
    /// so that the consult opens by an unmute.
    fn still_with_transferring(&self, call: &Call, a: &AgentLeg, held: bool) -> Vec<Seat> {
        let mut seats = if held { self.on_hold(call, a) } else { self.talking(call, a) };
        if let Some(seat) = seats.iter_mut().find(|seat| seat.leg == a.leg) {
            seat.rooms.push(self.in_consult(Microphone::Standby, false));
        }
        seats
    }

    fn consulting(&self) -> Vec<RoomSeat> {
        vec![self.in_call(Microphone::Standby, false), self.in_consult(Microphone::Open, true)]
    }

    /// A consult room in which a phone stays is not left in the middle of a merge: to be muted there costs a page less.
    fn merged(&self, target: &AgentLeg) -> Vec<RoomSeat> {
        let call = self.in_call(Microphone::Open, true);
        let kept = target.phone.map(|_| self.in_consult(Microphone::Standby, false));
        std::iter::once(call).chain(kept).collect()
    }

    fn standing_by(&self) -> Vec<RoomSeat> {
        vec![self.in_call(Microphone::Standby, false), self.in_consult(Microphone::Standby, false)]
    }

    fn consult_alone(&self, tail: &ConsultTail) -> Vec<Seat> {
        let seat = |leg: &AgentLeg, other: &AgentLeg| {
            agent_seat(leg, vec![self.in_consult(Microphone::Open, true)], vec![other.leg], Sound::Silence)
        };
        vec![seat(&tail.transferring, &tail.target), seat(&tail.target, &tail.transferring)]
    }
}

/// The rooms that must exist for `call`: the call's own until it ends, and a consult room while there is a seat in it, which a
/// phone may have after its transfer.
pub fn wanted_rooms(call: &Call) -> Vec<RoomName> {
    let own = (!call.is_ended()).then_some(RoomName::Call(call.id));
    let seats = seats(call);
    let consult =
        seats.iter().find_map(|seat| seat.room(RoomKind::Consult)).and_then(|seat| RoomName::parse(&seat.room));
    own.into_iter().chain(consult).collect()
}
