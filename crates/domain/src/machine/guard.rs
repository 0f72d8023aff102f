//! What a command is measured by, whatever the state: who asks, and how much they say.

use super::{Actor, Refusal};
use crate::ids::AgentId;
use crate::text::plain;
use crate::transfer::Transfer;

/// Whether `by` may act as `agent`.
pub(super) fn acts_for(by: &Actor, agent: &AgentId) -> Result<(), Refusal> {
    match by {
        Actor::Api | Actor::Desk => Ok(()),
        _ if is_person(by, agent) => Ok(()),
        _ => Err(Refusal::NotYourCall),
    }
}

/// Whether `by` is this very person, and not somebody who may act for anybody.
pub(super) fn is_person(by: &Actor, agent: &AgentId) -> bool {
    matches!(by, Actor::Agent(me) | Actor::Supervisor(me) if me == agent)
}

/// Whether `by` may arrange calls that are not their own.
pub(super) fn may_supervise(by: &Actor) -> Result<(), Refusal> {
    match by {
        Actor::Supervisor(_) | Actor::Api | Actor::Desk => Ok(()),
        Actor::Caller | Actor::Agent(_) => Err(Refusal::NotYourCall),
    }
}

/// Whether `by` may act as `agent`, or for them when they are stuck.
pub(super) fn acts_for_or_supervises(by: &Actor, agent: &AgentId) -> Result<(), Refusal> {
    acts_for(by, agent).or_else(|_| may_supervise(by))
}

/// Whether nobody takes over who has just vanished.
pub(super) fn target_is_there(transfer: &Transfer) -> Result<(), Refusal> {
    if transfer.target.is_lost() {
        return Err(Refusal::AlreadyLeft { agent: transfer.target.agent.clone() });
    }
    Ok(())
}

/// A text as it is kept: of at most `max` characters that people can see, line breaks and tabs.
pub(super) fn written(field: &str, text: &str, max: usize) -> Result<String, Refusal> {
    let text = plain(text);
    if text.chars().count() <= max {
        return Ok(text);
    }
    Err(Refusal::TooLong { field: field.to_owned(), max: u32::try_from(max).unwrap_or(u32::MAX) })
}
