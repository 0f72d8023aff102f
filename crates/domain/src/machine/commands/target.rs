//! What the target asks for: to take over, or not.

use crate::call::{CallState, Connection, RoomKind};
use crate::machine::guard::{acts_for, written};
use crate::machine::step::Step;
use crate::machine::{Action, Actor, Refusal};
use crate::outcome::HappeningKind;
use crate::transfer::{FailReason, Heard, Outcome, REASON_MAX, TransferState};

impl Step<'_> {
    pub(super) fn accept(&mut self, by: &Actor) -> Result<(), Refusal> {
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
        // A phone is in its room already, before anybody answers it.
        for room in [RoomKind::Call, RoomKind::Consult] {
            let connection = transfer.target.connection_mut(room);
            if !connection.is_present() {
                *connection = Connection::Expected { since: now };
            }
        }
        transfer.state = state;
        let target = transfer.target.agent.clone();
        // Whoever has just vanished may be reloading; whoever has been gone for a while is not waited for.
        let missing = transfer.transferring.missing_since().filter(|_| transfer.transferring.is_lost());
        let nobody_to_consult =
            !transfer.state.is_blind() && missing.is_some_and(|since| since.plus(self.context.rules.take_after) <= now);
        self.call.state = CallState::Transferring(Box::new(transfer));
        self.note(HappeningKind::TransferAccepted, Some(&target));
        if nobody_to_consult {
            self.release_transferring(now.plus(self.context.rules.media), false);
        }
        Ok(())
    }

    pub(super) fn decline(&mut self, by: &Actor, reason: &str) -> Result<(), Refusal> {
        let reason = written("reason", reason, REASON_MAX)?;
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

    pub(super) fn leave_consult(&mut self, by: &Actor) -> Result<(), Refusal> {
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
    pub(super) fn leave_consult_tail(&mut self, by: &Actor) -> Result<(), Refusal> {
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

    pub(super) fn take_caller(&mut self, by: &Actor) -> Result<(), Refusal> {
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
}
