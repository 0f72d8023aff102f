//! Every query, on a real SQLite file, and on PostgreSQL as well where `BATON_TEST_POSTGRES` names a server: the SQL is
//! portable only as long as both run it.

mod agents;
mod briefings;
mod calls;
mod desk;
mod engagements;
mod events;
mod lines;
mod opening;
mod recordings;
mod requests;
mod segments;
mod transfers;
mod wrap_ups;

use std::env;
use std::time::Duration;

use baton::server::random;
use baton::server::store::Store;
use sqlx::any::install_default_drivers;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::timeout;

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
    let Some(server) = env::var("BATON_TEST_POSTGRES").ok().filter(|server| !server.is_empty()) else { return };
    // The schema of a test that fails stays, to be looked at.
    let schema = format!("baton_{}", random::id().as_simple());
    administer(&server, format!("create schema {schema}")).await;
    let separator = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{separator}options[search_path]={schema}");
    TestDatabase::open("PostgreSQL", url).await.run(&test).await;
    administer(&server, format!("drop schema {schema} cascade")).await;
}

async fn administer(server: &str, sql: String) {
    install_default_drivers();
    let mut connection = AnyConnection::connect(server).await.expect("PostgreSQL is there");
    sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.expect("a database to do as we like in");
    connection.close().await.expect("an orderly end");
}

/// That something does not happen can only be seen by watching for a while.
async fn assert_waits<T>(task: &mut JoinHandle<T>) {
    assert!(timeout(Duration::from_millis(100), task).await.is_err(), "it does not wait");
}
