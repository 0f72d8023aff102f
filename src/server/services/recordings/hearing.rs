//! Who may listen to what.

use baton_domain::call::RoomKind;
use baton_domain::desk_event::TimelineEntry;
use baton_domain::ids::{AgentId, CallId, TransferId};
use baton_domain::outcome::HappeningKind;
use baton_domain::recording::Recording;

use super::Recordings;
use crate::server::error::ServiceError;
use crate::server::permissions::{Action, Who, may};

/// What of a call's recordings somebody may listen to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Share {
    /// All of it.
    Everything,
    /// What an agent took part in.
    Part {
        /// They had the caller, so that the call is theirs. Whoever was only asked, and perhaps introduced, did not.
        had_call: bool,
        /// The transfers of which they were one of the two agents who could consult.
        consults: Vec<TransferId>,
    },
}

impl Share {
    pub fn has(&self, recording: &Recording) -> bool {
        match (self, recording.room) {
            (Self::Everything, _) => true,
            (Self::Part { had_call, .. }, RoomKind::Call) => *had_call,
            (Self::Part { consults, .. }, RoomKind::Consult) => {
                recording.transfer.is_some_and(|transfer| consults.contains(&transfer))
            }
        }
    }

    fn of_agent(agent: &AgentId, timeline: &[TimelineEntry]) -> Self {
        let (mut is_holder, mut had_call, mut consults) = (false, false, Vec::new());
        for happening in timeline.iter().map(|entry| &entry.happening) {
            let is_theirs = happening.agent.as_ref() == Some(agent);
            match happening.kind {
                HappeningKind::CallAnswered | HappeningKind::TransferCompleted => {
                    is_holder = is_theirs;
                    had_call |= is_theirs;
                }
                // Whoever only declined, or was only rung, has consulted nobody.
                HappeningKind::TransferAccepted if is_theirs || is_holder => consults.extend(happening.transfer),
                _ => {}
            }
        }
        Self::Part { had_call, consults }
    }
}

impl Recordings<'_> {
    /// What is for them; an error where nothing ever is.
    pub(super) async fn share(&self, who: &Who, call: CallId) -> Result<Share, ServiceError> {
        self.0.calls().find(call).await?;
        if !may(who, Action::HearRecordings) {
            return Err(ServiceError::NotAllowed);
        }
        // Whoever may read any call may listen to any.
        if may(who, Action::ReadCalls) {
            return Ok(Share::Everything);
        }
        let agent = who.agent().ok_or(ServiceError::NotAllowed)?;
        match Share::of_agent(agent, &self.0.timeline(call).await?) {
            Share::Part { had_call: false, consults } if consults.is_empty() => Err(ServiceError::NotAllowed),
            share => Ok(share),
        }
    }
}
