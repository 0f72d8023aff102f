//! The demo's agents, queues and line.

use baton_domain::agent::{Agent, AgentKind, Device, PresenceChoice};
use baton_domain::ids::{InvalidId, QueueId};
use baton_domain::line::{Line, Queue};
use baton_domain::time::Timestamp;

use super::error::ServiceError;
use super::services::callers::new_code;
use super::state::App;
use super::store::agents::{Role, StoredAgent};
use super::store::{StoreError, agents, lines};

/// How many callers may wait on the demo's line.
const CAPACITY: u32 = 20;

/// Makes sure that the demo's people and line are there. What is there already stays as it is.
pub async fn seed(app: &App) -> Result<(), ServiceError> {
    let mut tx = app.store.begin().await?;
    for queue in queues().map_err(StoreError::from)? {
        lines::insert_new_queue(&mut tx, &queue).await?;
    }
    let now = app.clock.now();
    let dana = app.config.demo.phone.then(|| on_a_phone(now)).transpose().map_err(StoreError::from)?;
    for stored in people(now).map_err(StoreError::from)?.into_iter().chain(dana) {
        agents::insert_new(&mut tx, &stored).await?;
    }
    for (agent, language) in &app.config.demo.languages {
        agents::set_language(&mut tx, agent, Some(language)).await?;
    }
    let line = Line {
        id: "support".parse().map_err(StoreError::from)?,
        name: "Customer support".to_owned(),
        queue: "support".parse().map_err(StoreError::from)?,
        join_code: Some(new_code()),
        open: true,
        capacity: CAPACITY,
        listening: app.config.demo.listening,
        redact: true,
    };
    lines::insert_new(&mut tx, &line).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

fn queues() -> Result<Vec<Queue>, InvalidId> {
    let queue = |id: &str, name: &str| Ok(Queue { id: id.parse()?, name: name.to_owned() });
    Ok(vec![queue("support", "Support queue")?, queue("billing", "Billing queue")?])
}

fn people(now: Timestamp) -> Result<Vec<StoredAgent>, InvalidId> {
    Ok(vec![
        person(now, ("alice", "Alice"), Role::Agent, &["support"])?,
        person(now, ("bob", "Bob"), Role::Agent, &["support", "billing"])?,
        person(now, ("carla", "Carla"), Role::Supervisor, &["billing"])?,
    ])
}

/// Somebody to hand a call to who has no desk, and whom no queue rings.
fn on_a_phone(now: Timestamp) -> Result<StoredAgent, InvalidId> {
    let dana = person(now, ("dana", "Dana"), Role::Agent, &[])?;
    Ok(StoredAgent { agent: Agent { device: Device::Phone, ..dana.agent }, ..dana })
}

fn person(now: Timestamp, (id, name): (&str, &str), role: Role, skills: &[&str]) -> Result<StoredAgent, InvalidId> {
    let agent = Agent {
        id: id.parse()?,
        name: name.to_owned(),
        kind: AgentKind::Human,
        skills: skills.iter().map(|skill| skill.parse::<QueueId>()).collect::<Result<_, _>>()?,
        choice: PresenceChoice::Available,
        language: None,
        device: Device::Page,
    };
    Ok(StoredAgent { agent, role, choice_since: now, free_since: now })
}
