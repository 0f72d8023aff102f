//! The work after a call: what is written in it is kept, is the same in every tab, and reaches whoever has the caller next.

use std::sync::Arc;
use std::time::Duration;

use baton::api::desk::DeskCommand;
use baton::api::error::ApiError;
use baton::server::error::ServiceError;
use baton::server::hub::News;
use baton_domain::ids::CallId;
use baton_domain::time::Span;
use baton_domain::wrap_up::{Disposition, Draft, FinishedWrapUp, WrapUp, WrapUpId, Written};
use serde_json::{Value, json};
use tokio::sync::broadcast;
use tokio::time::timeout;

use crate::harness::{API_KEY, TestDesk, id};
use crate::live_desk::until;

const LIMIT: Duration = Duration::from_secs(10);
/// Longer than any wrap-up here.
const OVER: Span = Span::seconds(121);

fn draft(notes: &str) -> Draft {
    Draft { disposition: Disposition::FollowUp, notes: notes.to_owned() }
}

/// What follows a call that Alice has just ended.
async fn ended(desk: &TestDesk) -> WrapUpId {
    let call = desk.talking("alice").await;
    desk.button("alice", call, DeskCommand::HangUp).await.expect("her call");
    open(desk).await.expect("it follows").id()
}

/// What a page of Alice sends that knows the wrap-up as of the revision `over`.
async fn save(desk: &TestDesk, wrap_up: WrapUpId, over: u32, notes: &str) -> Result<u32, ServiceError> {
    let written = Written { wrap_up, over, draft: draft(notes) };
    desk.app.wrap_ups().save_draft(&desk.who("alice").await, &written).await
}

async fn finish(desk: &TestDesk, wrap_up: WrapUpId, over: u32, notes: &str) -> Result<(), ServiceError> {
    let outcome = Written { wrap_up, over, draft: draft(notes) };
    desk.app.wrap_ups().finish(&desk.who("alice").await, &outcome).await
}

fn status<T: std::fmt::Debug>(answer: Result<T, ServiceError>) -> u16 {
    ApiError::from(answer.expect_err("it is refused")).status
}

async fn open(desk: &TestDesk) -> Option<WrapUp> {
    desk.app.desk_view(&desk.who("alice").await).await.expect("her desk").wrap_up
}

async fn left(desk: &TestDesk, call: CallId) -> Vec<Value> {
    let answer = desk.get(&format!("/calls/{call}/wrap-ups")).await.json();
    answer["wrap_ups"].as_array().expect("a list").clone()
}

async fn notes(desk: &TestDesk, call: CallId) -> Vec<String> {
    left(desk, call).await.iter().map(|one| one["notes"].as_str().expect("a text").to_owned()).collect()
}

async fn told<T>(news: &mut broadcast::Receiver<News>, what: impl Fn(News) -> Option<T>) -> T {
    let told = async {
        loop {
            if let Some(found) = what(news.recv().await.expect("the hub goes on")) {
                return found;
            }
        }
    };
    timeout(LIMIT, told).await.expect("it is told")
}

#[tokio::test]
async fn what_is_typed_in_one_tab_is_told_to_the_others() {
    let mut desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let wrap_up = ended(&desk).await;
    let mut news = desk.app.hub.subscribe();
    desk.start_workers();
    let of_revision = |revision| {
        move |news| match news {
            News::WrapUps(open) => open.iter().find(|open| open.revision == revision).cloned(),
            _ => None,
        }
    };
    told(&mut news, of_revision(0)).await;
    assert_eq!(save(&desk, wrap_up, 0, "Call back").await.expect("her wrap-up"), 1);
    assert_eq!(told(&mut news, of_revision(1)).await.draft, draft("Call back"));
    assert_eq!(open(&desk).await.expect("it goes on").draft, draft("Call back"), "a desk that is opened anew has it");
}

#[tokio::test]
async fn what_is_typed_last_is_kept_though_the_next_call_was_faster() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let wrap_up = ended(&desk).await;
    save(&desk, wrap_up, 0, "Call back on Mon").await.expect("her wrap-up");
    let next = desk.talking("alice").await;
    assert_eq!(open(&desk).await, None, "the next call has ended it");
    save(&desk, wrap_up, 1, "Call back on Monday").await.expect("it was typed before");
    assert_eq!(notes(&desk, wrap_up.call).await, ["Call back on Monday"]);

    // The next one is as open as before, also when this one is finished late.
    desk.button("alice", next, DeskCommand::HangUp).await.expect("her call");
    finish(&desk, wrap_up, 2, "Done").await.expect("she is in time");
    desk.pass(OVER).await;
    assert_eq!((open(&desk).await, notes(&desk, wrap_up.call).await), (None, vec!["Done".to_owned()]));
    assert_eq!(status(save(&desk, wrap_up, 2, "Call back on Monday").await), 404, "she has finished it");
    assert_eq!(notes(&desk, wrap_up.call).await, ["Done"]);
}

#[tokio::test]
async fn what_is_typed_while_the_server_is_away_is_kept_when_it_is_back() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let wrap_up = ended(&desk).await;
    desk.app.clock.advance(OVER);
    let mut desk = desk.restarted().await;
    desk.start_workers();
    until("it ends at the first look", async || open(&desk).await.is_none()).await;
    save(&desk, wrap_up, 0, "Call back").await.expect("her page is back");
    assert_eq!(notes(&desk, wrap_up.call).await, ["Call back"]);
    desk.app.clock.advance(Span::seconds(16 * 60));
    assert_eq!(status(save(&desk, wrap_up, 1, "From a tab that slept").await), 404, "it was read long ago");
}

#[tokio::test]
async fn what_a_page_wrote_that_was_away_replaces_nothing_newer() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let wrap_up = ended(&desk).await;
    save(&desk, wrap_up, 0, "All of it").await.expect("her wrap-up");
    assert_eq!(status(save(&desk, wrap_up, 0, "x").await), 404, "another page of hers was away for a while");
    assert_eq!(open(&desk).await.expect("it goes on").draft, draft("All of it"));
    desk.pass(OVER).await;
    assert_eq!(status(save(&desk, wrap_up, 0, "x").await), 404);
    assert_eq!(status(finish(&desk, wrap_up, 0, "x").await), 404);
    assert_eq!(notes(&desk, wrap_up.call).await, ["All of it"]);

    // The page that wrote it got no answer, and goes on when it is back.
    assert_eq!(save(&desk, wrap_up, 0, "All of it").await.expect("it has it"), 1);
    assert_eq!(save(&desk, wrap_up, 1, "All of it, and more").await.expect("nothing is newer"), 2);
    assert_eq!(notes(&desk, wrap_up.call).await, ["All of it, and more"]);
}

#[tokio::test]
async fn whoever_finishes_is_right_and_may_say_so_twice() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let wrap_up = ended(&desk).await;
    // Her own draft may be on its way while she presses the button.
    save(&desk, wrap_up, 0, "All of").await.expect("her wrap-up");
    finish(&desk, wrap_up, 0, "All of it").await.expect("it stands before her");
    // The answer was lost: her page asks again, and then keeps it as a draft.
    finish(&desk, wrap_up, 0, "All of it").await.expect("it has it");
    assert_eq!(save(&desk, wrap_up, 0, "All of it").await.expect("it has it"), 1);
    assert_eq!(status(save(&desk, wrap_up, 1, "All of").await), 404, "she has finished it");
    assert_eq!(notes(&desk, wrap_up.call).await, ["All of it"]);
}

#[tokio::test]
async fn what_was_written_before_a_call_came_back_stays_there() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    desk.start_transfer("alice", call, "bob").await.expect("Bob is free");
    desk.button("alice", call, DeskCommand::TransferWithoutWaiting).await.expect("it rings");
    let first = open(&desk).await.expect("she is done").id();
    desk.pass(OVER).await;
    desk.app.calls().answer(&desk.who("alice").await, call).await.expect("Bob did not answer");
    desk.button("alice", call, DeskCommand::HangUp).await.expect("her call");
    let second = open(&desk).await.expect("she is done again");
    assert_eq!((second.call, second.revision), (call, 0));
    assert_ne!(second.id(), first);
    save(&desk, first, 0, "From a tab that was away").await.expect("nothing is newer");
    assert_eq!(open(&desk).await.expect("it goes on").draft.notes, "");
    save(&desk, second.id(), 0, "Again").await.expect("her wrap-up");
    assert_eq!(open(&desk).await.expect("it goes on").draft.notes, "Again");
    assert_eq!(notes(&desk, call).await, ["From a tab that was away"]);
}

#[tokio::test]
async fn wrap_ups_of_before_a_start_end_though_livekit_is_down() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    desk.talking("alice").await;
    let other = desk.talking("bob").await;
    desk.button("bob", other, DeskCommand::HangUp).await.expect("his call");
    desk.app.clock.advance(OVER);
    desk.media.set_down(true);
    let mut desk = desk.restarted().await;
    desk.start_workers();
    until("they need no LiveKit", async || desk.app.wrap_ups().open().await.expect("wrap-ups").is_empty()).await;
}

#[tokio::test]
async fn the_likely_outcome_is_kept_when_the_agent_says_nothing() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let resolved = ended(&desk).await.call;
    let handed_over = desk.talking("alice").await;
    desk.start_transfer("alice", handed_over, "bob").await.expect("Bob is free");
    desk.button("alice", handed_over, DeskCommand::TransferWithoutWaiting).await.expect("it rings");
    assert_eq!(open(&desk).await.expect("she is done").draft.disposition, Disposition::HandedOver, "as the form shows");
    desk.pass(OVER).await;
    for (call, expected) in [(resolved, "resolved"), (handed_over, "handed_over")] {
        let left = left(&desk, call).await;
        let said: Vec<_> = left.iter().map(|one| (one["disposition"].as_str(), one["notes"].as_str())).collect();
        assert_eq!(said, [(Some(expected), Some(""))]);
    }
}

#[tokio::test]
async fn whoever_has_or_had_a_call_reads_what_was_left_about_it() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let wrap_up = ended(&desk).await;
    let call = wrap_up.call;
    assert_eq!(left(&desk, call).await, [] as [Value; 0], "she is not done");
    finish(&desk, wrap_up, 0, "Call <b>back</b>\nor write").await.expect("her wrap-up");
    let expected = json!({ "wrap_ups": [{
        "agent": "alice",
        "started_at": "2026-01-31T12:00:00.000Z",
        "ended_at": "2026-01-31T12:00:00.000Z",
        "disposition": "follow_up",
        "notes": "Call <b>back</b>\nor write",
    }] });
    let path = format!("/calls/{call}/wrap-ups");
    for key in [desk.token("alice").await, desk.token("carla").await, API_KEY.to_owned()] {
        let answer = desk.rest(axum::http::Method::GET, &path, Some(&key), None).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, expected.clone()));
    }
    let bob = desk.token("bob").await;
    let refused = desk.rest(axum::http::Method::GET, &path, Some(&bob), None).await;
    assert!(refused.problem().starts_with("403 not_your_call"), "{}", refused.problem());
    let unknown = path.replace(&call.to_string(), "01990000000070008000000000000000");
    assert_eq!(desk.rest(axum::http::Method::GET, &unknown, Some(API_KEY), None).await.status, 404);
}

/// What Bob's desk is told of a call, as soon as somebody left something about it.
async fn told_to_bob(news: &mut broadcast::Receiver<News>, call: CallId) -> Vec<FinishedWrapUp> {
    told(news, |news| match news {
        News::Call { call: shown, viewers, .. } if shown.call.id == call && viewers.contains(&id("bob")) => {
            Some(shown.finished_wrap_ups.clone()).filter(|left| !left.is_empty())
        }
        _ => None,
    })
    .await
}

#[tokio::test]
async fn whoever_has_the_caller_next_is_shown_what_was_left_about_them() {
    let mut desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, _) = desk.consulting("alice", "bob").await;
    desk.button("alice", call, DeskCommand::Merge).await.expect("they talk");
    desk.button("alice", call, DeskCommand::Complete).await.expect("all three talk");
    desk.start_workers();
    let mut news = desk.app.hub.subscribe();
    // The publisher has seen hers.
    let wrap_up = open(&desk).await.expect("she is done").id();
    save(&desk, wrap_up, 0, "Call").await.expect("her wrap-up");
    told(&mut news, |news| matches!(news, News::WrapUps(_)).then_some(())).await;
    finish(&desk, wrap_up, 1, "Call back").await.expect("her wrap-up");
    let shown = told_to_bob(&mut news, call).await;
    assert_eq!((shown[0].agent.as_str(), shown[0].notes.as_str()), ("alice", "Call back"));

    // Their caller is not.
    let view = desk.app.callers().view(call).await.expect("their view");
    assert!(!serde_json::to_string(&view).expect("a view").contains("Call back"));
}

#[tokio::test]
async fn what_was_left_about_a_call_is_shown_when_its_caller_comes_back() {
    let mut desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let wrap_up = ended(&desk).await;
    let (back, _) = desk.app.callers().rejoin(wrap_up.call).await.expect("less than a minute");
    desk.app.calls().answer(&desk.who("bob").await, back.call).await.expect("it waits");
    desk.start_workers();
    let mut news = desk.app.hub.subscribe();
    desk.talking("alice").await;
    save(&desk, wrap_up, 0, "They were cut off").await.expect("the next call has ended it");
    let shown = told(&mut news, |news| match news {
        News::Call { call: shown, .. } if shown.call.id == back.call => {
            Some(Arc::clone(&shown)).filter(|shown| shown.finished_wrap_ups.iter().any(|left| !left.notes.is_empty()))
        }
        _ => None,
    });
    let left = &shown.await.finished_wrap_ups;
    assert_eq!((left[0].agent.as_str(), left[0].notes.as_str()), ("alice", "They were cut off"));
}
