//! Who hears whom: the seats of a call, in names. The table and the drawing are both made from it.

use baton_domain::call::{Call, Connection, RoomKind};
use baton_domain::ids::LegId;
use baton_domain::seat::{Party, Relay, Seat, Sound, relay, seats};

use super::desk_words::Knowledge;

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hearing {
    /// Who listens.
    pub listener: Who,
    /// To what.
    pub what: Heard,
    /// Whether they do.
    pub hears: bool,
}

/// What can be heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Somebody, in this kind of room.
    Voice(Who, RoomKind),
    /// Hold music.
    Music,
    /// It rings.
    Ringing,
}

impl Heard {
    /// The word in the table.
    pub fn label(&self) -> &str {
        match self {
            Self::Voice(who, _) => &who.name,
            Self::Music => "music",
            Self::Ringing => "ringing",
        }
    }
}

/// Somebody in the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// Their place in the drawing.
    pub role: Role,
    /// What they are called.
    pub name: String,
}

/// The three places of the drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Caller,
    Agent,
    Target,
}

impl Role {
    /// For style sheets.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Agent => "agent",
            Self::Target => "target",
        }
    }
}

/// Which rooms are drawn around whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rooms {
    /// Nobody sits anywhere.
    None,
    /// The caller alone, and nobody else in a room.
    CallerAlone,
    /// Caller and transferring agent share the call's room.
    CallerAndAgent,
    /// Caller and target share the call's room.
    CallerAndTarget,
    /// The agents talk in the consult room.
    Consult,
    /// The caller has left, the agents talk on.
    ConsultAlone,
    /// All three in the call's room.
    All,
}

/// Everything that is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hearings {
    /// Who is there.
    pub people: Vec<Who>,
    /// The table.
    pub rows: Vec<Hearing>,
    /// The frames.
    pub rooms: Rooms,
}

impl Hearings {
    /// Whether somebody of this role hears music.
    pub fn hears_music(&self, role: Role) -> bool {
        self.rows.iter().any(|row| row.listener.role == role && row.what == Heard::Music)
    }
}

/// Who hears whom in `call`; empty rows when nobody is in a room.
pub fn hearings(call: &Call, know: Knowledge<'_>) -> Hearings {
    let gone = gone(call);
    let mut seats = seats(call);
    seats.retain(|seat| !gone.contains(&seat.leg));
    let people: Vec<(LegId, Who)> = seats.iter().map(|seat| (seat.leg, who(call, seat, know))).collect();
    let rows = seats.iter().flat_map(|seat| rows_of(seat, &seats, &people)).collect();
    let carried = relay(call).filter(Relay::is_open).map(|relay| relay.phone);
    Hearings { rooms: rooms(&seats, &people, carried), people: people.into_iter().map(|(_, who)| who).collect(), rows }
}

/// Whoever has vanished keeps their seat, and neither hears nor is heard.
fn gone(call: &Call) -> Vec<LegId> {
    let agents = call.agent_legs().into_iter().filter(|leg| leg.is_lost()).map(|leg| leg.leg);
    let caller = matches!(call.caller.connection, Connection::Lost { .. }).then_some(call.caller.leg);
    agents.chain(caller).collect()
}

fn who(call: &Call, seat: &Seat, know: Knowledge<'_>) -> Who {
    match &seat.party {
        Party::Caller => Who { role: Role::Caller, name: call.caller.name.clone() },
        Party::Agent(agent) => Who { role: role_of(call, seat.leg), name: know.name(agent) },
    }
}

fn role_of(call: &Call, leg: LegId) -> Role {
    let target = call.transfer().map(|transfer| transfer.target.leg);
    // Once it is over, whoever took over keeps the colour they had.
    let legs = call.agent_legs();
    let took_over = legs
        .iter()
        .any(|known| known.leg == leg && call.last_transfer.as_ref().is_some_and(|last| last.target == known.agent));
    let tail_target = legs.len() == 2 && legs[1].leg == leg;
    if target == Some(leg) || (target.is_none() && (took_over || tail_target)) { Role::Target } else { Role::Agent }
}

fn rows_of(seat: &Seat, seats: &[Seat], people: &[(LegId, Who)]) -> Vec<Hearing> {
    let name = |leg: LegId| people.iter().find(|(known, _)| *known == leg).map(|(_, who)| who.clone());
    let Some(listener) = name(seat.leg) else { return Vec::new() };
    let row = |what, hears| Hearing { listener: listener.clone(), what, hears };
    let mut rows = Vec::new();
    match seat.otherwise {
        Sound::Music if seat.hears.is_empty() => rows.push(row(Heard::Music, true)),
        Sound::Ringback if seat.hears.is_empty() => rows.push(row(Heard::Ringing, true)),
        _ => {}
    }
    for other in seats.iter().filter(|other| other.leg != seat.leg) {
        let hears = seat.hears.contains(&other.leg);
        if let Some(who) = name(other.leg) {
            rows.push(row(Heard::Voice(who, shared_room(seat, other)), hears));
        }
    }
    rows.sort_by_key(|row| !row.hears);
    rows
}

/// Where a voice would come from.
fn shared_room(a: &Seat, b: &Seat) -> RoomKind {
    let open = |seat: &Seat| seat.open_room().map(|room| room.kind);
    if open(a) == Some(RoomKind::Consult) && open(b) == Some(RoomKind::Consult) {
        RoomKind::Consult
    } else {
        RoomKind::Call
    }
}

/// Whose voice is `carried` into the call is drawn with those who hear them there.
fn rooms(seats: &[Seat], people: &[(LegId, Who)], carried: Option<LegId>) -> Rooms {
    let open_in = |role: Role| {
        let leg = people.iter().find(|(_, who)| who.role == role).map(|(leg, _)| *leg)?;
        if carried == Some(leg) {
            return Some(RoomKind::Call);
        }
        seats.iter().find(|seat| seat.leg == leg)?.open_room().map(|room| room.kind)
    };
    match (open_in(Role::Caller), open_in(Role::Agent), open_in(Role::Target)) {
        (None, Some(RoomKind::Consult), Some(RoomKind::Consult)) => Rooms::ConsultAlone,
        (None, _, _) => Rooms::None,
        (Some(_), Some(RoomKind::Call), Some(RoomKind::Call)) => Rooms::All,
        (Some(_), Some(RoomKind::Call), _) => Rooms::CallerAndAgent,
        (Some(_), Some(RoomKind::Consult), _) | (Some(_), _, Some(RoomKind::Consult)) => Rooms::Consult,
        (Some(_), None, Some(RoomKind::Call)) => Rooms::CallerAndTarget,
        (Some(_), None, None) => Rooms::CallerAlone,
    }
}

#[cfg(test)]
#[path = "desk_hears_tests.rs"]
mod tests;
