//! Calls that are listened to: by whom, when, and what never gets through.

use std::time::Duration;

use axum::http::Method;
use baton::api::desk::DeskCommand;
use baton::server::ears::{Heard, LegStream, Purpose};
use baton::server::hub::News;
use baton::server::ports::listening::{RoomPacket, RoomSound};
use baton::server::services::transcripts::{NewLine, SpokenLine};
use baton_domain::desk_event::Transcriber;
use baton_domain::ids::{CallId, LegId, SegmentId};
use baton_domain::listening::{ListeningPolicy, Recorded};
use baton_domain::machine::Refusal;
use baton_domain::seat::{Party, RoomName};
use baton_domain::time::Timestamp;
use baton_domain::transcript::Speaker;
use serde_json::json;
use uuid::Uuid;

use crate::harness::{API_KEY, TestDesk, id};

const LIMIT: Duration = Duration::from_secs(20);
/// So long nothing comes that must not come.
const QUIET: Duration = Duration::from_millis(60);

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LIMIT, waiting).await.unwrap_or_else(|_| panic!("{what}: not within {LIMIT:?}"));
}

async fn in_time<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(LIMIT, what).await.expect("in time")
}

/// A desk whose line does everything.
async fn listening_desk() -> TestDesk {
    let everything = ListeningPolicy { transcribe: true, record: Recorded::CallAndConsult };
    let mut desk = TestDesk::configured(|config| config.demo.listening = everything).await;
    desk.start_workers();
    desk.open_desks(&["alice", "bob"]);
    desk
}

async fn listener_comes(desk: &TestDesk, room: RoomName) {
    let listener = format!("listener in {room}");
    until("the listener comes", async || desk.rooms.present() == [listener.clone()]).await;
}

/// Packet `number` of somebody's sound, of 20 ms.
fn packet(leg: LegId, number: u64) -> RoomSound {
    RoomSound::Packet(RoomPacket {
        identity: leg.to_string().into(),
        run: 1,
        sequence: number,
        timestamp: number * 960,
        duration: 960,
        age: Duration::ZERO,
        voice: Some(true),
        payload: vec![u8::try_from(number).expect("a small number")].into(),
    })
}

async fn number(stream: &mut LegStream) -> u8 {
    match in_time(stream.next()).await {
        Some(Heard::Packet(packet)) => packet.payload[0],
        other => panic!("no packet: {other:?}"),
    }
}

async fn assert_quiet(stream: &mut LegStream) {
    let heard = tokio::time::timeout(QUIET, stream.next()).await;
    assert!(heard.is_err(), "something was heard: {heard:?}");
}

#[tokio::test]
async fn a_listener_is_there_from_the_answer_until_the_caller_refuses() {
    let desk = listening_desk().await;
    let call = desk.caller("Carol").await;
    assert_eq!(desk.rooms.present(), [] as [String; 0]);
    desk.app.calls().answer(&desk.who("alice").await, call).await.expect("nobody else answered");
    listener_comes(&desk, RoomName::Call(call)).await;
    desk.app.listening().consent(call, false).await.expect("the caller may");
    until("the listener goes", async || desk.rooms.present().is_empty()).await;
    desk.app.listening().consent(call, true).await.expect("the caller may");
    listener_comes(&desk, RoomName::Call(call)).await;
    desk.app.callers().leave(call).await.expect("they may always leave");
    until("the listener goes", async || desk.rooms.present().is_empty()).await;
}

#[tokio::test]
async fn a_listener_stays_in_its_room_while_it_is_wanted_and_is_nobody() {
    let everything = ListeningPolicy { transcribe: false, record: Recorded::Call };
    let desk = TestDesk::configured(|config| config.demo.listening = everything).await;
    let call = desk.talking("alice").await;
    let room = RoomName::Call(call);
    let before = desk.find(call).await;
    let token = desk.app.listening().token(call, room).await.expect("it is wanted");
    desk.enter(call, &token).await;
    let is_there = || desk.media.people_in(&room.to_string()).contains(&"listener".to_owned());
    assert!(is_there());
    assert_eq!(desk.find(call).await, before, "a listener is no leg");
    desk.app.listening().consent(call, false).await.expect("the caller may");
    desk.app.seating().enforce(call).await.expect("the media server answers");
    assert!(!is_there(), "nobody listens to a caller who has refused");
    assert!(desk.app.listening().token(call, room).await.is_err());
}

#[tokio::test]
async fn what_must_not_be_used_never_gets_through() {
    let desk = listening_desk().await;
    let mut recorded = desk.app.ears.subscribe(Purpose::Record);
    let mut transcribed = desk.app.ears.subscribe(Purpose::Transcribe);
    let call = desk.talking("alice").await;
    let room = RoomName::Call(call).to_string();
    listener_comes(&desk, RoomName::Call(call)).await;
    let carol = desk.find(call).await.caller.leg;
    let hear = |number: u64| desk.rooms.heard_in(&room, packet(carol, number));

    hear(1);
    let (mut sound, mut text) =
        (in_time(recorded.next()).await.expect("sound"), in_time(transcribed.next()).await.expect("text"));
    assert_eq!((sound.source().call, sound.source().leg, &sound.source().party), (call, carol, &Party::Caller));
    assert_eq!((number(&mut sound).await, number(&mut text).await), (1, 1));

    desk.button("alice", call, DeskCommand::PauseRecording).await.expect("she has the call");
    hear(2);
    for stream in [&mut sound, &mut text] {
        assert!(matches!(in_time(stream.next()).await, Some(Heard::Stopped { .. })));
        assert_quiet(stream).await;
    }
    desk.button("alice", call, DeskCommand::ResumeRecording).await.expect("she has the call");

    desk.button("alice", call, DeskCommand::Hold).await.expect("she has the call");
    hear(3);
    assert!(matches!(in_time(sound.next()).await, Some(Heard::Stopped { .. })));
    assert!(matches!(in_time(text.next()).await, Some(Heard::Stopped { .. })));
    assert_quiet(&mut text).await;
    desk.button("alice", call, DeskCommand::Retrieve).await.expect("she has the call");
    hear(4);
    let heard = in_time(sound.next()).await;
    let Some(Heard::Packet(heard)) = heard else { panic!("no packet: {heard:?}") };
    assert_eq!((heard.payload[0], heard.position), (4, 3 * 960), "it stands where it was spoken");

    desk.app.listening().consent(call, false).await.expect("the caller may");
    hear(5);
    assert_eq!(number(&mut text).await, 4);
    assert_eq!((in_time(text.next()).await, in_time(sound.next()).await), (None, None));
}

#[tokio::test]
async fn nobody_is_listened_to_where_the_line_does_not() {
    let mut desk = TestDesk::new().await;
    desk.start_workers();
    let call = desk.talking("alice").await;
    assert!(desk.app.listening().token(call, RoomName::Call(call)).await.is_err());
    tokio::time::sleep(QUIET).await;
    assert_eq!(desk.rooms.present(), [] as [String; 0]);
    let refused = desk.press(&format!("/calls/{call}/recording/pause"), None).await;
    assert_eq!(refused.problem(), "409 not_recorded: This call is not recorded.");
}

#[tokio::test]
async fn a_user_that_breaks_or_is_slow_holds_up_nobody() {
    let desk = listening_desk().await;
    let call = desk.talking("alice").await;
    listener_comes(&desk, RoomName::Call(call)).await;
    let (mut breaks, mut slow) = (desk.app.ears.subscribe(Purpose::Record), desk.app.ears.subscribe(Purpose::Record));
    let carol = desk.find(call).await.caller.leg;
    let hear = |number: u64| desk.rooms.heard_in(&RoomName::Call(call).to_string(), packet(carol, number));
    hear(0);
    let (broken, mut slow) = (in_time(breaks.next()).await.expect("sound"), in_time(slow.next()).await.expect("sound"));
    let broke = tokio::spawn(async move {
        let _held = broken;
        panic!("the test wants it");
    });
    assert!(broke.await.is_err());
    for number in 1..=60 {
        hear(number);
    }
    let mut again = in_time(breaks.next()).await.expect("the rest is offered to whoever broke off");
    assert!(number(&mut again).await >= 49);
    for expected in 0..=60 {
        assert_eq!(number(&mut slow).await, expected);
    }
    drop(again);
    hear(61);
    let offered = tokio::time::timeout(QUIET, breaks.next()).await;
    assert!(offered.is_err(), "who wants no more is offered no more");
}

fn line(call: CallId, room: RoomName, number: u128, text: &str, is_final: bool) -> SpokenLine {
    SpokenLine {
        call,
        room,
        id: SegmentId(Uuid::from_u128(number)),
        speaker: Speaker::Agent(id("alice")),
        text: text.to_owned(),
        started_at: Timestamp(1_769_860_800_000),
        ended_at: None,
        is_final,
    }
}

#[tokio::test]
async fn a_line_is_heard_several_times_and_stays_when_it_is_final() {
    let desk = listening_desk().await;
    let call = desk.talking("alice").await;
    // It ends what a listener before it has left open.
    listener_comes(&desk, RoomName::Call(call)).await;
    let spoken = async |number, text: &str, is_final| {
        let line = line(call, RoomName::Call(call), number, text, is_final);
        let written = desk.app.transcripts().spoken(line).await.expect("written");
        written.map(|segment| (segment.number, segment.text.to_string(), segment.is_final))
    };
    assert_eq!(spoken(1, "hell", false).await, Some((1, "hell".to_owned(), false)));
    assert_eq!(spoken(2, "good", false).await, Some((2, "good".to_owned(), false)));
    assert_eq!(spoken(1, "hello", false).await, Some((1, "hello".to_owned(), false)));
    assert_eq!(spoken(1, "Hello!", true).await, Some((1, "Hello!".to_owned(), true)));
    assert_eq!(spoken(1, "Yellow!", true).await, Some((1, "Hello!".to_owned(), true)));
    desk.app.listening().consent(call, false).await.expect("the caller may");
    assert_eq!(spoken(3, "secret", true).await, None);
    assert_eq!(spoken(2, "goodness", false).await, Some((2, "good".to_owned(), true)));
    let lines = desk.app.transcripts().of_call(call).await.expect("a call");
    assert_eq!(lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["Hello!", "good"]);
}

#[tokio::test]
async fn what_two_agents_say_in_private_is_for_them_alone() {
    let desk = listening_desk().await;
    let (call, transfer) = desk.consulting("alice", "bob").await;
    let mut news = desk.app.hub.subscribe();
    let private = line(call, RoomName::Consult(transfer), 1, "Between us: she is upset.", true);
    desk.app.transcripts().spoken(private).await.expect("written");
    let told = in_time(async {
        loop {
            if let Ok(News::SaidInConsult(of, in_transfer, agents, line)) = news.recv().await {
                return (of, in_transfer, agents.to_vec(), line.text.to_string());
            }
        }
    });
    assert_eq!(told.await, (call, transfer, vec![id("alice"), id("bob")], "Between us: she is upset.".to_owned()));
    for agent in ["alice", "bob"] {
        let view = desk.app.desk_view(&desk.who(agent).await).await.expect("a view");
        assert_eq!(view.consults.len(), 1, "{agent}");
        assert!(view.calls.iter().all(|call| call.transcript.is_empty()));
    }
    let others = desk.app.desk_view(&desk.who("carla").await).await.expect("a view");
    assert_eq!(others.consults, []);
    assert_eq!(desk.app.transcripts().of_call(call).await.expect("a call"), []);
    let exported = desk.get(&format!("/calls/{call}/transcript")).await;
    assert!(!exported.text.contains("upset"), "{}", exported.text);
}

#[tokio::test]
async fn the_recording_is_paused_and_resumed_through_the_api() {
    let desk = listening_desk().await;
    let call = desk.talking("alice").await;
    let press = async |what: &str| desk.press(&format!("/calls/{call}/recording/{what}"), None).await.json();
    assert_eq!(press("pause").await["recording"], json!("paused"));
    assert_eq!(press("pause").await["recording"], json!("paused"));
    let line = json!({ "lines": [{ "speaker": "caller", "text": "My card is" }] });
    let unwritten = desk.post(&format!("/calls/{call}/transcript"), line.clone()).await;
    assert_eq!(
        unwritten.problem(),
        "409 recording_paused: The recording is paused: what is said now is not written down either."
    );
    let played = NewLine { speaker: Speaker::Caller, text: "4929".to_owned(), started_at: None };
    desk.app.transcripts().said(call, played).await.expect("whom the server plays goes on");
    assert_eq!(desk.app.transcripts().of_call(call).await.expect("a call"), []);
    assert_eq!(press("resume").await["recording"], json!("on"));
    desk.app.listening().consent(call, false).await.expect("the caller may");
    let unwritten = desk.post(&format!("/calls/{call}/transcript"), line).await.problem();
    assert_eq!(unwritten, "409 listening_refused: The caller does not want this call to be transcribed.");
    let refused = desk.get(&format!("/calls/{call}")).await.json();
    assert_eq!((&refused["recording"], &refused["is_transcribed"]), (&json!("refused"), &json!(false)));
    let kinds: Vec<String> = desk
        .app
        .timeline(call)
        .await
        .expect("a timeline")
        .iter()
        .map(|entry| entry.happening.kind.name())
        .filter(|name| name.starts_with("recording_") || name.starts_with("listening_"))
        .collect();
    assert_eq!(kinds, ["recording_paused", "recording_resumed", "listening_refused"]);
}

#[tokio::test]
async fn a_line_that_changes_changes_no_call_that_is_going_on() {
    let desk = TestDesk::new().await;
    let before = desk.talking("alice").await;
    let change = json!({ "transcribe": true, "record": "call" });
    let changed = desk.rest(Method::PATCH, "/lines/support", Some(API_KEY), Some(change)).await.json();
    assert_eq!((&changed["transcribe"], &changed["record"]), (&json!(true), &json!("call")));
    assert!(!desk.find(before).await.listening.is_told());
    desk.app.callers().leave(before).await.expect("they may always leave");
    let after = desk.caller("Dora").await;
    assert!(desk.find(after).await.listening.may_transcribe());
    let told = desk.app.caller_view(after).await.expect("a view").told.expect("they are told");
    assert_eq!((told.transcribed, told.recorded, told.is_refused), (Some(Transcriber::Desk), true, false));
    desk.app.listening().consent(after, false).await.expect("the caller may");
    assert!(desk.app.caller_view(after).await.expect("a view").told.expect("they are told").is_refused);
    desk.app.callers().leave(after).await.expect("they may always leave");
    let over = desk.app.listening().consent(after, false).await.expect_err("it is over");
    assert!(matches!(over, baton::server::error::ServiceError::Refused(Refusal::CallEnded, _)));
}
