//! What the desk says about a call, in the words of whoever reads it.

use baton_domain::agent::AgentView;
use baton_domain::call::{AgentLeg, Call, CallState, Connection, EndedTransfer};
use baton_domain::ids::AgentId;
use baton_domain::rules::Rules;
use baton_domain::time::Timestamp;
use baton_domain::transfer::{FailReason, Outcome, Transfer, TransferState};

use super::desk_part::{Part, agent_name, part};

/// A line of `role=status`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// For style sheets and tests: the state's stable name.
    pub state: &'static str,
    /// Another look than the state's own, when something is wrong in it.
    pub tone: Option<&'static str>,
    /// For people.
    pub text: String,
    /// Until when somebody is waited for; the line ends with the time left.
    pub waits_until: Option<Timestamp>,
}

impl Status {
    fn new(state: &'static str, text: impl Into<String>) -> Self {
        Self { state, tone: None, text: text.into(), waits_until: None }
    }

    fn waiting(state: &'static str, who: &str, until: Timestamp) -> Self {
        Self { tone: Some("hold"), waits_until: Some(until), ..Self::new(state, format!("{who} lost connection")) }
    }

    /// There is no call.
    pub fn idle() -> Self {
        Self::new("idle", "No call")
    }

    /// This page's own connection is broken.
    pub fn reconnecting() -> Self {
        Self::new("reconnecting", "Reconnecting")
    }
}

/// Names and spans that sentences need.
#[derive(Clone, Copy)]
pub struct Knowledge<'a> {
    /// Whose desk it is.
    pub me: &'a AgentId,
    /// Everybody's name.
    pub agents: &'a [AgentView],
    /// How long is waited for whom.
    pub rules: &'a Rules,
}

impl Knowledge<'_> {
    /// What an agent is called.
    pub fn name(&self, agent: &AgentId) -> String {
        agent_name(self.agents, agent)
    }
}

/// How the caller and this agent stand to each other.
pub fn call_status(call: &Call, know: Knowledge<'_>) -> Status {
    let caller = &call.caller.name;
    if call.is_ended() {
        return Status::new("ended", "Call ended");
    }
    if let Connection::Lost { since } = call.caller.connection {
        return Status::waiting("waiting", caller, since.plus(know.rules.caller_grace));
    }
    match part(call, know.me) {
        Some(Part::Offered | Part::RungTarget) => Status::new("offered", format!("{caller} is waiting")),
        Some(Part::Handling) if is_held(call) => Status::new("on_hold", "On hold"),
        Some(Part::Handling) => Status::new("talking", format!("Talking to {caller}")),
        Some(part @ (Part::Transferring | Part::Target)) => match call.transfer() {
            Some(transfer) => in_transfer(call, transfer, part),
            None => Status::idle(),
        },
        Some(Part::Tail) => Status::new("ended", "Call ended"),
        None => after_leaving(call, know),
    }
}

fn in_transfer(call: &Call, transfer: &Transfer, part: Part) -> Status {
    let caller = &call.caller.name;
    let talking = || Status::new("talking", format!("Talking to {caller}"));
    let on_hold = || Status::new("on_hold", "On hold");
    match (&transfer.state, part) {
        (TransferState::Conference { .. }, _)
        | (TransferState::Swapped { .. }, Part::Transferring)
        | (TransferState::Completing { .. }, Part::Target) => talking(),
        (
            TransferState::Ringing { held_since, .. } | TransferState::Connecting { held_since, .. },
            Part::Transferring,
        ) => {
            if held_since.is_some() {
                on_hold()
            } else {
                talking()
            }
        }
        (TransferState::BlindRinging { .. }, Part::Target) => {
            Status::new("connecting", format!("Connecting to {caller}"))
        }
        (TransferState::Completing { .. }, _) => Status::new("handing_over", "Handing over"),
        (TransferState::Connecting { .. }, _) => Status::new("connecting", "Connecting"),
        _ => on_hold(),
    }
}

fn after_leaving(call: &Call, know: Knowledge<'_>) -> Status {
    match &call.state {
        CallState::WithAgent { agent, .. } => {
            Status::new("handed_over", format!("{} has the call", know.name(&agent.agent)))
        }
        CallState::Transferring(_) | CallState::Queued(_) | CallState::Offered { .. } => {
            Status::new("handed_over", "You have left the call")
        }
        CallState::Ended { .. } => Status::new("ended", "Call ended"),
    }
}

/// Whether the caller is on hold in a plain call, or while a target rings.
pub fn is_held(call: &Call) -> bool {
    held_since(call).is_some()
}

/// Since when the caller hears music because of this agent.
pub fn held_since(call: &Call) -> Option<Timestamp> {
    match &call.state {
        CallState::WithAgent { held_since, .. } => *held_since,
        CallState::Transferring(transfer) => match transfer.state {
            TransferState::Ringing { held_since, .. } | TransferState::Connecting { held_since, .. } => held_since,
            TransferState::Consulting { since } => Some(since),
            _ => None,
        },
        _ => None,
    }
}

/// How the transfer stands, from this agent's side: the open one, else the last.
pub fn transfer_status(call: &Call, know: Knowledge<'_>) -> Option<Status> {
    if let Some(transfer) = call.transfer() {
        return Some(open_status(call, transfer, know));
    }
    if part(call, know.me) == Some(Part::Tail) {
        return Some(Status::new("abandoned", format!("{} hung up", call.caller.name)));
    }
    call.last_transfer.as_ref().map(|last| ended_status(last, call, know))
}

fn open_status(call: &Call, transfer: &Transfer, know: Knowledge<'_>) -> Status {
    let i_am_target = transfer.target.agent == *know.me;
    let other = if i_am_target { &transfer.transferring } else { &transfer.target };
    let state = transfer.state.name();
    let name = know.name(&other.agent);
    if let Some(since) = lost_since(other).filter(|_| !transfer.state.is_blind()) {
        return Status::waiting(state, &name, since.plus(know.rules.agent_grace));
    }
    let caller = &call.caller.name;
    let text = if i_am_target {
        seen_by_target(transfer, &name, caller)
    } else {
        seen_by_transferring(transfer, &name, caller)
    };
    Status::new(state, text)
}

fn seen_by_transferring(transfer: &Transfer, target: &str, caller: &str) -> String {
    match &transfer.state {
        TransferState::Ringing { .. } | TransferState::BlindRinging { accepted: None, .. } => {
            format!("Ringing {target}")
        }
        TransferState::Connecting { .. } => format!("{target} accepted, connecting"),
        TransferState::BlindRinging { .. } => format!("Connecting {caller} to {target}"),
        TransferState::Consulting { .. } => format!("Consulting {target}"),
        TransferState::Swapped { .. } => format!("Talking to {caller}, {target} on hold"),
        TransferState::Conference { .. } => "All three talking".to_owned(),
        TransferState::Completing { .. } => format!("Handing over to {target}"),
    }
}

fn seen_by_target(transfer: &Transfer, from: &str, caller: &str) -> String {
    match &transfer.state {
        TransferState::Ringing { .. } => format!("{from} is calling you"),
        TransferState::BlindRinging { accepted: None, .. } => format!("{caller} is waiting for you"),
        TransferState::Connecting { .. } => format!("Connecting to {from}"),
        TransferState::BlindRinging { .. } => format!("Connecting to {caller}"),
        TransferState::Consulting { .. } => format!("Consulting {from}"),
        TransferState::Swapped { .. } => format!("On hold, {from} talks to {caller}"),
        TransferState::Conference { .. } => "All three talking".to_owned(),
        TransferState::Completing { .. } => format!("Taking over from {from}"),
    }
}

fn ended_status(last: &EndedTransfer, call: &Call, know: Knowledge<'_>) -> Status {
    let caller = &call.caller.name;
    let target = know.name(&last.target);
    let i_am_target = last.target == *know.me;
    let text = match &last.outcome {
        Outcome::Completed { .. } if i_am_target && call.is_ended() => "You took over".to_owned(),
        Outcome::Completed { .. } if i_am_target => "You have the call".to_owned(),
        Outcome::Completed { .. } => format!("{target} has the call"),
        Outcome::Cancelled => "Transfer cancelled".to_owned(),
        Outcome::Declined { reason } if reason.is_empty() => format!("{target} declined"),
        Outcome::Declined { reason } => format!("{target} declined: {reason}"),
        Outcome::NoAnswer => format!("{target} did not answer"),
        Outcome::Failed { reason } => failed(*reason, &target, &know.name(&last.transferring), caller),
        Outcome::Abandoned => format!("{caller} hung up"),
    };
    Status::new(last.outcome.name(), text)
}

/// What broke a transfer. It begins with a name, so that it can stand alone and behind a colon.
pub fn failed(reason: FailReason, target: &str, transferring: &str, caller: &str) -> String {
    match reason {
        FailReason::Microphone => format!("{target}'s microphone did not start"),
        FailReason::Unreachable => format!("{target} cannot be reached"),
        FailReason::TargetLeft => format!("{target} left"),
        FailReason::TargetLost => format!("{target} did not come back"),
        FailReason::TransferringLost => format!("{transferring} did not come back"),
        FailReason::NotHeard => format!("{caller} and {target} did not hear each other"),
        FailReason::CallEnded => format!("{caller}'s call was ended"),
    }
}

/// Since when an agent who was there is in no room.
pub fn lost_since(leg: &AgentLeg) -> Option<Timestamp> {
    leg.missing_since().filter(|_| leg.is_lost())
}

/// Until when the target is rung, and for how long in all.
pub fn ringing_until(call: &Call) -> Option<Timestamp> {
    match &call.state {
        CallState::Offered { until, .. } => Some(*until),
        CallState::Transferring(transfer) => match transfer.state {
            TransferState::Ringing { until, .. } | TransferState::BlindRinging { until, accepted: None, .. } => {
                Some(until)
            }
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
#[path = "desk_words_tests.rs"]
mod tests;
