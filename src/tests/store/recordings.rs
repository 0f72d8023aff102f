//! Recordings.

use baton::server::instance::InstanceId;
use baton::server::store::recordings::{self, Closed};
use baton::server::store::{StoreError, calls};
use baton_domain::ids::{CallId, LegId, RecordingId, TransferId};
use baton_domain::recording::{Activity, RecordedLeg, Recording, RecordingState};
use baton_domain::seat::RoomName;
use baton_domain::time::{Span, Timestamp};
use baton_domain::transcript::Speaker;
use sqlx::AnyConnection;
use uuid::Uuid;

use super::desk::{NOW, later, queued};
use super::on_each_database;
use crate::harness::id;

fn recording(number: u128, call: CallId, speaker: Speaker, started_at: Timestamp) -> Recording {
    let consult = TransferId(Uuid::from_u128(number));
    let room = if speaker.is_caller() { RoomName::Call(call) } else { RoomName::Consult(consult) };
    let leg = RecordedLeg { call, leg: LegId(Uuid::from_u128(number)), speaker, room };
    Recording::begun(RecordingId(Uuid::from_u128(number)), leg, started_at)
}

fn closed(seconds: i64) -> Closed {
    let activity = Activity { step: Span(100), levels: vec![0, 255, 16] };
    Closed { duration: Span::seconds(seconds), bytes: 4_000_000_000, activity }
}

fn key(recording: &Recording) -> String {
    format!("key-of-{}", recording.id)
}

fn instance(name: &str) -> InstanceId {
    InstanceId::known(name.to_owned())
}

async fn insert(db: &mut AnyConnection, recording: &Recording) {
    recordings::insert(db, recording, &key(recording), &instance("a server")).await.expect("stored");
}

async fn states(db: &mut AnyConnection) -> Vec<usize> {
    let mut counts = Vec::new();
    for state in RecordingState::ALL {
        counts.push(recordings::in_state(db, state, &instance("a server")).await.expect("read").len());
    }
    counts
}

#[tokio::test]
async fn a_recording_grows_waits_and_is_stored() {
    on_each_database(async |_, db| {
        let call = queued(1, NOW);
        calls::insert(db, &call).await.expect("stored");
        let begun = recording(7, call.id, Speaker::Agent(id("alice")), NOW);
        insert(db, &begun).await;
        assert_eq!(recordings::find(db, begun.id).await.expect("read"), Some((begun.clone(), key(&begun))));
        assert_eq!(recordings::playable(db, call.id).await.expect("read"), 0);
        assert!(!recordings::stored(db, begun.id).await.expect("asked"), "it is still being made");

        assert!(recordings::close(db, begun.id, &closed(61)).await.expect("asked"));
        let Closed { duration, bytes, activity } = closed(61);
        let waiting = Recording { duration, bytes, activity, state: RecordingState::Waiting, ..begun.clone() };
        assert_eq!(recordings::of_call(db, call.id).await.expect("read"), std::slice::from_ref(&waiting));
        assert!(!recordings::close(db, begun.id, &closed(5)).await.expect("asked"), "it is closed already");
        assert_eq!(recordings::playable(db, call.id).await.expect("read"), 1);

        assert!(recordings::stored(db, begun.id).await.expect("asked"));
        assert!(!recordings::stored(db, begun.id).await.expect("asked"), "it is stored already");
        let stored = Recording { state: RecordingState::Stored, ..waiting };
        assert_eq!(recordings::of_call(db, call.id).await.expect("read"), [stored]);
        assert_eq!(states(db).await, [0, 0, 1, 0]);
    })
    .await;
}

#[tokio::test]
async fn recordings_of_a_call_are_in_the_order_in_which_they_began() {
    on_each_database(async |_, db| {
        let (call, other) = (queued(1, NOW), queued(2, NOW));
        for call in [&call, &other] {
            calls::insert(db, call).await.expect("stored");
        }
        let second = recording(1, call.id, Speaker::Caller, later(3));
        let first = recording(2, call.id, Speaker::Agent(id("alice")), NOW);
        for recording in [&second, &first, &recording(3, other.id, Speaker::Caller, NOW)] {
            insert(db, recording).await;
        }
        assert_eq!(recordings::of_call(db, call.id).await.expect("read"), [first, second]);
    })
    .await;
}

#[tokio::test]
async fn what_is_deleted_is_gone_for_everybody_until_its_row_is_removed() {
    on_each_database(async |_, db| {
        let call = queued(1, NOW);
        calls::insert(db, &call).await.expect("stored");
        let all = [1, 2, 3].map(|number| recording(number, call.id, Speaker::Caller, NOW));
        for recording in &all {
            insert(db, recording).await;
        }
        for recording in &all[..2] {
            recordings::close(db, recording.id, &closed(1)).await.expect("asked");
        }
        recordings::stored(db, all[0].id).await.expect("asked");
        assert_eq!(recordings::delete_of_call(db, call.id).await.expect("asked"), 2, "one is still being made");
        assert_eq!(states(db).await, [1, 0, 0, 2]);
        assert_eq!(recordings::of_call(db, call.id).await.expect("read"), [all[2].clone()]);
        assert_eq!(recordings::find(db, all[0].id).await.expect("read"), None);
        assert!(!recordings::stored(db, all[1].id).await.expect("asked"), "it was deleted on the way");
        let deleted = recordings::in_state(db, RecordingState::Deleted, &instance("a server")).await.expect("read");
        let keys: Vec<_> = deleted.iter().map(|(_, key)| key.clone()).collect();
        assert_eq!(keys, [key(&all[0]), key(&all[1])]);
        for (recording, _) in deleted {
            recordings::remove(db, recording.id).await.expect("asked");
        }
        assert_eq!(states(db).await, [1, 0, 0, 0]);
    })
    .await;
}

#[tokio::test]
async fn what_is_old_counts_from_its_last_sample() {
    on_each_database(async |_, db| {
        let call = queued(1, NOW);
        calls::insert(db, &call).await.expect("stored");
        let (short, long) = (recording(1, call.id, Speaker::Caller, NOW), recording(2, call.id, Speaker::Caller, NOW));
        for (recording, seconds) in [(&short, 10), (&long, 20)] {
            insert(db, recording).await;
            recordings::close(db, recording.id, &closed(seconds)).await.expect("asked");
        }
        assert_eq!(recordings::delete_older(db, later(10)).await.expect("asked"), 0);
        assert_eq!(recordings::delete_older(db, later(11)).await.expect("asked"), 1);
        assert_eq!(recordings::delete_older(db, later(21)).await.expect("asked"), 1);
        assert_eq!(states(db).await, [0, 0, 0, 2]);
    })
    .await;
}

#[tokio::test]
async fn a_recording_of_no_call_is_not_stored() {
    on_each_database(async |_, db| {
        let lost = recording(1, CallId(Uuid::from_u128(404)), Speaker::Caller, NOW);
        let stored = recordings::insert(db, &lost, "key", &instance("a server")).await;
        assert!(matches!(stored, Err(StoreError::Sql(_))), "{stored:?}");
    })
    .await;
}
