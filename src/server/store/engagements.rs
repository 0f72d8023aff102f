//! What calls keep agents busy with: at most one call or one offer each.

use baton_domain::agent::Device;
use baton_domain::call::Engagement;
use baton_domain::ids::{AgentId, CallId};
use baton_domain::time::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::{StoreError, agents, of_word, word};
use crate::server::instance::InstanceId;

/// What an agent is busy with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoredEngagement {
    /// Who.
    pub agent: AgentId,
    /// Whether it rings at them, or they are in the call.
    pub kind: Engagement,
    /// Which call.
    pub call: CallId,
    /// Since when.
    pub since: Timestamp,
}

impl StoredEngagement {
    /// Why its agent cannot have another one of `kind`.
    fn refuses(&self, kind: Engagement) -> StoreError {
        match (self.kind, kind) {
            (Engagement::Offer, Engagement::Call) => StoreError::Rung(self.agent.clone()),
            _ => StoreError::Engaged(self.agent.clone()),
        }
    }
}

fn read(row: &AnyRow) -> Result<StoredEngagement, StoreError> {
    Ok(StoredEngagement {
        agent: row.get::<String, _>(0).parse()?,
        kind: of_word(&row.get::<String, _>(1))?,
        call: row.get::<String, _>(2).parse()?,
        since: Timestamp(row.get(3)),
    })
}

/// What every agent is busy with.
pub async fn all(db: &mut AnyConnection) -> Result<Vec<StoredEngagement>, StoreError> {
    let rows = sqlx::query("select agent_id, kind, call_id, since from engagements").fetch_all(db).await?;
    rows.iter().map(read).collect()
}

/// At whose desks calls ring that `instance` has stored.
pub async fn rung_desks(db: &mut AnyConnection, instance: &InstanceId) -> Result<Vec<AgentId>, StoreError> {
    let rows = sqlx::query(
        "select agent_id from engagements join agents on agents.id = agent_id \
         where engagements.kind = $1 and instance_id = $2 and device = $3",
    )
    .bind(word(&Engagement::Offer)?)
    .bind(instance.as_str())
    .bind(word(&Device::Page)?)
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| Ok(row.get::<String, _>(0).parse()?)).collect()
}

/// Writes what a call keeps agents busy with from `now` on. [`StoreError::Engaged`] and [`StoreError::Rung`] name whoever
/// is busy with another call already. The one writer that a transaction is sees all others there are.
pub async fn set(
    db: &mut AnyConnection,
    call: CallId,
    engagements: &[(AgentId, Engagement)],
    now: Timestamp,
    instance: &InstanceId,
) -> Result<(), StoreError> {
    let (before, elsewhere): (Vec<_>, Vec<_>) = all(db).await?.into_iter().partition(|stored| stored.call == call);
    for ended in before.iter().filter(|stored| engagements.iter().all(|(agent, _)| *agent != stored.agent)) {
        delete(db, ended).await?;
        agents::set_free(db, &ended.agent, now).await?;
    }
    for (agent, kind) in engagements {
        let was = before.iter().find(|stored| stored.agent == *agent);
        if was.is_some_and(|stored| stored.kind == *kind) {
            continue;
        }
        if let Some(other) = elsewhere.iter().find(|stored| stored.agent == *agent) {
            return Err(other.refuses(*kind));
        }
        if let Some(was) = was {
            delete(db, was).await?;
        }
        insert(db, &StoredEngagement { agent: agent.clone(), kind: *kind, call, since: now }, instance).await?;
    }
    Ok(())
}

async fn insert(db: &mut AnyConnection, new: &StoredEngagement, instance: &InstanceId) -> Result<(), StoreError> {
    sqlx::query("insert into engagements (agent_id, kind, call_id, since, instance_id) values ($1, $2, $3, $4, $5)")
        .bind(new.agent.as_str())
        .bind(word(&new.kind)?)
        .bind(new.call.to_string())
        .bind(new.since.0)
        .bind(instance.as_str())
        .execute(db)
        .await?;
    Ok(())
}

async fn delete(db: &mut AnyConnection, ended: &StoredEngagement) -> Result<(), StoreError> {
    sqlx::query("delete from engagements where call_id = $1 and agent_id = $2")
        .bind(ended.call.to_string())
        .bind(ended.agent.as_str())
        .execute(db)
        .await?;
    Ok(())
}
