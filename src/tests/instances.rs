//! Several servers on one database.

use std::time::Duration;

use baton::api::desk::DeskCommand;
use baton::server::hub::{News, Wake};
use baton::server::media::{Role, ServerParticipant};
use baton::server::permissions::Who;
use baton::server::services::transcripts::SpokenLine;
use baton::server::store::leases;
use baton_domain::ids::{CallId, LegId, SegmentId};
use baton_domain::listening::{ListeningPolicy, Recorded};
use baton_domain::recording::{RecordedLeg, RecordingState};
use baton_domain::seat::RoomName;
use baton_domain::time::Span;
use baton_domain::transcript::Speaker;
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::harness::TestDesk;

const LIMIT: Duration = Duration::from_secs(20);
/// Whoever waits for a part looks twice in this time. That nothing happens can only be seen by watching for a while.
const TWO_LOOKS: Duration = Duration::from_millis(2_200);

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LIMIT, waiting).await.unwrap_or_else(|_| panic!("{what}: not within {LIMIT:?}"));
}

async fn simulate(desk: &TestDesk) -> CallId {
    desk.app.callers().simulate(&Who::Anonymous, None).await.expect("the line is open").call
}

/// A process of its own, which can be killed: nothing in it is ended, or says goodbye.
struct Process(Option<Runtime>);

impl Process {
    fn of(desk: &mut TestDesk) -> Self {
        let process = Runtime::new().expect("threads");
        let in_it = process.enter();
        desk.start_workers();
        drop(in_it);
        Self(Some(process))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(process) = self.0.take() {
            process.shutdown_background();
        }
    }
}

/// A caller whom this server plays.
async fn playing(desk: &mut TestDesk) -> CallId {
    desk.start_workers();
    let call = simulate(desk).await;
    until("the caller comes", async || desk.rooms.present().len() == 1).await;
    call
}

#[tokio::test]
async fn two_servers_play_a_caller_once() {
    let mut one = TestDesk::new().await;
    let mut two = one.beside().await;
    one.start_workers();
    two.start_workers();
    for desk in [&one, &two, &one] {
        simulate(desk).await;
    }
    until("the callers come", async || one.rooms.present().len() == 3).await;
    tokio::time::sleep(TWO_LOOKS).await;
    assert_eq!((one.rooms.present().len(), one.rooms.most()), (3, 1));
}

#[tokio::test]
async fn when_a_server_is_killed_another_plays_its_callers_once_its_lease_is_over() {
    let mut one = TestDesk::new().await;
    let mut two = one.beside().await;
    let process = Process::of(&mut one);
    let call = simulate(&one).await;
    until("the caller comes", async || one.rooms.present().len() == 1).await;
    two.start_workers();
    drop(process);
    until("its people are gone with it", async || one.rooms.present().is_empty()).await;

    two.app.clock.advance(Span::seconds(9));
    tokio::time::sleep(TWO_LOOKS).await;
    assert!(two.rooms.present().is_empty(), "for all that the others know it lives");
    two.app.clock.advance(Span::seconds(2));
    until("the caller is back", async || two.rooms.present().len() == 1).await;
    assert_eq!((two.state(call).await, two.rooms.most()), ("queued", 1));
}

#[tokio::test]
async fn a_server_that_starts_again_goes_on_at_once() {
    let mut one = TestDesk::new().await;
    let process = Process::of(&mut one);
    simulate(&one).await;
    until("the caller comes", async || one.rooms.present().len() == 1).await;
    drop(process);
    let mut again = one.restarted().await;
    again.start_workers();
    until("the caller is back", async || again.rooms.present().len() == 1).await;
}

#[tokio::test]
async fn a_server_that_ends_hands_its_callers_over_at_once() {
    let mut one = TestDesk::new().await;
    let mut two = one.beside().await;
    playing(&mut one).await;
    two.start_workers();
    one.stop();
    until("they are away", async || two.rooms.done().contains(&"leave".to_owned())).await;
    until("the caller is back", async || two.rooms.present().len() == 1).await;
    assert_eq!((two.rooms.done()[..3].join(", "), two.rooms.most()), ("join, leave, join".to_owned(), 1));
}

#[tokio::test]
async fn whoever_cannot_renew_a_lease_leaves_before_others_may_come() {
    let mut one = TestDesk::new().await;
    let mut two = one.beside().await;
    playing(&mut one).await;
    two.start_workers();
    // Whoever has just come still reads what was said; with their lease alone at stake they read nothing.
    tokio::time::sleep(TWO_LOOKS).await;
    one.app.store.pool().close().await;
    for desk in [&one, &two] {
        desk.app.clock.advance(Span::seconds(4));
    }
    tokio::time::sleep(TWO_LOOKS).await;
    assert_eq!(one.rooms.done(), ["join"], "a renewal that failed is tried again");
    for desk in [&one, &two] {
        desk.app.clock.advance(Span::seconds(1));
    }
    until("they are away", async || one.rooms.present().is_empty()).await;
    tokio::time::sleep(TWO_LOOKS).await;
    assert!(two.rooms.present().is_empty(), "the lease is not over");
    two.app.clock.advance(Span::seconds(6));
    until("the caller is back", async || two.rooms.present().len() == 1).await;
    assert_eq!(two.rooms.most(), 1);
}

#[tokio::test]
async fn a_lease_is_renewed_while_somebody_is_played() {
    let mut one = TestDesk::new().await;
    let mut two = one.beside().await;
    let call = playing(&mut one).await;
    let name = ServerParticipant { call, role: Role::SimulatedCaller }.lease();
    two.start_workers();
    for _ in 0..4 {
        for desk in [&one, &two] {
            desk.app.clock.advance(Span::seconds(3));
        }
        until("it is renewed", async || {
            let mut db = one.app.store.read().await.expect("a database");
            let stored = leases::find(&mut db, &name).await.expect("read").expect("taken");
            stored.expires_at == one.app.clock.now().plus(Span::seconds(10))
        })
        .await;
    }
    tokio::time::sleep(TWO_LOOKS).await;
    assert_eq!(one.rooms.done(), ["join"]);
}

#[tokio::test]
async fn what_another_server_records_is_left_to_it() {
    let one = TestDesk::new().await;
    let mut two = one.beside().await;
    let call = one.talking("alice").await;
    let leg =
        RecordedLeg { call, leg: LegId(Uuid::from_u128(1)), speaker: Speaker::Caller, room: RoomName::Call(call) };
    let states = async |desk: &TestDesk| -> Vec<RecordingState> {
        let who = desk.who("carla").await;
        let listed = desk.app.recordings().of_call(&who, call).await.expect("a list");
        listed.iter().map(|recording| recording.state).collect()
    };
    let begin = async |desk: &TestDesk| {
        let id = desk.app.recordings().begin(leg.clone(), desk.app.clock.now()).await.expect("a file");
        for frame in 0..1_000 {
            desk.app.recorder.writing.write(id, frame * 960, vec![0x08; 60].into());
        }
        let file = desk.app.recorder.spool.path(id);
        until("it is on the disk", async || file.metadata().is_ok_and(|file| file.len() > 20_000)).await;
        id
    };
    let first = begin(&one).await;
    two.app.recordings().recover().await.expect("nothing of its own was cut");
    assert_eq!(states(&two).await, [RecordingState::Recording]);

    // The first is killed, the second takes over: another file.
    let second = begin(&two).await;
    assert_ne!(first, second);
    assert!(one.app.recorder.spool.path(first).exists() && two.app.recorder.spool.path(second).exists());
    two.app.recordings().finish(call, second).await.expect("finished");
    let mut one = one.restarted().await;
    one.start_workers();
    two.start_workers();
    until("both are stored", async || states(&one).await == [RecordingState::Stored; 2]).await;
}

#[tokio::test]
async fn a_deadline_that_two_servers_ring_passes_once() {
    let one = TestDesk::new().await;
    let two = one.beside().await;
    one.open_desks(&["alice", "bob"]);
    let call = one.talking("alice").await;
    one.start_transfer("alice", call, "bob").await.expect("Bob is free");
    for desk in [&one, &two] {
        desk.app.clock.advance(Span::seconds(31));
    }
    let (calls, theirs) = (one.app.calls(), two.app.calls());
    let (here, there) = tokio::join!(calls.clock(call), theirs.clock(call));
    here.expect("a fact");
    there.expect("a fact");
    let timeline = one.app.timeline(call).await.expect("a call");
    // The one where nobody's desk is open takes Bob for gone: it rings later than the other, unless that is gone too.
    let is_end = |kind: &str| matches!(kind, "transfer_no_answer" | "transfer_failed");
    let ends = timeline.iter().filter(|entry| is_end(&entry.happening.kind.name())).count();
    assert_eq!(ends, 1);
}

#[tokio::test]
async fn what_one_server_changes_the_other_tells_and_follows() {
    let mut one = TestDesk::new().await;
    let mut two = one.beside().await;
    let call = one.talking("alice").await;
    one.start_workers();
    two.start_workers();
    let mut news = two.app.hub.subscribe();
    two.app.hub.wake(Wake::Agents);
    tokio::time::timeout(LIMIT, news.recv()).await.expect("it tells").expect("news");
    one.button("alice", call, DeskCommand::Hold).await.expect("they talk");
    let told = async {
        loop {
            if let News::Call { call: told, .. } = news.recv().await.expect("news")
                && told.call.state_name() == one.find(call).await.state_name()
            {
                return told.call.version;
            }
        }
    };
    let version = tokio::time::timeout(LIMIT, told).await.expect("it is told");
    assert_eq!(version, one.find(call).await.version);
}

#[tokio::test]
async fn lines_of_a_room_that_another_server_listens_to_stay_open() {
    let policy = ListeningPolicy { transcribe: true, record: Recorded::Nothing };
    let mut one = TestDesk::configured(|config| config.demo.listening = policy).await;
    let two = one.beside().await;
    let call = one.talking("alice").await;
    one.start_workers();
    until("somebody listens", async || !one.rooms.present().is_empty()).await;
    let line = SpokenLine {
        call,
        room: RoomName::Call(call),
        id: SegmentId(Uuid::from_u128(5)),
        speaker: Speaker::Caller,
        text: "Hello, I am".to_owned(),
        started_at: one.app.clock.now(),
        ended_at: None,
        is_final: false,
    };
    one.app.transcripts().spoken(line).await.expect("stored");
    let is_open = async || !two.app.transcripts().of_call(call).await.expect("a call")[0].is_final;
    two.app.transcripts().end_open_lines().await.expect("looked");
    assert!(is_open().await, "it is still being spoken");
    two.app.clock.advance(Span::seconds(11));
    two.app.transcripts().end_open_lines().await.expect("ended");
    assert!(!is_open().await, "nobody listens any more, as far as is known");
}
