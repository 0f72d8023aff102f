//! What a database that fails for a moment keeps from being told is told when it answers again, though nothing has changed since.

use std::time::Duration;

use baton::server::hub::News;
use tokio::sync::broadcast::Receiver;
use tokio::time::timeout;

use crate::harness::{TestDesk, id};

const LIMIT: Duration = Duration::from_secs(10);

/// Waits until it is told.
pub async fn told(news: &mut Receiver<News>, what: &str, is_it: impl Fn(&News) -> bool) {
    let waiting = async { while !is_it(&news.recv().await.expect("the hub goes on")) {} };
    timeout(LIMIT, waiting).await.unwrap_or_else(|_| panic!("{what}: not within {LIMIT:?}"));
}

fn somebody_waits(news: &News) -> bool {
    matches!(news, News::Waiting(waiting) if !waiting.is_empty())
}

#[tokio::test]
async fn a_ring() {
    let mut desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    let mut news = desk.app.hub.subscribe();
    desk.start_workers();
    desk.rename_table("recordings", "gone").await;
    desk.start_transfer("alice", call, "bob").await.expect("he is free");
    // Lists are told after calls: that somebody else waits is told when the ring was not.
    desk.app.callers().join(&desk.join_code().await, "Dave", None).await.expect("the line is open");
    told(&mut news, "the queue", somebody_waits).await;
    desk.rename_table("gone", "recordings").await;
    told(&mut news, "the ring", |news| match news {
        News::Call { call: told, viewers, .. } => told.call.id == call && viewers.contains(&id("bob")),
        _ => false,
    })
    .await;
}

#[tokio::test]
async fn presences() {
    let mut desk = TestDesk::new().await;
    desk.app.callers().join(&desk.join_code().await, "Dave", None).await.expect("the line is open");
    desk.rename_table("agents", "gone").await;
    let mut news = desk.app.hub.subscribe();
    desk.start_workers();
    // The queue is told before the agents.
    told(&mut news, "the queue", somebody_waits).await;
    desk.rename_table("gone", "agents").await;
    told(&mut news, "the agents", |news| matches!(news, News::Agents(_))).await;
}
