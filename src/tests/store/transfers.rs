//! Transfers, each attempt a row.

use baton::server::store::transfers::StoredTransfer;
use baton::server::store::{calls, transfers};
use baton_domain::call::Call;
use baton_domain::ids::TransferId;
use baton_domain::machine::Command;
use baton_domain::transfer::Outcome;
use sqlx::AnyConnection;

use super::desk::{NOW, agent_does, consulting, later, queued, ringing, transfer_id, transfer_to_bob};
use super::on_each_database;
use crate::harness::id;

async fn put(db: &mut AnyConnection, call: &Call) {
    transfers::put_of(db, call).await.expect("stored");
}

async fn find(db: &mut AnyConnection, transfer: TransferId) -> StoredTransfer {
    transfers::find(db, transfer).await.expect("read").expect("it was stored")
}

fn declined(number: u128, transfer: TransferId) -> Call {
    let decline = Command::Decline { reason: "At lunch".to_owned() };
    agent_does(&ringing(number, transfer), "bob", decline)
}

#[tokio::test]
async fn an_open_transfer_is_stored_and_follows_its_state() {
    on_each_database(async |_, db| {
        let call = ringing(1, transfer_id(1));
        calls::insert(db, &call).await.expect("stored");
        put(db, &call).await;
        let expected = StoredTransfer {
            id: transfer_id(1),
            call: call.id,
            transferring: id("alice"),
            target: id("bob"),
            state: "ringing".to_owned(),
            stage: "In progress".to_owned(),
            outcome: None,
            reason: "Wrong invoice".to_owned(),
            note: "She has called twice".to_owned(),
            started_at: NOW,
            ended_at: None,
        };
        assert_eq!(find(db, transfer_id(1)).await, expected);

        put(db, &consulting(1, transfer_id(1))).await;
        let talked = StoredTransfer { state: "consulting".to_owned(), stage: "Briefing".to_owned(), ..expected };
        assert_eq!(find(db, transfer_id(1)).await, talked);
        assert_eq!(transfers::find(db, transfer_id(2)).await.expect("read"), None);
    })
    .await;
}

#[tokio::test]
async fn a_transfer_that_ended_keeps_how() {
    on_each_database(async |_, db| {
        let open = ringing(1, transfer_id(1));
        calls::insert(db, &open).await.expect("stored");
        put(db, &open).await;
        let before = find(db, transfer_id(1)).await;
        put(db, &declined(1, transfer_id(1))).await;
        let expected = StoredTransfer {
            state: "declined".to_owned(),
            stage: "Failed".to_owned(),
            outcome: Some(Outcome::Declined { reason: "At lunch".to_owned() }),
            ended_at: Some(NOW),
            ..before
        };
        assert_eq!(find(db, transfer_id(1)).await, expected);
    })
    .await;
}

#[tokio::test]
async fn a_transfer_ends_once() {
    on_each_database(async |_, db| {
        let open = ringing(1, transfer_id(1));
        calls::insert(db, &open).await.expect("stored");
        put(db, &open).await;
        let mut ended = declined(1, transfer_id(1));
        put(db, &ended).await;
        let last = ended.last_transfer.as_mut().expect("it ended");
        last.outcome = Outcome::NoAnswer;
        last.ended_at = later(9);
        put(db, &ended).await;
        let stored = find(db, transfer_id(1)).await;
        assert_eq!((stored.state.as_str(), stored.ended_at), ("declined", Some(NOW)));
    })
    .await;
}

#[tokio::test]
async fn every_attempt_of_a_call_is_kept_oldest_first() {
    on_each_database(async |_, db| {
        let first = ringing(1, transfer_id(7));
        calls::insert(db, &first).await.expect("stored");
        put(db, &first).await;
        let refused = declined(1, transfer_id(7));
        put(db, &refused).await;
        // The next attempt is written together with what is known of the last.
        let mut again = agent_does(&refused, "alice", transfer_to_bob(transfer_id(2)));
        if let baton_domain::call::CallState::Transferring(open) = &mut again.state {
            open.started_at = later(60);
        }
        put(db, &again).await;
        let other = ringing(2, transfer_id(3));
        calls::insert(db, &other).await.expect("stored");
        put(db, &other).await;

        let attempts = transfers::of_call(db, first.id).await.expect("read");
        let attempts: Vec<_> = attempts.iter().map(|attempt| (attempt.id, attempt.state.as_str())).collect();
        assert_eq!(attempts, [(transfer_id(7), "declined"), (transfer_id(2), "initiated")]);
    })
    .await;
}

#[tokio::test]
async fn a_call_without_a_transfer_has_none_stored() {
    on_each_database(async |_, db| {
        let call = queued(1, NOW);
        calls::insert(db, &call).await.expect("stored");
        put(db, &call).await;
        assert_eq!(transfers::of_call(db, call.id).await.expect("read"), []);
    })
    .await;
}
