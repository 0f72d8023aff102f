//! A caller's connection that goes, comes back, or does not: a row of the table.

use baton_domain::call::{CallState, EndReason, RoomKind};
use baton_domain::machine::{Actor, Command, Fact};
use baton_domain::outcome::HappeningKind;
use baton_domain::time::Span;
use baton_domain::transfer::Outcome;

use crate::desk::{ALICE, BOB, CAROL, Desk, agent, alice, cold, kinds, warm};

/// It rings at Bob for longer than anybody is waited for.
fn ringing_for_long(start: Command) -> Desk {
    let mut desk = Desk::talking();
    desk.rules.ring = Span::seconds(600);
    let mut desk = desk.after(alice(), start);
    desk.fact(Fact::OfferShown { agent: agent("bob") });
    desk
}

/// Wherever a call may be for minutes.
fn everywhere_without_haste() -> [Desk; 8] {
    [
        Desk::queued(),
        Desk::talking(),
        Desk::on_hold(),
        ringing_for_long(warm()),
        Desk::consulting(),
        Desk::swapped(),
        Desk::conference(),
        ringing_for_long(cold()),
    ]
}

#[test]
fn a_caller_has_a_minute_to_come_back_and_everything_stands() {
    for mut desk in everywhere_without_haste() {
        let before = desk.state();
        assert_eq!(kinds(&desk.leaves(CAROL, RoomKind::Call).unwrap()), [HappeningKind::CallerLost]);
        assert_eq!(desk.wait_ms(59_999).happened, []);
        assert_eq!(desk.state(), before);
        assert_eq!(kinds(&desk.joins(CAROL, RoomKind::Call)), [HappeningKind::CallerBack]);
        assert_eq!((desk.wait(60).happened, desk.state()), (vec![], before));
    }
}

#[test]
fn a_caller_who_stays_away_has_hung_up() {
    for mut desk in everywhere_without_haste().into_iter().chain([Desk::blind_accepted()]) {
        let was_transferring = desk.call.transfer().is_some();
        desk.vanishes(CAROL);
        desk.wait(60);
        assert!(matches!(desk.call.state, CallState::Ended { reason: EndReason::CallerLost, .. }));
        assert_eq!(was_transferring, desk.call.last_transfer.is_some_and(|last| last.outcome == Outcome::Abandoned));
    }
}

/// A reload in the very moment of the handover costs the target nothing.
#[test]
fn the_time_to_be_heard_stands_still_while_the_caller_is_away() {
    for mut desk in [Desk::completing(), Desk::blind_accepted()] {
        desk.fact(Fact::Heard { listener: CAROL, speaker: BOB });
        desk.vanishes(CAROL);
        assert_eq!(desk.wait(30).happened, []);
        desk.joins(CAROL, RoomKind::Call);
        assert_eq!(desk.wait_ms(4_999).happened, []);
        desk.fact(Fact::Heard { listener: BOB, speaker: CAROL });
        assert!(desk.call.transfer().is_some(), "the caller's new page has not heard anybody yet");
        desk.fact(Fact::Heard { listener: CAROL, speaker: BOB });
        desk.assert_talks_alone("bob");
    }
}

#[test]
fn a_caller_who_is_back_is_heard_or_the_agent_has_them_again() {
    let mut desk = Desk::completing();
    desk.vanishes(CAROL);
    desk.wait(30);
    desk.joins(CAROL, RoomKind::Call);
    desk.wait(5);
    desk.assert_talks_alone("alice");
}

#[test]
fn nobody_is_left_in_a_consult_with_somebody_who_vanished() {
    for leg in [ALICE, BOB] {
        let mut desk = Desk::consulting();
        desk.vanishes(leg);
        desk.does(Actor::Caller, Command::HangUp);
        assert!(desk.seats().is_empty() && desk.call.engagements().is_empty());
    }
}
