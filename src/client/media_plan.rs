//! Which rooms to join and leave, and which microphones to open and close, in which order: arithmetic only.
//!
//! Two rules carry the privacy of a consult: a microphone is opened only when every other one is closed, and what must be
//! closed is closed before anything else is done.

use baton_domain::ids::LegId;
use baton_domain::seat::{Microphone, Seat};

/// A room as one party: when the leg changes, it is another connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomKey {
    /// The room's name.
    pub room: String,
    /// As whom.
    pub leg: LegId,
}

/// How the own microphone is in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnTrack {
    /// Not published, or not yet.
    None,
    /// Published, closed.
    Closed,
    /// Published, closed by the server against the known seat: opened again only by a newer one.
    ClosedByServer,
    /// Published, open.
    Open,
}

/// A room that is joined or being joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActualRoom {
    /// Which.
    pub key: RoomKey,
    /// The microphone in it.
    pub track: OwnTrack,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Close the microphone in this room.
    Close(RoomKey),
    /// Join this room, with the microphone closed.
    Join(RoomKey),
    /// Open the microphone in this room.
    Open(RoomKey),
    /// Leave this room.
    Leave(RoomKey),
}

/// The next step from what is to what should be; `None` when they agree.
pub fn next_step(wanted: Option<&Seat>, self_muted: bool, actual: &[ActualRoom]) -> Option<Step> {
    let rooms = wanted.map_or(&[][..], |seat| &seat.rooms);
    let leg = wanted.map(|seat| seat.leg);
    let wish = |key: &RoomKey| rooms.iter().find(|room| room.room == key.room && leg == Some(key.leg));
    let may_be_open = |key: &RoomKey| !self_muted && wish(key).is_some_and(|room| room.microphone == Microphone::Open);

    let to_close = actual.iter().find(|room| room.track == OwnTrack::Open && !may_be_open(&room.key));
    if let Some(room) = to_close {
        return Some(Step::Close(room.key.clone()));
    }
    let missing = rooms
        .iter()
        .find(|room| !actual.iter().any(|joined| joined.key.room == room.room && leg == Some(joined.key.leg)));
    if let (Some(room), Some(leg)) = (missing, leg) {
        return Some(Step::Join(RoomKey { room: room.room.clone(), leg }));
    }
    let to_open = actual.iter().find(|room| room.track == OwnTrack::Closed && may_be_open(&room.key));
    if let Some(room) = to_open {
        return Some(Step::Open(room.key.clone()));
    }
    let to_leave = actual.iter().find(|room| wish(&room.key).is_none());
    to_leave.map(|room| Step::Leave(room.key.clone()))
}

/// Whether the page is ready to be heard wherever its seat may want it. `settled` says of a joined room whether the
/// microphone is published, or cannot be for a reason that waiting does not change.
pub fn is_ready(wanted: &Seat, settled: &[(RoomKey, bool)]) -> bool {
    wanted.rooms.iter().all(|room| {
        settled.iter().any(|(key, is_settled)| key.room == room.room && key.leg == wanted.leg && *is_settled)
    })
}

#[cfg(test)]
mod tests {
    use baton_domain::call::RoomKind;
    use baton_domain::seat::{Party, RoomSeat, Sound};

    use super::*;

    const LEG: &str = "0190f7a0-0000-7000-8000-000000000001";
    const OTHER_LEG: &str = "0190f7a0-0000-7000-8000-000000000002";

    fn leg(text: &str) -> LegId {
        text.parse().expect("a leg id")
    }

    fn key(room: &str) -> RoomKey {
        RoomKey { room: room.into(), leg: leg(LEG) }
    }

    fn seat(rooms: &[(&str, Microphone)]) -> Seat {
        let rooms = rooms
            .iter()
            .map(|&(room, microphone)| RoomSeat {
                kind: RoomKind::Call,
                room: room.into(),
                microphone,
                may_subscribe: true,
            })
            .collect();
        Seat { party: Party::Caller, leg: leg(LEG), rooms, hears: Vec::new(), otherwise: Sound::Silence }
    }

    fn actual(rooms: &[(&str, OwnTrack)]) -> Vec<ActualRoom> {
        rooms.iter().map(|&(room, track)| ActualRoom { key: key(room), track }).collect()
    }

    /// Carries the steps out as an obedient browser would, and checks the promise at every one of them.
    fn converge(wanted: Option<&Seat>, self_muted: bool, mut rooms: Vec<ActualRoom>) -> (Vec<Step>, Vec<ActualRoom>) {
        let mut steps = Vec::new();
        while let Some(step) = next_step(wanted, self_muted, &rooms) {
            assert!(steps.len() < 20, "it does not end: {steps:?}");
            match &step {
                Step::Join(key) => rooms.push(ActualRoom { key: key.clone(), track: OwnTrack::Closed }),
                Step::Leave(key) => rooms.retain(|room| room.key != *key),
                Step::Close(key) | Step::Open(key) => {
                    let track = if matches!(step, Step::Open(_)) { OwnTrack::Open } else { OwnTrack::Closed };
                    rooms.iter_mut().filter(|room| room.key == *key).for_each(|room| room.track = track);
                }
            }
            if matches!(step, Step::Open(_)) {
                assert_eq!(rooms.iter().filter(|room| room.track == OwnTrack::Open).count(), 1, "{steps:?}");
            }
            steps.push(step);
        }
        (steps, rooms)
    }

    #[test]
    fn at_hold_the_call_is_closed_before_the_consult_opens() {
        let wanted = seat(&[("call", Microphone::Standby), ("consult", Microphone::Open)]);
        let (steps, _) =
            converge(Some(&wanted), false, actual(&[("call", OwnTrack::Open), ("consult", OwnTrack::Closed)]));
        assert_eq!(steps, [Step::Close(key("call")), Step::Open(key("consult"))]);
    }

    #[test]
    fn at_merge_the_consult_is_closed_first_and_left_last() {
        let wanted = seat(&[("call", Microphone::Open)]);
        let (steps, _) =
            converge(Some(&wanted), false, actual(&[("call", OwnTrack::Closed), ("consult", OwnTrack::Open)]));
        assert_eq!(steps, [Step::Close(key("consult")), Step::Open(key("call")), Step::Leave(key("consult"))]);
    }

    #[test]
    fn nothing_opens_for_somebody_who_muted_themselves() {
        let wanted = seat(&[("call", Microphone::Open)]);
        let (steps, rooms) = converge(Some(&wanted), true, actual(&[("call", OwnTrack::Open)]));
        assert_eq!(steps, [Step::Close(key("call"))]);
        assert_eq!(rooms[0].track, OwnTrack::Closed);
    }

    #[test]
    fn what_the_server_closed_stays_closed() {
        let wanted = seat(&[("call", Microphone::Open)]);
        assert_eq!(next_step(Some(&wanted), false, &actual(&[("call", OwnTrack::ClosedByServer)])), None);
    }

    #[test]
    fn without_a_seat_everything_is_closed_and_left() {
        let (steps, rooms) = converge(None, false, actual(&[("consult", OwnTrack::Closed), ("call", OwnTrack::Open)]));
        assert_eq!(steps, [Step::Close(key("call")), Step::Leave(key("consult")), Step::Leave(key("call"))]);
        assert_eq!(rooms, []);
    }

    #[test]
    fn a_new_leg_in_the_same_room_is_a_new_connection() {
        let wanted = seat(&[("call", Microphone::Open)]);
        let old = ActualRoom { key: RoomKey { room: "call".into(), leg: leg(OTHER_LEG) }, track: OwnTrack::Open };
        let (steps, _) = converge(Some(&wanted), false, vec![old.clone()]);
        let expected =
            [Step::Close(old.key.clone()), Step::Join(key("call")), Step::Open(key("call")), Step::Leave(old.key)];
        assert_eq!(steps, expected);
    }

    #[test]
    fn from_any_state_two_microphones_are_never_open_and_every_wish_comes_true() {
        const TRACKS: [OwnTrack; 3] = [OwnTrack::None, OwnTrack::Closed, OwnTrack::Open];
        let wishes = [
            None,
            Some(seat(&[("call", Microphone::Open)])),
            Some(seat(&[("call", Microphone::Standby)])),
            Some(seat(&[("consult", Microphone::Open)])),
            Some(seat(&[("call", Microphone::Open), ("consult", Microphone::Standby)])),
            Some(seat(&[("call", Microphone::Standby), ("consult", Microphone::Open)])),
            Some(seat(&[("call", Microphone::Standby), ("consult", Microphone::Standby)])),
        ];
        for wanted in &wishes {
            for call in TRACKS {
                for consult in TRACKS {
                    for muted in [false, true] {
                        let begin = actual(&[("call", call), ("consult", consult)]);
                        let (_, rooms) = converge(wanted.as_ref(), muted, begin);
                        let room_count = wanted.as_ref().map_or(0, |seat| seat.rooms.len());
                        assert_eq!(rooms.len(), room_count, "{wanted:?} {call:?} {consult:?}");
                        let open = rooms.iter().find(|room| room.track == OwnTrack::Open);
                        let may_open = wanted.as_ref().and_then(Seat::open_room).filter(|_| !muted);
                        if let Some(open) = open {
                            assert_eq!(Some(open.key.room.as_str()), may_open.map(|room| room.room.as_str()));
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn ready_is_every_room_of_the_seat() {
        let wanted = seat(&[("call", Microphone::Standby), ("consult", Microphone::Standby)]);
        assert!(!is_ready(&wanted, &[(key("call"), true)]));
        assert!(!is_ready(&wanted, &[(key("call"), true), (key("consult"), false)]));
        assert!(is_ready(&wanted, &[(key("call"), true), (key("consult"), true)]));
    }
}
