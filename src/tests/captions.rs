//! What is said becomes lines, and who gets to see them.

mod deepgram;

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use baton::server::config::TranscriptionConfig;
use baton::server::ports::listening::{RoomPacket, RoomSound};
use baton::server::services::transcripts::{NewLine, SpokenLine};
use baton_domain::desk_event::Captions;
use baton_domain::ids::{CallId, SegmentId};
use baton_domain::listening::{ListeningPolicy, Recorded};
use baton_domain::seat::RoomName;
use baton_domain::time::Timestamp;
use baton_domain::transcript::Speaker;
use livekit_participant::ogg::Clip;
use serde_json::{Value, json};
use uuid::Uuid;

use self::deepgram::{Provider, voices_sent};
use crate::harness::{API_KEY, TestDesk, id};
use crate::streams::Socket;

/// A second of silence, then somebody speaks.
const SPEECH: &[u8] = include_bytes!("../../crates/livekit-participant/tests/sounds/speech.opus");
const LIMIT: Duration = Duration::from_secs(20);

/// Longer than the server tries to write down that a voice leaves. That nothing happens can only be seen by watching for a while.
const GIVEN_UP: Duration = Duration::from_millis(2_500);

/// A desk whose line is transcribed by whoever speaks Deepgram's format there.
async fn transcribing_desk(url: &str) -> TestDesk {
    let url = url.to_owned();
    let text = move |name: &str| match name {
        "DEEPGRAM_API_KEY" => Some("key".to_owned()),
        "DEEPGRAM_BASE_URL" => Some(url.clone()),
        _ => None,
    };
    let mut desk = TestDesk::configured(|config| {
        config.demo.listening = ListeningPolicy { transcribe: true, record: Recorded::Nothing };
        config.transcription = TranscriptionConfig::read(&text).expect("valid");
    })
    .await;
    desk.start_workers();
    desk
}

/// The same with a provider that knows it.
async fn recognising(words: &[(&str, bool)]) -> (TestDesk, Arc<Provider>) {
    let provider = Provider::new(words).await;
    let desk = transcribing_desk(&provider.url).await;
    provider.knows(&desk.app);
    (desk, provider)
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LIMIT, waiting).await.unwrap_or_else(|_| panic!("{what}: not within {LIMIT:?}"));
}

/// A caller who talks to Alice, and the socket of their page.
async fn caller_with_socket(desk: &TestDesk, address: &str) -> (CallId, Socket) {
    desk.open_desks(&["alice", "bob"]);
    let (view, secret) = desk.app.callers().join(&desk.join_code().await, "Carol", None).await.expect("open");
    let access = desk.app.seating().caller_access(view.call).await.expect("a seat");
    desk.enter(view.call, &access.token).await;
    desk.app.calls().answer(&desk.who("alice").await, view.call).await.expect("nobody else answered");
    let cookie = format!("baton_leg={}", secret.expect("a secret"));
    let socket = Socket::open(address, "/ws/caller", &[("cookie", &cookie)]).await.expect("their cookie");
    (view.call, socket)
}

async fn desk_socket(desk: &TestDesk, address: &str, agent: &str) -> Socket {
    let mut socket = Socket::open(address, "/ws/notifications", &[]).await.expect("no page, a program");
    socket.say(&json!({ "token": desk.token(agent).await, "after": null })).await;
    socket.event("view").await;
    socket
}

async fn speak(desk: &TestDesk, call: CallId) {
    let room = RoomName::Call(call);
    until("the listener comes", async || desk.rooms.present() == [format!("listener in {room}")]).await;
    let identity = desk.find(call).await.caller.leg.to_string();
    for piece in Clip::read(Cursor::new(SPEECH)).expect("a file of ours").once().take(250) {
        let packet = RoomPacket {
            identity: identity.clone().into(),
            run: 1,
            sequence: piece.position / 960,
            timestamp: piece.position,
            duration: piece.duration,
            age: Duration::ZERO,
            voice: None,
            payload: piece.packet,
        };
        desk.rooms.heard_in(&room.to_string(), RoomSound::Packet(packet));
        // As packets come: more at once than fits into a queue would be dropped.
        tokio::task::yield_now().await;
    }
}

fn said(event: &Value) -> (u64, String, bool) {
    let line = if event["line"].is_null() { &event["segment"] } else { &event["line"] };
    let text = line["text"].as_str().expect("a text").to_owned();
    (line["number"].as_u64().expect("a number"), text, line["is_final"].as_bool().expect("yes or no"))
}

#[tokio::test]
async fn what_a_caller_says_is_on_the_desk_and_on_their_page_and_stays_once() {
    let (desk, provider) = recognising(&[("my rou", false), ("My router died.", true)]).await;
    let address = desk.listen().await;
    let mut alice = desk_socket(&desk, &address, "alice").await;
    let (call, mut carol) = caller_with_socket(&desk, &address).await;
    speak(&desk, call).await;
    for expected in [(1, "my rou".to_owned(), false), (1, "My router died.".to_owned(), true)] {
        // Each is told as it comes: the provider says the next only then.
        provider.says_one_more();
        assert_eq!(said(&alice.event("said").await), expected);
        let line = carol.event("said").await;
        assert_eq!((line["line"]["name"].as_str(), said(&line)), (Some("Carol"), expected));
    }
    let stored = desk.app.transcripts().of_call(call).await.expect("a call");
    assert_eq!(stored.len(), 1);
    assert!(stored[0].is_final && stored[0].speaker.is_caller() && stored[0].ended_at.is_some());
    assert_eq!(desk.app.captions().of_call(call), Captions::Live);
    desk.app.callers().leave(call).await.expect("they may always leave");
    until("nobody is listened to", async || desk.app.captions().of_call(call) == Captions::Off).await;
}

#[tokio::test]
async fn that_a_voice_leaves_is_written_down_once_and_before_it_does() {
    let (desk, provider) = recognising(&[("My router died.", true)]).await;
    let address = desk.listen().await;
    let mut alice = desk_socket(&desk, &address, "alice").await;
    let (call, _carol) = caller_with_socket(&desk, &address).await;
    speak(&desk, call).await;
    provider.says_one_more();
    alice.event("said").await;
    let entry = "the caller in the call, to deepgram";
    assert_eq!(provider.audits(), [[entry]], "what stood there when it was asked to listen");
    assert_eq!(voices_sent(&desk.app, call).await, [entry]);
}

#[tokio::test]
async fn a_voice_does_not_leave_when_that_cannot_be_written_down() {
    let (desk, provider) = recognising(&[("My router died.", true)]).await;
    let address = desk.listen().await;
    let (call, _carol) = caller_with_socket(&desk, &address).await;
    desk.rename_table("events", "gone").await;
    speak(&desk, call).await;
    tokio::time::sleep(GIVEN_UP).await;
    desk.rename_table("gone", "events").await;
    assert_eq!(provider.audits().len(), 0, "nobody has connected");
    assert_eq!(voices_sent(&desk.app, call).await.len(), 0);
}

/// Says how long it takes, with `--nocapture`: how fast a machine is decides no test. That no line waits for the next one does.
#[tokio::test]
async fn each_line_is_on_the_desk_before_the_provider_says_the_next() {
    let lines: Vec<String> = (1..=30).map(|number| format!("This is line {number}.")).collect();
    let words: Vec<_> = lines.iter().map(|text| (text.as_str(), true)).collect();
    let (desk, provider) = recognising(&words).await;
    let address = desk.listen().await;
    let mut alice = desk_socket(&desk, &address, "alice").await;
    let (call, _carol) = caller_with_socket(&desk, &address).await;
    speak(&desk, call).await;
    let mut took = Vec::new();
    for line in &lines {
        provider.says_one_more();
        assert_eq!(said(&alice.event("said").await).1, *line);
        took.push(provider.said_ago());
    }
    took.sort_unstable();
    let [median, worst] = [took[took.len() / 2], took[took.len() - 1]].map(|took| took.as_secs_f64() * 1000.0);
    println!("From the provider's words to the desk, {} lines: median {median:.1} ms, worst {worst:.1} ms", took.len());
}

#[tokio::test]
async fn late_lines_are_said_to_be_late_on_both_sides() {
    // Nobody listens there.
    let desk = transcribing_desk("ws://127.0.0.1:9").await;
    let address = desk.listen().await;
    let mut alice = desk_socket(&desk, &address, "alice").await;
    let (call, mut carol) = caller_with_socket(&desk, &address).await;
    speak(&desk, call).await;
    while carol.event("view").await["view"]["captions"] != "delayed" {}
    while alice.event("call").await["call"]["captions"] != "delayed" {}
}

#[tokio::test]
async fn a_caller_gets_the_lines_of_their_own_call_and_nothing_of_a_consult() {
    let desk = recognising(&[]).await.0;
    let address = desk.listen().await;
    let (call, mut carol) = caller_with_socket(&desk, &address).await;
    desk.enter_as("alice", call, baton_domain::call::RoomKind::Call).await;
    let other = desk.caller("Dora").await;
    let transfer = desk.start_transfer("alice", call, "bob").await.expect("Bob is there");
    let line = |room, text: &str, number| SpokenLine {
        call,
        room,
        id: SegmentId(Uuid::from_u128(number)),
        speaker: Speaker::Agent(id("alice")),
        text: text.to_owned(),
        started_at: Timestamp(0),
        ended_at: None,
        is_final: true,
    };
    let private = line(RoomName::Consult(transfer), "Between you and me", 1);
    desk.app.transcripts().spoken(private).await.expect("stored");
    let elsewhere = NewLine { speaker: Speaker::Caller, text: "Dora speaking".to_owned(), started_at: None };
    desk.app.transcripts().said(other, elsewhere).await.expect("stored");
    desk.app.transcripts().spoken(line(RoomName::Call(call), "I am putting you through", 2)).await.expect("stored");
    assert_eq!(said(&carol.event("said").await).1, "I am putting you through");
}

#[tokio::test]
async fn a_line_that_was_begun_before_a_restart_stays_as_it_was() {
    let desk = recognising(&[]).await.0;
    let call = desk.talking("alice").await;
    let line = SpokenLine {
        call,
        room: RoomName::Call(call),
        id: SegmentId(Uuid::from_u128(1)),
        speaker: Speaker::Caller,
        text: "My rou".to_owned(),
        started_at: Timestamp(0),
        ended_at: None,
        is_final: false,
    };
    desk.app.transcripts().spoken(line.clone()).await.expect("stored");
    let mut desk = desk.restarted().await;
    desk.start_workers();
    let lines = async || desk.app.transcripts().of_call(call).await.expect("a call");
    until("the line is ended", async || lines().await.iter().all(|line| line.is_final)).await;
    desk.app.transcripts().spoken(SpokenLine { text: "My router".to_owned(), ..line }).await.expect("no harm");
    assert_eq!(lines().await.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["My rou"]);
}

#[tokio::test]
async fn a_withdrawn_line_is_gone_and_a_final_one_is_not() {
    let desk = recognising(&[]).await.0;
    let call = desk.talking("alice").await;
    let room = RoomName::Call(call);
    // It ends what a listener before it has left open.
    until("the listener comes", async || desk.rooms.present() == [format!("listener in {room}")]).await;
    for (number, is_final) in [(1, false), (2, true)] {
        let line = SpokenLine {
            call,
            room,
            id: SegmentId(Uuid::from_u128(number)),
            speaker: Speaker::Caller,
            text: "uh".to_owned(),
            started_at: Timestamp(0),
            ended_at: None,
            is_final,
        };
        desk.app.transcripts().spoken(line).await.expect("stored");
        desk.app.transcripts().withdraw(call, room, SegmentId(Uuid::from_u128(number))).await.expect("stored");
    }
    let left = desk.app.transcripts().of_call(call).await.expect("a call");
    assert_eq!(left.iter().map(|line| line.is_final).collect::<Vec<_>>(), [true]);
}

#[tokio::test]
async fn a_transcript_is_exported_as_text_captions_and_data() {
    let desk = TestDesk::new().await;
    let call = desk.talking("alice").await;
    for (speaker, text) in [(Speaker::Caller, "My <router> & I"), (Speaker::Agent(id("alice")), "Yes?")] {
        let line = NewLine { speaker, text: text.to_owned(), started_at: Some(desk.app.clock.now()) };
        desk.app.transcripts().said(call, line).await.expect("stored");
    }
    let get = async |format: &str| {
        let path = format!("/calls/{call}/transcript{format}");
        desk.rest(Method::GET, &path, Some(API_KEY), None).await
    };
    assert_eq!(get("").await.json()["lines"].as_array().map(Vec::len), Some(2));
    assert_eq!(get("?format=json").await.text, get("").await.text);
    let text = get("?format=txt").await;
    assert_eq!(
        (text.status.as_u16(), text.text.as_str()),
        (200, "[00:00:00] Carol: My <router> & I\n[00:00:00] Alice: Yes?\n")
    );
    let vtt = get("?format=vtt").await.text;
    assert!(vtt.starts_with("WEBVTT\n\n1\n00:00:00.000 --> "), "{vtt}");
    assert!(vtt.contains("<v Carol>My &lt;router&gt; &amp; I</v>"), "{vtt}");
    assert_eq!(get("?format=doc").await.status, 422);
    let nobody = desk.rest(Method::GET, &format!("/calls/{call}/transcript?format=txt"), None, None).await;
    assert_eq!(nobody.status, 401);
}
