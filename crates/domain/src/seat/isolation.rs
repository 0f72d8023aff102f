//! Whether a change of seats must be enforced before anybody is told of it.

use crate::ids::LegId;
use crate::seat::{RoomSeat, Seat};

/// Whether going from the seats `before` to `after` takes a voice away from somebody: whoever may not hear it any more must not,
/// however slow or hostile a page is, so the media server goes first. A change that only lets more people hear each
/// other (a merge: both agents leave a room in which nobody but they were) need not wait for the media server.
pub fn takes_a_voice_away(before: &[Seat], after: &[Seat]) -> bool {
    before.iter().any(|seat| {
        loses_hearing(seat, after)
            || is_silenced_for_somebody(seat, before, after)
            || loses_a_relayed_voice(seat, before, after)
    })
}

/// They heard somebody who speaks in a room that they are not in, by a relay, and are to hear them no more.
fn loses_a_relayed_voice(seat: &Seat, before: &[Seat], after: &[Seat]) -> bool {
    let shares_room = |speaker: LegId| {
        let open = of(before, speaker).and_then(Seat::open_room);
        open.is_some_and(|open| in_room(seat, &open.room).is_some_and(|room| room.may_subscribe))
    };
    let now = of(after, seat.leg);
    let is_lost = |speaker: LegId| !now.is_some_and(|now| now.hears.contains(&speaker));
    seat.hears.iter().any(|speaker| !shares_room(*speaker) && is_lost(*speaker))
}

/// They could hear a room and cannot any more, and somebody may go on speaking there whom they do not hear elsewhere instead.
fn loses_hearing(seat: &Seat, after: &[Seat]) -> bool {
    let now = of(after, seat.leg);
    seat.rooms.iter().filter(|room| room.may_subscribe).any(|room| {
        let still_hears = now.and_then(|now| in_room(now, &room.room)).is_some_and(|now| now.may_subscribe);
        let hears_elsewhere = |other: &Seat| now.is_some_and(|now| now.hears.contains(&other.leg));
        let goes_on = |other: &Seat| other.leg != seat.leg && speaks_in(other, &room.room) && !hears_elsewhere(other);
        !still_hears && after.iter().any(goes_on)
    })
}

/// Their microphone closes in a room whose listeners do not hear them elsewhere instead.
fn is_silenced_for_somebody(seat: &Seat, before: &[Seat], after: &[Seat]) -> bool {
    let Some(open) = seat.open_room() else { return false };
    if of(after, seat.leg).is_some_and(|now| speaks_in(now, &open.room)) {
        return false;
    }
    let listens = |other: &&Seat| {
        other.leg != seat.leg
            && [Some(*other), of(after, other.leg)]
                .into_iter()
                .flatten()
                .any(|at| in_room(at, &open.room).is_some_and(|room| room.may_subscribe))
    };
    before
        .iter()
        .filter(listens)
        .any(|listener| !of(after, listener.leg).is_some_and(|now| now.hears.contains(&seat.leg)))
}

fn of(seats: &[Seat], leg: LegId) -> Option<&Seat> {
    seats.iter().find(|seat| seat.leg == leg)
}

fn in_room<'s>(seat: &'s Seat, room: &str) -> Option<&'s RoomSeat> {
    seat.rooms.iter().find(|candidate| candidate.room == room)
}

fn speaks_in(seat: &Seat, room: &str) -> bool {
    seat.open_room().is_some_and(|open| open.room == room)
}
