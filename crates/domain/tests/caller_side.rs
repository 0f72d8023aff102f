//! What the caller is told of a transfer: whom they have for how long, and who handed them over; and what is known of a caller
//! who has no page.

use baton_domain::call::{CallState, CallerLeg};
use baton_domain::machine::{Command, Fact};

use crate::desk::{ALICE, BOB, CAROL, Desk, START, alice, answer, dave};

#[test]
fn the_clock_of_the_transferring_agent_goes_on_through_a_transfer_that_is_cancelled() {
    let since = |desk: &Desk| match &desk.call.state {
        CallState::WithAgent { since, .. } => *since,
        CallState::Transferring(transfer) => transfer.with_transferring_since(),
        state => panic!("nobody has the caller: {state:?}"),
    };
    for mut desk in [Desk::ringing(), Desk::connecting(), Desk::consulting(), Desk::swapped(), Desk::conference()] {
        let answered = since(&Desk::talking());
        desk.wait(1);
        assert_eq!(since(&desk), answered);
        let desk = desk.after(alice(), Command::Cancel);
        assert_eq!(since(&desk), answered, "she has had the caller all the time");
    }
}

#[test]
fn only_whoever_completes_a_transfer_has_handed_the_caller_over() {
    let by = |desk: &Desk| desk.call.handed_over_by().map(ToString::to_string);
    let mut desk = Desk::completing();
    assert_eq!(by(&desk), None, "not yet");
    desk.hear_each_other();
    assert_eq!(by(&desk).as_deref(), Some("alice"));
    desk.wait(5);
    assert_eq!(by(&desk).as_deref(), Some("alice"));
    let mut conference = Desk::conference().after(alice(), Command::Complete);
    assert_eq!(by(&conference).as_deref(), Some("alice"));

    conference.vanishes(BOB);
    conference.wait(3600);
    assert_eq!(by(&conference.after(dave(), answer("dave"))), None, "he found the caller in the queue");

    let mut deserted = Desk::conference();
    deserted.vanishes(ALICE);
    deserted.wait(3600);
    deserted.assert_talks_alone("bob");
    assert_eq!(by(&deserted), None, "she has vanished");
}

fn telephone(number: Option<&str>) -> Fact {
    Fact::HasTelephone { leg: CAROL, number: number.map(str::to_owned) }
}

#[test]
fn a_caller_with_a_telephone_has_no_page_to_play_music_whenever_it_is_noticed() {
    for mut desk in Desk::everywhere().into_iter().filter(|desk| !desk.call.is_ended()) {
        let (version, others) = (desk.call.version, desk.call.state.clone());
        desk.fact(telephone(None));
        assert!(desk.call.caller.needs_music, "in {}", desk.state());
        assert_eq!((desk.call.version, &desk.call.state), (version + 1, &others));
        desk.fact(telephone(None));
        assert_eq!(desk.call.version, version + 1, "known already");
    }
    let mut desk = Desk::consulting();
    let before = desk.call.clone();
    desk.fact(Fact::HasTelephone { leg: BOB, number: Some("+15105550100".to_owned()) });
    assert_eq!(desk.call, before, "nothing is learnt of a caller from an agent's telephone");
}

#[test]
fn a_number_stands_for_a_name_that_was_not_given() {
    let mut desk = Desk::talking();
    desk.fact(telephone(Some("+15105550100")));
    assert_eq!(desk.call.caller.given_name(), Some("Carol"));
    desk.call.caller = CallerLeg::unnamed(CAROL, START);
    assert_eq!(desk.call.caller.given_name(), None);
    desk.fact(telephone(None));
    assert_eq!(desk.call.caller.name, "Caller");
    for number in ["anonymous", "+15105550100", "carol"] {
        desk.fact(telephone(Some(number)));
        assert_eq!((desk.call.caller.name.as_str(), desk.call.caller.given_name()), (number, None));
    }
}

#[test]
fn of_a_call_of_before_it_was_kept_the_name_tells_whether_one_was_given() {
    let mut stored = serde_json::to_value(Desk::talking().call.caller).unwrap();
    stored.as_object_mut().unwrap().remove("naming").unwrap();
    for (name, given) in [("Carol", Some("Carol")), ("Caller", None), ("+15105550100", None)] {
        stored["name"] = name.into();
        let caller: CallerLeg = serde_json::from_value(stored.clone()).unwrap();
        assert_eq!(caller.given_name(), given);
    }
}
