//! Agents' connections that go, come back, or never come: two of the last three rows of the table.

use baton_domain::call::{CallState, Place, RoomKind};
use baton_domain::machine::{Actor, Command, Fact, Refusal};
use baton_domain::outcome::HappeningKind;
use baton_domain::seat::Sound;
use baton_domain::transfer::{FailReason, Outcome};

use crate::desk::{ALICE, BOB, CAROL, Desk, agent, alice, answer, bob, decline, kinds, sue, wrap_up};

const COMPLETED: Outcome = Outcome::Completed { urgent: false };

fn failed(reason: FailReason) -> Outcome {
    Outcome::Failed { reason }
}

// A vanishes.

#[test]
fn a_plain_call_whose_agent_vanished_goes_to_the_front_of_the_queue() {
    for mut desk in [Desk::talking(), Desk::on_hold()] {
        desk.vanishes(ALICE);
        assert_eq!(desk.caller_hears(), []);
        assert_eq!(desk.wait_ms(19_999).happened, []);
        assert_eq!(desk.wait_ms(1).effects, [wrap_up("alice")]);
        desk.assert_queued(Place::Front, &[]);
    }
}

#[test]
fn an_agent_who_never_comes_loses_the_caller_as_well_and_has_not_talked_to_them() {
    let mut desk = Desk::queued().after(alice(), answer("alice"));
    desk.wait(20);
    let CallState::Queued(waiting) = &desk.call.state else { panic!("not queued: {:?}", desk.call.state) };
    assert_eq!((waiting.place, waiting.was_answered), (Place::Front, false));
    assert_eq!(desk.seats()[0].otherwise, Sound::Ringback);
}

#[test]
fn whoever_was_spoken_to_stays_so_when_the_next_agent_never_comes() {
    let mut desk = Desk::talking();
    desk.vanishes(ALICE);
    desk.wait(20);
    desk.does(bob(), answer("bob"));
    desk.wait(20);
    desk.assert_queued(Place::Front, &[]);
}

#[test]
fn an_agent_who_comes_back_keeps_the_caller() {
    let mut desk = Desk::talking();
    desk.vanishes(ALICE);
    desk.wait(19);
    assert_eq!(kinds(&desk.joins(ALICE, RoomKind::Call)), [HappeningKind::AgentBack]);
    desk.wait(60);
    desk.assert_talks_alone("alice");
}

#[test]
fn while_it_rings_a_vanished_agent_is_as_one_who_did_not_wait() {
    let mut desk = Desk::ringing();
    desk.vanishes(ALICE);
    assert_eq!(desk.caller_hears(), []);
    let released = desk.wait(20);
    assert_eq!((desk.transfer().state.is_blind(), released.effects), (true, vec![wrap_up("alice")]));
    desk.does(bob(), Command::Accept);
    desk.joins(BOB, RoomKind::Call);
    desk.hear_each_other();
    desk.assert_talks_alone("bob");
}

#[test]
fn a_target_may_take_the_caller_five_seconds_after_the_agent_has_vanished() {
    for mut desk in [Desk::consulting(), Desk::swapped()] {
        desk.vanishes(ALICE);
        let still_there = Err(Refusal::StillThere { agent: agent("alice") });
        desk.wait_ms(4_999);
        assert_eq!(desk.asks(bob(), Command::TakeCaller), still_there);
        desk.wait_ms(1);
        desk.does(bob(), Command::TakeCaller);
        desk.hear_each_other();
        assert_eq!(desk.outcome(), &COMPLETED);
        desk.assert_talks_alone("bob");
    }
}

#[test]
fn an_agent_who_is_back_first_keeps_the_seat() {
    let mut desk = Desk::consulting();
    desk.vanishes(ALICE);
    desk.wait(10);
    desk.joins(ALICE, RoomKind::Consult);
    assert_eq!(desk.asks(bob(), Command::TakeCaller), Err(Refusal::StillThere { agent: agent("alice") }));
    desk.wait(60);
    assert_eq!(desk.state(), "consulting");
}

#[test]
fn with_neither_back_nor_taken_the_caller_goes_to_the_front_of_the_queue() {
    for mut desk in [Desk::consulting(), Desk::swapped()] {
        desk.vanishes(ALICE);
        assert_eq!(desk.wait(20).effects, [wrap_up("alice")]);
        assert_eq!(desk.outcome(), &failed(FailReason::TransferringLost));
        desk.assert_queued(Place::Front, &["bob"]);
    }
}

#[test]
fn a_target_who_took_the_caller_and_is_not_heard_leaves_them_to_the_queue() {
    let mut desk = Desk::consulting();
    desk.vanishes(ALICE);
    desk.wait(5);
    desk.does(bob(), Command::TakeCaller);
    desk.wait(5);
    assert_eq!(desk.outcome(), &failed(FailReason::NotHeard));
    desk.assert_queued(Place::Front, &["bob"]);
}

#[test]
fn a_conference_goes_on_without_whoever_vanished() {
    let mut desk = Desk::conference();
    desk.vanishes(ALICE);
    assert_eq!(desk.caller_hears(), [BOB]);
    assert_eq!(desk.wait(20).effects, [wrap_up("alice")]);
    assert_eq!(desk.outcome(), &COMPLETED);
    desk.assert_talks_alone("bob");

    let mut desk = Desk::conference();
    desk.vanishes(BOB);
    assert_eq!(desk.caller_hears(), [ALICE]);
    assert_eq!(desk.wait(20).effects, [wrap_up("bob")]);
    assert_eq!(desk.outcome(), &failed(FailReason::TargetLost));
    desk.assert_talks_alone("alice");
}

#[test]
fn a_conference_that_both_agents_lose_goes_to_the_queue() {
    let mut desk = Desk::conference();
    desk.vanishes(ALICE);
    desk.vanishes(BOB);
    assert_eq!(desk.wait(20).effects, [wrap_up("alice"), wrap_up("bob")]);
    desk.assert_queued(Place::Front, &["bob"]);
}

#[test]
fn a_grace_is_not_given_twice() {
    let mut desk = Desk::consulting();
    desk.vanishes(BOB);
    desk.wait(10);
    desk.vanishes(ALICE);
    desk.wait(10);
    assert_eq!((desk.outcome(), desk.state()), (&failed(FailReason::TargetLost), "talking"));
    desk.wait(10);
    desk.assert_queued(Place::Front, &[]);

    let mut desk = Desk::ringing();
    desk.vanishes(ALICE);
    desk.wait(15);
    desk.does(bob(), decline(""));
    desk.wait(5);
    desk.assert_queued(Place::Front, &[]);
}

// B vanishes.

#[test]
fn a_target_lost_from_the_consult_is_waited_for_for_twenty_seconds() {
    for mut desk in [Desk::consulting(), Desk::swapped()] {
        desk.vanishes(BOB);
        assert_eq!(desk.wait_ms(19_999).happened, []);
        desk.wait_ms(1);
        assert_eq!(desk.outcome(), &failed(FailReason::TargetLost));
        desk.assert_talks_alone("alice");
    }
}

#[test]
fn a_lost_target_need_not_be_waited_for() {
    let mut desk = Desk::consulting();
    desk.vanishes(BOB);
    desk.does(alice(), Command::Cancel);
    desk.assert_talks_alone("alice");
}

#[test]
fn nothing_is_handed_to_a_target_who_has_vanished() {
    for mut desk in [Desk::consulting(), Desk::swapped(), Desk::conference()] {
        desk.vanishes(BOB);
        for (by, command) in [(alice(), Command::Complete), (alice(), Command::Force), (sue(), Command::Force)] {
            assert_eq!(desk.asks(by, command), Err(Refusal::AlreadyLeft { agent: agent("bob") }));
        }
    }
}

#[test]
fn one_room_lost_alone_is_a_reconnect() {
    for room in [RoomKind::Call, RoomKind::Consult] {
        let mut desk = Desk::consulting();
        desk.leaves(BOB, room);
        desk.leaves(ALICE, room);
        assert_eq!(desk.wait(60).happened, []);
        assert_eq!(kinds(&desk.joins(BOB, room)), [], "who was not lost is not back");
        assert_eq!(desk.state(), "consulting");
    }
}

// Facts that come late.

#[test]
fn a_replaced_connection_that_leaves_is_not_a_loss() {
    let mut desk = Desk::talking();
    let old = desk.sid(ALICE, RoomKind::Call).unwrap();
    desk.joins(ALICE, RoomKind::Call);
    let left = desk.fact(Fact::Left { leg: ALICE, room: RoomKind::Call, sid: old });
    assert_eq!((left.happened, desk.caller_hears()), (vec![], vec![ALICE]));
}

/// Webhooks overtake each other: taken for presence, this one would hide that the agent has vanished.
#[test]
fn a_late_arrival_in_a_closed_consult_hides_nothing() {
    let mut desk = Desk::consulting().after(alice(), Command::Cancel);
    assert_eq!(desk.joins(ALICE, RoomKind::Consult).call.version, desk.call.version);
    assert_eq!(desk.joins(BOB, RoomKind::Call).call.version, desk.call.version);
    desk.vanishes(ALICE);
    desk.wait(20);
    desk.assert_queued(Place::Front, &[]);
}

#[test]
fn a_consult_room_that_a_conference_has_left_hides_nothing() {
    let mut desk = Desk::consulting().after(alice(), Command::Merge);
    desk.leaves(ALICE, RoomKind::Call);
    desk.wait(20);
    desk.assert_talks_alone("bob");
}

#[test]
fn facts_about_strangers_and_ended_calls_change_nothing() {
    let stranger = baton_domain::ids::LegId(uuid::Uuid::from_u128(77));
    for mut desk in [Desk::queued(), Desk::consulting(), Desk::tail(), Desk::ended()] {
        let before = desk.call.clone();
        desk.joins(stranger, RoomKind::Call);
        desk.joins(CAROL, RoomKind::Consult);
        desk.fact(Fact::Unreachable { agent: agent("dave") });
        desk.fact(Fact::MediaReady { agent: agent("dave") });
        if desk.call.is_ended() {
            desk.vanishes(CAROL);
            desk.joins(CAROL, RoomKind::Call);
            desk.joins(ALICE, RoomKind::Call);
        }
        assert_eq!(desk.call, before);
    }
    let mut desk = Desk::ended();
    let before = desk.call.clone();
    desk.joins(ALICE, RoomKind::Consult);
    assert_eq!(desk.call, before);
}

#[test]
fn a_consult_after_the_call_closes_when_both_agents_are_gone() {
    let mut desk = Desk::tail();
    desk.vanishes(ALICE);
    assert_eq!(desk.seats().len(), 2, "she may be reloading");
    let sid = desk.sid(BOB, RoomKind::Consult).unwrap();
    let left = desk.fact(Fact::Left { leg: BOB, room: RoomKind::Consult, sid });
    assert_eq!(kinds(&left), [HappeningKind::AgentLost, HappeningKind::ConsultClosed]);
    assert_eq!((desk.seats().len(), desk.call.agent_legs().len()), (0, 0));
}

#[test]
fn nobody_waits_alone_in_a_consult_after_the_call() {
    let mut desk = Desk::tail();
    desk.vanishes(ALICE);
    assert_eq!(desk.wait_ms(19_999).happened, []);
    assert_eq!(kinds(&desk.wait_ms(1)), [HappeningKind::ConsultClosed]);

    let mut desk = Desk::tail();
    desk.vanishes(ALICE);
    desk.wait(10);
    assert_eq!(kinds(&desk.joins(ALICE, RoomKind::Consult)), [HappeningKind::AgentBack]);
    assert_eq!(desk.wait_ms(49_999).happened, []);
    assert_eq!(kinds(&desk.wait_ms(1)), [HappeningKind::ConsultClosed]);
}

#[test]
fn whoever_was_in_the_conference_has_time_to_join_the_consult_that_is_left() {
    let mut desk = Desk::conference().after(Actor::Caller, Command::HangUp);
    desk.wait(15);
    desk.joins(ALICE, RoomKind::Consult);
    desk.joins(BOB, RoomKind::Consult);
    assert_eq!(desk.wait_ms(44_999).happened, []);
    assert_eq!(kinds(&desk.wait_ms(1)), [HappeningKind::ConsultClosed]);
}

#[test]
fn a_target_who_accepts_when_the_transferring_agent_has_been_gone_for_a_while_gets_the_caller_at_once() {
    let mut desk = Desk::ringing();
    desk.vanishes(ALICE);
    desk.wait(5);
    let accepted = desk.does(bob(), Command::Accept);
    assert_eq!(kinds(&accepted), [HappeningKind::TransferAccepted, HappeningKind::TransferWithoutWaiting]);
    assert_eq!(accepted.effects, [wrap_up("alice")]);
    desk.hear_each_other();
    desk.assert_talks_alone("bob");
}

#[test]
fn a_target_who_accepts_while_the_transferring_agent_reloads_consults_them() {
    let mut desk = Desk::ringing();
    desk.vanishes(ALICE);
    desk.wait(4);
    let accepted = desk.does(bob(), Command::Accept);
    assert_eq!(kinds(&accepted), [HappeningKind::TransferAccepted]);
    assert_eq!(desk.state(), "ringing");
}

#[test]
fn an_interrupted_microphone_is_known_until_it_is_back_or_its_page_is_gone() {
    let mut desk = Desk::talking();
    desk.fact(Fact::CallerInterrupted { interrupted: true });
    assert!(desk.call.caller.is_interrupted);
    desk.fact(Fact::CallerInterrupted { interrupted: false });
    assert!(!desk.call.caller.is_interrupted);
    desk.fact(Fact::CallerInterrupted { interrupted: true });
    desk.vanishes(CAROL);
    assert!(!desk.call.caller.is_interrupted);
}
