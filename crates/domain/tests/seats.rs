//! The table of the design: who sits where, may speak where, and hears whom, in every state.

use baton_domain::call::RoomKind;
use baton_domain::ids::CallId;
use baton_domain::machine::{Actor, Command};
use baton_domain::seat::{Microphone, Party, RoomName, Seat, Sound, takes_a_voice_away, wanted_rooms};

use crate::desk::{ALICE, BOB, CAROL, Desk, TRANSFER, agent, alice, cold};

/// A seat in a line: rooms with `[mic]` where it may be open and `deaf` where nothing may be heard, then what is heard.
fn line(seat: &Seat) -> String {
    let rooms: Vec<String> = seat
        .rooms
        .iter()
        .map(|room| {
            let kind = if room.kind == RoomKind::Call { "call" } else { "consult" };
            let microphone = if room.microphone == Microphone::Open { " [mic]" } else { "" };
            let deaf = if room.may_subscribe { "" } else { " deaf" };
            format!("{kind}{microphone}{deaf}")
        })
        .collect();
    let heard: Vec<&str> = seat
        .hears
        .iter()
        .map(|leg| match *leg {
            CAROL => "C",
            ALICE => "A",
            BOB => "B",
            other => panic!("who is {other}?"),
        })
        .collect();
    let otherwise = match seat.otherwise {
        Sound::Ringback => "ringback",
        Sound::Music => "music",
        Sound::Silence => "silence",
    };
    let heard = if heard.is_empty() { otherwise.to_owned() } else { heard.join("+") };
    format!("{}; hears {heard}", rooms.join(", "))
}

#[track_caller]
fn assert_seats(desk: &Desk, carol: &str, alice: &str, bob: &str) {
    let of = |party: Party| desk.seat(&party).map_or_else(|| "-".to_owned(), |seat| line(&seat));
    let seats = [of(Party::Caller), of(Party::Agent(agent("alice"))), of(Party::Agent(agent("bob")))];
    assert_eq!(seats.each_ref().map(String::as_str), [carol, alice, bob], "in {}", desk.state());
}

const HEARS_MUSIC: &str = "call [mic]; hears music";
const HEARS_ALICE: &str = "call [mic]; hears A";
const HEARS_BOB: &str = "call [mic]; hears B";
const HEARS_CAROL: &str = "call [mic]; hears C";
const STANDS_BY: &str = "call deaf, consult deaf; hears silence";

#[test]
fn a_new_caller_hears_ringing_while_waiting_and_offered() {
    for desk in [Desk::queued(), Desk::offered()] {
        assert_seats(&desk, "call [mic]; hears ringback", "-", "-");
    }
}

#[test]
fn a_caller_somebody_had_already_talked_to_hears_music_while_waiting() {
    let mut desk = Desk::talking();
    desk.vanishes(ALICE);
    desk.wait(20);
    assert_eq!(desk.state(), "queued");
    assert_seats(&desk, HEARS_MUSIC, "-", "-");
}

#[test]
fn talking_they_hear_each_other() {
    assert_seats(&Desk::talking(), HEARS_ALICE, HEARS_CAROL, "-");
}

#[test]
fn on_hold_the_agent_is_muted_and_deaf() {
    assert_seats(&Desk::on_hold(), HEARS_MUSIC, "call deaf; hears silence", "-");
}

#[test]
fn while_it_rings_the_transferring_agent_has_the_caller_and_a_chair_in_the_consult() {
    assert_seats(&Desk::ringing(), HEARS_ALICE, "call [mic], consult deaf; hears C", "-");
    assert_seats(&Desk::ringing_on_hold(), HEARS_MUSIC, STANDS_BY, "-");
}

#[test]
fn a_target_who_accepted_brings_their_microphone_muted() {
    assert_seats(&Desk::connecting(), HEARS_ALICE, "call [mic], consult deaf; hears C", STANDS_BY);
}

#[test]
fn ringing_blindly_the_caller_hears_music_and_nobody_else_sits() {
    assert_seats(&Desk::blind(), HEARS_MUSIC, "-", "-");
}

#[test]
fn a_blind_target_who_accepted_sits_with_the_caller() {
    assert_seats(&Desk::blind_accepted(), HEARS_BOB, "-", HEARS_CAROL);
}

#[test]
fn consulting_the_agents_talk_and_the_caller_hears_music() {
    let desk = Desk::consulting();
    assert_seats(&desk, HEARS_MUSIC, "call deaf, consult [mic]; hears B", "call deaf, consult [mic]; hears A");
}

#[test]
fn swapped_the_target_hears_music_and_the_consult_is_kept() {
    let desk = Desk::swapped();
    assert_seats(&desk, HEARS_ALICE, "call [mic], consult deaf; hears C", "call deaf, consult [mic]; hears music");
}

#[test]
fn in_a_conference_all_three_hear_each_other_in_the_callers_room() {
    assert_seats(&Desk::conference(), "call [mic]; hears A+B", "call [mic]; hears C+B", "call [mic]; hears C+A");
}

#[test]
fn completing_the_target_has_the_word_and_the_transferring_agent_stands_by() {
    assert_seats(&Desk::completing(), HEARS_BOB, STANDS_BY, HEARS_CAROL);
}

#[test]
fn completed_only_the_target_is_left() {
    let mut desk = Desk::completing();
    desk.hear_each_other();
    assert_seats(&desk, HEARS_BOB, "-", HEARS_CAROL);
}

#[test]
fn after_the_caller_has_left_only_the_consult_has_seats() {
    for desk in [Desk::tail(), Desk::conference().after(Actor::Caller, Command::HangUp)] {
        assert_seats(&desk, "-", "consult [mic]; hears B", "consult [mic]; hears A");
    }
    assert_seats(&Desk::ended(), "-", "-", "-");
}

#[test]
fn a_vanished_agent_is_replaced_by_music_at_once() {
    let mut desk = Desk::talking();
    desk.vanishes(ALICE);
    assert_seats(&desk, HEARS_MUSIC, HEARS_CAROL, "-");
    let mut desk = Desk::conference();
    desk.vanishes(BOB);
    assert_eq!(desk.caller_hears(), [ALICE]);
}

/// Swapped, the transferring agent talks in the caller's room: sitting in the consult does not help the caller.
#[test]
fn who_is_lost_to_the_callers_room_is_not_heard_there() {
    let mut desk = Desk::swapped();
    desk.leaves(ALICE, RoomKind::Call);
    assert_eq!(desk.caller_hears(), []);
    desk.joins(ALICE, RoomKind::Call);
    assert_eq!(desk.caller_hears(), [ALICE]);
}

#[test]
fn rooms_exist_as_long_as_somebody_sits_in_them() {
    let call = RoomName::Call(CallId(uuid::Uuid::from_u128(9)));
    let consult = RoomName::Consult(TRANSFER);
    let rooms = |desk: &Desk| wanted_rooms(&desk.call);
    assert_eq!(rooms(&Desk::queued()), [call]);
    assert_eq!(rooms(&Desk::ringing()), [call, consult]);
    assert_eq!(rooms(&Desk::consulting()), [call, consult]);
    assert_eq!(rooms(&Desk::conference()), [call]);
    assert_eq!(rooms(&Desk::talking().after(alice(), cold())), [call]);
    assert_eq!(rooms(&Desk::tail()), [consult]);
    assert_eq!(rooms(&Desk::ended()), []);
}

#[test]
fn a_room_is_known_by_its_name_and_no_other_is() {
    for room in [RoomName::Call(CallId(uuid::Uuid::from_u128(9))), RoomName::Consult(TRANSFER)] {
        assert_eq!(RoomName::parse(&room.to_string()), Some(room));
        assert_eq!(RoomName::parse(&room.to_string().to_uppercase()), None);
    }
    let dashed = format!("call-{}", uuid::Uuid::from_u128(9));
    for other in ["", "call", "call-", "call-7", "consult-x", "room-00000000000000000000000000000009", &dashed] {
        assert_eq!(RoomName::parse(other), None, "{other}");
    }
}

#[test]
fn only_what_takes_a_voice_away_waits_for_the_media_server() {
    let goes = |from: Desk, to: Desk| takes_a_voice_away(&from.seats(), &to.seats());
    assert!(goes(Desk::talking(), Desk::on_hold()), "the caller must not hear an agent who has put them on hold");
    assert!(goes(Desk::connecting(), Desk::consulting()), "nor the consult");
    assert!(goes(Desk::swapped(), Desk::consulting()));
    assert!(goes(Desk::consulting(), Desk::swapped()), "the target must not hear the caller's talk");
    assert!(goes(Desk::consulting(), Desk::completing()));
    assert!(goes(Desk::conference(), Desk::completing()), "who hands over hears no more");
    assert!(goes(Desk::conference(), Desk::talking()), "nor whom the transferring agent sends away");

    assert!(!goes(Desk::consulting(), Desk::conference()), "a merge lets everybody hear everybody");
    assert!(!goes(Desk::swapped(), Desk::conference()));
    assert!(!goes(Desk::on_hold(), Desk::talking()));
    assert!(!goes(Desk::offered(), Desk::talking()));
    assert!(!goes(Desk::ringing(), Desk::connecting()));
    for desk in Desk::everywhere() {
        assert!(!takes_a_voice_away(&desk.seats(), &desk.seats()), "{}", desk.state());
    }
}
