//! Join links that are changed or revoked while somebody is in a call by them.

use baton::server::permissions::Who;
use baton::server::services::callers::{LineChange, LinkChange};
use baton_domain::line::LineRefusal;

use crate::harness::TestDesk;

/// Changes the link of the line that has one, and returns the old code.
async fn change_link(desk: &TestDesk, change: LinkChange) -> String {
    let lines = desk.app.callers().lines().await.expect("lines");
    let line = lines.into_iter().find(|line| line.join_code.is_some()).expect("a line with a link");
    let change = LineChange { link: Some(change), ..LineChange::default() };
    desk.app.callers().change_line(&Who::ApiKey, &line.id, None, &change).await.expect("a program may");
    line.join_code.expect("it has one")
}

#[tokio::test]
async fn whoever_is_in_a_call_goes_on_with_it_whatever_becomes_of_the_link() {
    for change in [LinkChange::Rotate, LinkChange::Revoke] {
        let desk = TestDesk::new().await;
        desk.open_desks(&["alice"]);
        let call = desk.talking("alice").await;
        let code = change_link(&desk, change).await;
        let callers = desk.app.callers();
        let page = callers.line_page(&code, Some(call)).await.expect("an answer");
        assert_eq!(page.resume.map(|view| view.call), Some(call), "{change:?}");
        let (again, secret) = callers.join(&code, "Carol", Some(call)).await.expect("they are in already");
        assert_eq!((again.call, secret), (call, None));
        let stranger = callers.line_page(&code, None).await.expect("an answer");
        assert_eq!(stranger.refusal, Some(LineRefusal::DeadLink));
    }
}

#[tokio::test]
async fn whoever_has_left_may_rejoin_by_an_old_link_as_long_as_the_line_has_one() {
    for (change, may) in [(LinkChange::Rotate, true), (LinkChange::Revoke, false)] {
        let desk = TestDesk::new().await;
        let call = desk.caller("Carol").await;
        let callers = desk.app.callers();
        callers.leave(call).await.expect("they may always leave");
        let code = change_link(&desk, change).await;
        let page = callers.line_page(&code, Some(call)).await.expect("an answer");
        assert_eq!(page.resume.is_some(), may, "{change:?}");
        callers.join(&code, "Carol", Some(call)).await.expect_err("a new call does not begin by an old link");
        assert_eq!(callers.rejoin(call).await.is_ok(), may, "{change:?}");
    }
}
