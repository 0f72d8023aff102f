//! Leases.

use baton::server::instance::InstanceId;
use baton::server::store::leases::{self, StoredLease};
use baton_domain::time::Timestamp;
use sqlx::AnyConnection;

use super::desk::{NOW, later};
use super::on_each_database;

fn instance(name: &str) -> InstanceId {
    InstanceId::known(name.to_owned())
}

/// Asks for ten seconds.
async fn take(db: &mut AnyConnection, who: &str, held: Option<i64>, now: Timestamp) -> Option<i64> {
    let until = Timestamp(now.0 + 10_000);
    leases::take(db, "a part", &instance(who), held, now, until).await.expect("asked")
}

#[tokio::test]
async fn one_has_a_lease_until_it_ends() {
    on_each_database(async |_, db| {
        assert_eq!(leases::find(db, "a part").await.expect("read"), None);
        assert_eq!(take(db, "one", None, NOW).await, Some(1));
        let stored = StoredLease { instance: instance("one"), term: 1, expires_at: later(10) };
        assert_eq!(leases::find(db, "a part").await.expect("read"), Some(stored));
        assert_eq!(take(db, "two", None, later(10)).await, None);
        assert_eq!(take(db, "two", None, later(11)).await, Some(2));
        assert_eq!(take(db, "one", None, later(11)).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_lease_is_renewed_by_who_has_this_term_of_it() {
    on_each_database(async |_, db| {
        take(db, "one", None, NOW).await;
        assert_eq!(take(db, "one", Some(1), later(3)).await, Some(1));
        assert_eq!(take(db, "two", None, later(11)).await, None, "it was renewed");
        assert_eq!(take(db, "one", None, later(4)).await, Some(2), "who starts again takes what was theirs");
        assert_eq!(take(db, "one", Some(1), later(5)).await, None, "and what they were before has it no more");
        assert_eq!(take(db, "two", None, later(15)).await, Some(3));
        assert_eq!(take(db, "one", Some(2), later(15)).await, None);
        assert_eq!(take(db, "one", Some(2), later(26)).await, Some(4), "somebody had it in between");
    })
    .await;
}

#[tokio::test]
async fn what_was_given_back_is_free_at_once() {
    on_each_database(async |_, db| {
        take(db, "one", None, NOW).await;
        leases::release(db, "a part", &instance("one"), 7).await.expect("asked");
        leases::release(db, "a part", &instance("two"), 1).await.expect("asked");
        assert_eq!(take(db, "two", None, later(1)).await, None, "nobody gives back what others have");
        leases::release(db, "a part", &instance("one"), 1).await.expect("given back");
        assert_eq!(take(db, "two", None, later(1)).await, Some(2));
    })
    .await;
}

#[tokio::test]
async fn what_nobody_has_is_forgotten_after_a_while() {
    on_each_database(async |_, db| {
        take(db, "one", None, NOW).await;
        leases::forget(db, later(10)).await.expect("asked");
        assert!(leases::find(db, "a part").await.expect("read").is_some());
        leases::forget(db, later(11)).await.expect("forgotten");
        assert_eq!(leases::find(db, "a part").await.expect("read"), None);
    })
    .await;
}
