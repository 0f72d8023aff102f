//! Lines while they are being spoken, and what becomes of them when nobody ends them.

use baton::server::services::transcripts::SpokenLine;
use baton_domain::call::RoomKind;
use baton_domain::ids::{CallId, SegmentId};
use baton_domain::listening::{ListeningPolicy, Recorded};
use baton_domain::seat::RoomName;
use baton_domain::time::Span;
use baton_domain::transcript::Speaker;
use serde_json::json;
use uuid::Uuid;

use crate::harness::{TestDesk, id};
use crate::streams::Socket;

async fn desk() -> TestDesk {
    let policy = ListeningPolicy { transcribe: true, record: Recorded::Nothing };
    let desk = TestDesk::configured(|config| config.demo.listening = policy).await;
    desk.open_desks(&["alice", "bob"]);
    desk
}

async fn hear(desk: &TestDesk, call: CallId, room: RoomName, text: &str, is_final: bool) {
    let line = SpokenLine {
        call,
        room,
        id: SegmentId(Uuid::from_u128(1)),
        speaker: Speaker::Agent(id("alice")),
        text: text.to_owned(),
        started_at: desk.app.clock.now(),
        ended_at: None,
        is_final,
    };
    desk.app.transcripts().spoken(line).await.expect("heard");
}

/// The texts of a call's lines, those that may still change with three dots.
async fn lines(desk: &TestDesk, call: CallId) -> Vec<String> {
    let lines = desk.app.transcripts().of_call(call).await.expect("a call");
    lines.iter().map(|line| if line.is_final { line.text.to_string() } else { format!("{}...", line.text) }).collect()
}

#[tokio::test]
async fn whoever_looks_at_a_call_sees_a_line_as_it_stands_now() {
    let desk = desk().await;
    let (call, transfer) = desk.consulting("alice", "bob").await;
    for room in [RoomName::Call(call), RoomName::Consult(transfer)] {
        for text in ["Hello", "Hello Carol", "Hello Carol, my"] {
            hear(&desk, call, room, text, false).await;
        }
    }
    assert_eq!(lines(&desk, call).await, ["Hello Carol, my..."]);
    let (shown, _) = desk.app.desk_call(call).await.expect("a call");
    assert_eq!(shown.transcript[0].text.as_str(), "Hello Carol, my");
    let view = desk.app.desk_view(&desk.who("alice").await).await.expect("a view");
    assert_eq!(view.calls[0].transcript[0].text.as_str(), "Hello Carol, my");
    assert_eq!(view.consults[0].lines[0].text.as_str(), "Hello Carol, my");
    let (_, captions) = desk.app.captions().for_caller(call).await.expect("a call");
    assert_eq!(captions[0].text, "Hello Carol, my");
    hear(&desk, call, RoomName::Call(call), "Hello Carol!", true).await;
    hear(&desk, call, RoomName::Call(call), "Hello Carol, my", false).await;
    assert_eq!(lines(&desk, call).await, ["Hello Carol!"]);
}

#[tokio::test]
async fn a_killed_server_loses_a_second_of_a_line_at_most() {
    let desk = desk().await;
    let call = desk.talking("alice").await;
    hear(&desk, call, RoomName::Call(call), "Hello", false).await;
    desk.app.clock.advance(Span(900));
    hear(&desk, call, RoomName::Call(call), "Hello Carol", false).await;
    desk.app.clock.advance(Span(100));
    hear(&desk, call, RoomName::Call(call), "Hello Carol, my", false).await;
    hear(&desk, call, RoomName::Call(call), "Hello Carol, my name", false).await;
    let desk = desk.restarted().await;
    assert_eq!(lines(&desk, call).await, ["Hello Carol, my..."]);
}

#[tokio::test]
async fn a_refusal_ends_a_line_as_it_stood() {
    let desk = desk().await;
    let call = desk.talking("alice").await;
    for text in ["Hello", "Hello Carol"] {
        hear(&desk, call, RoomName::Call(call), text, false).await;
    }
    desk.app.listening().consent(call, false).await.expect("the caller may");
    hear(&desk, call, RoomName::Call(call), "Hello Carol, my secret", false).await;
    assert_eq!(lines(&desk, call).await, ["Hello Carol"]);
}

#[tokio::test]
async fn lines_of_calls_that_are_over_are_ended_at_the_next_start_too() {
    let desk = desk().await;
    let (call, transfer) = desk.consulting("alice", "bob").await;
    for room in [RoomName::Call(call), RoomName::Consult(transfer)] {
        hear(&desk, call, room, "Hello", false).await;
    }
    desk.app.callers().leave(call).await.expect("they may always leave");
    let desk = desk.restarted().await;
    desk.app.clock.advance(Span::seconds(3_600));
    desk.app.transcripts().end_open_lines().await.expect("ended");
    assert_eq!(lines(&desk, call).await, ["Hello"]);
    let text = desk.get(&format!("/calls/{call}/transcript?format=txt")).await.text;
    assert!(text.contains("Alice: Hello"), "{text}");
    let mut db = desk.app.store.read().await.expect("a connection");
    let open = baton::server::store::segments::rooms_with_open_lines(&mut db).await.expect("read");
    assert_eq!(open, [], "the consult's as well");
}

#[tokio::test]
async fn whoever_saw_a_line_is_told_that_it_was_nothing() {
    let mut desk = desk().await;
    desk.start_workers();
    let address = desk.listen().await;
    desk.open_desks(&["alice", "bob"]);
    let (view, secret) = desk.app.callers().join(&desk.join_code().await, "Carol", None).await.expect("open");
    let call = view.call;
    let access = desk.app.seating().caller_access(call).await.expect("a seat");
    desk.enter(call, &access.token).await;
    desk.app.calls().answer(&desk.who("alice").await, call).await.expect("nobody else answered");
    desk.enter_as("alice", call, RoomKind::Call).await;
    let transfer = desk.start_transfer("alice", call, "bob").await.expect("Bob is there");
    let cookie = format!("baton_leg={}", secret.expect("a secret"));
    let mut carol = Socket::open(&address, "/ws/caller", &[("cookie", &cookie)]).await.expect("their cookie");
    carol.event("view").await;
    let mut desks = Vec::new();
    for agent in ["alice", "bob"] {
        let mut socket = Socket::open(&address, "/ws/notifications", &[]).await.expect("no page, a program");
        socket.say(&json!({ "token": desk.token(agent).await, "after": null })).await;
        socket.event("view").await;
        desks.push(socket);
    }
    for room in [RoomName::Call(call), RoomName::Consult(transfer)] {
        hear(&desk, call, room, "uh", false).await;
        desk.app.transcripts().withdraw(call, room, SegmentId(Uuid::from_u128(1))).await.expect("withdrawn");
    }
    assert_eq!(carol.event("said").await["line"]["text"], "uh");
    assert_eq!(carol.event("withdrawn").await["number"], 1);
    for socket in &mut desks {
        let (mut in_call, mut in_consult) = (false, false);
        while !(in_call && in_consult) {
            let event = socket.hear().await["event"].clone();
            in_call |= event == json!({ "type": "withdrawn", "call": call, "number": 1 });
            in_consult |= event == json!({ "type": "withdrawn_in_consult", "transfer": transfer, "number": 1 });
        }
    }
}

#[tokio::test]
async fn a_line_of_which_nothing_more_is_heard_ends_as_it_stands() {
    let desk = desk().await;
    let call = desk.talking("alice").await;
    let room = RoomName::Call(call);
    for text in ["Hello", "Hello Carol"] {
        hear(&desk, call, room, text, false).await;
    }
    desk.app.transcripts().end_line(call, room, SegmentId(Uuid::from_u128(2))).await.expect("no such line");
    assert_eq!(lines(&desk, call).await, ["Hello Carol..."]);
    desk.app.transcripts().end_line(call, room, SegmentId(Uuid::from_u128(1))).await.expect("ended");
    assert_eq!(lines(&desk, call).await, ["Hello Carol"]);
    let desk = desk.restarted().await;
    assert_eq!(lines(&desk, call).await, ["Hello Carol"]);
}
