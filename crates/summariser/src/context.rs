//! What is known about a transfer without listening to the call.

use baton_domain::ids::AgentId;

/// Who is who in the call that is handed over. Names come from the desk, never from the transcript.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// As the caller gave it when joining.
    pub caller_name: Option<String>,
    /// Every agent who spoke in the call.
    pub agents: Vec<AgentName>,
    /// The name of the agent who hands over.
    pub transferring_agent: String,
    /// The name of the agent who takes over; `None` for a queue, where it is not known yet.
    pub target: Option<String>,
}

/// What an agent is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentName {
    /// The id that the transcript's lines carry.
    pub id: AgentId,
    /// The name that people read.
    pub name: String,
}
