//! Answering, and coming and going.

use std::time::Duration;

use baton::api::desk::DeskCommand;
use baton::api::error::ApiError;
use baton_domain::time::Span;

use crate::harness::{TestDesk, cookie};

#[tokio::test]
async fn of_two_who_answer_at_once_one_gets_the_call_and_the_other_is_told_who() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.caller("Carol").await;
    let (alice, bob) = (desk.who("alice").await, desk.who("bob").await);
    let calls = desk.app.calls();
    let (by_alice, by_bob) = tokio::join!(calls.answer(&alice, call), calls.answer(&bob, call));
    let (winner, refused) = match (by_alice, by_bob) {
        (Ok(()), Err(refused)) => ("Alice", refused),
        (Err(refused), Ok(())) => ("Bob", refused),
        other => panic!("exactly one answers: {other:?}"),
    };
    let told = ApiError::from(refused);
    assert_eq!((told.status, told.code.as_str()), (409, "already_answered"));
    assert_eq!(told.message, format!("{winner} has already answered this call."));
}

#[tokio::test]
async fn an_agent_in_a_call_cannot_answer_another() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    desk.talking("alice").await;
    let second = desk.caller("Dave").await;
    let error =
        ApiError::from(desk.app.calls().answer(&desk.who("alice").await, second).await.expect_err("one call each"));
    assert_eq!((error.status, error.code.as_str()), (409, "agent_busy"));
}

#[tokio::test]
async fn a_caller_comes_back_by_their_cookie_and_nobody_elses() {
    let desk = TestDesk::new().await;
    let code = desk.join_code().await;
    let joined = desk.call("join_call", &format!("code={code}&name=Carol"), &[]).await;
    assert_eq!(joined.status, 200, "{}", joined.text);
    let set = joined.headers.get("set-cookie").and_then(|value| value.to_str().ok()).expect("a cookie");
    assert!(set.contains("; HttpOnly") && set.contains("; SameSite=Lax") && set.contains("; Path=/"), "{set}");
    let secret = set.trim_start_matches("baton_leg=").split(';').next().expect("a value");
    let (name, value) = cookie(secret);

    let again = desk.call("join_call", &format!("code={code}&name=Carol"), &[(name, &value)]).await;
    assert_eq!(again.json()["call"], joined.json()["call"]);
    assert!(again.headers.get("set-cookie").is_none());

    let elsewhere = desk.call("join_call", &format!("code={code}&name=Carol"), &[]).await;
    assert_ne!(elsewhere.json()["call"], joined.json()["call"]);

    let (name, value) = cookie("made-up");
    let refused = desk.call("caller_view", "", &[(name, &value)]).await;
    assert_eq!(refused.problem(), "401 not_signed_in: Sign in first.");
}

#[tokio::test]
async fn whoever_left_may_rejoin_for_a_minute() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let call = desk.talking("alice").await;
    desk.app.callers().leave(call).await.expect("they may always leave");
    assert_eq!(desk.state(call).await, "ended");
    desk.app.clock.advance(Span::seconds(59));
    let (view, secret) = desk.app.callers().rejoin(call).await.expect("less than a minute");
    assert!(secret.is_some());
    assert_ne!(view.call, call);
    desk.app.clock.advance(Span::seconds(2));
    let error = ApiError::from(desk.app.callers().rejoin(call).await.expect_err("more than a minute"));
    assert_eq!(error.status, 422);
}

#[tokio::test]
async fn while_a_transfer_is_open_there_is_no_plain_hang_up() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, _) = desk.consulting("alice", "bob").await;
    let refused = desk.press(&format!("/calls/{call}/hang-up"), None).await;
    assert_eq!(
        refused.problem(),
        "409 transfer_open: A transfer is open. Complete it, cancel it, or end the call for everyone."
    );
    let ended = desk.press(&format!("/calls/{call}/end"), None).await;
    assert_eq!((ended.status.as_u16(), ended.json()["state"].as_str()), (200, Some("ended")));
}

#[tokio::test]
async fn a_caller_whose_agent_is_gone_goes_to_the_front_of_the_queue() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    let room = baton_domain::seat::call_room(call);
    let alice = desk.leg("alice", call).await.to_string();
    desk.media.vanish(&room, &alice);
    desk.app.seating().observe(&desk.find(call).await).await.expect("the media server answers");
    desk.pass(Span::seconds(19)).await;
    assert_eq!(desk.state(call).await, "talking");
    desk.pass(Span::seconds(1)).await;
    assert_eq!(desk.state(call).await, "queued");
}

#[tokio::test]
async fn a_caller_on_hold_can_be_retrieved_by_their_agent_only() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    desk.button("alice", call, DeskCommand::Hold).await.expect("they talk");
    let error = ApiError::from(desk.button("bob", call, DeskCommand::Retrieve).await.expect_err("not Bob's call"));
    assert_eq!((error.status, error.code.as_str()), (403, "not_your_call"));
    desk.button("alice", call, DeskCommand::Retrieve).await.expect("on hold");
    assert_eq!(desk.state(call).await, "talking");
}

#[tokio::test]
async fn while_livekit_is_away_callers_can_come_and_nobody_counts_as_vanished() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let call = desk.talking("alice").await;
    desk.media.set_down(true);
    let code = desk.join_code().await;
    let joined = desk.call("join_call", &format!("code={code}&name=Dave"), &[]).await;
    assert_eq!(joined.status, 200, "{}", joined.text);
    desk.media.set_down(false);
    let room = baton_domain::seat::call_room(call);
    desk.media.vanish(&room, &desk.leg("alice", call).await.to_string());
    desk.app.seating().observe(&desk.find(call).await).await.expect("it answers again");
    desk.pass(Span::seconds(25)).await;
    assert_eq!(desk.state(call).await, "talking");
}

#[tokio::test]
async fn a_sample_conversation_is_played_once_at_a_time_and_only_while_they_talk() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let alice = desk.who("alice").await;
    let call = desk.talking("alice").await;
    let play = async || desk.app.transcripts().play_sample(&alice, call).await;
    let lines = async || desk.app.transcripts().of_call(call).await.expect("a call").len();
    play().await.expect("they talk");
    let twice = ApiError::from(play().await.expect_err("it is being played"));
    assert_eq!(twice.message, "The sample conversation is being played already.");

    desk.button("alice", call, DeskCommand::Hold).await.expect("her call");
    let on_hold = ApiError::from(play().await.expect_err("the caller hears music"));
    assert_eq!(on_hold.message, "It is a conversation with the caller: talk to them first.");
    assert!(lines().await <= 1, "nobody says the second line to a caller on hold");

    desk.button("alice", call, DeskCommand::Retrieve).await.expect("her call");
    let again = async {
        while play().await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), again).await.expect("the first has ended");
}

/// The ids of a list of calls, page by page.
async fn pages(desk: &TestDesk, query: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut before = String::new();
    loop {
        let page = desk.get(&format!("/calls?limit=2{query}{before}")).await.json();
        let ids = page["calls"].as_array().expect("calls").iter().map(|call| call["id"].as_str().expect("an id"));
        pages.push(ids.map(str::to_owned).collect());
        let Some(next) = page["next_before"].as_str() else { return pages };
        before = format!("&before={next}");
    }
}

#[tokio::test]
async fn calls_are_listed_page_by_page_though_they_began_in_the_same_moment() {
    let desk = TestDesk::new().await;
    let mut all = Vec::new();
    for name in ["Carol", "Dave", "Erin", "Frank"] {
        all.push(desk.caller(name).await.to_string());
    }
    all.sort();
    desk.app.clock.advance(Span::seconds(1));
    let newest = desk.caller("Grace").await;
    all.push(newest.to_string());
    all.reverse();
    assert_eq!(pages(&desk, "").await, [&all[..2], &all[2..4], &all[4..]]);
    desk.app.callers().leave(newest).await.expect("they may always leave");
    assert_eq!(pages(&desk, "&open=true").await, [&all[1..3], &all[3..]], "the last page is full, and the last");
}
