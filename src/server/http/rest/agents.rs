//! Agents and their presence.

use axum::Json;
use axum::extract::State;
use baton_domain::agent::{AgentKind, AgentView};
use serde::Serialize;
use utoipa::ToSchema;

use super::input::Asker;
use super::model::{Refusals, rfc3339};
use crate::server::http::problem::Problem;
use crate::server::permissions::Action;
use crate::server::state::App;

/// An agent as others see them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Agent)]
pub struct AgentJson {
    #[schema(example = "alice")]
    id: String,
    #[schema(example = "Alice")]
    name: String,
    /// `human` or `assistant`.
    kind: &'static str,
    /// The queues that they are skilled for.
    #[schema(example = json!(["support"]))]
    skills: Vec<String>,
    /// In which language they read their briefings; null for the conversation's.
    #[schema(example = "de")]
    language: Option<String>,
    /// `offline`, `available`, `reserved`, `on_call`, `wrap_up`, `busy` or `away`.
    #[schema(example = "available")]
    presence: &'static str,
    /// Since when they have been that.
    since: String,
}

/// All agents.
#[derive(Debug, Serialize, ToSchema)]
pub struct Agents {
    agents: Vec<AgentJson>,
}

impl From<AgentView> for AgentJson {
    fn from(view: AgentView) -> Self {
        Self {
            id: view.agent.id.to_string(),
            name: view.agent.name,
            kind: match view.agent.kind {
                AgentKind::Human => "human",
                AgentKind::Assistant => "assistant",
            },
            skills: view.agent.skills.iter().map(ToString::to_string).collect(),
            language: view.agent.language.as_ref().map(|language| language.tag().to_owned()),
            presence: view.presence.name(),
            since: rfc3339(view.since),
        }
    }
}

/// All agents with their presence.
#[utoipa::path(get, path = "/agents", operation_id = "list_agents", tag = "Agents", responses((status = 200, body = Agents), Refusals))]
pub async fn list(State(app): State<App>, asker: Asker) -> Result<Json<Agents>, Problem> {
    // Whoever works at a desk sees their colleagues there too.
    asker.may(Action::WorkAtDesk).or_else(|_| asker.may(Action::ReadCalls))?;
    let agents = app.presence().views().await?;
    Ok(Json(Agents { agents: agents.into_iter().map(AgentJson::from).collect() }))
}
