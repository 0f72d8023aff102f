//! What happened, in the order of commits.

use baton::server::store::events::actor_name;
use baton::server::store::{calls, events};
use baton_domain::call::Call;
use baton_domain::desk_event::TimelineEntry;
use baton_domain::machine::Actor;
use baton_domain::outcome::{Happening, HappeningKind};
use baton_domain::time::Timestamp;
use sqlx::AnyConnection;

use super::desk::{NOW, later, queued, transfer_id};
use super::{assert_waits, on_each_database};
use crate::harness::id;

fn happening(kind: HappeningKind) -> Happening {
    Happening { kind, agent: None, transfer: None, detail: None }
}

async fn append(db: &mut AnyConnection, call: &Call, kinds: &[HappeningKind], now: Timestamp) {
    let happened: Vec<_> = kinds.iter().map(|kind| happening(*kind)).collect();
    events::append(db, call, "caller", &happened, now).await.expect("stored");
}

async fn ids_after(db: &mut AnyConnection, id: i64, limit: u32) -> Vec<i64> {
    events::after(db, id, limit).await.expect("read").into_iter().map(|event| event.entry.id).collect()
}

#[tokio::test]
async fn an_event_is_read_as_it_was_written() {
    on_each_database(async |_, db| {
        let call = queued(1, NOW);
        let declined = Happening {
            kind: HappeningKind::TransferDeclined,
            agent: Some(id("bob")),
            transfer: Some(transfer_id(1)),
            detail: Some("\"At lunch\", he said".to_owned()),
        };
        events::append(db, &call, "agent:bob", std::slice::from_ref(&declined), later(3)).await.expect("stored");
        let stored = events::after(db, 0, 10).await.expect("read");
        assert_eq!(stored.len(), 1);
        assert_eq!((stored[0].call, stored[0].actor.as_str()), (call.id, "agent:bob"));
        assert_eq!(stored[0].entry, TimelineEntry { id: 1, at: later(3), happening: declined });
    })
    .await;
}

#[tokio::test]
async fn events_are_numbered_without_gaps_over_all_calls() {
    on_each_database(async |test, db| {
        let (first, second) = (queued(1, NOW), queued(2, NOW));
        assert_eq!(events::last_id(db).await.expect("read"), 0);
        append(db, &first, &[HappeningKind::CallQueued, HappeningKind::CallAnswered], NOW).await;
        append(db, &second, &[], NOW).await;
        append(db, &second, &[HappeningKind::CallQueued], NOW).await;

        let mut undone = test.store.begin().await.expect("begun");
        append(&mut undone, &first, &[HappeningKind::CallHeld, HappeningKind::CallRetrieved], NOW).await;
        undone.rollback().await.expect("rolled back");
        append(db, &first, &[HappeningKind::CallEnded], NOW).await;

        assert_eq!(ids_after(db, 0, 10).await, [1, 2, 3, 4]);
        assert_eq!(events::last_id(db).await.expect("read"), 4);
    })
    .await;
}

/// Whoever has read up to an id must never miss a lower one that comes later.
#[tokio::test]
async fn ids_follow_the_order_of_commits() {
    on_each_database(async |test, db| {
        let (first, second) = (queued(1, NOW), queued(2, NOW));
        let mut tx = test.store.begin().await.expect("begun");
        append(&mut tx, &first, &[HappeningKind::CallQueued], NOW).await;
        let (store, id_of_second) = (test.store.clone(), second.id);
        let mut late = tokio::spawn(async move {
            let mut tx = store.begin().await.expect("begun");
            append(&mut tx, &second, &[HappeningKind::CallQueued], NOW).await;
            tx.commit().await.expect("committed");
        });
        assert_waits(&mut late).await;
        assert_eq!(ids_after(db, 0, 10).await, [0; 0], "nothing is committed yet");
        tx.commit().await.expect("committed");
        late.await.expect("it goes on");
        let calls: Vec<_> = events::after(db, 0, 10).await.expect("read").into_iter().map(|event| event.call).collect();
        assert_eq!(calls, [first.id, id_of_second]);
    })
    .await;
}

#[tokio::test]
async fn events_come_in_pages_after_what_was_seen() {
    on_each_database(async |_, db| {
        append(db, &queued(1, NOW), &[HappeningKind::CallHeld; 5], NOW).await;
        assert_eq!(ids_after(db, 0, 2).await, [1, 2]);
        assert_eq!(ids_after(db, 2, 2).await, [3, 4]);
        assert_eq!(ids_after(db, 4, 2).await, [5]);
        assert_eq!(ids_after(db, 5, 2).await, [0; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_timeline_is_of_one_call() {
    on_each_database(async |_, db| {
        let (first, second) = (queued(1, NOW), queued(2, NOW));
        append(db, &first, &[HappeningKind::CallQueued], NOW).await;
        append(db, &second, &[HappeningKind::CallQueued], later(1)).await;
        append(db, &first, &[HappeningKind::CallEnded], later(2)).await;
        let entry = |id, at, kind| TimelineEntry { id, at, happening: happening(kind) };
        let expected = [entry(1, NOW, HappeningKind::CallQueued), entry(3, later(2), HappeningKind::CallEnded)];
        assert_eq!(events::timeline(db, first.id).await.expect("read"), expected);
        assert_eq!(events::timeline(db, queued(3, NOW).id).await.expect("read"), []);
    })
    .await;
}

#[tokio::test]
async fn a_person_sees_another_call_once_something_happened_after_their_version() {
    on_each_database(async |_, db| {
        let (mut call, other) = (queued(1, NOW), queued(2, NOW));
        call.version = 5;
        append(db, &call, &[HappeningKind::CallAnswered], NOW).await;
        append(db, &other, &[HappeningKind::CallQueued], NOW).await;
        for (seen, happened) in [(4, true), (5, false), (6, false)] {
            assert_eq!(events::happened_since(db, call.id, seen).await.expect("read"), happened, "version {seen}");
        }
        // A version that only connections changed looks the same to people.
        calls::insert(db, &Call { version: 7, ..call.clone() }).await.expect("stored");
        assert!(!events::happened_since(db, call.id, 5).await.expect("read"));
        call.version = 8;
        append(db, &call, &[HappeningKind::CallHeld], NOW).await;
        assert!(events::happened_since(db, call.id, 7).await.expect("read"));
    })
    .await;
}

#[test]
fn the_audit_names_who_asked() {
    let named = [
        (Actor::Caller, "caller"),
        (Actor::Agent(id("alice")), "agent:alice"),
        (Actor::Supervisor(id("sue")), "supervisor:sue"),
        (Actor::Api, "api"),
        (Actor::Desk, "desk"),
    ];
    for (actor, name) in named {
        assert_eq!(actor_name(&actor), name);
    }
}
