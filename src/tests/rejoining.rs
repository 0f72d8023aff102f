//! Coming back after leaving: with one new call, in the same place, and not by a line that takes nobody any more.

use baton::api::error::ApiError;
use baton::server::permissions::Who;
use baton::server::services::callers::{LineChange, LinkChange};
use baton_domain::call::{CallState, Place};
use baton_domain::desk_event::CallerState;
use baton_domain::ids::CallId;
use baton_domain::line::LineRefusal;
use baton_domain::listening::{Consent, Recorded, RecordingStatus};
use baton_domain::time::Span;

use crate::harness::TestDesk;

/// A call that its caller has just left.
async fn left(desk: &TestDesk) -> CallId {
    let call = desk.caller("Carol").await;
    desk.app.callers().leave(call).await.expect("they may always leave");
    call
}

async fn change_line(desk: &TestDesk, change: LineChange) {
    let lines = desk.app.callers().lines().await.expect("lines");
    let line = lines.into_iter().find(|line| line.join_code.is_some()).expect("a line with a link");
    desk.app.callers().change_line(&Who::ApiKey, &line.id, None, &change).await.expect("a program may");
}

#[tokio::test]
async fn two_tabs_and_a_page_that_asks_again_get_the_same_call() {
    let desk = TestDesk::new().await;
    let old = left(&desk).await;
    let callers = desk.app.callers();
    let (one, other) = tokio::join!(callers.rejoin(old), callers.rejoin(old));
    let (one, other) = (one.expect("less than a minute"), other.expect("less than a minute"));
    assert_eq!(one.0.call, other.0.call);
    assert_eq!(desk.app.calls().unsettled().await.expect("calls").len(), 1, "nobody answers a call without a caller");
    for secret in [one.1, other.1] {
        let secret = secret.expect("a secret of this page's own");
        assert_eq!(callers.call_of_secret(&secret).await.expect("their call"), one.0.call);
    }
}

#[tokio::test]
async fn whoever_has_left_twice_comes_back_from_the_second_call() {
    let desk = TestDesk::new().await;
    let old = left(&desk).await;
    let callers = desk.app.callers();
    let (second, _) = callers.rejoin(old).await.expect("less than a minute");
    callers.leave(second.call).await.expect("they may always leave");
    let (late, _) = callers.rejoin(old).await.expect("less than a minute");
    assert_eq!(late.call, second.call, "a late question makes no call");
    assert_eq!(desk.app.calls().unsettled().await.expect("calls").len(), 0);
    let (third, _) = callers.rejoin(second.call).await.expect("less than a minute");
    assert_ne!(third.call, second.call);
}

#[tokio::test]
async fn a_full_line_takes_back_whoever_had_come_in() {
    let desk = TestDesk::new().await;
    let old = left(&desk).await;
    change_line(&desk, LineChange { capacity: Some(0), ..LineChange::default() }).await;
    desk.app.callers().rejoin(old).await.expect("they had come in");
}

#[tokio::test]
async fn a_line_that_was_closed_or_whose_link_was_revoked_takes_nobody_back() {
    let closed = LineChange { open: Some(false), ..LineChange::default() };
    let revoked = LineChange { link: Some(LinkChange::Revoke), ..LineChange::default() };
    for (change, refusal) in [(closed, LineRefusal::Closed), (revoked, LineRefusal::DeadLink)] {
        let desk = TestDesk::new().await;
        let (out, back) = (left(&desk).await, left(&desk).await);
        let (rejoined, _) = desk.app.callers().rejoin(back).await.expect("the line is open");
        change_line(&desk, change).await;
        let refused = ApiError::from(desk.app.callers().rejoin(out).await.expect_err("too late"));
        assert_eq!(refused.message, refusal.to_string());
        let (again, _) = desk.app.callers().rejoin(back).await.expect("they are in already");
        assert_eq!(again.call, rejoined.call);
    }
}

#[tokio::test]
async fn whoever_did_not_want_to_be_recorded_is_not_recorded_after_coming_back() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let record = LineChange { transcribe: Some(true), record: Some(Recorded::Call), ..LineChange::default() };
    change_line(&desk, record).await;
    let old = desk.talking("alice").await;
    desk.app.listening().consent(old, false).await.expect("they may say no");
    let callers = desk.app.callers();
    callers.leave(old).await.expect("they may always leave");
    let (back, _) = callers.rejoin(old).await.expect("less than a minute");
    assert!(back.told.expect("the line records").is_refused);
    let listening = desk.find(back.call).await.listening;
    assert_eq!((listening.consent, listening.recording()), (Consent::Refused, RecordingStatus::Refused));
    assert!(!listening.may_transcribe());
}

/// Carol, Dave and Erin wait, in this order.
async fn three(desk: &TestDesk) -> [CallId; 3] {
    let carol = desk.caller("Carol").await;
    desk.pass(Span::seconds(5)).await;
    let dave = desk.caller("Dave").await;
    desk.pass(Span::seconds(5)).await;
    [carol, dave, desk.caller("Erin").await]
}

async fn names_in_line(desk: &TestDesk) -> Vec<String> {
    desk.app.waiting().await.expect("the queue").into_iter().map(|call| call.caller_name).collect()
}

#[tokio::test]
async fn whoever_leaves_while_they_wait_comes_back_to_their_place_and_no_further() {
    let desk = TestDesk::new().await;
    let [carol, dave, _] = three(&desk).await;
    let callers = desk.app.callers();
    let came = desk.find(dave).await.created_at;
    let mut dave = dave;
    for time in ["once", "twice"] {
        callers.leave(dave).await.expect("they may always leave");
        desk.pass(Span::seconds(10)).await;
        let (back, _) = callers.rejoin(dave).await.expect("less than a minute");
        assert_eq!(back.state, CallerState::Waiting { position: Some(2), since: came }, "{time}");
        assert_eq!(names_in_line(&desk).await, ["Carol", "Dave", "Erin"], "{time}");
        dave = back.call;
    }
    let line = desk.app.waiting().await.expect("the queue");
    assert!(line.iter().all(|call| call.place == Place::Normal && !call.was_answered), "nobody spoke to any of them");
    assert_eq!(line[0].call, carol);
}

#[tokio::test]
async fn whoever_was_cut_off_in_a_conversation_goes_on_before_others() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let cut_off = desk.talking("alice").await;
    desk.caller("Dave").await;
    let callers = desk.app.callers();
    callers.leave(cut_off).await.expect("they may always leave");
    let (back, _) = callers.rejoin(cut_off).await.expect("less than a minute");
    assert_eq!(names_in_line(&desk).await, ["Carol", "Dave"]);
    // They leave again, while they wait, and are still somebody whom Alice has talked to.
    callers.leave(back.call).await.expect("they may always leave");
    callers.rejoin(back.call).await.expect("less than a minute");
    let line = desk.app.waiting().await.expect("the queue");
    let shown = line.iter().map(|call| (&call.caller_name[..], call.place, call.was_answered));
    assert_eq!(shown.collect::<Vec<_>>(), [("Carol", Place::Front, true), ("Dave", Place::Normal, false)]);
}

#[tokio::test]
async fn an_agent_who_answered_and_never_came_has_not_talked_to_anybody() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let call = desk.caller("Carol").await;
    desk.app.calls().answer(&desk.who("alice").await, call).await.expect("she is free");
    desk.pass(Span::seconds(20)).await;
    assert!(matches!(desk.find(call).await.state, CallState::Queued(_)));
    let line = desk.app.waiting().await.expect("the queue");
    assert_eq!((line[0].place, line[0].was_answered), (Place::Front, false), "lost once, but not spoken to");
}
