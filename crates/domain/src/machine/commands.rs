//! What people and the API ask for.

use super::step::Step;
use super::{Action, Actor, Command, Refusal, StartTransfer, TransferKind};
use crate::call::{AgentLeg, CallState, Connection, EndReason};
use crate::ids::{AgentId, LegId};
use crate::outcome::{Effect, HappeningKind};
use crate::transfer::{FailReason, Heard, NOTE_MAX, Outcome, REASON_MAX, Transfer, TransferState};

impl Step<'_> {
    pub(super) fn command(&mut self, by: &Actor, command: &Command) -> Result<(), Refusal> {
        if self.call.is_ended() && !matches!(command, Command::LeaveConsult) {
            return Err(Refusal::CallEnded);
        }
        match command {
            Command::Answer { agent, leg } => self.answer(agent, *leg),
            Command::Offer { agent, leg } => self.offer(agent, *leg),
            Command::Hold => self.hold(by),
            Command::Retrieve => self.retrieve(by),
            Command::HangUp => self.hang_up(by),
            Command::EndForEveryone => self.end_for_everyone(by),
            Command::StartTransfer(start) => self.start_transfer(by, start),
            Command::Accept => self.accept(by),
            Command::Decline { reason } => self.decline(by, reason),
            Command::LeaveConsult => self.leave_consult(by),
            Command::TakeCaller => self.take_caller(by),
            Command::Swap => self.swap(by),
            Command::Merge => self.merge(by),
            Command::Complete => self.complete(by),
            Command::Cancel => self.cancel(by),
            Command::TransferWithoutWaiting => self.transfer_without_waiting(by),
            Command::Force => self.force(by),
        }
    }

    fn answer(&mut self, agent: &AgentId, leg: LegId) -> Result<(), Refusal> {
        let leg = match &self.call.state {
            CallState::Queued(_) => leg,
            CallState::Offered { to, .. } if to.agent == *agent => to.leg,
            CallState::Offered { to, .. } => return Err(Refusal::OfferedToAnother { to: to.agent.clone() }),
            CallState::WithAgent { agent: by, .. } => return Err(Refusal::AlreadyAnswered { by: by.agent.clone() }),
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

    fn offer(&mut self, agent: &AgentId, leg: LegId) -> Result<(), Refusal> {
        let CallState::Queued(waiting) = &self.call.state else { return Err(self.wrong_state(Action::Offer)) };
        let until = self.now().plus(self.context.rules.ring_back);
        let to = AgentLeg::expected(agent.clone(), leg, self.now());
        self.call.state = CallState::Offered { to, until, waiting: waiting.clone() };
        self.note(HappeningKind::CallOffered, Some(agent));
        Ok(())
    }

    fn hold(&mut self, by: &Actor) -> Result<(), Refusal> {
        let now = self.now();
        self.set_hold(by, Action::Hold, Some(now), HappeningKind::CallHeld)
    }

    fn retrieve(&mut self, by: &Actor) -> Result<(), Refusal> {
        self.set_hold(by, Action::Retrieve, None, HappeningKind::CallRetrieved)
    }

    /// Hold and retrieve, in a plain call and while a target rings.
    fn set_hold(
        &mut self,
        by: &Actor,
        action: Action,
        held: Option<crate::time::Timestamp>,
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

    fn hang_up(&mut self, by: &Actor) -> Result<(), Refusal> {
        if *by == Actor::Caller {
            self.end_call(EndReason::CallerHungUp);
            return Ok(());
        }
        match &self.call.state {
            CallState::WithAgent { agent, .. } => acts_for(by, &agent.agent)?,
            CallState::Transferring(transfer) => {
                acts_in(by, transfer)?;
                return Err(Refusal::TransferOpen);
            }
            _ => return Err(Refusal::NotYourCall),
        }
        self.end_call(EndReason::AgentHungUp);
        Ok(())
    }

    fn end_for_everyone(&mut self, by: &Actor) -> Result<(), Refusal> {
        match &self.call.state {
            CallState::WithAgent { agent, .. } => acts_for_or_supervises(by, &agent.agent)?,
            CallState::Transferring(transfer) => acts_for_or_supervises(by, &transfer.transferring.agent)?,
            _ => may_supervise(by)?,
        }
        self.end_call(EndReason::EndedForEveryone);
        Ok(())
    }

    fn start_transfer(&mut self, by: &Actor, start: &StartTransfer) -> Result<(), Refusal> {
        let CallState::WithAgent { agent, held_since, .. } = &self.call.state else {
            if let CallState::Transferring(transfer) = &self.call.state {
                acts_for(by, &transfer.transferring.agent)?;
                return Err(Refusal::TransferOpen);
            }
            return Err(self.wrong_state(Action::StartTransfer));
        };
        acts_for(by, &agent.agent)?;
        if start.target == agent.agent {
            return Err(Refusal::TransferToSelf);
        }
        within("note", &start.note, NOTE_MAX)?;
        within("reason", &start.reason, REASON_MAX)?;
        let now = self.now();
        let until = now.plus(self.context.rules.ring);
        let held_since = held_since.or(start.hold.then_some(now));
        let mut transferring = agent.clone();
        transferring.consult_room = Connection::Expected { since: now };
        self.call.state = CallState::Transferring(Box::new(Transfer {
            id: start.id,
            transferring,
            target: AgentLeg::expected(start.target.clone(), start.target_leg, now),
            through_queue: start.through_queue.clone(),
            note: start.note.clone(),
            reason: start.reason.clone(),
            urgent: false,
            started_at: now,
            state: TransferState::Ringing { shown: false, until, held_since },
        }));
        self.note(HappeningKind::TransferInitiated, Some(&start.target));
        if start.kind == TransferKind::Cold {
            self.release_transferring(until, false);
        }
        Ok(())
    }

    fn accept(&mut self, by: &Actor) -> Result<(), Refusal> {
        let mut transfer = self.as_target(by, Action::Accept)?;
        let now = self.now();
        let state = match transfer.state {
            TransferState::Ringing { held_since, .. } => {
                TransferState::Connecting { until: now.plus(self.context.rules.media), held_since }
            }
            TransferState::BlindRinging { accepted: None, .. } => TransferState::BlindRinging {
                shown: true,
                until: now.plus(self.context.rules.media),
                accepted: Some(Heard::default()),
            },
            _ => return Err(self.wrong_state(Action::Accept)),
        };
        transfer.target.call_room = Connection::Expected { since: now };
        transfer.target.consult_room = Connection::Expected { since: now };
        transfer.state = state;
        let target = transfer.target.agent.clone();
        self.call.state = CallState::Transferring(Box::new(transfer));
        self.note(HappeningKind::TransferAccepted, Some(&target));
        Ok(())
    }

    fn decline(&mut self, by: &Actor, reason: &str) -> Result<(), Refusal> {
        within("reason", reason, REASON_MAX)?;
        if let CallState::Offered { to, waiting, .. } = self.call.state.clone() {
            acts_for(by, &to.agent)?;
            self.note(HappeningKind::OfferDeclined, Some(&to.agent));
            self.offer_not_taken(waiting, to.agent);
            return Ok(());
        }
        let transfer = self.as_target(by, Action::Decline)?;
        let outcome = Outcome::Declined { reason: reason.trim().to_owned() };
        match transfer.state {
            TransferState::Ringing { .. } => self.back_to_transferring(transfer, outcome),
            TransferState::BlindRinging { accepted: None, .. } => self.blind_not_taken(&transfer, outcome),
            _ => return Err(self.wrong_state(Action::Decline)),
        }
        Ok(())
    }

    fn leave_consult(&mut self, by: &Actor) -> Result<(), Refusal> {
        if let CallState::Ended { consult, .. } = &mut self.call.state {
            let Some(tail) = consult else { return Err(Refusal::CallEnded) };
            if acts_for(by, &tail.transferring.agent).is_err() {
                acts_for(by, &tail.target.agent)?;
            }
            *consult = None;
            self.note(HappeningKind::ConsultClosed, None);
            return Ok(());
        }
        let transfer = self.as_target(by, Action::LeaveConsult)?;
        let outcome = Outcome::Failed { reason: FailReason::TargetLeft };
        match transfer.state {
            TransferState::Ringing { .. } => return Err(self.wrong_state(Action::LeaveConsult)),
            TransferState::BlindRinging { .. } => self.blind_not_taken(&transfer, outcome),
            _ => self.back_to_transferring(transfer, outcome),
        }
        Ok(())
    }

    fn take_caller(&mut self, by: &Actor) -> Result<(), Refusal> {
        let transfer = self.as_target(by, Action::TakeCaller)?;
        if !matches!(transfer.state, TransferState::Consulting { .. } | TransferState::Swapped { .. }) {
            return Err(self.wrong_state(Action::TakeCaller));
        }
        let still_there = Refusal::StillThere { agent: transfer.transferring.agent.clone() };
        let gone_since = transfer.transferring.missing_since().ok_or_else(|| still_there.clone())?;
        if self.now() < gone_since.plus(self.context.rules.take_after) {
            return Err(still_there);
        }
        self.begin_completing();
        Ok(())
    }

    fn swap(&mut self, by: &Actor) -> Result<(), Refusal> {
        let since = self.now();
        let state = match self.as_transferring(by, Action::Swap)?.state {
            TransferState::Consulting { .. } => TransferState::Swapped { since },
            TransferState::Swapped { .. } => TransferState::Consulting { since },
            _ => return Err(self.wrong_state(Action::Swap)),
        };
        self.set_transfer_state(state);
        self.note(HappeningKind::TransferSwapped, None);
        Ok(())
    }

    fn merge(&mut self, by: &Actor) -> Result<(), Refusal> {
        let transfer = self.as_transferring(by, Action::Merge)?;
        if !matches!(transfer.state, TransferState::Consulting { .. } | TransferState::Swapped { .. }) {
            return Err(self.wrong_state(Action::Merge));
        }
        let since = self.now();
        self.set_transfer_state(TransferState::Conference { since });
        self.note(HappeningKind::TransferMerged, None);
        Ok(())
    }

    fn complete(&mut self, by: &Actor) -> Result<(), Refusal> {
        let transfer = self.as_transferring(by, Action::Complete)?;
        if transfer.target.is_lost() {
            return Err(Refusal::AlreadyLeft { agent: transfer.target.agent });
        }
        match transfer.state {
            TransferState::Consulting { .. } | TransferState::Swapped { .. } => self.begin_completing(),
            // The caller and the target have been talking: nothing needs to be waited for.
            TransferState::Conference { .. } => self.over_to_target(transfer),
            _ => return Err(self.wrong_state(Action::Complete)),
        }
        Ok(())
    }

    fn begin_completing(&mut self) {
        let until = self.now().plus(self.context.rules.heard);
        self.set_transfer_state(TransferState::Completing { until, heard: Heard::default() });
        self.note(HappeningKind::TransferCompleting, None);
    }

    fn cancel(&mut self, by: &Actor) -> Result<(), Refusal> {
        let transfer = self.as_transferring(by, Action::Cancel)?;
        if transfer.state.is_blind() {
            return Err(self.wrong_state(Action::Cancel));
        }
        self.back_to_transferring(transfer, Outcome::Cancelled);
        Ok(())
    }

    fn transfer_without_waiting(&mut self, by: &Actor) -> Result<(), Refusal> {
        let transfer = self.as_transferring(by, Action::TransferWithoutWaiting)?;
        let TransferState::Ringing { until, .. } = transfer.state else {
            return Err(self.wrong_state(Action::TransferWithoutWaiting));
        };
        self.note(HappeningKind::TransferWithoutWaiting, Some(&transfer.target.agent));
        self.release_transferring(until, false);
        Ok(())
    }

    fn force(&mut self, by: &Actor) -> Result<(), Refusal> {
        let transfer = self.as_transferring_or_supervisor(by, Action::Force)?;
        let until = self.now().plus(self.context.rules.ring_back);
        self.note(HappeningKind::TransferForced, Some(&transfer.target.agent));
        match transfer.state {
            TransferState::Ringing { .. } | TransferState::Connecting { .. } => self.release_transferring(until, true),
            TransferState::BlindRinging { accepted, .. } => self.make_urgent(accepted, until),
            TransferState::Consulting { .. } | TransferState::Swapped { .. } => {
                self.mark_urgent();
                self.begin_completing();
            }
            TransferState::Conference { .. } => self.over_to_target(Transfer { urgent: true, ..transfer }),
            TransferState::Completing { .. } => return Err(self.wrong_state(Action::Force)),
        }
        Ok(())
    }

    fn make_urgent(&mut self, accepted: Option<Heard>, ring_until: crate::time::Timestamp) {
        self.mark_urgent();
        if let CallState::Transferring(transfer) = &mut self.call.state
            && let TransferState::BlindRinging { until, .. } = &mut transfer.state
            && accepted.is_none()
        {
            *until = (*until).min(ring_until);
        }
    }

    fn mark_urgent(&mut self) {
        if let CallState::Transferring(transfer) = &mut self.call.state {
            transfer.urgent = true;
        }
    }

    /// An agent who was rung did not take the call: the next one in line, or the queue.
    pub(super) fn offer_not_taken(&mut self, waiting: crate::call::Waiting, agent: AgentId) {
        let mut tried = waiting.tried;
        tried.push(agent);
        self.requeue(waiting.place, tried);
        if waiting.place == crate::call::Place::Urgent {
            self.effect(Effect::OfferNext);
        }
    }

    fn open_transfer(&self, action: Action) -> Result<&Transfer, Refusal> {
        match &self.call.state {
            CallState::Transferring(transfer) => Ok(transfer),
            CallState::WithAgent { .. } => Err(Refusal::NoTransfer),
            _ => Err(self.wrong_state(action)),
        }
    }

    fn as_target(&self, by: &Actor, action: Action) -> Result<Transfer, Refusal> {
        let transfer = self.open_transfer(action)?;
        acts_for(by, &transfer.target.agent)?;
        Ok(transfer.clone())
    }

    fn as_transferring(&self, by: &Actor, action: Action) -> Result<Transfer, Refusal> {
        let transfer = self.open_transfer(action)?;
        acts_for(by, &transfer.transferring.agent)?;
        Ok(transfer.clone())
    }

    fn as_transferring_or_supervisor(&self, by: &Actor, action: Action) -> Result<Transfer, Refusal> {
        let transfer = self.open_transfer(action)?;
        acts_for_or_supervises(by, &transfer.transferring.agent)?;
        Ok(transfer.clone())
    }
}

/// Whether `by` may act as `agent`.
fn acts_for(by: &Actor, agent: &AgentId) -> Result<(), Refusal> {
    match by {
        Actor::Agent(me) | Actor::Supervisor(me) if me == agent => Ok(()),
        Actor::Api | Actor::Desk => Ok(()),
        _ => Err(Refusal::NotYourCall),
    }
}

fn acts_in(by: &Actor, transfer: &Transfer) -> Result<(), Refusal> {
    acts_for(by, &transfer.transferring.agent).or_else(|_| acts_for(by, &transfer.target.agent))
}

fn may_supervise(by: &Actor) -> Result<(), Refusal> {
    match by {
        Actor::Supervisor(_) | Actor::Api | Actor::Desk => Ok(()),
        Actor::Caller | Actor::Agent(_) => Err(Refusal::NotYourCall),
    }
}

fn acts_for_or_supervises(by: &Actor, agent: &AgentId) -> Result<(), Refusal> {
    acts_for(by, agent).or_else(|_| may_supervise(by))
}

fn within(field: &str, text: &str, max: usize) -> Result<(), Refusal> {
    if text.chars().count() <= max {
        return Ok(());
    }
    Err(Refusal::TooLong { field: field.to_owned(), max: u32::try_from(max).unwrap_or(u32::MAX) })
}
