//! What people and the API ask for.

use super::guard::{acts_for, acts_for_or_supervises, is_person, may_supervise, target_is_there, within};
use super::step::Step;
use super::{Action, Actor, Command, Refusal, StartTransfer, TransferKind};
use crate::call::{AgentLeg, CallState, Connection, EndReason, Place, Waiting};
use crate::ids::{AgentId, LegId};
use crate::outcome::{Effect, HappeningKind};
use crate::time::Timestamp;
use crate::transfer::{FailReason, Heard, NOTE_MAX, Outcome, REASON_MAX, Transfer, TransferState};

impl Step<'_> {
    pub(super) fn command(&mut self, by: &Actor, command: &Command) -> Result<(), Refusal> {
        if self.call.is_ended() {
            return match command {
                Command::LeaveConsult | Command::HangUp => self.leave_consult_tail(by),
                _ => Err(Refusal::CallEnded),
            };
        }
        match command {
            Command::Answer { agent, leg } => self.answer(by, agent, *leg),
            Command::Offer { agent, leg } => self.offer(by, agent, *leg),
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

    fn answer(&mut self, by: &Actor, agent: &AgentId, leg: LegId) -> Result<(), Refusal> {
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

    fn offer(&mut self, by: &Actor, agent: &AgentId, leg: LegId) -> Result<(), Refusal> {
        may_supervise(by)?;
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

    fn hang_up(&mut self, by: &Actor) -> Result<(), Refusal> {
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
        self.call.state = CallState::Transferring(Box::new(Transfer {
            id: start.id,
            transferring: agent.clone(),
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
        // Whoever has just vanished may be reloading; whoever has been gone for a while is not waited for.
        let missing = transfer.transferring.missing_since().filter(|_| transfer.transferring.is_lost());
        let nobody_to_consult =
            !transfer.state.is_blind() && missing.is_some_and(|since| since.plus(self.context.rules.take_after) <= now);
        self.call.state = CallState::Transferring(Box::new(transfer));
        self.note(HappeningKind::TransferAccepted, Some(&target));
        if nobody_to_consult {
            self.note(HappeningKind::TransferWithoutWaiting, Some(&target));
            self.release_transferring(now.plus(self.context.rules.media), false);
        }
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
        let transfer = self.as_target(by, Action::LeaveConsult)?;
        let left = Outcome::Failed { reason: FailReason::TargetLeft };
        // Hanging up on an offer is a way of declining it.
        let declined = Outcome::Declined { reason: String::new() };
        match transfer.state {
            TransferState::Ringing { .. } => self.back_to_transferring(transfer, declined),
            TransferState::BlindRinging { accepted: None, .. } => self.blind_not_taken(&transfer, declined),
            TransferState::BlindRinging { .. } => self.blind_not_taken(&transfer, left),
            _ => self.back_to_transferring(transfer, left),
        }
        Ok(())
    }

    /// Either agent closes a consult that outlived its call.
    fn leave_consult_tail(&mut self, by: &Actor) -> Result<(), Refusal> {
        let CallState::Ended { consult, .. } = &mut self.call.state else { return Err(Refusal::CallEnded) };
        let Some(tail) = consult else { return Err(Refusal::CallEnded) };
        if *by == Actor::Caller {
            return Err(Refusal::CallEnded);
        }
        acts_for(by, &tail.transferring.agent).or_else(|_| acts_for(by, &tail.target.agent))?;
        *consult = None;
        self.note(HappeningKind::ConsultClosed, None);
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
        target_is_there(&transfer)?;
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
        let (TransferState::Ringing { until, .. } | TransferState::Connecting { until, .. }) = transfer.state else {
            return Err(self.wrong_state(Action::TransferWithoutWaiting));
        };
        self.note(HappeningKind::TransferWithoutWaiting, Some(&transfer.target.agent));
        self.release_transferring(until, false);
        Ok(())
    }

    fn force(&mut self, by: &Actor) -> Result<(), Refusal> {
        let transfer = self.as_transferring_or_supervisor(by, Action::Force)?;
        match transfer.state {
            TransferState::Ringing { .. } | TransferState::Connecting { .. } | TransferState::BlindRinging { .. } => {}
            TransferState::Completing { .. } => return Err(self.wrong_state(Action::Force)),
            _ => target_is_there(&transfer)?,
        }
        // Forcing what was forced already changes nothing, and must not ring any longer.
        if transfer.urgent {
            return Err(self.wrong_state(Action::Force));
        }
        self.note(HappeningKind::TransferForced, Some(&transfer.target.agent));
        let ring_until = self.now().plus(self.context.rules.ring_back);
        match transfer.state {
            TransferState::Ringing { .. } | TransferState::Connecting { .. } => {
                self.release_transferring(ring_until, true);
            }
            TransferState::Conference { .. } => self.over_to_target(Transfer { urgent: true, ..transfer }),
            TransferState::BlindRinging { .. } => self.make_urgent(Some(ring_until)),
            _ => {
                self.make_urgent(None);
                self.begin_completing();
            }
        }
        Ok(())
    }

    /// Marks the open transfer as urgent; an offer that is not accepted yet rings until `ring_until` at most.
    fn make_urgent(&mut self, ring_until: Option<Timestamp>) {
        let CallState::Transferring(transfer) = &mut self.call.state else { return };
        transfer.urgent = true;
        if let (TransferState::BlindRinging { until, accepted: None, .. }, Some(latest)) =
            (&mut transfer.state, ring_until)
        {
            *until = (*until).min(latest);
        }
    }

    /// An agent who was rung did not take the call: the next one in line, or the queue, where it keeps its place.
    pub(super) fn offer_not_taken(&mut self, mut waiting: Waiting, agent: AgentId) {
        let is_urgent = waiting.place == Place::Urgent;
        waiting.tried.push(agent);
        self.requeue(waiting);
        if is_urgent {
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
