//! The table of the transfer, one row after the other: what becomes of the caller, and what is written down.

use baton_domain::call::{CallState, EndReason, Engagement, Place, RoomKind};
use baton_domain::machine::{Actor, Command, Fact, Refusal, StartTransfer, TransferKind};
use baton_domain::outcome::{Effect, HappeningKind};
use baton_domain::transfer::{FailReason, Outcome};

use crate::desk::{
    ALICE, BOB, CAROL, Desk, TRANSFER, agent, alice, answer, away, bob, cold, decline, kinds, leg_of, sue, transfer_to,
    warm, wrap_up,
};

fn failed(reason: FailReason) -> Outcome {
    Outcome::Failed { reason }
}

fn on_hold_at_once(kind: TransferKind) -> Command {
    Command::StartTransfer(StartTransfer { kind, hold: true, ..transfer_to("bob") })
}

const COMPLETED: Outcome = Outcome::Completed { urgent: false };
const URGENT: Outcome = Outcome::Completed { urgent: true };

// The start.

#[test]
fn a_transfer_is_initiated_and_rings_once_it_is_on_the_targets_screen() {
    let mut desk = Desk::talking();
    let started = desk.does(alice(), warm());
    assert_eq!((kinds(&started), desk.state()), (vec![HappeningKind::TransferInitiated], "initiated"));
    let shown = desk.fact(Fact::OfferShown { agent: agent("bob") });
    assert_eq!((kinds(&shown), desk.state()), (vec![HappeningKind::TransferRinging], "ringing"));
    let again = desk.fact(Fact::OfferShown { agent: agent("bob") });
    assert_eq!((again.happened, again.call.version), (vec![], shown.call.version));
}

#[test]
fn while_it_rings_the_caller_may_be_put_on_hold_at_once_or_later() {
    let mut at_once = Desk::talking();
    let held = at_once.does(alice(), on_hold_at_once(TransferKind::Warm));
    assert_eq!(at_once.caller_hears(), []);
    assert_eq!(kinds(&held), [HappeningKind::TransferInitiated, HappeningKind::CallHeld]);
    let (by, during) = (&held.happened[1].agent, held.happened[1].transfer);
    assert_eq!((by, during), (&Some(agent("alice")), Some(TRANSFER)));
    let mut later = Desk::ringing_on_hold();
    assert_eq!(later.caller_hears(), []);
    later.does(alice(), Command::Retrieve);
    assert_eq!(later.caller_hears(), [leg_of("alice")]);
    let mut still_held = Desk::on_hold();
    let started = still_held.does(alice(), on_hold_at_once(TransferKind::Warm));
    assert_eq!((kinds(&started), still_held.caller_hears()), (vec![HappeningKind::TransferInitiated], vec![]));
}

#[test]
fn the_target_is_reserved_while_it_rings_and_engaged_from_accepting_on() {
    let of_bob = |desk: &Desk| desk.call.engagements().into_iter().find(|(who, _)| *who == agent("bob")).unwrap().1;
    assert_eq!([of_bob(&Desk::ringing()), of_bob(&Desk::blind())], [Engagement::Offer; 2]);
    for desk in [Desk::connecting(), Desk::blind_accepted(), Desk::consulting(), Desk::conference()] {
        assert_eq!(of_bob(&desk), Engagement::Call, "{}", desk.state());
    }
    assert_eq!(Desk::blind().call.engagements().len(), 1, "whoever handed over blindly is free");
}

// B accepts.

#[test]
fn the_consult_opens_when_the_targets_microphone_is_there() {
    let mut desk = Desk::connecting();
    assert_eq!(desk.caller_hears(), [leg_of("alice")], "until then the caller keeps the agent");
    let opened = desk.fact(Fact::MediaReady { agent: agent("bob") });
    assert_eq!((kinds(&opened), desk.state()), (vec![HappeningKind::TransferConsulting], "consulting"));
}

#[test]
fn a_microphone_that_does_not_come_in_ten_seconds_fails_the_transfer() {
    let mut desk = Desk::connecting();
    assert_eq!(desk.wait_ms(9_999).happened, []);
    desk.wait_ms(1);
    assert_eq!(desk.outcome(), &failed(FailReason::Microphone));
    desk.assert_talks_alone("alice");
}

#[test]
fn a_blind_transfer_is_completed_when_caller_and_target_hear_each_other() {
    let mut desk = Desk::blind_accepted();
    desk.fact(Fact::Heard { listener: BOB, speaker: CAROL });
    assert_eq!(desk.state(), "ringing", "the caller does not hear the target yet");
    let heard = desk.fact(Fact::Heard { listener: CAROL, speaker: BOB });
    assert_eq!((desk.outcome(), heard.effects.as_slice()), (&COMPLETED, [].as_slice()), "alice's wrap-up has begun");
    desk.assert_talks_alone("bob");
}

#[test]
fn a_blind_target_who_is_not_heard_in_ten_seconds_gives_the_caller_back() {
    let mut desk = Desk::blind_accepted();
    desk.wait(10);
    assert_eq!((desk.outcome(), desk.state()), (&failed(FailReason::NotHeard), "offered"));
}

// B declines, rings out, is unreachable, hangs up.

#[test]
fn a_declined_target_returns_the_caller() {
    let mut desk = Desk::ringing();
    let declined = desk.does(bob(), decline(" busy "));
    assert_eq!(desk.outcome(), &Outcome::Declined { reason: "busy".to_owned() });
    assert_eq!((kinds(&declined), declined.effects), (vec![HappeningKind::TransferDeclined], vec![]));
    desk.assert_talks_alone("alice");
}

#[test]
fn a_caller_on_hold_while_it_rang_is_still_on_hold_afterwards() {
    let desk = Desk::ringing_on_hold().after(bob(), decline(""));
    assert_eq!((desk.state(), desk.holder().agent.as_str()), ("on_hold", "alice"));
}

#[test]
fn a_target_who_lets_it_ring_for_thirty_seconds_is_set_away() {
    let mut desk = Desk::ringing();
    assert_eq!(desk.wait_ms(29_999).happened, []);
    let rang_out = desk.wait_ms(1);
    assert_eq!((desk.outcome(), rang_out.effects), (&Outcome::NoAnswer, vec![away("bob")]));
    desk.assert_talks_alone("alice");
}

/// The desk was down while it rang, say: that is nobody's fault.
#[test]
fn a_target_who_could_not_have_answered_is_not_set_away() {
    for mut desk in [Desk::ringing(), Desk::blind()] {
        desk.unavailable.insert(agent("bob"));
        assert_eq!(desk.wait(30).effects, []);
        assert_eq!(desk.outcome(), &failed(FailReason::Unreachable));
    }
}

#[test]
fn a_target_whose_desk_is_gone_fails_the_transfer() {
    let mut desk = Desk::ringing();
    desk.fact(Fact::Unreachable { agent: agent("bob") });
    assert_eq!(desk.outcome(), &failed(FailReason::Unreachable));
    desk.assert_talks_alone("alice");
}

#[test]
fn a_target_who_hangs_up_while_it_rings_declines() {
    for command in [Command::HangUp, Command::LeaveConsult] {
        let desk = Desk::ringing().after(bob(), command);
        assert_eq!(desk.outcome(), &Outcome::Declined { reason: String::new() });
        desk.assert_talks_alone("alice");
    }
}

/// Rings at Alice again for ten seconds, then the caller is first in the queue.
fn assert_rings_back(mut desk: Desk, outcome: &Outcome) {
    assert_eq!(desk.outcome(), outcome);
    let CallState::Offered { to, .. } = &desk.call.state else { panic!("{:?}", desk.call.state) };
    assert_eq!(to.agent, agent("alice"));
    assert_eq!(desk.caller_hears(), []);
    assert_eq!(desk.wait_ms(9_999).happened, []);
    assert_eq!(desk.wait_ms(1).effects, [away("alice")]);
    desk.assert_queued(Place::Front, &["bob", "alice"]);
}

#[test]
fn a_blind_target_who_does_not_take_it_brings_it_back_to_the_transferring_agent() {
    assert_rings_back(Desk::blind().after(bob(), decline("no")), &Outcome::Declined { reason: "no".to_owned() });
    assert_rings_back(Desk::blind().after(bob(), Command::HangUp), &Outcome::Declined { reason: String::new() });
    let mut desk = Desk::blind();
    desk.fact(Fact::Unreachable { agent: agent("bob") });
    assert_rings_back(desk, &failed(FailReason::Unreachable));
    let mut desk = Desk::blind();
    assert_eq!(desk.wait(30).effects, [away("bob")]);
    assert_rings_back(desk, &Outcome::NoAnswer);
    assert_rings_back(Desk::blind_accepted().after(bob(), Command::LeaveConsult), &failed(FailReason::TargetLeft));
}

#[test]
fn a_blind_transfer_that_was_not_taken_goes_to_the_queue_when_its_agent_is_busy_again() {
    let mut desk = Desk::blind();
    desk.unavailable.insert(agent("alice"));
    desk.does(bob(), decline(""));
    desk.assert_queued(Place::Front, &["bob"]);
}

#[test]
fn the_transferring_agent_answers_what_comes_back() {
    let mut desk = Desk::blind().after(bob(), decline("")).after(alice(), answer("alice"));
    desk.joins(leg_of("alice"), baton_domain::call::RoomKind::Call);
    desk.assert_talks_alone("alice");
}

#[test]
fn a_target_who_leaves_the_consult_returns_the_caller() {
    for (desk, command) in [
        (Desk::consulting(), Command::LeaveConsult),
        (Desk::swapped(), Command::HangUp),
        (Desk::conference(), Command::LeaveConsult),
        (Desk::completing(), Command::LeaveConsult),
        (Desk::connecting(), Command::HangUp),
    ] {
        let desk = desk.after(bob(), command);
        assert_eq!(desk.outcome(), &failed(FailReason::TargetLeft));
        desk.assert_talks_alone("alice");
    }
}

#[test]
fn who_leaves_a_conference_had_the_caller_and_wraps_up() {
    assert_eq!(Desk::conference().does(bob(), Command::LeaveConsult).effects, [wrap_up("bob")]);
    assert_eq!(Desk::conference().does(alice(), Command::Cancel).effects, [wrap_up("bob")]);
    assert_eq!(Desk::conference().does(alice(), Command::Complete).effects, [wrap_up("alice")]);
    assert_eq!(Desk::consulting().does(bob(), Command::LeaveConsult).effects, []);
    let ended = Desk::conference().does(Actor::Caller, Command::HangUp);
    assert_eq!(ended.effects, [wrap_up("alice"), wrap_up("bob")]);
}

// A swaps, merges, completes, cancels.

#[test]
fn swapping_goes_to_and_fro() {
    let mut desk = Desk::consulting();
    for state in ["swapped", "consulting", "swapped"] {
        let swapped = desk.does(alice(), Command::Swap);
        assert_eq!((desk.state(), kinds(&swapped)), (state, vec![HappeningKind::TransferSwapped]));
    }
}

#[test]
fn merging_brings_all_three_together_from_either_side() {
    for desk in [Desk::consulting(), Desk::swapped()] {
        assert_eq!(desk.after(alice(), Command::Merge).state(), "conference");
    }
}

#[test]
fn completing_a_consult_waits_until_caller_and_target_hear_each_other() {
    let mut desk = Desk::completing();
    desk.fact(Fact::Heard { listener: CAROL, speaker: BOB });
    assert_eq!(desk.state(), "completing");
    let heard = desk.fact(Fact::Heard { listener: BOB, speaker: CAROL });
    assert_eq!((desk.outcome(), heard.effects), (&COMPLETED, vec![wrap_up("alice")]));
    desk.assert_talks_alone("bob");
}

#[test]
fn a_target_who_is_not_heard_in_five_seconds_gives_the_caller_back() {
    let mut desk = Desk::completing();
    assert_eq!(desk.wait_ms(4_999).happened, []);
    desk.wait_ms(1);
    assert_eq!(desk.outcome(), &failed(FailReason::NotHeard));
    desk.assert_talks_alone("alice");
}

#[test]
fn other_voices_complete_nothing() {
    let mut desk = Desk::completing();
    let alice = leg_of("alice");
    for (listener, speaker) in [(CAROL, alice), (alice, CAROL), (BOB, alice), (alice, BOB), (CAROL, CAROL)] {
        desk.fact(Fact::Heard { listener, speaker });
    }
    assert_eq!(desk.state(), "completing");
}

#[test]
fn completing_a_conference_is_done_at_once() {
    let desk = Desk::conference().after(alice(), Command::Complete);
    assert_eq!(desk.outcome(), &COMPLETED);
    desk.assert_talks_alone("bob");
}

#[test]
fn transferring_without_waiting_frees_the_agent_at_once() {
    for mut desk in [Desk::ringing(), Desk::ringing_on_hold(), Desk::connecting()] {
        let freed = desk.does(alice(), Command::TransferWithoutWaiting);
        assert_eq!(
            (kinds(&freed), freed.effects),
            (vec![HappeningKind::TransferWithoutWaiting], vec![wrap_up("alice")])
        );
        assert!(desk.transfer().state.is_blind());
    }
    for start in [cold(), on_hold_at_once(TransferKind::Cold)] {
        let freed = Desk::talking().does(alice(), start);
        let happened = vec![HappeningKind::TransferInitiated, HappeningKind::TransferWithoutWaiting];
        assert_eq!((kinds(&freed), freed.effects), (happened, vec![wrap_up("alice")]));
    }
}

#[test]
fn a_target_who_had_accepted_need_not_accept_again() {
    let mut desk = Desk::connecting().after(alice(), Command::TransferWithoutWaiting);
    desk.hear_each_other();
    assert_eq!(desk.outcome(), &COMPLETED);
}

#[test]
fn cancelling_takes_the_caller_back() {
    for desk in [Desk::ringing(), Desk::connecting(), Desk::consulting(), Desk::swapped(), Desk::conference()] {
        let desk = desk.after(alice(), Command::Cancel);
        assert_eq!((desk.outcome(), desk.last().id), (&Outcome::Cancelled, TRANSFER));
        desk.assert_talks_alone("alice");
    }
    Desk::completing().after(alice(), Command::Cancel).assert_talks_alone("alice");
}

// C hangs up, somebody ends it.

#[test]
fn a_caller_who_leaves_abandons_the_transfer() {
    for desk in [Desk::ringing(), Desk::connecting(), Desk::blind(), Desk::blind_accepted()] {
        let desk = desk.after(Actor::Caller, Command::HangUp);
        assert_eq!(desk.outcome(), &Outcome::Abandoned);
        assert!(desk.seats().is_empty() && desk.call.engagements().is_empty(), "nothing rings any more");
    }
}

#[test]
fn agents_may_finish_their_consult_for_a_minute_after_the_caller_has_left() {
    for desk in [Desk::consulting(), Desk::swapped(), Desk::conference(), Desk::completing()] {
        let mut desk = desk.after(Actor::Caller, Command::HangUp);
        assert_eq!((desk.outcome(), desk.seats().len()), (&Outcome::Abandoned, 2));
        for leg in [ALICE, BOB] {
            desk.joins(leg, RoomKind::Consult);
        }
        assert_eq!(desk.wait_ms(59_999).happened, []);
        assert_eq!(kinds(&desk.wait_ms(1)), [HappeningKind::ConsultClosed]);
        assert_eq!(desk.seats(), []);
    }
}

#[test]
fn either_agent_closes_the_consult_that_is_left_and_nobody_else() {
    for by in [alice(), bob()] {
        for command in [Command::LeaveConsult, Command::HangUp] {
            let mut desk = Desk::tail();
            assert_eq!(desk.asks(sue(), command.clone()), Err(Refusal::NotYourCall));
            assert_eq!(desk.asks(Actor::Caller, command.clone()), Err(Refusal::CallEnded));
            desk.does(by.clone(), command.clone());
            assert_eq!(desk.seats(), []);
            assert_eq!(desk.asks(by.clone(), command), Err(Refusal::CallEnded));
        }
    }
}

#[test]
fn ending_it_for_everyone_ends_the_consult_too() {
    let mut desk = Desk::consulting();
    let ended = desk.does(alice(), Command::EndForEveryone);
    assert_eq!((desk.outcome(), ended.effects), (&failed(FailReason::CallEnded), vec![wrap_up("alice")]));
    assert!(matches!(desk.call.state, CallState::Ended { reason: EndReason::EndedForEveryone, consult: None, .. }));
}

// Force.

#[test]
fn forcing_rings_urgently_for_ten_seconds_and_then_the_next_skilled_agent() {
    for by in [alice(), sue()] {
        let mut desk = Desk::ringing();
        let forced = desk.does(by.clone(), Command::Force);
        let happened = vec![HappeningKind::TransferForced, HappeningKind::TransferWithoutWaiting];
        assert_eq!((kinds(&forced), forced.effects), (happened, vec![wrap_up("alice")]));
        assert!(desk.transfer().urgent);
        assert_eq!(desk.wait_ms(9_999).happened, []);
        assert_eq!(desk.wait_ms(1).effects, [away("bob"), Effect::OfferNext]);
        desk.assert_queued(Place::Urgent, &["bob", "alice"]);
    }
}

#[test]
fn an_urgent_caller_is_rung_for_until_nobody_is_left_and_keeps_their_place() {
    let mut desk = Desk::ringing().after(alice(), Command::Force).after(bob(), decline(""));
    desk.does(Actor::Desk, crate::desk::offer("dave"));
    assert_eq!(desk.does(crate::desk::dave(), decline("")).effects, [Effect::OfferNext]);
    desk.assert_queued(Place::Urgent, &["bob", "alice", "dave"]);
}

#[test]
fn forcing_what_rings_blindly_shortens_it_and_only_once() {
    let mut desk = Desk::blind();
    desk.wait(25);
    desk.does(alice(), Command::Force);
    let until = desk.call.next_deadline(&desk.rules).unwrap();
    assert_eq!(until.since(desk.now).0, 5_000, "it never rings longer for being forced");
    let refused = Refusal::WrongState { action: baton_domain::machine::Action::Force, state: "ringing".to_owned() };
    assert_eq!(desk.asks(alice(), Command::Force), Err(refused));
}

#[test]
fn a_forced_consult_completes_as_urgent() {
    for desk in [Desk::consulting(), Desk::swapped()] {
        let mut desk = desk.after(sue(), Command::Force);
        desk.hear_each_other();
        assert_eq!(desk.outcome(), &URGENT);
        desk.assert_talks_alone("bob");
    }
    assert_eq!(Desk::conference().after(sue(), Command::Force).outcome(), &URGENT);
}
