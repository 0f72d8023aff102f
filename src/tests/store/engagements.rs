//! What calls keep agents busy with: one live call or one offer each, since when.

use baton::server::instance::InstanceId;
use baton::server::store::engagements::{self, StoredEngagement};
use baton::server::store::{StoreError, agents, calls};
use baton_domain::call::{Call, Engagement};
use baton_domain::ids::{AgentId, CallId};
use baton_domain::time::Timestamp;
use sqlx::AnyConnection;

use super::desk::{NOW, consulting, later, offered, queued, ringing, talking, transfer_id};
use super::{assert_waits, on_each_database};
use crate::harness::id;

fn here() -> InstanceId {
    InstanceId::known("here".to_owned())
}

async fn store(db: &mut AnyConnection, call: &Call) -> Result<(), StoreError> {
    store_at(db, NOW, call).await
}

async fn store_at(db: &mut AnyConnection, now: Timestamp, call: &Call) -> Result<(), StoreError> {
    if calls::find(db, call.id).await?.is_none() {
        calls::insert(db, call).await?;
    }
    engagements::set(db, call.id, &call.engagements(), now, &here()).await
}

async fn stored(db: &mut AnyConnection) -> Vec<StoredEngagement> {
    let mut engaged = engagements::all(db).await.expect("read");
    engaged.sort();
    engaged
}

async fn engaged(db: &mut AnyConnection) -> Vec<(AgentId, Engagement, CallId)> {
    stored(db).await.into_iter().map(|stored| (stored.agent, stored.kind, stored.call)).collect()
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
async fn it_does_not_ring_at_the_desk_of_an_agent_in_a_call() {
    on_each_database(async |_, db| {
        let talking = talking(1, "alice");
        store(db, &talking).await.expect("nobody is busy");
        assert_engaged(store(db, &offered(2, "alice")).await, "alice");
        assert_eq!(engaged(db).await, [(id("alice"), Engagement::Call, talking.id)]);
    })
    .await;
}

#[tokio::test]
async fn an_agent_takes_no_other_call_while_one_rings() {
    on_each_database(async |_, db| {
        store(db, &offered(1, "bob")).await.expect("nobody is busy");
        let other = store(db, &talking(2, "bob")).await;
        assert!(matches!(&other, Err(StoreError::Rung(rung)) if *rung == id("bob")), "{other:?}");
        store(db, &talking(1, "bob")).await.expect("the one that rings");
    })
    .await;
}

#[tokio::test]
async fn an_engagement_lasts_since_it_became_what_it_is() {
    on_each_database(async |_, db| {
        let mut since = async |second, call: &Call| {
            store_at(db, later(second), call).await.expect("it is theirs");
            stored(db).await.into_iter().map(|stored| stored.since).collect::<Vec<_>>()
        };
        assert_eq!(since(1, &talking(1, "alice")).await, [later(1)]);
        assert_eq!(since(2, &ringing(1, transfer_id(1))).await, [later(1), later(2)]);
        assert_eq!(since(3, &consulting(1, transfer_id(1))).await, [later(1), later(3)]);
        assert_eq!(since(4, &talking(1, "alice")).await, [later(1)], "who stays stays as they were");
        let free_since = async |db: &mut AnyConnection, who| {
            agents::find(db, &id(who)).await.expect("read").expect("an agent").free_since
        };
        assert_eq!([free_since(db, "alice").await, free_since(db, "bob").await], [NOW, later(4)]);
    })
    .await;
}

#[tokio::test]
async fn a_server_knows_at_whose_desks_it_rings_itself() {
    on_each_database(async |_, db| {
        store(db, &ringing(1, transfer_id(1))).await.expect("nobody is busy");
        assert_eq!(engagements::rung_desks(db, &here()).await.expect("read"), [id("bob")]);
        let elsewhere = InstanceId::known("elsewhere".to_owned());
        assert_eq!(engagements::rung_desks(db, &elsewhere).await.expect("read"), []);
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
