//! Answers to requests that came with a key.

use baton::server::store::requests::{self, Answered};
use baton_domain::time::Timestamp;
use sqlx::AnyConnection;

use super::desk::{NOW, later};
use super::on_each_database;

async fn answered(db: &mut AnyConnection, actor: &str, key: &str) -> Option<String> {
    requests::answered(db, actor, key).await.expect("read").map(|answered| answered.answer)
}

async fn remember(db: &mut AnyConnection, actor: &str, key: &str, answer: &str, at: Timestamp) {
    let answered = Answered { command: "hold".to_owned(), answer: answer.to_owned() };
    requests::remember(db, actor, key, &answered, at).await.expect("stored");
}

#[tokio::test]
async fn the_newest_answer_to_a_key_is_remembered() {
    on_each_database(async |_, db| {
        assert_eq!(answered(db, "api", "key").await, None);
        remember(db, "api", "key", "first", NOW).await;
        assert_eq!(answered(db, "api", "key").await.as_deref(), Some("first"));
        // Only what counts no more is remembered anew, as a call that has ended.
        remember(db, "api", "key", "second", later(1)).await;
        assert_eq!(answered(db, "api", "key").await.as_deref(), Some("second"));
        let whole = requests::answered(db, "api", "key").await.expect("read").expect("remembered");
        assert_eq!(whole.command, "hold");
    })
    .await;
}

#[tokio::test]
async fn a_key_is_of_one_actor() {
    on_each_database(async |_, db| {
        remember(db, "agent:alice", "key", "for Alice", NOW).await;
        remember(db, "agent:bob", "key", "for Bob", NOW).await;
        assert_eq!(answered(db, "agent:alice", "key").await.as_deref(), Some("for Alice"));
        assert_eq!(answered(db, "agent:bob", "key").await.as_deref(), Some("for Bob"));
        assert_eq!(answered(db, "agent:alice", "other").await, None);
    })
    .await;
}

#[tokio::test]
async fn old_answers_are_forgotten() {
    on_each_database(async |_, db| {
        remember(db, "api", "old", "answer", NOW).await;
        remember(db, "api", "new", "answer", later(1)).await;
        requests::forget_before(db, later(1)).await.expect("deleted");
        assert_eq!(answered(db, "api", "old").await, None);
        assert_eq!(answered(db, "api", "new").await.as_deref(), Some("answer"));
    })
    .await;
}
