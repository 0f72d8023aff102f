//! The work after a call: what is written in it is kept, is the same in every tab, and reaches whoever has the caller next.

use std::sync::Arc;
use std::time::Duration;

use baton::api::desk::DeskCommand;
use baton::api::error::ApiError;
use baton::server::error::ServiceError;
use baton::server::hub::News;
use baton_domain::ids::CallId;
use baton_domain::time::Span;
use baton_domain::wrap_up::{Disposition, Draft, FinishedWrapUp, WrapUp};
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

/// A call that Alice has just ended.
async fn ended(desk: &TestDesk) -> CallId {
    let call = desk.talking("alice").await;
    desk.button("alice", call, DeskCommand::HangUp).await.expect("her call");
    call
}

async fn save(desk: &TestDesk, call: CallId, notes: &str) -> Result<u32, ServiceError> {
    desk.app.wrap_ups().save_draft(&desk.who("alice").await, call, &draft(notes)).await
}

async fn finish(desk: &TestDesk, agent: &str, call: CallId, outcome: &Draft) {
    desk.app.wrap_ups().finish(&desk.who(agent).await, call, outcome).await.expect("their wrap-up");
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
    let call = ended(&desk).await;
    let mut news = desk.app.hub.subscribe();
    desk.start_workers();
    let of_revision = |revision| {
        move |news| match news {
            News::WrapUps(open) => open.iter().find(|open| open.revision == revision).cloned(),
            _ => None,
        }
    };
    told(&mut news, of_revision(0)).await;
    assert_eq!(save(&desk, call, "Call back").await.expect("her wrap-up"), 1);
    assert_eq!(told(&mut news, of_revision(1)).await.draft, draft("Call back"));
    assert_eq!(open(&desk).await.expect("it goes on").draft, draft("Call back"), "a desk that is opened anew has it");
}

#[tokio::test]
async fn what_is_typed_last_is_kept_though_the_next_call_was_faster() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let call = ended(&desk).await;
    save(&desk, call, "Call back on Mon").await.expect("her wrap-up");
    let next = desk.talking("alice").await;
    assert_eq!(open(&desk).await, None, "the next call has ended it");
    save(&desk, call, "Call back on Monday").await.expect("it was typed before");
    assert_eq!(notes(&desk, call).await, ["Call back on Monday"]);

    // The next one is as open as before, also when this one is finished late.
    desk.button("alice", next, DeskCommand::HangUp).await.expect("her call");
    finish(&desk, "alice", call, &draft("Done")).await;
    desk.pass(OVER).await;
    assert_eq!((open(&desk).await, notes(&desk, call).await), (None, vec!["Done".to_owned()]));
    let refused = ApiError::from(save(&desk, call, "Call back on Monday").await.expect_err("she has finished it"));
    assert_eq!(refused.status, 404);
    assert_eq!(notes(&desk, call).await, ["Done"]);
}

#[tokio::test]
async fn what_is_typed_while_the_server_is_away_is_kept_when_it_is_back() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let call = ended(&desk).await;
    desk.app.clock.advance(OVER);
    let mut desk = desk.restarted().await;
    desk.start_workers();
    until("it ends at the first look", async || open(&desk).await.is_none()).await;
    save(&desk, call, "Call back").await.expect("her page is back");
    assert_eq!(notes(&desk, call).await, ["Call back"]);
    desk.app.clock.advance(Span::seconds(16 * 60));
    let refused = ApiError::from(save(&desk, call, "From a tab that slept").await.expect_err("it was read long ago"));
    assert_eq!(refused.status, 404);
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
    let resolved = ended(&desk).await;
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
    let call = ended(&desk).await;
    assert_eq!(left(&desk, call).await, [] as [Value; 0], "she is not done");
    finish(&desk, "alice", call, &draft("Call <b>back</b>\nor write")).await;
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
    save(&desk, call, "Call").await.expect("her wrap-up");
    told(&mut news, |news| matches!(news, News::WrapUps(_)).then_some(())).await;
    finish(&desk, "alice", call, &draft("Call back")).await;
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
    let call = ended(&desk).await;
    let (back, _) = desk.app.callers().rejoin(call).await.expect("less than a minute");
    desk.app.calls().answer(&desk.who("bob").await, back.call).await.expect("it waits");
    desk.start_workers();
    let mut news = desk.app.hub.subscribe();
    desk.talking("alice").await;
    save(&desk, call, "They were cut off").await.expect("the next call has ended it");
    let shown = told(&mut news, |news| match news {
        News::Call { call: shown, .. } if shown.call.id == back.call => {
            Some(Arc::clone(&shown)).filter(|shown| shown.finished_wrap_ups.iter().any(|left| !left.notes.is_empty()))
        }
        _ => None,
    });
    let left = &shown.await.finished_wrap_ups;
    assert_eq!((left[0].agent.as_str(), left[0].notes.as_str()), ("alice", "They were cut off"));
}
