//! What is played to a caller without a page, in every state.

use baton_domain::hold_music::cue;
use baton_domain::ids::LegId;

use crate::desk::{ALICE, BOB, CAROL, Desk};

/// `Music until A, to bob`, or `nothing`.
fn played(desk: &Desk) -> String {
    let name = |leg: &LegId| match *leg {
        ALICE => "A",
        BOB => "B",
        _ => "?",
    };
    let mut call = desk.call.clone();
    call.caller.needs_music = true;
    let Some(cue) = cue(&call) else { return "nothing".to_owned() };
    assert_eq!(cue.listener, CAROL);
    let hears: Vec<&str> = cue.hears.iter().map(name).collect();
    let hears = if hears.is_empty() { "-".to_owned() } else { hears.join("+") };
    let to = cue.connecting_to.map(|agent| format!(", to {agent}")).unwrap_or_default();
    format!("{:?} until {hears}{to}", cue.otherwise)
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
    for (desk, expected) in Desk::everywhere().iter().zip(expected) {
        assert_eq!(played(desk), expected, "in {}", desk.state());
    }
}

#[test]
fn nobody_is_played_music_who_has_a_page() {
    assert!(Desk::everywhere().iter().all(|desk| cue(&desk.call).is_none()));
}

#[test]
fn a_call_of_before_there_was_such_a_thing_has_a_page() {
    let mut stored = serde_json::to_value(&Desk::on_hold().call).unwrap();
    stored["caller"].as_object_mut().unwrap().remove("needs_music").unwrap();
    assert_eq!(serde_json::from_value::<baton_domain::call::Call>(stored).unwrap(), Desk::on_hold().call);
}
