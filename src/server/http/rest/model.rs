//! What the REST interface says of calls and transfers. Its own types: the desk's may change from one version to the
//! next, these may not. Ids are text, times RFC 3339.

use baton_domain::call::{Call, CallState};
use baton_domain::time::Timestamp;
use baton_domain::transfer::Outcome;
use jiff::fmt::temporal::DateTimePrinter;
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use crate::server::http::problem::ProblemDetail;
use crate::server::store::transfers::StoredTransfer;

/// Times are kept to the millisecond.
const TIMES: DateTimePrinter = DateTimePrinter::new().precision(Some(3));

/// A time as the API writes it.
pub fn rfc3339(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    TIMES.timestamp_to_string(&at)
}

/// Refusals that any request may meet.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only its description is used")]
pub enum Refusals {
    /// No key or token, or a wrong one.
    #[response(status = 401, content_type = "application/problem+json")]
    NotSignedIn(ProblemDetail),
    /// Not allowed with this key or token.
    #[response(status = 403, content_type = "application/problem+json")]
    NotAllowed(ProblemDetail),
    /// There is no such thing.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemDetail),
    /// Not in this state. The sentence says what is the case; `state`, `version` and `transfer_state` say it to programs.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemDetail),
    /// What was sent is too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemDetail),
    /// What was sent is no JSON by its Content-Type.
    #[response(status = 415, content_type = "application/problem+json")]
    UnknownType(ProblemDetail),
    /// Sent to a host that the desk does not answer as, without the API key.
    #[response(status = 421, content_type = "application/problem+json")]
    UnknownHost(ProblemDetail),
    /// Something that was sent does not fit, or an Idempotency-Key was used for something else before.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(ProblemDetail),
    /// Too many requests in a short time. `retry_after` and the header Retry-After say in how many seconds one more is let
    /// through.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(ProblemDetail),
    /// Something that this needs cannot be had now: the database, the media server, the storage of recordings. Try again in a
    /// moment.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemDetail),
}

/// A call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Call)]
pub struct CallJson {
    #[schema(example = "019b76da9a4c7000a3d5f3b0c2a4e6f1")]
    pub id: String,
    /// The line that the caller came in by.
    #[schema(example = "support")]
    pub line: String,
    /// The queue that the caller waits in, or would go back to.
    #[schema(example = "support")]
    pub queue: String,
    /// `queued`, `offered`, `talking`, `on_hold`, `ended`, or the state of the open transfer.
    #[schema(example = "talking")]
    pub state: String,
    /// Counts every change.
    pub version: u32,
    /// What the caller calls themselves.
    #[schema(example = "Carol")]
    pub caller_name: String,
    /// Whether what is said becomes a transcript.
    pub is_transcribed: bool,
    /// What becomes of the recording: `off` (the line does not record), `on`, `paused` by an agent, or `refused` by the
    /// caller.
    #[schema(example = "on")]
    pub recording: &'static str,
    /// Everybody who is in it or rung for it.
    #[schema(example = json!(["alice"]))]
    pub agents: Vec<String>,
    /// The transfer that is open.
    pub transfer_id: Option<String>,
    /// The transfer that ended last.
    pub last_transfer_id: Option<String>,
    /// The call that this caller left less than a minute before.
    pub rejoined_from: Option<String>,
    #[schema(example = "2026-01-31T12:00:00.000Z")]
    pub created_at: String,
    pub ended_at: Option<String>,
    /// `caller_hung_up`, `caller_lost`, `agent_hung_up` or `ended_for_everyone`.
    pub end_reason: Option<&'static str>,
}

impl From<&Call> for CallJson {
    fn from(call: &Call) -> Self {
        let ended = match &call.state {
            CallState::Ended { at, reason, .. } => Some((*at, *reason)),
            _ => None,
        };
        Self {
            id: call.id.to_string(),
            line: call.line.to_string(),
            queue: call.queue.to_string(),
            state: call.state_name().to_owned(),
            version: call.version,
            caller_name: call.caller.name.clone(),
            is_transcribed: call.listening.may_transcribe(),
            recording: call.listening.recording().name(),
            agents: call.agent_legs().into_iter().map(|leg| leg.agent.to_string()).collect(),
            transfer_id: call.transfer().map(|open| open.id.to_string()),
            last_transfer_id: call.last_transfer.as_ref().map(|ended| ended.id.to_string()),
            rejoined_from: call.rejoined_from.map(|call| call.to_string()),
            created_at: rfc3339(call.created_at),
            ended_at: ended.map(|(at, _)| rfc3339(at)),
            end_reason: ended.map(|(_, reason)| reason.name()),
        }
    }
}

/// One attempt to hand a call over.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Transfer)]
pub struct TransferJson {
    pub id: String,
    pub call_id: String,
    #[schema(example = "alice")]
    pub transferring_agent: String,
    #[schema(example = "bob")]
    pub target_agent: String,
    /// `initiated`, `ringing`, `consulting`, `swapped`, `conference`, `completing`; or how it ended: `completed`,
    /// `cancelled`, `declined`, `no_answer`, `failed`, `abandoned`.
    #[schema(example = "consulting")]
    pub state: String,
    /// `Initiated`, `In progress`, `Briefing`, `Completed` or `Failed`. A call without a transfer is idle.
    #[schema(example = "Briefing")]
    pub stage: String,
    /// Why it ended like that: the target's words; or what broke: `microphone`, `unreachable`, `target_left`, `target_lost`,
    /// `transferring_lost`, `not_heard` or `call_ended`; or `urgent`, when it was forced.
    pub end_reason: Option<String>,
    /// Why the caller is handed over.
    #[schema(example = "Wrong invoice")]
    pub reason: String,
    /// For the next agent.
    pub note: String,
    #[schema(example = "2026-01-31T12:00:00.000Z")]
    pub started_at: String,
    pub ended_at: Option<String>,
}

impl From<&StoredTransfer> for TransferJson {
    fn from(transfer: &StoredTransfer) -> Self {
        Self {
            id: transfer.id.to_string(),
            call_id: transfer.call.to_string(),
            transferring_agent: transfer.transferring.to_string(),
            target_agent: transfer.target.to_string(),
            state: transfer.state.clone(),
            stage: transfer.stage.clone(),
            end_reason: transfer.outcome.as_ref().and_then(why),
            reason: transfer.reason.clone(),
            note: transfer.note.clone(),
            started_at: rfc3339(transfer.started_at),
            ended_at: transfer.ended_at.map(rfc3339),
        }
    }
}

fn why(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Declined { reason } => Some(reason.clone()).filter(|reason| !reason.is_empty()),
        Outcome::Failed { reason } => Some(reason.name().to_owned()),
        Outcome::Completed { urgent: true } => Some("urgent".to_owned()),
        Outcome::Completed { urgent: false } | Outcome::Cancelled | Outcome::NoAnswer | Outcome::Abandoned => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_to_the_millisecond() {
        assert_eq!(rfc3339(Timestamp(1_769_860_800_007)), "2026-01-31T12:00:00.007Z");
    }
}
