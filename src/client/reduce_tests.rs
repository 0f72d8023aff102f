use baton_domain::call::{CallState, Engagement};
use baton_domain::desk_event::{DeskCall, DeskEvent, SilenceReport};
use baton_domain::machine::{Command, TransferKind};
use baton_domain::time::Span;
use baton_domain::transcript::Segment;

use super::{DeskData, reduce};
use crate::client::desk_fixtures::{Story, call_id, segment, transfer_id};

fn open(story: &Story, me: &str) -> DeskData {
    reduce(None, DeskEvent::View { view: Box::new(story.view(me)) }).expect("a view opens the desk")
}

fn after(data: DeskData, event: DeskEvent) -> DeskData {
    reduce(Some(data), event).expect("a desk stays open")
}

fn call(call: DeskCall) -> DeskEvent {
    DeskEvent::Call { call: Box::new(call) }
}

#[test]
fn nothing_is_shown_before_the_first_view() {
    assert_eq!(reduce(None, DeskEvent::Waiting { waiting: Vec::new() }), None);
}

#[test]
fn a_call_with_a_part_for_me_is_live_and_an_offer_rings() {
    let story = Story::ringing(TransferKind::Warm);
    let (alice, bob) = (open(&story, "alice"), open(&story, "bob"));
    assert!(alice.live().is_some() && alice.ringing().is_none());
    assert!(bob.live().is_none() && bob.ringing().is_some());
}

#[test]
fn whoever_is_in_a_call_or_rung_answers_nobody_who_waits() {
    let ringing = Story::ringing(TransferKind::Warm);
    assert_eq!(open(&ringing, "alice").engaged(), Some(Engagement::Call));
    assert_eq!(open(&ringing, "bob").engaged(), Some(Engagement::Offer));
    assert_eq!(open(&Story::talking(), "bob").engaged(), None);
}

#[test]
fn an_older_call_does_not_replace_a_newer_one() {
    let mut story = Story::talking();
    let old = story.desk_call();
    story.command("alice", Command::Hold);
    let data = after(open(&story, "alice"), call(old));
    assert_eq!(data.live().map(|call| call.call.clone()), Some(story.call));
}

#[test]
fn a_call_that_went_on_keeps_what_else_is_known_of_it() {
    let mut story = Story::talking();
    let said = DeskEvent::Said { call: call_id(0xc), segment: segment(1, "first", true) };
    let data = after(open(&story, "alice"), said);
    let before = story.call.clone();
    story.command("alice", Command::Hold);
    let moved = |call| DeskEvent::Moved { call: Box::new(call) };
    let data = after(data, moved(story.call.clone()));
    let live = data.live().expect("it goes on");
    assert_eq!((&live.call, live.transcript.len()), (&story.call, 1));
    assert_eq!(after(data.clone(), moved(before)), data, "an older word says nothing new");
    let bob = open(&story, "bob");
    assert_eq!(after(bob.clone(), moved(story.call)), bob, "what a desk does not show does not begin with this");
}

#[test]
fn an_interim_line_is_replaced_and_a_final_one_stays() {
    let story = Story::talking();
    let mut data = open(&story, "alice");
    let said =
        |number, text: &str, is_final| DeskEvent::Said { call: call_id(0xc), segment: segment(number, text, is_final) };
    let shown = |data: &DeskData| -> Vec<String> {
        data.live().map(|call| call.transcript.iter().map(|line| line.text.to_string()).collect()).unwrap_or_default()
    };
    for event in [said(2, "second", true), said(1, "fir", false), said(1, "first", true), said(1, "fir", false)] {
        data = after(data, event);
    }
    assert_eq!(shown(&data), ["first", "second"]);
    data = after(data, said(1, "first of all", true));
    assert_eq!(shown(&data), ["first of all", "second"], "its page was cut off, and is back");
}

#[test]
fn a_line_that_was_nothing_goes_and_a_final_one_stays() {
    let story = Story::consulting();
    let (call, transfer) = (call_id(0xc), transfer_id(7));
    let mut data = open(&story, "alice");
    for (number, is_final) in [(1, true), (2, false)] {
        let segment = segment(number, "uh", is_final);
        data = after(data, DeskEvent::Said { call, segment: segment.clone() });
        data = after(data, DeskEvent::SaidInConsult { call, transfer, segment });
        data = after(data, DeskEvent::Withdrawn { call, number });
        data = after(data, DeskEvent::WithdrawnInConsult { transfer, number });
    }
    let numbers = |lines: &[Segment]| lines.iter().map(|line| line.number).collect::<Vec<_>>();
    assert_eq!(data.live().map(|call| numbers(&call.transcript)), Some(vec![1]));
    assert_eq!(numbers(&data.view.consults[0].lines), [1]);
}

#[test]
fn a_call_that_was_handed_over_is_kept_for_the_card() {
    let mut story = Story::consulting();
    let data = open(&story, "alice");
    story.command("alice", Command::Merge);
    story.command("alice", Command::Complete);
    let data = after(data, call(story.desk_call()));
    assert!(data.live().is_none());
    assert_eq!(data.finished.as_ref().map(|call| call.call.id), Some(call_id(0xc)));

    let silence = SilenceReport { transfer: transfer_id(7), longest: Span(0) };
    let data = after(data, call(DeskCall { silence: Some(silence.clone()), ..story.desk_call() }));
    assert_eq!(data.finished.and_then(|call| call.silence), Some(silence));
}

#[test]
fn an_ended_call_is_kept_whether_it_is_sent_once_more_or_only_taken_away() {
    let mut story = Story::talking();
    let before = open(&story, "alice");
    story.command("alice", Command::HangUp);
    let sent = after(before.clone(), call(story.desk_call()));
    assert!(matches!(sent.finished.map(|call| call.call.state), Some(CallState::Ended { .. })));
    let taken = after(before, DeskEvent::CallGone { call: call_id(0xc) });
    assert!(taken.finished.is_some() && taken.view.calls.is_empty());
}

#[test]
fn an_offer_that_went_elsewhere_leaves_nothing() {
    let mut story = Story::ringing(TransferKind::Warm);
    let before = open(&story, "bob");
    let taken = after(before.clone(), DeskEvent::CallGone { call: call_id(0xc) });
    assert_eq!(taken.shown(), None);
    story.command("bob", Command::Decline { reason: "busy".to_owned() });
    assert_eq!(after(before, call(story.desk_call())).shown(), None);
}

#[test]
fn a_view_after_a_break_keeps_the_card_of_the_last_call() {
    let mut story = Story::talking();
    let data = open(&story, "alice");
    story.command("alice", Command::HangUp);
    let mut view = story.view("alice");
    view.calls.clear();
    let data = after(data, DeskEvent::View { view: Box::new(view) });
    assert!(data.finished.is_some());
}
