//! Every query, on a real SQLite file, and on PostgreSQL as well where `BATON_TEST_POSTGRES` names a server: the SQL is
//! portable only as long as both run it.

mod agents;
mod briefings;
mod calls;
mod desk;
mod engagements;
mod events;
mod leases;
mod lines;
mod opening;
mod recordings;
mod requests;
mod segments;
mod spoken_files;
mod transfers;
mod wrap_ups;

use std::time::Duration;

use baton::server::store::Store;
use sqlx::AnyConnection;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::postgres;
use desk::furnish;

/// A database of one test's own, with lines and agents.
struct TestDatabase {
    store: Store,
    url: String,
    kind: &'static str,
}

impl TestDatabase {
    async fn open(kind: &'static str, url: String) -> Self {
        let store = Store::open(&url).await.expect("the database opens");
        Self { store, url, kind }
    }

    async fn run(self, test: &impl AsyncFn(&Self, &mut AnyConnection)) {
        let mut db = self.store.pool().acquire().await.expect("a connection");
        furnish(&mut db).await;
        test(&self, &mut db).await;
        drop(db);
        self.store.pool().close().await;
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("This was on {}.", self.kind);
        }
    }
}

/// Runs `test` on a new SQLite file, then on a new schema of PostgreSQL where there is a server.
async fn on_each_database(test: impl AsyncFn(&TestDatabase, &mut AnyConnection)) {
    let folder = TempDir::new().expect("a temporary folder");
    let url = format!("sqlite://{}/baton.db?mode=rwc", folder.path().display());
    TestDatabase::open("SQLite", url).await.run(&test).await;
    let Some(schema) = postgres::new_schema().await else { return };
    TestDatabase::open("PostgreSQL", schema.url.clone()).await.run(&test).await;
    // The schema of a test that fails stays, to be looked at.
    schema.forget().await;
}

/// That something does not happen can only be seen by watching for a while.
async fn assert_waits<T>(task: &mut JoinHandle<T>) {
    assert!(timeout(Duration::from_millis(100), task).await.is_err(), "it does not wait");
}
