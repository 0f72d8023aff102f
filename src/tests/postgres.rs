//! PostgreSQL, where `BATON_TEST_POSTGRES` names a server to do as we like on: each test has a schema of its own there.

use std::env;

use baton::server::random;
use sqlx::any::install_default_drivers;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};

/// A schema of one test's own.
pub struct Schema {
    /// The database, with this schema as if there were no other.
    pub url: String,
    server: String,
    name: String,
}

/// A new schema; nothing where there is no server.
pub async fn new_schema() -> Option<Schema> {
    let server = env::var("BATON_TEST_POSTGRES").ok().filter(|server| !server.is_empty())?;
    let name = format!("baton_{}", random::id().as_simple());
    administer(&server, format!("create schema {name}")).await;
    let separator = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{separator}options[search_path]={name}");
    Some(Schema { url, server, name })
}

impl Schema {
    /// Takes it away, with all that is in it.
    pub async fn forget(self) {
        administer(&self.server, format!("drop schema {} cascade", self.name)).await;
    }
}

async fn administer(server: &str, sql: String) {
    install_default_drivers();
    let mut connection = AnyConnection::connect(server).await.expect("PostgreSQL is there");
    sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.expect("a database to do as we like in");
    connection.close().await.expect("an orderly end");
}
