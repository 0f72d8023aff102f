//! Events for programs: in order, without gap or repetition, and only to whom they concern.

use std::time::Duration;

use axum::http::Method;
use baton::api::desk::DeskCommand;
use baton::server::hub::News;
use baton::server::store::events;
use baton_domain::ids::CallId;
use baton_domain::outcome::{Happening, HappeningKind};
use futures_util::StreamExt;
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

/// Events that stand in the log, and of which nobody is told.
async fn write_down(desk: &TestDesk, call: CallId, count: usize) {
    let happening = Happening { kind: HappeningKind::CallHeld, agent: None, transfer: None, detail: None };
    let mut tx = desk.app.store.begin().await.expect("begun");
    let now = desk.app.clock.now();
    events::append(&mut tx, &desk.find(call).await, "clock", &vec![happening; count], now).await.expect("stored");
    tx.commit().await.expect("committed");
}

#[tokio::test]
async fn a_break_before_the_first_event_loses_nothing() {
    let mut desk = TestDesk::new().await;
    desk.start_workers();
    desk.open_desks(&["alice"]);
    let call = desk.talking("alice").await;
    let newest = desk.app.newest_event().await.expect("read");
    let address = desk.listen().await;
    let mut stream = server_sent(&address, "/api/v1/events", API_KEY, None).await;
    assert_eq!(stream.field("id: ").await, newest.to_string());
    drop(stream);
    let mut socket = Socket::open(&address, "/ws/notifications", &[]).await.expect("a program");
    socket.say(&json!({ "api_key": API_KEY })).await;
    assert_eq!(socket.hear().await, json!({ "after": newest }));
    drop(socket);

    desk.button("alice", call, DeskCommand::Hold).await.expect("they talk");
    let id = newest.to_string();
    let mut stream = server_sent(&address, "/api/v1/events", API_KEY, Some(("last-event-id", &id))).await;
    let mut socket = Socket::open(&address, "/ws/notifications", &[]).await.expect("a program");
    socket.say(&json!({ "api_key": API_KEY, "after": newest })).await;
    for event in [stream.next_event().await, socket.hear().await] {
        assert_eq!((event["id"].as_i64(), event["type"].as_str()), (Some(newest + 1), Some("call_held")), "{event}");
    }
}

#[tokio::test]
async fn a_place_that_the_log_has_not_reached_is_refused() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    desk.talking("alice").await;
    let newest = desk.app.newest_event().await.expect("read");
    let beyond = newest + 1;
    let told = format!(
        "409 unknown_event: There is no event {beyond} yet: the newest is {newest}. \
         The desk's log may have begun anew; read it from after=0."
    );
    let (path, id) = (format!("/api/v1/events?after={beyond}"), beyond.to_string());
    for (path, headers) in [(path.as_str(), &[][..]), ("/api/v1/events", &[("last-event-id", id.as_str())][..])] {
        let asked = desk.send(request(Method::GET, path, Some(API_KEY), None, headers));
        assert_eq!(timeout(LIMIT, asked).await.expect("no stream").problem(), told);
    }
    let mut socket = Socket::open(&desk.listen().await, "/ws/notifications", &[]).await.expect("a program");
    socket.say(&json!({ "api_key": API_KEY, "after": beyond })).await;
    assert_eq!(socket.hear().await["problem"]["code"], "unknown_event");
    assert_eq!(socket.closed().await, Some(4401));
}

#[tokio::test]
async fn whoever_read_too_slowly_gets_all_of_it_from_the_log() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let call = desk.talking("alice").await;
    let newest = desk.app.newest_event().await.expect("read");
    let response = desk.response(request(Method::GET, "/api/v1/events", Some(API_KEY), None, &[])).await;
    let mut chunks = response.into_body().into_data_stream();
    let mut read = String::from_utf8(chunks.next().await.expect("a beginning").expect("sent").to_vec()).expect("text");
    // It has nothing more to say, and listens.
    assert!(timeout(Duration::from_millis(100), chunks.next()).await.is_err());

    // More than are read from the log at once, and more news than wait for anybody.
    write_down(&desk, call, 450).await;
    for _ in 0..2_000 {
        desk.app.hub.publish(News::CallerSeat(call));
    }
    let reading = async {
        while read.matches("\ndata: ").count() < 450 {
            read.push_str(std::str::from_utf8(&chunks.next().await.expect("more").expect("sent")).expect("text"));
        }
    };
    timeout(LIMIT, reading).await.expect("all of them in time");
    let told: Vec<i64> =
        read.lines().filter_map(|line| line.strip_prefix("id: ")).map(|id| id.parse().expect("an id")).collect();
    assert_eq!(told, (newest..=newest + 450).collect::<Vec<_>>());
}
