//! What the first page asks for.

use baton_domain::agent::Agent;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::door::{answer, anyone};
use super::error::ApiError;
#[cfg(feature = "ssr")]
use crate::server::permissions::Action;

/// The first page of a demo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomePage {
    /// Whether anyone may sign in as anybody.
    pub demo: bool,
    /// Whose desks can be opened.
    pub agents: Vec<Agent>,
    /// The path of the first open line's join link.
    pub join_path: Option<String>,
    /// Why LiveKit cannot be used, in words; `None` when it answers.
    pub livekit_trouble: Option<String>,
    /// Whether the server plays callers.
    pub can_simulate: bool,
    /// How far the demo has come.
    pub progress: DemoProgress,
}

/// The checklist that ticks itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "five independent ticks of a checklist")]
pub struct DemoProgress {
    /// A caller waits or has waited.
    pub caller_joined: bool,
    /// An agent answered.
    pub answered: bool,
    /// A transfer was started.
    pub transfer_started: bool,
    /// The target accepted.
    pub accepted: bool,
    /// A transfer was completed.
    pub completed: bool,
}

/// Everything the first page shows.
#[server(name = GetHomePage, prefix = "/api", endpoint = "home_page")]
pub async fn home_page() -> Result<HomePage, ApiError> {
    let (desk, _) = anyone(Action::OpenHome).await?;
    answer(desk.home().page().await)
}

/// Lets the server play one more caller; says what they are called.
#[server(prefix = "/api", endpoint = "simulate_caller")]
pub async fn simulate_caller() -> Result<String, ApiError> {
    let (desk, who) = anyone(Action::SimulateCaller).await?;
    let caller = answer(desk.callers().simulate(&who, None).await)?;
    Ok(caller.name)
}
