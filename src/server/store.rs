//! The database: one set of portable SQL for SQLite and PostgreSQL. One file per group of tables; rows never leave this
//! folder.

pub mod agents;
pub mod briefings;
pub mod calls;
pub mod engagements;
pub mod events;
pub mod hold_music;
pub mod insight;
pub mod installation;
pub mod leases;
pub mod lines;
pub mod recordings;
pub mod requests;
pub mod segments;
pub mod spoken_files;
pub mod transfers;
pub mod wrap_ups;

use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyPool, Transaction};

/// How long whoever wants to read or write may wait for a lock, or for a connection. Longer than a frozen writer keeps its
/// locks, so that whoever waits for one gets on.
const WAIT: Duration = Duration::from_secs(10);
/// How long a transaction may stand still on PostgreSQL. Between two statements nothing of ours takes long: a server that does
/// not go on is frozen or cut off, and every other one waits for what it has locked.
const STANDSTILL: Duration = Duration::from_secs(5);

/// A database transaction.
pub type Tx = Transaction<'static, Any>;

/// A handle to the database.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
    is_sqlite: bool,
}

/// Why the database did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed the row first.
    #[error("the row was changed meanwhile")]
    VersionConflict,
    /// An agent has another call, or is rung for one and cannot be for a second.
    #[error("an agent is engaged already")]
    Engaged(baton_domain::ids::AgentId),
    /// Another call rings at an agent who would take this one.
    #[error("another call rings at an agent")]
    Rung(baton_domain::ids::AgentId),
    /// A stored value cannot be read.
    #[error("a stored value cannot be read")]
    Value(#[source] serde_json::Error),
    /// A stored id cannot be read.
    #[error("a stored id cannot be read")]
    Id(#[from] baton_domain::ids::InvalidId),
    /// The folder of the database cannot be made.
    #[error("cannot make the folder of the database")]
    Folder(#[source] std::io::Error),
    /// The migrations failed.
    #[error("could not bring the database up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The database cannot do it now, and may be able to in a moment.
    #[error("the database is not to be had now")]
    Busy(#[source] sqlx::Error),
    /// Anything else.
    #[error("the database failed")]
    Sql(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if passes(&error) { Self::Busy(error) } else { Self::Sql(error) }
    }
}

/// Whether something failed for a reason that passes by itself.
fn passes(error: &sqlx::Error) -> bool {
    /// SQLite's code for a lock that did not come; PostgreSQL's for that, for a transaction that stood still, and for a
    /// database that stops or starts.
    const CODES: [&str; 5] = ["5", "55P03", "25P03", "57P01", "57P03"];
    match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| CODES.contains(&code.as_ref())),
        _ => false,
    }
}

impl Store {
    /// Opens the database and brings it up to date.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        install_default_drivers();
        let is_sqlite = url.starts_with("sqlite:");
        if is_sqlite {
            make_folder_of(url)?;
        }
        let pool = AnyPoolOptions::new()
            .max_connections(if is_sqlite { 8 } else { 16 })
            .acquire_timeout(WAIT)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    for setting in settings(is_sqlite) {
                        sqlx::query(sqlx::AssertSqlSafe(setting)).execute(&mut *connection).await?;
                    }
                    Ok(())
                })
            })
            .connect(url)
            .await?;
        let store = Self { pool, is_sqlite };
        store.migrate().await?;
        Ok(store)
    }

    /// Of several servers that start at once, one migrates and the others wait: on PostgreSQL the migrator sees to that by
    /// itself, on SQLite the write lock does.
    async fn migrate(&self) -> Result<(), StoreError> {
        let migrator = sqlx::migrate!();
        if !self.is_sqlite {
            let mut connection = self.pool.acquire().await?;
            // It takes the time that it takes, and servers that start meanwhile wait as long.
            sqlx::query("set lock_timeout = 0").execute(&mut *connection).await?;
            migrator.run(&mut *connection).await?;
            // Nobody else gets a connection that waits without end.
            return Ok(connection.close().await?);
        }
        let mut tx = self.begin().await?;
        migrator.run(&mut *tx).await?;
        Ok(tx.commit().await?)
    }

    /// Begins a transaction that will write. One writer at a time, so that what it has read stays true until it commits:
    /// SQLite's write lock is taken at once, and PostgreSQL waits at the counter of events that every writer moves.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        if self.is_sqlite {
            return Ok(self.pool.begin_with("begin immediate").await?);
        }
        let mut tx = self.pool.begin().await?;
        sqlx::query("select value from counters where name = 'event' for update").fetch_one(&mut *tx).await?;
        Ok(tx)
    }

    /// A connection to read by, outside a transaction.
    pub async fn read(&self) -> Result<PoolConnection<Any>, StoreError> {
        Ok(self.pool.acquire().await?)
    }

    /// All connections.
    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }
}

/// What each connection is told first.
fn settings(is_sqlite: bool) -> Vec<String> {
    let (wait, standstill) = (WAIT.as_millis(), STANDSTILL.as_millis());
    if is_sqlite {
        // WAL lets readers go on beside the one writer; `synchronous=normal` survives a killed process.
        return vec![
            "pragma journal_mode = wal".to_owned(),
            "pragma synchronous = normal".to_owned(),
            format!("pragma busy_timeout = {wait}"),
            "pragma foreign_keys = on".to_owned(),
        ];
    }
    vec![format!("set lock_timeout = {wait}"), format!("set idle_in_transaction_session_timeout = {standstill}")]
}

fn make_folder_of(url: &str) -> Result<(), StoreError> {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//").split('?').next().unwrap_or_default();
    match Path::new(path).parent() {
        Some(folder) if !path.starts_with(':') && !folder.as_os_str().is_empty() => {
            std::fs::create_dir_all(folder).map_err(StoreError::Folder)
        }
        _ => Ok(()),
    }
}

fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(StoreError::Value)
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(StoreError::Value)
}

/// An enum as the word that serde gives it.
fn word<T: Serialize>(value: &T) -> Result<String, StoreError> {
    Ok(to_json(value)?.trim_matches('"').to_owned())
}

/// The enum of a word.
fn of_word<T: DeserializeOwned>(word: &str) -> Result<T, StoreError> {
    from_json(&format!("\"{word}\""))
}
