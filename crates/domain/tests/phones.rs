//! Targets who are on a phone: it sits in the consult room from its ringing to the end of the call, and a relay carries voices
//! between that room and the caller's.

use baton_domain::agent::Device;
use baton_domain::call::{CallState, RoomKind};
use baton_domain::listening::{self, ListeningPolicy, Recorded};
use baton_domain::machine::{Actor, Command, Fact, Refusal, StartTransfer, TransferKind};
use baton_domain::outcome::HappeningKind;
use baton_domain::seat::{Microphone, Party, RoomName, places, relay, takes_a_voice_away, wanted_rooms};
use baton_domain::spoken;
use baton_domain::transfer::{FailReason, Outcome};

use crate::desk::{ALICE, BOB, CAROL, Desk, TRANSFER, agent, alice, bob, kinds, transfer_to};

pub fn warm() -> Command {
    Command::StartTransfer(StartTransfer { target_device: Device::Phone, ..transfer_to("bob") })
}

pub fn cold() -> Command {
    let start = StartTransfer { kind: TransferKind::Cold, target_device: Device::Phone, ..transfer_to("bob") };
    Command::StartTransfer(start)
}

fn ringing() -> Desk {
    let mut desk = Desk::talking().after(alice(), warm());
    desk.joins(ALICE, RoomKind::Consult);
    desk.fact(Fact::OfferShown { agent: agent("bob") });
    desk.joins(BOB, RoomKind::Consult);
    desk
}

fn connecting() -> Desk {
    ringing().after(bob(), Command::Accept)
}

fn consulting() -> Desk {
    let mut desk = connecting();
    desk.fact(Fact::MediaReady { agent: agent("bob") });
    desk
}

fn swapped() -> Desk {
    consulting().after(alice(), Command::Swap)
}

fn conference() -> Desk {
    consulting().after(alice(), Command::Merge)
}

fn completing() -> Desk {
    consulting().after(alice(), Command::Complete)
}

fn completed() -> Desk {
    conference().after(alice(), Command::Complete)
}

fn on_hold() -> Desk {
    completed().after(Actor::Api, Command::Hold)
}

fn blind() -> Desk {
    let mut desk = Desk::talking().after(alice(), cold());
    desk.joins(BOB, RoomKind::Consult);
    desk.fact(Fact::OfferShown { agent: agent("bob") });
    desk
}

fn blind_accepted() -> Desk {
    blind().after(bob(), Command::Accept)
}

fn tail() -> Desk {
    conference().after(Actor::Caller, Command::HangUp)
}

/// One of each state in which somebody is on a phone.
pub fn everywhere() -> [Desk; 11] {
    [
        ringing(),
        connecting(),
        consulting(),
        swapped(),
        conference(),
        completing(),
        completed(),
        on_hold(),
        blind(),
        blind_accepted(),
        tail(),
    ]
}

/// Whose voices are carried to the phone; nothing where there is no relay.
fn carried(desk: &Desk) -> Option<Vec<&'static str>> {
    let name = |leg| if leg == CAROL { "C" } else { "A" };
    relay(&desk.call).map(|relay| relay.carried.into_iter().map(name).collect())
}

fn hears(desk: &Desk, handle: &str) -> Vec<baton_domain::ids::LegId> {
    desk.seat(&Party::Agent(agent(handle))).map(|seat| seat.hears).unwrap_or_default()
}

#[test]
fn a_phone_stays_in_the_consult_room_with_its_microphone_open() {
    for desk in everywhere() {
        let seat = desk.seat(&Party::Agent(agent("bob"))).unwrap();
        let rooms: Vec<_> = seat.rooms.iter().map(|room| (room.room.clone(), room.microphone)).collect();
        assert_eq!(rooms, [(RoomName::Consult(TRANSFER).to_string(), Microphone::Open)], "in {}", desk.state());
        assert!(wanted_rooms(&desk.call).contains(&RoomName::Consult(TRANSFER)), "in {}", desk.state());
    }
}

#[test]
fn voices_are_carried_when_all_talk_and_when_the_phone_has_the_caller() {
    for (desk, expected) in [
        (ringing(), None),
        (connecting(), Some(vec![])),
        (consulting(), Some(vec![])),
        (swapped(), Some(vec![])),
        (conference(), Some(vec!["C", "A"])),
        (completing(), Some(vec!["C"])),
        (completed(), Some(vec!["C"])),
        (on_hold(), Some(vec![])),
        (blind(), None),
        (blind_accepted(), Some(vec!["C"])),
        (tail(), None),
        (Desk::conference(), None),
    ] {
        assert_eq!(carried(&desk), expected, "in {}", desk.state());
    }
}

/// Of one identity LiveKit keeps one participant in a room.
#[test]
fn everybody_in_a_phones_room_has_an_identity_of_their_own() {
    let at_phone = relay(&consulting().call).unwrap().leg_at_phone();
    assert!(![ALICE, BOB, CAROL, spoken::identity(TRANSFER)].contains(&at_phone));
}

#[test]
fn who_hears_whom_is_as_with_a_page() {
    assert_eq!((hears(&consulting(), "bob"), consulting().caller_hears()), (vec![ALICE], vec![]));
    assert_eq!((hears(&swapped(), "bob"), swapped().caller_hears()), (vec![], vec![ALICE]));
    let desk = conference();
    assert_eq!((hears(&desk, "bob"), hears(&desk, "alice")), (vec![CAROL, ALICE], vec![CAROL, BOB]));
    assert_eq!(desk.caller_hears(), [ALICE, BOB]);
    completed().assert_talks_alone("bob");
    assert_eq!(hears(&completed(), "bob"), [CAROL]);
}

/// What the media server lets in: the relay stands by muted where it will be heard, and is never in anybody's seat.
#[test]
fn the_relay_has_its_places_beside_the_seats() {
    let rooms = |desk: &Desk, leg| {
        let seat = places(&desk.call).into_iter().find(|seat| seat.leg == leg).unwrap();
        seat.rooms.iter().map(|room| (room.kind, room.microphone)).collect::<Vec<_>>()
    };
    for (desk, microphone) in [(consulting(), Microphone::Standby), (conference(), Microphone::Open)] {
        let at_phone = relay(&desk.call).unwrap().leg_at_phone();
        assert_eq!(rooms(&desk, at_phone), [(RoomKind::Consult, microphone)]);
        assert_eq!(rooms(&desk, BOB), [(RoomKind::Consult, Microphone::Open), (RoomKind::Call, microphone)]);
        assert_eq!(places(&desk.call).len(), desk.seats().len() + 1);
    }
    assert_eq!(places(&ringing().call), ringing().seats());
    assert_eq!(places(&Desk::conference().call), Desk::conference().seats());
}

#[test]
fn completing_waits_until_caller_and_phone_hear_each_other() {
    let mut desk = completing();
    desk.hear_each_other();
    desk.assert_talks_alone("bob");
    let mut desk = completing();
    desk.wait(5);
    desk.assert_talks_alone("alice");
    assert_eq!(*desk.outcome(), Outcome::Failed { reason: FailReason::NotHeard });
}

/// What was heard before the phone dropped must be heard again from wherever it is then.
#[test]
fn a_phone_that_drops_while_completing_is_heard_no_more() {
    let mut desk = completing();
    desk.fact(Fact::Heard { listener: CAROL, speaker: BOB });
    desk.leaves(BOB, RoomKind::Consult);
    desk.fact(Fact::Heard { listener: BOB, speaker: CAROL });
    assert_eq!(desk.state(), "completing");
}

#[test]
fn a_lost_phone_is_replaced_by_music_and_then_by_whoever_is_left() {
    let mut desk = completed();
    desk.leaves(BOB, RoomKind::Consult);
    assert_eq!(desk.caller_hears(), []);
    desk.wait(20);
    assert_eq!(desk.state(), "queued");
    let mut desk = conference();
    desk.leaves(BOB, RoomKind::Consult);
    assert_eq!(desk.caller_hears(), [ALICE]);
    desk.wait(20);
    desk.assert_talks_alone("alice");
    assert_eq!(wanted_rooms(&desk.call), [RoomName::Call(desk.call.id)]);
}

#[test]
fn a_phone_that_rings_longer_than_a_page_may_be_missing_is_still_there() {
    let mut desk = ringing();
    desk.wait(25);
    desk.does(bob(), Command::Accept);
    desk.fact(Fact::MediaReady { agent: agent("bob") });
    desk.wait(1);
    assert_eq!(desk.state(), "consulting");
}

#[test]
fn a_phone_that_rings_out_is_not_set_away() {
    let mut desk = ringing();
    let rang_out = desk.wait(30);
    assert!(kinds(&rang_out).contains(&HappeningKind::of_outcome(&Outcome::NoAnswer)));
    assert_eq!(rang_out.effects, []);
}

#[test]
fn nobody_hands_a_call_on_from_a_phone() {
    let mut desk = completed();
    let on_phone = Err(Refusal::OnPhone { agent: agent("bob") });
    for by in [bob(), Actor::Api] {
        let start = Command::StartTransfer(transfer_to("dave"));
        assert_eq!(desk.asks(by, start).map(|transition| transition.call.version), on_phone);
    }
    assert!(matches!(desk.call.state, CallState::WithAgent { .. }));
}

#[test]
fn only_what_takes_a_voice_away_waits_for_the_media_server() {
    let goes = |from: Desk, to: Desk| takes_a_voice_away(&from.seats(), &to.seats());
    assert!(!goes(consulting(), conference()), "a merge lets everybody hear everybody");
    assert!(!goes(swapped(), conference()));
    assert!(!goes(on_hold(), completed()));
    assert!(goes(conference(), Desk::talking()), "whom the transferring agent sends away hears no more");
    assert!(goes(consulting(), completing()), "who hands over is not heard any more");
    assert!(goes(consulting(), swapped()), "the phone must not hear the caller's talk");
    assert!(goes(completed(), on_hold()));
    for desk in everywhere() {
        assert!(!takes_a_voice_away(&desk.seats(), &desk.seats()), "{}", desk.state());
    }
}

/// The phone is heard where it is, once: the relay's copy of its voice in the call is nobody's.
#[test]
fn what_a_phone_says_in_the_call_is_recorded_as_part_of_the_call() {
    let of_bob = |desk: &Desk| {
        let rooms = listening::rooms(&desk.call);
        let legs = rooms.iter().flat_map(|room| &room.legs).filter(|leg| leg.leg == BOB);
        legs.map(|leg| (leg.talks_in.kind(), leg.transcribe, leg.record)).collect::<Vec<_>>()
    };
    let only_call = |mut desk: Desk| {
        desk.call.listening.policy = ListeningPolicy { transcribe: false, record: Recorded::Call };
        desk
    };
    assert_eq!(of_bob(&consulting()), [(RoomKind::Consult, true, true)]);
    assert_eq!(of_bob(&only_call(consulting())), [(RoomKind::Consult, false, false)]);
    assert_eq!(of_bob(&swapped()), [(RoomKind::Consult, false, false)]);
    for desk in [conference(), completed()] {
        assert_eq!(of_bob(&desk), [(RoomKind::Call, true, true)]);
        assert_eq!(of_bob(&only_call(desk)), [(RoomKind::Call, false, true)]);
    }
    assert_eq!(of_bob(&on_hold()), [(RoomKind::Consult, false, false)]);
}
