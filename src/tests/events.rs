//! Events for programs: in order, without gap or repetition, and only to whom they concern.

use std::time::Duration;

use axum::http::Method;
use baton::api::desk::DeskCommand;
use baton::server::hub::News;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::harness::{API_KEY, TestDesk, request};
use crate::streams::{Socket, server_sent};

const LIMIT: Duration = Duration::from_secs(10);

fn ids(events: &[Value]) -> Vec<i64> {
    events.iter().map(|event| event["id"].as_i64().expect("an id")).collect()
}

#[tokio::test]
async fn a_program_gets_what_it_missed_and_then_what_happens() {
    let mut desk = TestDesk::new().await;
    desk.start_workers();
    desk.open_desks(&["alice", "bob"]);
    let (call, _) = desk.consulting("alice", "bob").await;
    let mut socket = Socket::open(&desk.listen().await, "/ws/notifications", &[]).await.expect("our own page");
    socket.say(&json!({ "api_key": API_KEY, "after": 2 })).await;
    let mut seen = vec![socket.hear().await, socket.hear().await];
    desk.app.callers().leave(call).await.expect("they may always leave");
    while seen.last().is_none_or(|event| event["type"] != "call_ended") {
        seen.push(socket.hear().await);
    }
    assert_eq!(ids(&seen), (3..=i64::try_from(seen.len()).expect("few") + 2).collect::<Vec<_>>());
    let kinds: Vec<_> = seen.iter().map(|event| event["type"].as_str().expect("a type")).collect();
    assert_eq!(
        kinds,
        [
            "transfer_initiated",
            "transfer_ringing",
            "transfer_accepted",
            "transfer_consulting",
            "transfer_abandoned",
            "call_ended"
        ]
    );
    assert_eq!(seen[0]["actor"], "agent:alice");
    assert_eq!(seen[0]["agent"], "bob");
    assert_eq!(seen[0]["call_id"], call.to_string());
    assert_eq!(seen.last().map(|event| &event["detail"]), Some(&json!("caller_hung_up")));
}

#[tokio::test]
async fn what_was_said_is_told_though_something_else_cannot_be_read() {
    // Without wrap-ups nobody knows which agents may see the call; its caller's page does not go by them.
    for table in ["events", "wrap_ups"] {
        let mut desk = TestDesk::new().await;
        desk.open_desks(&["alice"]);
        let call = desk.talking("alice").await;
        desk.rename_table(table, "gone").await;
        let mut news = desk.app.hub.subscribe();
        desk.start_workers();
        let line = json!({ "lines": [{ "speaker": "caller", "text": "Hello?" }] });
        assert_eq!(desk.post(&format!("/calls/{call}/transcript"), line).await.status, 201);
        let told = async {
            loop {
                if let News::Said(of, _, said) = news.recv().await.expect("the hub goes on") {
                    return (of, said.text.as_str().to_owned());
                }
            }
        };
        assert_eq!(timeout(LIMIT, told).await.expect(table), (call, "Hello?".to_owned()));
    }
}

#[tokio::test]
async fn what_broke_is_a_word_that_stays() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, _) = desk.consulting("alice", "bob").await;
    desk.button("bob", call, DeskCommand::LeaveConsult).await.expect("he may leave");
    desk.button("alice", call, DeskCommand::HangUp).await.expect("she has the caller again");
    let entries = desk.get(&format!("/calls/{call}/timeline")).await.json()["entries"].clone();
    let details: Vec<(&str, &str)> = entries
        .as_array()
        .expect("entries")
        .iter()
        .filter_map(|entry| Some((entry["type"].as_str()?, entry["detail"].as_str()?)))
        .collect();
    assert_eq!(details, [("transfer_failed", "target_left"), ("call_ended", "agent_hung_up")]);
}

#[tokio::test]
async fn server_sent_events_go_on_after_the_last_one() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    desk.talking("alice").await;
    let address = desk.listen().await;
    for (path, header) in [("/api/v1/events?after=1", None), ("/api/v1/events?after=0", Some(("last-event-id", "1")))] {
        let mut stream = server_sent(&address, path, API_KEY, header).await;
        let event = stream.next_event().await;
        assert_eq!((event["id"].as_i64(), event["type"].as_str()), (Some(2), Some("call_answered")));
    }
    let refused =
        desk.send(request(Method::GET, "/api/v1/events", Some(API_KEY), None, &[("last-event-id", "x")])).await;
    assert_eq!(refused.problem(), "422 invalid: Last-Event-ID is no event's id.");
}

#[tokio::test]
async fn an_agents_token_shows_only_their_calls() {
    let mut desk = TestDesk::new().await;
    desk.start_workers();
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    let other = desk.talking("bob").await;
    let bob = desk.token("bob").await;
    let address = desk.listen().await;
    let reading = async {
        let mut events = Vec::new();
        let mut stream = server_sent(&address, "/api/v1/events?after=0", &bob, None).await;
        while events.len() < 2 {
            events.push(stream.next_event().await);
        }
        events
    };
    let events = timeout(LIMIT, reading).await.expect("two events in time");
    assert!(events.iter().all(|event| event["call_id"] == other.to_string()), "{call}: {events:#?}");
}
