//! Agents and what they chose to be.

use baton_domain::agent::{Agent, PresenceChoice};
use baton_domain::briefing::Language;
use baton_domain::ids::AgentId;
use baton_domain::time::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::{StoreError, from_json, of_word, to_json, word};

/// What an agent may do beyond their own calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes calls.
    Agent,
    /// Also sees and finishes the calls of others.
    Supervisor,
    /// Also changes settings.
    Admin,
}

/// An agent as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAgent {
    /// Who, with what they chose.
    pub agent: Agent,
    /// What they may do.
    pub role: Role,
    /// Since when they have chosen so.
    pub choice_since: Timestamp,
    /// When their last call, offer or wrap-up ended.
    pub free_since: Timestamp,
}

const COLUMNS: &str = "id, name, kind, role, skills, choice, choice_since, language, device, free_since, \
     (select max(finished_at) from wrap_ups where agent_id = agents.id)";

fn read(row: &AnyRow) -> Result<StoredAgent, StoreError> {
    Ok(StoredAgent {
        agent: Agent {
            id: row.get::<String, _>(0).parse()?,
            name: row.get(1),
            kind: of_word(&row.get::<String, _>(2))?,
            skills: from_json(&row.get::<String, _>(4))?,
            choice: of_word(&row.get::<String, _>(5))?,
            // Whatever stands there was a language when it was written.
            language: row.get::<Option<String>, _>(7).and_then(|tag| Language::new(&tag).ok()),
            device: of_word(&row.get::<String, _>(8))?,
        },
        role: of_word(&row.get::<String, _>(3))?,
        choice_since: Timestamp(row.get(6)),
        free_since: Timestamp(row.get::<i64, _>(9).max(row.get::<Option<i64>, _>(10).unwrap_or_default())),
    })
}

/// All agents, by name.
pub async fn all(db: &mut AnyConnection) -> Result<Vec<StoredAgent>, StoreError> {
    let sql = format!("select {COLUMNS} from agents order by name, id");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(db).await?;
    rows.iter().map(read).collect()
}

/// One agent.
pub async fn find(db: &mut AnyConnection, id: &AgentId) -> Result<Option<StoredAgent>, StoreError> {
    let sql = format!("select {COLUMNS} from agents where id = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.as_str()).fetch_optional(db).await?;
    row.as_ref().map(read).transpose()
}

/// A new agent; one who is there already stays as they are.
pub async fn insert_new(db: &mut AnyConnection, stored: &StoredAgent) -> Result<(), StoreError> {
    sqlx::query(
        "insert into agents (id, name, kind, role, skills, choice, choice_since, language, device, free_since) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         on conflict (id) do nothing",
    )
    .bind(stored.agent.id.as_str())
    .bind(&stored.agent.name)
    .bind(word(&stored.agent.kind)?)
    .bind(word(&stored.role)?)
    .bind(to_json(&stored.agent.skills)?)
    .bind(word(&stored.agent.choice)?)
    .bind(stored.choice_since.0)
    .bind(stored.agent.language.as_ref().map(Language::tag))
    .bind(word(&stored.agent.device)?)
    .bind(stored.free_since.0)
    .execute(db)
    .await?;
    Ok(())
}

/// Writes down in which language an agent wants to read; `None` is the conversation's.
pub async fn set_language(db: &mut AnyConnection, id: &AgentId, language: Option<&Language>) -> Result<(), StoreError> {
    sqlx::query("update agents set language = $1 where id = $2")
        .bind(language.map(Language::tag))
        .bind(id.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// Writes down what an agent chose.
pub async fn choose(
    db: &mut AnyConnection,
    id: &AgentId,
    choice: PresenceChoice,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("update agents set choice = $1, choice_since = $2 where id = $3 and choice <> $1")
        .bind(word(&choice)?)
        .bind(now.0)
        .bind(id.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// A call or an offer keeps an agent busy no more.
pub async fn set_free(db: &mut AnyConnection, id: &AgentId, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("update agents set free_since = $1 where id = $2").bind(now.0).bind(id.as_str()).execute(db).await?;
    Ok(())
}
