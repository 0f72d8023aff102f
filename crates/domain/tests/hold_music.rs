//! What is played to a caller and to a colleague without a page, in every state.

use baton_domain::hold_music::{Comfort, Cue, cue, cues};
use baton_domain::ids::LegId;
use baton_domain::seat::{RoomName, relay};

use crate::desk::{ALICE, BOB, CAROL, Desk, TRANSFER};
use crate::phones;

/// `Music until A, to bob`.
fn described(desk: &Desk, cue: &Cue) -> String {
    let at_phone = relay(&desk.call).map(|relay| relay.leg_at_phone());
    let name = |leg: &LegId| match *leg {
        ALICE => "A",
        BOB => "B",
        leg if Some(leg) == at_phone => "R",
        _ => "?",
    };
    let hears: Vec<&str> = cue.hears.iter().map(name).collect();
    let hears = if hears.is_empty() { "-".to_owned() } else { hears.join("+") };
    let comfort = match &cue.comfort {
        Comfort::ConnectingTo(agent) => format!(", to {agent}"),
        Comfort::Waiting => String::new(),
        Comfort::Nothing => ", without a word".to_owned(),
    };
    format!("{:?} until {hears}{comfort}", cue.otherwise)
}

/// What a caller without a page is played in the call's room.
fn played(desk: &Desk) -> String {
    let mut call = desk.call.clone();
    call.caller.needs_music = true;
    let Some(cue) = cue(&call, RoomName::Call(call.id)) else { return "nothing".to_owned() };
    assert_eq!((cue.listener, cues(&call).len()), (CAROL, 1));
    described(desk, &cue)
}

#[test]
fn a_caller_without_a_page_is_played_what_a_page_would_play() {
    let expected = [
        "Ringback until -",
        "Ringback until -",
        "Music until A",
        "Music until -",
        "Music until A, to bob",
        "Music until -, to bob",
        "Music until A, to bob",
        "Music until -, to bob",
        "Music until A, to bob",
        "Music until A+B, to bob",
        "Music until B, to bob",
        "Music until -, to bob",
        "Music until B, to bob",
        "nothing",
        "nothing",
    ];
    let everywhere = Desk::everywhere();
    assert_eq!(everywhere.len(), expected.len());
    for (desk, expected) in everywhere.iter().zip(expected) {
        assert_eq!(played(desk), expected, "in {}", desk.state());
    }
}

#[test]
fn nobody_is_played_music_who_has_a_page() {
    assert!(Desk::everywhere().iter().all(|desk| cues(&desk.call).is_empty()));
}

#[test]
fn a_colleague_on_a_phone_is_played_in_their_room_what_a_page_would_play() {
    let expected = [
        "nothing",
        "Silence until -, without a word",
        "Silence until A, without a word",
        "Music until -, without a word",
        "Silence until R, without a word",
        "Silence until R, without a word",
        "Silence until R, without a word",
        "Silence until -, without a word",
        "nothing",
        "Silence until R, without a word",
        "nothing",
    ];
    let everywhere = phones::everywhere();
    assert_eq!(everywhere.len(), expected.len());
    for (desk, expected) in everywhere.iter().zip(expected) {
        let cues = cues(&desk.call);
        let played = cues.first().map_or_else(|| "nothing".to_owned(), |cue| described(desk, cue));
        assert_eq!(played, expected, "in {}", desk.state());
        assert!(cues.iter().all(|cue| cue.listener == BOB && cue.room == RoomName::Consult(TRANSFER)));
    }
}

#[test]
fn a_caller_and_a_colleague_on_phones_are_played_each_in_their_own_room() {
    let carried: Vec<Desk> = phones::everywhere().into_iter().filter(|desk| relay(&desk.call).is_some()).collect();
    assert_eq!(carried.len(), 8, "in all states but ringing, twice, and the end");
    for desk in carried {
        let mut call = desk.call.clone();
        call.caller.needs_music = true;
        let heard: Vec<_> = cues(&call).into_iter().map(|cue| (cue.room, cue.listener)).collect();
        let expected = [(RoomName::Call(call.id), CAROL), (RoomName::Consult(TRANSFER), BOB)];
        assert_eq!(heard, expected, "in {}", desk.state());
    }
}

#[test]
fn a_call_of_before_there_was_such_a_thing_has_a_page() {
    let mut stored = serde_json::to_value(&Desk::on_hold().call).unwrap();
    stored["caller"].as_object_mut().unwrap().remove("needs_music").unwrap();
    assert_eq!(serde_json::from_value::<baton_domain::call::Call>(stored).unwrap(), Desk::on_hold().call);
}
