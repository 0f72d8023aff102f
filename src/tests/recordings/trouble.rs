//! Recordings on a disk or a database that fails for a while.

use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::Method;
use baton::server::ears::{LegStream, Purpose, RoomFeed, Subscription};
use baton::server::ports::listening::{RoomPacket, RoomSound};
use baton::server::workers::recorder::record;
use baton_domain::ids::{CallId, LegId, RecordingId};
use baton_domain::listening::{ListeningPolicy, Recorded};
use baton_domain::recording::{RecordedLeg, Recording, RecordingState};
use baton_domain::seat::RoomName;
use baton_domain::time::Span;
use baton_domain::transcript::Speaker;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{FRAME, begin, folder_of, frames, packet, recorded, write};
use crate::harness::{API_KEY, TestDesk};

/// A recorder that gives up, or goes on, does so within this time.
const LIMIT: Duration = Duration::from_secs(20);

async fn listed(desk: &TestDesk, call: CallId) -> Vec<Recording> {
    desk.app.recordings().of_call(&desk.who("carla").await, call).await.expect("a list")
}

/// What the spool's disk does when it takes no files.
fn refuse_files(spool: &Path) {
    std::fs::remove_dir_all(spool).expect("it was there");
}

fn take_files(spool: &Path) {
    std::fs::create_dir(spool).expect("it was not there");
}

/// A caller who is heard.
struct Speaks {
    desk: TestDesk,
    call: CallId,
    feed: RoomFeed,
    stream: LegStream,
    speakers: Subscription,
    spool: PathBuf,
}

impl Speaks {
    /// They have said a second.
    async fn new() -> Self {
        let listening = ListeningPolicy { transcribe: false, record: Recorded::Call };
        let desk = TestDesk::configured(|config| config.demo.listening = listening).await;
        let call = desk.talking("alice").await;
        let feed = desk.app.ears.enter(call, RoomName::Call(call), desk.app.clock.now());
        let found = desk.find(call).await;
        desk.app.ears.follow(&found, desk.app.clock.now());
        let mut speakers = desk.app.ears.subscribe(Purpose::Record);
        for number in 0..50 {
            let packet = RoomPacket {
                identity: found.caller.leg.to_string().into(),
                run: 1,
                sequence: number,
                timestamp: number * FRAME,
                duration: 960,
                age: Duration::ZERO,
                voice: None,
                payload: packet(number),
            };
            feed.hear(&RoomSound::Packet(packet), desk.app.clock.now());
        }
        let stream = speakers.next().await.expect("a speaker");
        let spool = desk.app.config.recordings.spool.clone();
        Self { desk, call, feed, stream, speakers, spool }
    }
}

#[tokio::test]
async fn a_file_that_cannot_begin_leaves_no_row() {
    let desk = TestDesk::new().await;
    let call = desk.talking("alice").await;
    recorded(&desk, call, Speaker::Caller).await;
    refuse_files(&desk.app.config.recordings.spool);
    let leg =
        RecordedLeg { call, leg: LegId(Uuid::from_u128(2)), speaker: Speaker::Caller, room: RoomName::Call(call) };
    desk.app.recordings().begin(leg, desk.app.clock.now()).await.expect_err("there is no place for it");
    assert_eq!(listed(&desk, call).await.len(), 1);
    take_files(&desk.app.config.recordings.spool);
    let path = format!("/calls/{call}/recordings");
    assert_eq!(desk.rest(Method::DELETE, &path, Some(API_KEY), None).await.json()["deleted"], 1);
}

#[tokio::test]
async fn nobody_who_has_left_is_recorded_for_ever() {
    let Speaks { desk, call, feed, stream, speakers: _listening, spool } = Speaks::new().await;
    refuse_files(&spool);
    drop(feed);
    let recording = record(desk.app.clone(), stream, CancellationToken::new());
    tokio::time::timeout(LIMIT, recording).await.expect("it gives up");
    assert!(listed(&desk, call).await.is_empty(), "no row is left");
}

#[tokio::test]
async fn a_recording_begins_as_soon_as_there_is_room() {
    let Speaks { desk, call, feed, stream, speakers: _listening, spool } = Speaks::new().await;
    refuse_files(&spool);
    let recording = record(desk.app.clone(), stream, CancellationToken::new());
    let room_comes = async {
        // The first try fails meanwhile. Nobody sees it: it leaves nothing.
        tokio::time::sleep(Duration::from_millis(300)).await;
        take_files(&spool);
        drop(feed);
    };
    let both = async { tokio::join!(recording, room_comes) };
    tokio::time::timeout(LIMIT, both).await.expect("it ends");
    let listed = listed(&desk, call).await;
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].state, listed[0].duration), (RecordingState::Waiting, Span::seconds(1)));
}

/// A recording that nobody makes any more, although it has no end: of a server that was killed, or of a database that failed at
/// the end of a call.
async fn abandoned(desk: &TestDesk, call: CallId) -> (RecordingId, PathBuf) {
    let recording = begin(desk, call, Speaker::Caller).await;
    write(desk, recording, frames(0, 1_000));
    desk.app.recorder.writing.finish(recording).await.expect("finished");
    desk.app.recorder.ends(recording);
    (recording, desk.app.recorder.spool.path(recording))
}

#[tokio::test]
async fn what_could_not_be_finished_is_finished_without_a_restart() {
    let desk = TestDesk::new().await;
    let call = desk.talking("alice").await;
    let (recording, _) = abandoned(&desk, call).await;
    assert_eq!(listed(&desk, call).await[0].state, RecordingState::Recording);
    assert!(desk.app.recordings().settle().await.expect("settled"));
    let known = &listed(&desk, call).await[0];
    assert_eq!((known.id, known.state, known.duration), (recording, RecordingState::Stored, Span::seconds(20)));
}

#[tokio::test]
async fn what_is_being_made_is_left_alone() {
    let desk = TestDesk::new().await;
    let call = desk.talking("alice").await;
    let recording = begin(&desk, call, Speaker::Caller).await;
    write(&desk, recording, frames(0, 100));
    assert!(desk.app.recordings().settle().await.expect("nothing to do"));
    assert_eq!(listed(&desk, call).await[0].state, RecordingState::Recording);
    write(&desk, recording, frames(100, 150));
    desk.app.recordings().finish(call, recording).await.expect("finished");
    assert_eq!(listed(&desk, call).await[0].duration, Span::seconds(3));
}

#[tokio::test]
async fn a_file_that_cannot_be_read_now_is_asked_again() {
    let desk = TestDesk::new().await;
    let call = desk.talking("alice").await;
    let (_, path) = abandoned(&desk, call).await;
    let aside = path.with_extension("aside");
    std::fs::rename(&path, &aside).expect("a file");
    // Not even root reads a folder as a file.
    std::fs::create_dir(&path).expect("a folder");
    assert!(!desk.app.recordings().settle().await.expect("asked"), "it must be tried again");
    assert_eq!(listed(&desk, call).await[0].state, RecordingState::Recording);
    std::fs::remove_dir(&path).expect("a folder");
    std::fs::rename(&aside, &path).expect("a file");
    assert!(desk.app.recordings().settle().await.expect("settled"));
    assert_eq!(listed(&desk, call).await[0].state, RecordingState::Stored);
}

#[tokio::test]
async fn a_damaged_file_is_kept_as_it_is_and_can_be_deleted() {
    let desk = TestDesk::new().await;
    let call = desk.talking("alice").await;
    let (recording, path) = abandoned(&desk, call).await;
    let mut bytes = std::fs::read(&path).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, &bytes).expect("a file");
    assert!(desk.app.recordings().settle().await.expect("settled"));
    let known = listed(&desk, call).await.remove(0);
    assert_eq!((known.state, known.bytes), (RecordingState::Stored, bytes.len() as u64));
    assert!((Span::seconds(5)..Span::seconds(15)).contains(&known.duration), "up to the damage: {:?}", known.duration);
    let stored = folder_of(&desk).join(format!("{call}/{recording}.opus"));
    assert_eq!(std::fs::read(&stored).expect("a file"), bytes);
    let list = format!("/calls/{call}/recordings");
    assert_eq!(desk.rest(Method::DELETE, &list, Some(API_KEY), None).await.json()["deleted"], 1);
    assert!(desk.app.recordings().settle().await.expect("settled"));
    assert!(!stored.exists());
}

#[tokio::test]
async fn what_was_never_written_is_forgotten_with_its_file() {
    let desk = TestDesk::new().await;
    let call = desk.talking("alice").await;
    let (_, in_mid_header) = abandoned(&desk, call).await;
    let (_, gone) = abandoned(&desk, call).await;
    std::fs::write(&in_mid_header, b"OggS\0\x02").expect("a file");
    std::fs::remove_file(&gone).expect("a file");
    assert!(desk.app.recordings().settle().await.expect("settled"));
    assert!(listed(&desk, call).await.is_empty(), "no row is left");
    assert!(!in_mid_header.exists());
}
