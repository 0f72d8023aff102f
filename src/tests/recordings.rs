//! Recordings, from the first packet to the end of their time.

mod hearing;
mod trouble;

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE};
use axum::http::{Method, Request, StatusCode};
use baton_domain::ids::{CallId, LegId, RecordingId};
use baton_domain::recording::{RecordedLeg, RecordingState};
use baton_domain::seat::RoomName;
use baton_domain::time::Span;
use baton_domain::transcript::Speaker;
use bytes::Bytes;
use livekit_participant::ogg::{Packet, Reader};
use uuid::Uuid;

use crate::fake_s3::FakeS3;
use crate::harness::{API_KEY, TestDesk, id, request};

/// Samples of one packet.
const FRAME: u64 = 960;

/// 20 ms of speech, as far as a container knows; no two are alike.
fn packet(number: u64) -> Bytes {
    let mut bytes = vec![0x08];
    bytes.extend(number.to_be_bytes());
    bytes.resize(40 + usize::try_from(number % 50).expect("small"), 0x55);
    bytes.into()
}

async fn begin(desk: &TestDesk, call: CallId, speaker: Speaker) -> RecordingId {
    begin_in(desk, call, speaker, RoomName::Call(call)).await
}

async fn begin_in(desk: &TestDesk, call: CallId, speaker: Speaker, room: RoomName) -> RecordingId {
    let leg = RecordedLeg { call, leg: LegId(Uuid::from_u128(1)), speaker, room };
    desk.app.recordings().begin(leg, desk.app.clock.now()).await.expect("a file")
}

fn write(desk: &TestDesk, recording: RecordingId, positions: impl IntoIterator<Item = u64>) {
    for position in positions {
        desk.app.recorder.writing.write(recording, position, packet(position / FRAME));
    }
}

/// Frames `from` to `to`.
fn frames(from: u64, to: u64) -> impl Iterator<Item = u64> {
    (from..to).map(|number| number * FRAME)
}

/// A finished recording of three seconds in the storage.
async fn recorded(desk: &TestDesk, call: CallId, speaker: Speaker) -> RecordingId {
    let recording = begin(desk, call, speaker).await;
    write(desk, recording, frames(0, 150));
    desk.app.recordings().finish(call, recording).await.expect("finished");
    assert!(desk.app.recordings().settle().await.expect("settled"));
    recording
}

fn folder_of(desk: &TestDesk) -> PathBuf {
    match &desk.app.config.recordings.place {
        baton::server::config::RecordingsPlace::Folder(folder) => folder.clone(),
        baton::server::config::RecordingsPlace::S3(_) => panic!("it is in a bucket"),
    }
}

fn read(path: PathBuf) -> Vec<Packet> {
    let reader = Reader::new(BufReader::new(File::open(path).expect("a file"))).expect("Ogg with Opus");
    reader.map(|packet| packet.expect("a sound packet")).collect()
}

fn spoken(packets: &[Packet]) -> Vec<u64> {
    packets.iter().filter(|packet| packet.data.len() > 3).map(|packet| packet.position / FRAME).collect()
}

#[tokio::test]
async fn what_was_said_is_at_the_frame_at_which_it_was_said() {
    let desk = TestDesk::new().await;
    let call = desk.talking("alice").await;
    let recording = begin(&desk, call, Speaker::Caller).await;
    // A second of speech with one packet lost and two swapped, a hold of ten seconds, and speech again.
    write(&desk, recording, frames(0, 20).chain([21 * FRAME, 20 * FRAME]).chain(frames(23, 50)));
    write(&desk, recording, frames(550, 600));
    // A page that was reloaded sends again what was heard before: its place is taken.
    write(&desk, recording, [10 * FRAME]);
    desk.app.recordings().finish(call, recording).await.expect("finished");

    let listed = &desk.app.recordings().of_call(&desk.who("alice").await, call).await.expect("a list")[0];
    assert_eq!((listed.state, listed.duration), (RecordingState::Waiting, Span::seconds(12)));
    let file = desk.app.recorder.spool.path(recording);
    assert_eq!(listed.bytes, file.metadata().expect("a file").len());
    let packets = read(file);
    let expected: Vec<u64> = (0..22).chain(23..50).chain(550..600).collect();
    assert_eq!(spoken(&packets), expected);
    let said = packets.iter().filter(|packet| packet.data.len() > 3);
    for packet in said {
        assert_eq!(packet.data, self::packet(packet.position / FRAME), "at frame {}", packet.position / FRAME);
    }
    let levels = &listed.activity.levels;
    assert_eq!((listed.activity.step, levels.len()), (Span(100), 121));
    assert!(levels[..10].iter().all(|level| *level > 0), "the first second is heard: {levels:?}");
    assert!(levels[10..110].iter().all(|level| *level == 0), "the hold is silence: {levels:?}");
    assert!(levels[110..120].iter().all(|level| *level > 0), "the last second is heard: {levels:?}");
}

#[tokio::test]
async fn a_finished_recording_goes_from_the_spool_to_the_storage() {
    let desk = TestDesk::new().await;
    let call = desk.talking("alice").await;
    let recording = recorded(&desk, call, Speaker::Caller).await;
    assert!(!desk.app.recorder.spool.path(recording).exists());
    let packets = read(folder_of(&desk).join(format!("{call}/{recording}.opus")));
    assert_eq!(spoken(&packets), (0..150).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_killed_server_loses_nothing_that_it_had_written() {
    let desk = TestDesk::new().await;
    let call = desk.talking("alice").await;
    let recording = begin(&desk, call, Speaker::Caller).await;
    write(&desk, recording, frames(0, 1_000));
    // Another file begins in the same thread only after all of this.
    begin(&desk, call, Speaker::Agent(id("alice"))).await;
    let cut = desk.app.recorder.spool.path(recording);
    let on_disk = std::fs::read(&cut).expect("a file");
    let mut desk = desk.restarted().await;
    // The old thread ends properly when its handle is gone; a killed one leaves what is on the disk, here in mid-page.
    std::fs::write(&cut, &on_disk[..on_disk.len() - 10]).expect("a file");
    desk.start_workers();
    let who = desk.who("alice").await;
    let listed = until_stored(&desk, call, 2).await;
    let of_caller = listed.iter().find(|known| known.id == recording).expect("it is still known");
    assert!(of_caller.duration >= Span(20_000 - 2_000), "{of_caller:?}");
    let packets = read(folder_of(&desk).join(format!("{call}/{recording}.opus")));
    let heard = spoken(&packets);
    assert_eq!(heard, (0..u64::try_from(heard.len()).expect("few")).collect::<Vec<_>>());
    assert!(desk.app.recordings().playable(&who, recording).await.is_ok());
}

/// The keeper works by itself; it is only waited for.
async fn until_stored(desk: &TestDesk, call: CallId, count: usize) -> Vec<baton_domain::recording::Recording> {
    let who = desk.who("carla").await;
    for _ in 0..200 {
        let listed = desk.app.recordings().of_call(&who, call).await.expect("a list");
        if listed.iter().filter(|recording| recording.state == RecordingState::Stored).count() == count {
            return listed;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the recordings were not stored in time");
}

#[tokio::test]
async fn a_list_says_who_spoke_when() {
    let desk = TestDesk::new().await;
    let call = desk.talking("alice").await;
    recorded(&desk, call, Speaker::Caller).await;
    desk.app.clock.advance(Span(1_500));
    recorded(&desk, call, Speaker::Agent(id("alice"))).await;
    let listed = desk.get(&format!("/calls/{call}/recordings")).await.json();
    let told: Vec<_> = listed["recordings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| {
            format!("{} {} {} {} {}", one["speaker"], one["room"], one["offset_ms"], one["duration_ms"], one["state"])
        })
        .collect();
    assert_eq!(told, [r#""caller" "call" 0 3000 "stored""#, r#""agent:alice" "call" 1500 3000 "stored""#,]);
}

#[tokio::test]
async fn sound_is_given_whole_and_in_parts() {
    let desk = TestDesk::new().await;
    let call = desk.talking("alice").await;
    let recording = recorded(&desk, call, Speaker::Caller).await;
    let whole = std::fs::read(folder_of(&desk).join(format!("{call}/{recording}.opus"))).expect("a file");
    let path = format!("/api/v1/recordings/{recording}");
    let answer = desk.bytes(request(Method::GET, &path, Some(API_KEY), None, &[])).await;
    assert_eq!((answer.0, &answer.2), (StatusCode::OK, &whole));
    let header = |name| answer.1.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    assert_eq!(header(CONTENT_TYPE).as_deref(), Some("audio/ogg"));
    assert_eq!(header(ACCEPT_RANGES).as_deref(), Some("bytes"));
    assert_eq!(header(CONTENT_LENGTH), Some(whole.len().to_string()));
    // A browser that would take it compressed gets it as it is.
    let range = [("range", "bytes=100-299"), ("accept-encoding", "gzip, br")];
    let (status, headers, part) = desk.bytes(request(Method::GET, &path, Some(API_KEY), None, &range)).await;
    assert_eq!((status, part.as_slice()), (StatusCode::PARTIAL_CONTENT, &whole[100..300]));
    assert_eq!(headers[CONTENT_RANGE], format!("bytes 100-299/{}", whole.len()));
    let beyond = [("range", "bytes=99999999-")];
    let refused = desk.send(request(Method::GET, &path, Some(API_KEY), None, &beyond)).await;
    assert_eq!(refused.headers[CONTENT_RANGE], format!("bytes */{}", whole.len()));
    assert!(refused.problem().starts_with("416 range_not_satisfiable: "), "{}", refused.problem());
}

#[tokio::test]
async fn only_those_who_were_on_the_call_and_those_who_supervise_listen() {
    let desk = TestDesk::new().await;
    let call = desk.talking("alice").await;
    let recording = recorded(&desk, call, Speaker::Caller).await;
    let (list, sound) = (format!("/calls/{call}/recordings"), format!("/recordings/{recording}"));
    for (asker, expected) in [("alice", 200), ("carla", 200), ("bob", 403)] {
        let token = desk.token(asker).await;
        for path in [&list, &sound] {
            assert_eq!(desk.rest(Method::GET, path, Some(&token), None).await.status, expected, "{asker} {path}");
        }
    }
    for path in [&list, &sound] {
        assert_eq!(desk.rest(Method::GET, path, None, None).await.status, 401, "{path}");
    }
    for (asker, expected) in [("alice", 403), ("bob", 403)] {
        let token = desk.token(asker).await;
        assert_eq!(desk.rest(Method::DELETE, &list, Some(&token), None).await.status, expected, "{asker}");
    }
}

#[tokio::test]
async fn whoever_was_only_rung_hears_nothing() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    let recording = recorded(&desk, call, Speaker::Caller).await;
    desk.start_transfer("alice", call, "bob").await.expect("the target is free");
    let heard = desk.app.recordings().playable(&desk.who("bob").await, recording).await;
    assert!(matches!(heard, Err(baton::server::error::ServiceError::NotAllowed)), "{heard:?}");
}

#[tokio::test]
async fn a_cookie_opens_the_recordings_of_one_call_for_a_while() {
    let desk = TestDesk::new().await;
    let call = desk.talking("alice").await;
    let first = recorded(&desk, call, Speaker::Caller).await;
    let second = recorded(&desk, call, Speaker::Agent(id("alice"))).await;
    let other = desk.talking("carla").await;
    let of_other = recorded(&desk, other, Speaker::Caller).await;
    let ticket = desk.app.recordings().ticket(&id("alice"), call).await.expect("signed");
    let of_bob = desk.app.recordings().ticket(&id("bob"), call).await.expect("signed");
    let ask = async |recording: RecordingId, ticket: &str| {
        let cookies = format!("theme=dark; baton_listens_{call}={ticket}; baton_listens_{other}={ticket}");
        let path = format!("/api/v1/recordings/{recording}");
        desk.bytes(request(Method::GET, &path, None, None, &[("cookie", &cookies)])).await.0.as_u16()
    };
    assert_eq!(ask(first, &ticket).await, 200);
    assert_eq!(ask(second, &ticket).await, 200);
    assert_eq!(ask(of_other, &ticket).await, 401);
    assert_eq!(ask(RecordingId(call.0), &ticket).await, 401, "nobody learns what there is");
    assert_eq!(ask(first, &of_bob).await, 403);
    assert_eq!(ask(first, &ticket.replace("alice", "carla")).await, 401);
    desk.app.clock.advance(Span::seconds(4 * 60 * 60));
    assert_eq!(ask(first, &ticket).await, 401);
}

#[tokio::test]
async fn deleting_is_audited_and_takes_the_sound_along() {
    let desk = TestDesk::new().await;
    let call = desk.talking("alice").await;
    let recording = recorded(&desk, call, Speaker::Caller).await;
    let growing = begin(&desk, call, Speaker::Agent(id("alice"))).await;
    let path = format!("/calls/{call}/recordings");
    let refused = desk.rest(Method::DELETE, &path, Some(API_KEY), None).await;
    assert_eq!(refused.problem(), "409 still_recorded: The call is still being recorded. Ask again when it is over.");
    desk.app.recordings().finish(call, growing).await.expect("finished");
    let deleted = desk.rest(Method::DELETE, &path, Some(&desk.token("carla").await), None).await;
    assert_eq!(deleted.json()["deleted"], 2);
    assert_eq!(desk.get(&format!("/recordings/{recording}")).await.status, 404);
    assert!(desk.app.recordings().settle().await.expect("settled"));
    assert!(!folder_of(&desk).join(format!("{call}/{recording}.opus")).exists());
    assert!(!desk.app.recorder.spool.path(growing).exists());
    let events = desk.app.events_after(0, 1_000).await.expect("events");
    let audited = events.last().expect("an event");
    assert_eq!(audited.actor, "supervisor:carla");
    assert_eq!(audited.entry.happening.kind.name(), "recordings_deleted");
    assert_eq!(audited.entry.happening.detail.as_deref(), Some("2"));
    // Nothing is left to delete, and nothing happens.
    assert_eq!(desk.rest(Method::DELETE, &path, Some(API_KEY), None).await.json()["deleted"], 0);
    assert_eq!(desk.app.events_after(0, 1_000).await.expect("events").len(), events.len());
}

#[tokio::test]
async fn recordings_are_forgotten_after_their_time() {
    let desk = TestDesk::configured(|config| config.recordings.retention = Some(Span::seconds(24 * 60 * 60))).await;
    let call = desk.talking("alice").await;
    let old = recorded(&desk, call, Speaker::Caller).await;
    desk.pass(Span::seconds(23 * 60 * 60)).await;
    assert_eq!(desk.get(&format!("/recordings/{old}")).await.status, 200);
    desk.pass(Span::seconds(60 * 60 + 4)).await;
    desk.app.recordings().settle().await.expect("settled");
    assert_eq!(desk.get(&format!("/recordings/{old}")).await.status, 404);
    assert!(!folder_of(&desk).join(format!("{call}/{old}.opus")).exists());
}

#[tokio::test]
async fn with_a_retention_of_zero_they_stay() {
    let desk = TestDesk::configured(|config| config.recordings.retention = None).await;
    let call = desk.talking("alice").await;
    let old = recorded(&desk, call, Speaker::Caller).await;
    desk.pass(Span::seconds(400 * 24 * 60 * 60)).await;
    assert_eq!(desk.get(&format!("/recordings/{old}")).await.status, 200);
}

#[tokio::test]
async fn a_bucket_keeps_them_and_nothing_is_lost_while_it_is_down() {
    let (s3, place) = FakeS3::start().await;
    let desk = TestDesk::configured(|config| config.recordings.place = place).await;
    let call = desk.talking("alice").await;
    s3.set_down(true);
    let recording = begin(&desk, call, Speaker::Caller).await;
    write(&desk, recording, frames(0, 150));
    desk.app.recordings().finish(call, recording).await.expect("finished");
    assert!(!desk.app.recordings().settle().await.expect("asked"), "it must be tried again");
    assert!(desk.app.recorder.spool.path(recording).exists());
    let path = format!("/api/v1/recordings/{recording}");
    let (status, _, waiting) = desk.bytes(request(Method::GET, &path, Some(API_KEY), None, &[])).await;
    assert_eq!(status, StatusCode::OK, "what waits can be listened to");
    s3.set_down(false);
    assert!(desk.app.recordings().settle().await.expect("settled"));
    let key = format!("of/support/{call}/{recording}.opus");
    assert_eq!(s3.files().get(&key).map(|file| file.to_vec()), Some(waiting.clone()));
    assert!(!desk.app.recorder.spool.path(recording).exists());
    let range = [("range", "bytes=10-19")];
    let (_, _, part) = desk.bytes(request(Method::GET, &path, Some(API_KEY), None, &range)).await;
    assert_eq!(part, waiting[10..20]);
    s3.set_down(true);
    let refused = desk.get(&format!("/recordings/{recording}")).await.problem();
    assert!(refused.starts_with("503 recordings_unavailable: "), "{refused}");
    s3.set_down(false);
    assert_eq!(desk.rest(Method::DELETE, &format!("/calls/{call}/recordings"), Some(API_KEY), None).await.status, 200);
    assert!(desk.app.recordings().settle().await.expect("settled"));
    assert!(s3.files().is_empty(), "{:?}", s3.asked());
}

#[tokio::test]
async fn a_long_recording_goes_to_the_bucket_in_parts() {
    let (s3, place) = FakeS3::start().await;
    let desk = TestDesk::configured(|config| config.recordings.place = place).await;
    let call = desk.talking("alice").await;
    let recording = begin(&desk, call, Speaker::Caller).await;
    desk.app.recordings().finish(call, recording).await.expect("finished");
    // How long it takes to speak so much is of no interest here.
    let long: Vec<u8> = (0..25_000_000_u32).map(|number| u8::try_from(number % 251).expect("small")).collect();
    std::fs::write(desk.app.recorder.spool.path(recording), &long).expect("a file");
    assert!(desk.app.recordings().settle().await.expect("settled"));
    let files = s3.files();
    assert!(files.values().next().is_some_and(|file| *file == long), "it is another file");
    assert!(s3.asked().len() > 3, "{:?}", s3.asked());
}

impl TestDesk {
    /// What came back, byte by byte.
    async fn bytes(&self, request: Request<Body>) -> (StatusCode, axum::http::HeaderMap, Vec<u8>) {
        let response = self.response(request).await;
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 100 * 1024 * 1024).await.expect("a body");
        (parts.status, parts.headers, bytes.to_vec())
    }
}
