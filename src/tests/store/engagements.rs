//! What calls keep agents busy with: one live call and one offer each.

use baton::server::store::{StoreError, calls};
use baton_domain::call::{Call, Engagement};
use baton_domain::ids::{AgentId, CallId};
use sqlx::AnyConnection;

use super::desk::{NOW, consulting, offered, queued, ringing, talking, transfer_id};
use super::{assert_waits, on_each_database};
use crate::harness::id;

async fn store(db: &mut AnyConnection, call: &Call) -> Result<(), StoreError> {
    if calls::find(db, call.id).await?.is_none() {
        calls::insert(db, call).await?;
    }
    calls::set_engagements(db, call.id, &call.engagements()).await
}

async fn engaged(db: &mut AnyConnection) -> Vec<(AgentId, Engagement, CallId)> {
    let mut engaged = calls::engagements(db).await.expect("read");
    engaged.sort();
    engaged
}

fn assert_engaged(stored: Result<(), StoreError>, agent: &str) {
    match stored {
        Err(StoreError::Engaged(engaged)) => assert_eq!(engaged, id(agent)),
        other => panic!("not refused for {agent}: {other:?}"),
    }
}

#[tokio::test]
async fn the_engagements_of_a_call_follow_its_state() {
    on_each_database(async |_, db| {
        let ringing = ringing(1, transfer_id(1));
        store(db, &ringing).await.expect("nobody is busy");
        let (alice, bob) = (id("alice"), id("bob"));
        let expected = [(alice.clone(), Engagement::Call, ringing.id), (bob.clone(), Engagement::Offer, ringing.id)];
        assert_eq!(engaged(db).await, expected);

        store(db, &consulting(1, transfer_id(1))).await.expect("they are busy with this very call");
        let expected = [(alice, Engagement::Call, ringing.id), (bob, Engagement::Call, ringing.id)];
        assert_eq!(engaged(db).await, expected);

        store(db, &queued(1, NOW)).await.expect("nobody is needed");
        assert_eq!(engaged(db).await, []);
    })
    .await;
}

#[tokio::test]
async fn an_agent_has_one_call_at_a_time() {
    on_each_database(async |test, db| {
        let first = talking(1, "alice");
        store(db, &first).await.expect("nobody is busy");
        let mut tx = test.store.begin().await.expect("begun");
        assert_engaged(store(&mut tx, &talking(2, "alice")).await, "alice");
        tx.rollback().await.expect("rolled back");
        assert_eq!(engaged(db).await, [(id("alice"), Engagement::Call, first.id)]);
        store(db, &talking(3, "bob")).await.expect("Bob is free");
    })
    .await;
}

#[tokio::test]
async fn one_offer_rings_at_a_desk_at_a_time() {
    on_each_database(async |_, db| {
        store(db, &offered(1, "bob")).await.expect("nobody is busy");
        assert_engaged(store(db, &ringing(2, transfer_id(2))).await, "bob");
    })
    .await;
}

#[tokio::test]
async fn it_may_ring_at_the_desk_of_an_agent_in_a_call() {
    on_each_database(async |_, db| {
        let (talking, offered) = (talking(1, "alice"), offered(2, "alice"));
        store(db, &talking).await.expect("nobody is busy");
        store(db, &offered).await.expect("an offer is no call");
        let alice = || id("alice");
        let expected = [(alice(), Engagement::Offer, offered.id), (alice(), Engagement::Call, talking.id)];
        assert_eq!(engaged(db).await, expected);
    })
    .await;
}

#[tokio::test]
async fn of_two_calls_for_one_agent_at_the_same_moment_the_first_gets_them() {
    on_each_database(async |test, db| {
        let (first, second) = (talking(1, "alice"), talking(2, "alice"));
        let mut tx = test.store.begin().await.expect("begun");
        store(&mut tx, &first).await.expect("nobody is busy");
        let elsewhere = test.store.clone();
        let mut late = tokio::spawn(async move {
            let mut tx = elsewhere.begin().await.expect("begun");
            store(&mut tx, &second).await
        });
        assert_waits(&mut late).await;
        tx.commit().await.expect("committed");
        assert_engaged(late.await.expect("it goes on"), "alice");
        assert_eq!(engaged(db).await, [(id("alice"), Engagement::Call, first.id)]);
    })
    .await;
}
