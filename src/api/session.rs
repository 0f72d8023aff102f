//! Signing in, so far only as in the demo: anyone may be anybody.

use baton_domain::agent::Agent;
use baton_domain::ids::AgentId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::door::{address, answer, anyone};
use super::error::ApiError;
#[cfg(feature = "ssr")]
use crate::server::permissions::Action;

/// A tab's sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskSession {
    /// Sent with every request of this tab.
    pub token: String,
    /// Who they are.
    pub agent: Agent,
}

/// Opens `agent`'s desk in this tab. When the demo is open to the network it asks for the code that was printed at start
/// (`code_needed`).
#[server(prefix = "/api", endpoint = "open_desk")]
pub async fn open_desk(agent: AgentId, access_code: Option<String>) -> Result<DeskSession, ApiError> {
    let (desk, _) = anyone(Action::SignIn).await?;
    answer(desk.limits.sign_ins.check(&address()?))?;
    answer(desk.sessions().open_demo_desk(&agent, access_code.as_deref()).await)
}
