//! Opening the database, and its transactions.

use std::time::Duration;

use baton::server::store::requests::Answered;
use baton::server::store::{Store, StoreError, calls, events, lines, requests};
use baton_domain::outcome::{Happening, HappeningKind};
use baton_domain::time::Timestamp;
use futures_util::future::join_all;
use tempfile::TempDir;
use tokio::time::timeout;

use super::desk::{NOW, queued};
use super::{assert_waits, on_each_database};
use crate::postgres;

const LIMIT: Duration = Duration::from_secs(20);

#[tokio::test]
async fn what_is_stored_is_there_when_it_is_opened_again() {
    on_each_database(async |test, db| {
        let answered = Answered { command: "hold".to_owned(), answer: "answer".to_owned() };
        requests::remember(db, "api", "key", &answered, NOW).await.expect("stored");
        let again = Store::open(&test.url).await.expect("it opens, with its tables there already");
        let mut other = again.pool().acquire().await.expect("a connection");
        assert_eq!(requests::answered(&mut other, "api", "key").await.expect("read"), Some(answered));
        drop(other);
        again.pool().close().await;
    })
    .await;
}

#[tokio::test]
async fn the_folder_of_a_sqlite_file_is_made() {
    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("deep/down/baton.db");
    Store::open(&format!("sqlite://{}?mode=rwc", file.display())).await.expect("the database opens");
    assert!(file.is_file());
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_told() {
    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "not a folder").expect("a file");
    let opened = Store::open(&format!("sqlite://{}/baton.db?mode=rwc", file.display())).await;
    assert!(matches!(opened, Err(StoreError::Folder(_))), "{opened:?}");
}

#[tokio::test]
async fn what_is_not_committed_never_was() {
    on_each_database(async |test, db| {
        let mut tx = test.store.begin().await.expect("begun");
        let call = queued(1, NOW);
        calls::insert(&mut tx, &call).await.expect("stored");
        assert_eq!(calls::find(&mut tx, call.id).await.expect("read"), Some(call.clone()));
        assert_eq!(calls::find(db, call.id).await.expect("read"), None, "nobody else sees it yet");
        tx.rollback().await.expect("rolled back");
        assert_eq!(calls::find(db, call.id).await.expect("read"), None);
    })
    .await;
}

/// What a transaction read stays true while it writes: how many wait on a line, which line of a transcript is the last.
#[tokio::test]
async fn whoever_writes_later_waits_for_whoever_writes_now() {
    on_each_database(async |test, db| {
        let mut first = test.store.begin().await.expect("begun");
        let line = lines::all(&mut first).await.expect("read").remove(0).id;
        let (store, asked) = (test.store.clone(), line.clone());
        let mut second = tokio::spawn(async move {
            let mut second = store.begin().await.expect("begun");
            calls::waiting_on_line(&mut second, &asked).await.expect("read")
        });
        calls::insert(&mut first, &queued(1, NOW)).await.expect("stored");
        assert_eq!(calls::waiting_on_line(db, &line).await.expect("read"), 0, "who only reads does not wait");
        assert_waits(&mut second).await;
        first.commit().await.expect("committed");
        assert_eq!(second.await.expect("it goes on"), 1);
    })
    .await;
}

#[tokio::test]
async fn times_are_kept_to_the_millisecond_far_into_the_future() {
    on_each_database(async |_, db| {
        let far = Timestamp(253_402_300_799_999);
        calls::insert(db, &queued(1, far)).await.expect("stored");
        let found = calls::newest(db, Timestamp(far.0 + 1).into(), 1, false).await.expect("read");
        assert_eq!(found.first().map(|call| call.created_at), Some(far));
        assert_eq!(calls::newest(db, far.into(), 1, false).await.expect("read"), []);
    })
    .await;
}

#[tokio::test]
async fn servers_that_start_at_once_on_nothing_all_get_their_tables() {
    let folder = TempDir::new().expect("a temporary folder");
    let schema = postgres::new_schema().await;
    let file = format!("sqlite://{}/baton.db?mode=rwc", folder.path().display());
    for url in [Some(file), schema.as_ref().map(|schema| schema.url.clone())].into_iter().flatten() {
        for opened in join_all((0..4).map(|_| Store::open(&url))).await {
            opened.expect("the database opens").pool().close().await;
        }
    }
    if let Some(schema) = schema {
        schema.forget().await;
    }
}

/// A server that stands still in the middle of a transaction, as a frozen machine does, must not stop the others. On SQLite
/// there are no others.
#[tokio::test]
async fn a_writer_who_stands_still_gives_way() {
    let Some(schema) = postgres::new_schema().await else { return };
    let store = Store::open(&schema.url).await.expect("the database opens");
    let mut frozen = store.begin().await.expect("begun");
    let next = timeout(LIMIT, store.begin()).await.expect("in time").expect("it goes on");
    let late = calls::insert(&mut frozen, &queued(1, NOW)).await;
    assert!(matches!(late, Err(StoreError::Busy(_))), "{late:?}");

    let mut impatient = store.pool().acquire().await.expect("a connection");
    sqlx::query("set lock_timeout = 1").execute(&mut *impatient).await.expect("set");
    let refused = events::append(&mut impatient, &queued(1, NOW), "caller", &[happening()], NOW).await;
    assert!(matches!(refused, Err(StoreError::Busy(_))), "{refused:?}");
    next.rollback().await.expect("rolled back");
    schema.forget().await;
}

fn happening() -> Happening {
    Happening { kind: HappeningKind::CallQueued, agent: None, transfer: None, detail: None }
}
