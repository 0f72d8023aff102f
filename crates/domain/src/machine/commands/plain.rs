//! A call without a transfer: answered, held, ended.

use crate::call::{AgentLeg, CallState, EndReason, Place, Waiting};
use crate::ids::{AgentId, LegId};
use crate::machine::guard::{acts_for, acts_for_or_supervises, is_person, may_supervise};
use crate::machine::step::Step;
use crate::machine::{Action, Actor, Refusal};
use crate::outcome::{Effect, HappeningKind};
use crate::time::Timestamp;
use crate::transfer::TransferState;

impl Step<'_> {
    pub(super) fn answer(&mut self, by: &Actor, agent: &AgentId, leg: LegId) -> Result<(), Refusal> {
        acts_for(by, agent)?;
        let leg = match &self.call.state {
            CallState::Queued(_) => leg,
            CallState::Offered { to, .. } if to.agent == *agent => to.leg,
            CallState::Offered { to, .. } => return Err(Refusal::OfferedToAnother { to: to.agent.clone() }),
            CallState::WithAgent { agent: by, .. } => return Err(Refusal::AlreadyAnswered { by: by.agent.clone() }),
            CallState::Transferring(transfer) if transfer.state.is_blind() => {
                return Err(Refusal::OfferedToAnother { to: transfer.target.agent.clone() });
            }
            CallState::Transferring(transfer) => {
                return Err(Refusal::AlreadyAnswered { by: transfer.transferring.agent.clone() });
            }
            CallState::Ended { .. } => return Err(Refusal::CallEnded),
        };
        let answering = AgentLeg::expected(agent.clone(), leg, self.now());
        self.call.state = CallState::WithAgent { agent: answering, held_since: None, since: self.now() };
        self.note(HappeningKind::CallAnswered, Some(agent));
        Ok(())
    }

    pub(super) fn offer(&mut self, by: &Actor, agent: &AgentId, leg: LegId) -> Result<(), Refusal> {
        may_supervise(by)?;
        let CallState::Queued(waiting) = &self.call.state else { return Err(self.wrong_state(Action::Offer)) };
        let until = self.now().plus(self.context.rules.ring_back);
        let to = AgentLeg::expected(agent.clone(), leg, self.now());
        self.call.state = CallState::Offered { to, until, waiting: waiting.clone() };
        self.note(HappeningKind::CallOffered, Some(agent));
        Ok(())
    }

    pub(super) fn hold(&mut self, by: &Actor) -> Result<(), Refusal> {
        let now = self.now();
        self.set_hold(by, Action::Hold, Some(now), HappeningKind::CallHeld)
    }

    pub(super) fn retrieve(&mut self, by: &Actor) -> Result<(), Refusal> {
        self.set_hold(by, Action::Retrieve, None, HappeningKind::CallRetrieved)
    }

    /// Hold and retrieve, in a plain call and while a target rings.
    fn set_hold(
        &mut self,
        by: &Actor,
        action: Action,
        held: Option<Timestamp>,
        kind: HappeningKind,
    ) -> Result<(), Refusal> {
        let refused = self.wrong_state(action);
        let (holder, held_since) = match &mut self.call.state {
            CallState::WithAgent { agent, held_since, .. } => (agent.agent.clone(), held_since),
            CallState::Transferring(transfer) => match &mut transfer.state {
                TransferState::Ringing { held_since, .. } | TransferState::Connecting { held_since, .. } => {
                    (transfer.transferring.agent.clone(), held_since)
                }
                _ => return Err(refused),
            },
            _ => return Err(refused),
        };
        acts_for(by, &holder)?;
        if held_since.is_some() == held.is_some() {
            return Err(refused);
        }
        *held_since = held;
        self.note(kind, Some(&holder));
        Ok(())
    }

    pub(super) fn hang_up(&mut self, by: &Actor) -> Result<(), Refusal> {
        if *by == Actor::Caller {
            self.end_call(EndReason::CallerHungUp);
            return Ok(());
        }
        match &self.call.state {
            CallState::WithAgent { agent, .. } => acts_for(by, &agent.agent)?,
            // The target may leave as they came; only whoever hands over has to say how.
            CallState::Transferring(transfer) if is_person(by, &transfer.target.agent) => {
                return self.leave_consult(by);
            }
            CallState::Transferring(transfer) => {
                acts_for(by, &transfer.transferring.agent)?;
                return Err(Refusal::TransferOpen);
            }
            // A person who asks has no part in it; whoever may act for anybody asks at the wrong moment.
            _ if matches!(by, Actor::Api | Actor::Desk) => return Err(self.wrong_state(Action::HangUp)),
            _ => return Err(Refusal::NotYourCall),
        }
        self.end_call(EndReason::AgentHungUp);
        Ok(())
    }

    pub(super) fn end_for_everyone(&mut self, by: &Actor) -> Result<(), Refusal> {
        match &self.call.state {
            CallState::WithAgent { agent, .. } => acts_for_or_supervises(by, &agent.agent)?,
            CallState::Transferring(transfer) => acts_for_or_supervises(by, &transfer.transferring.agent)?,
            _ => may_supervise(by)?,
        }
        self.end_call(EndReason::EndedForEveryone);
        Ok(())
    }

    /// An agent who was rung did not take the call: the next one in line, or the queue, where it keeps its place.
    pub(in crate::machine) fn offer_not_taken(&mut self, mut waiting: Waiting, agent: AgentId) {
        let is_urgent = waiting.place == Place::Urgent;
        waiting.tried.push(agent);
        self.requeue(waiting);
        if is_urgent {
            self.effect(Effect::OfferNext);
        }
    }
}
