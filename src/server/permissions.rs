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
    /// Open the first page of a demo, with its agents and its join link.
    OpenHome,
    /// Open a desk.
    SignIn,
    /// Look behind a join link and come in by it.
    Join,
    /// See and steer one's own call as its caller.
    BeCaller,
    /// Work at a desk: see the queue, answer, hold, transfer.
    WorkAtDesk,
    /// Read any call, its transcript and its timeline.
    ReadCalls,
    /// Read what agents left about a call when they were done with it: agents of those that they have or had, others of any.
    ReadWrapUps,
    /// Have a call analysed: an agent one's own, which they may ask about, too.
    AnalyseCalls,
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
    /// Let the server play a caller, where there is a demo.
    SimulateCaller,
    /// Listen to recordings: agents to those of calls they were on, others to any.
    HearRecordings,
    /// Delete recordings.
    DeleteRecordings,
    /// Have a file of sound transcribed, and see what came of it.
    TranscribeFiles,
}

/// The table.
pub fn may(who: &Who, action: Action) -> bool {
    use Action::{
        AnalyseCalls, BeCaller, ChangeCalls, ChangeLines, DeleteRecordings, HearRecordings, Join, ReadCalls,
        ReadEvents, ReadLines, ReadWrapUps, SimulateCaller, WorkAtDesk, WriteTranscript,
    };
    match action {
        // A demo's first page is everybody's, and a desk is for people.
        Action::OpenHome => return true,
        Action::SignIn => return *who != Who::ApiKey,
        // Everybody but callers, and everybody their own.
        Action::TranscribeFiles => return !matches!(who, Who::Anonymous | Who::Caller(_)),
        _ => {}
    }
    match who {
        // Whoever opens a demo's first page may come in as a caller, and so let one be played.
        Who::Anonymous => matches!(action, Join | SimulateCaller),
        Who::Caller(_) => matches!(action, Join | BeCaller | SimulateCaller),
        Who::Agent(_) => {
            matches!(action, WorkAtDesk | AnalyseCalls | ReadWrapUps | ReadEvents | SimulateCaller | HearRecordings)
        }
        Who::Supervisor(_) => matches!(
            action,
            WorkAtDesk
                | AnalyseCalls
                | ReadCalls
                | ReadWrapUps
                | ReadEvents
                | ReadLines
                | SimulateCaller
                | HearRecordings
                | DeleteRecordings
        ),
        Who::Admin(_) => {
            matches!(
                action,
                WorkAtDesk
                    | AnalyseCalls
                    | ReadCalls
                    | ReadWrapUps
                    | ReadEvents
                    | ReadLines
                    | ChangeLines
                    | SimulateCaller
                    | HearRecordings
                    | DeleteRecordings
            )
        }
        Who::ApiKey => matches!(
            action,
            AnalyseCalls
                | ReadCalls
                | ReadWrapUps
                | ChangeCalls
                | WriteTranscript
                | ReadEvents
                | ReadLines
                | ChangeLines
                | SimulateCaller
                | HearRecordings
                | DeleteRecordings
        ),
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

    /// The call whose caller they are.
    pub fn call(&self) -> Option<CallId> {
        match self {
            Self::Caller(call) => Some(*call),
            _ => None,
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

    /// `x` is what they may.
    const TABLE: &str = "\
nobody  caller  agent   super   admin   key
x       x       -       -       -       -       Join
-       x       -       -       -       -       BeCaller
-       -       x       x       x       -       WorkAtDesk
-       -       -       x       x       x       ReadCalls
-       -       x       x       x       x       AnalyseCalls
-       -       -       -       -       x       ChangeCalls
-       -       -       -       -       x       WriteTranscript
-       -       x       x       x       x       ReadEvents
-       -       -       x       x       x       ReadLines
-       -       -       -       x       x       ChangeLines
x       x       x       x       x       x       SimulateCaller
-       -       x       x       x       x       HearRecordings
-       -       -       x       x       x       DeleteRecordings
x       x       x       x       x       x       OpenHome
x       x       x       x       x       -       SignIn
-       -       x       x       x       x       TranscribeFiles
-       -       x       x       x       x       ReadWrapUps
";

    const ACTIONS: [Action; 17] = [
        Action::Join,
        Action::BeCaller,
        Action::WorkAtDesk,
        Action::ReadCalls,
        Action::AnalyseCalls,
        Action::ChangeCalls,
        Action::WriteTranscript,
        Action::ReadEvents,
        Action::ReadLines,
        Action::ChangeLines,
        Action::SimulateCaller,
        Action::HearRecordings,
        Action::DeleteRecordings,
        Action::OpenHome,
        Action::SignIn,
        Action::TranscribeFiles,
        Action::ReadWrapUps,
    ];

    /// A new action does not compile here until it has its row, which is found by its number.
    fn row(action: Action) -> usize {
        match action {
            Action::Join => 0,
            Action::BeCaller => 1,
            Action::WorkAtDesk => 2,
            Action::ReadCalls => 3,
            Action::AnalyseCalls => 4,
            Action::ChangeCalls => 5,
            Action::WriteTranscript => 6,
            Action::ReadEvents => 7,
            Action::ReadLines => 8,
            Action::ChangeLines => 9,
            Action::SimulateCaller => 10,
            Action::HearRecordings => 11,
            Action::DeleteRecordings => 12,
            Action::OpenHome => 13,
            Action::SignIn => 14,
            Action::TranscribeFiles => 15,
            Action::ReadWrapUps => 16,
        }
    }

    fn column(who: &Who) -> &'static str {
        match who {
            Who::Anonymous => "nobody",
            Who::Caller(_) => "caller",
            Who::Agent(_) => "agent",
            Who::Supervisor(_) => "super",
            Who::Admin(_) => "admin",
            Who::ApiKey => "key",
        }
    }

    #[test]
    fn everybody_may_what_the_table_says_and_nothing_else() {
        let agent: AgentId = "alice".parse().expect("a handle");
        let everybody = [
            Who::Anonymous,
            Who::Caller(CallId(uuid::Uuid::nil())),
            Who::Agent(agent.clone()),
            Who::Supervisor(agent.clone()),
            Who::Admin(agent),
            Who::ApiKey,
        ];
        let mut expected = TABLE.lines();
        let heading: String = everybody.each_ref().map(|who| format!("{:<8}", column(who))).concat();
        assert_eq!(expected.next(), Some(heading.trim_end()));
        for (number, action) in ACTIONS.into_iter().enumerate() {
            assert_eq!(row(action), number, "{action:?}");
            let cells = everybody.each_ref().map(|who| if may(who, action) { "x" } else { "-" });
            let line: String = cells.map(|cell| format!("{cell:<8}")).concat();
            assert_eq!(expected.next(), Some(format!("{line}{action:?}").as_str()));
        }
        assert_eq!(expected.next(), None);
    }
}
