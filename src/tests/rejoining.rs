//! Coming back after leaving: with one new call, and not by a line that takes nobody any more.

use baton::api::error::ApiError;
use baton::server::permissions::Who;
use baton::server::services::callers::{LineChange, LinkChange};
use baton_domain::ids::CallId;
use baton_domain::line::LineRefusal;

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
