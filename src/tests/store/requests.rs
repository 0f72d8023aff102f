//! Answers to requests that came with a key.

use baton::server::store::requests;
use sqlx::AnyConnection;

use super::desk::{NOW, later};
use super::on_each_database;

async fn answered(db: &mut AnyConnection, actor: &str, key: &str) -> Option<String> {
    requests::answered(db, actor, key).await.expect("read")
}

#[tokio::test]
async fn the_first_answer_to_a_key_is_remembered() {
    on_each_database(async |_, db| {
        assert_eq!(answered(db, "api", "key").await, None);
        requests::remember(db, "api", "key", "first", NOW).await.expect("stored");
        requests::remember(db, "api", "key", "second", later(1)).await.expect("no error");
        assert_eq!(answered(db, "api", "key").await.as_deref(), Some("first"));
    })
    .await;
}

#[tokio::test]
async fn a_key_is_of_one_actor() {
    on_each_database(async |_, db| {
        requests::remember(db, "agent:alice", "key", "for Alice", NOW).await.expect("stored");
        requests::remember(db, "agent:bob", "key", "for Bob", NOW).await.expect("stored");
        assert_eq!(answered(db, "agent:alice", "key").await.as_deref(), Some("for Alice"));
        assert_eq!(answered(db, "agent:bob", "key").await.as_deref(), Some("for Bob"));
        assert_eq!(answered(db, "agent:alice", "other").await, None);
    })
    .await;
}

#[tokio::test]
async fn old_answers_are_forgotten() {
    on_each_database(async |_, db| {
        requests::remember(db, "api", "old", "answer", NOW).await.expect("stored");
        requests::remember(db, "api", "new", "answer", later(1)).await.expect("stored");
        requests::forget_before(db, later(1)).await.expect("deleted");
        assert_eq!(answered(db, "api", "old").await, None);
        assert_eq!(answered(db, "api", "new").await.as_deref(), Some("answer"));
    })
    .await;
}
