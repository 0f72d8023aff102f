//! The one permission table: who may ask for what. Whether they may ask it of this very call is the rules' business.

use baton_domain::ids::{AgentId, CallId};
use baton_domain::machine::Actor;

/// Who asks. Every request knows before anything else happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Nobody we know.
    Anonymous,
    /// The caller of one call, by their leg's cookie.
    Caller(CallId),
    /// An agent at a desk.
    Agent(AgentId),
    /// A supervisor, who is an agent too.
    Supervisor(AgentId),
    /// An administrator.
    Admin(AgentId),
    /// A program with an API key.
    ApiKey,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Look behind a join link and come in by it.
    Join,
    /// See and steer one's own call as its caller.
    BeCaller,
    /// Work at a desk: see the queue, answer, hold, transfer.
    WorkAtDesk,
    /// Read any call, its transcript and its timeline.
    ReadCalls,
    /// Change any call through the API.
    ChangeCalls,
    /// Write transcript lines from outside.
    WriteTranscript,
    /// Read the stream of events.
    ReadEvents,
    /// Read lines with their join links.
    ReadLines,
    /// Open, close and revoke lines.
    ChangeLines,
}

/// The table.
pub fn may(who: &Who, action: Action) -> bool {
    use Action::{
        BeCaller, ChangeCalls, ChangeLines, Join, ReadCalls, ReadEvents, ReadLines, WorkAtDesk, WriteTranscript,
    };
    match who {
        Who::Anonymous => matches!(action, Join),
        Who::Caller(_) => matches!(action, Join | BeCaller),
        Who::Agent(_) => matches!(action, WorkAtDesk | ReadEvents),
        Who::Supervisor(_) => matches!(action, WorkAtDesk | ReadCalls | ReadEvents | ReadLines),
        Who::Admin(_) => matches!(action, WorkAtDesk | ReadCalls | ReadEvents | ReadLines | ChangeLines),
        Who::ApiKey => {
            matches!(action, ReadCalls | ChangeCalls | WriteTranscript | ReadEvents | ReadLines | ChangeLines)
        }
    }
}

impl Who {
    /// The agent who sits at this desk.
    pub fn agent(&self) -> Option<&AgentId> {
        match self {
            Self::Agent(agent) | Self::Supervisor(agent) | Self::Admin(agent) => Some(agent),
            Self::Anonymous | Self::Caller(_) | Self::ApiKey => None,
        }
    }

    /// How the rules know them.
    pub fn actor(&self) -> Option<Actor> {
        match self {
            Self::Anonymous => None,
            Self::Caller(_) => Some(Actor::Caller),
            Self::Agent(agent) => Some(Actor::Agent(agent.clone())),
            Self::Supervisor(agent) | Self::Admin(agent) => Some(Actor::Supervisor(agent.clone())),
            Self::ApiKey => Some(Actor::Api),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_may_nothing_but_be_a_caller() {
        let caller = Who::Caller(CallId(uuid::Uuid::nil()));
        let allowed = [Action::Join, Action::BeCaller];
        for action in
            [Action::WorkAtDesk, Action::ReadCalls, Action::ChangeCalls, Action::ReadEvents, Action::ReadLines]
        {
            assert!(!may(&caller, action), "{action:?}");
        }
        assert!(allowed.iter().all(|action| may(&caller, *action)));
    }
}
