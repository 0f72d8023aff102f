//! What the transferring agent asks for, from the start of a transfer to every way out of it.

use crate::agent::Device;
use crate::call::{AgentLeg, CallState};
use crate::machine::guard::{acts_for, target_is_there, written};
use crate::machine::step::Step;
use crate::machine::{Action, Actor, Refusal, StartTransfer, TransferKind};
use crate::outcome::HappeningKind;
use crate::time::Timestamp;
use crate::transfer::{Heard, NOTE_MAX, Outcome, REASON_MAX, Transfer, TransferState};

impl Step<'_> {
    pub(super) fn start_transfer(&mut self, by: &Actor, start: &StartTransfer) -> Result<(), Refusal> {
        let CallState::WithAgent { agent, held_since, since } = &self.call.state else {
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
        if agent.phone.is_some() {
            return Err(Refusal::OnPhone { agent: agent.agent.clone() });
        }
        let note = written("note", &start.note, NOTE_MAX)?;
        let reason = written("reason", &start.reason, REASON_MAX)?;
        let now = self.now();
        let until = now.plus(self.context.rules.ring);
        let is_newly_held = start.kind == TransferKind::Warm && start.hold && held_since.is_none();
        let held_since = held_since.or(is_newly_held.then_some(now));
        let transferring = agent.clone();
        let target = AgentLeg {
            phone: (start.target_device == Device::Phone).then_some(start.id),
            ..AgentLeg::expected(start.target.clone(), start.target_leg, now)
        };
        self.call.state = CallState::Transferring(Box::new(Transfer {
            id: start.id,
            transferring: transferring.clone(),
            target,
            through_queue: start.through_queue.clone(),
            note,
            reason,
            urgent: false,
            started_at: now,
            had_since: Some(*since),
            state: TransferState::Ringing { shown: false, until, held_since },
        }));
        self.note(HappeningKind::TransferInitiated, Some(&start.target));
        if is_newly_held {
            self.note(HappeningKind::CallHeld, Some(&transferring.agent));
        }
        if start.kind == TransferKind::Cold {
            self.release_transferring(until, false);
        }
        Ok(())
    }

    pub(super) fn swap(&mut self, by: &Actor) -> Result<(), Refusal> {
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

    pub(super) fn merge(&mut self, by: &Actor) -> Result<(), Refusal> {
        let transfer = self.as_transferring(by, Action::Merge)?;
        if !matches!(transfer.state, TransferState::Consulting { .. } | TransferState::Swapped { .. }) {
            return Err(self.wrong_state(Action::Merge));
        }
        let since = self.now();
        self.set_transfer_state(TransferState::Conference { since });
        self.note(HappeningKind::TransferMerged, None);
        Ok(())
    }

    pub(super) fn complete(&mut self, by: &Actor) -> Result<(), Refusal> {
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

    pub(super) fn begin_completing(&mut self) {
        let until = self.now().plus(self.context.rules.heard);
        self.set_transfer_state(TransferState::Completing { until, heard: Heard::default() });
        self.note(HappeningKind::TransferCompleting, None);
    }

    pub(super) fn cancel(&mut self, by: &Actor) -> Result<(), Refusal> {
        let transfer = self.as_transferring(by, Action::Cancel)?;
        if transfer.state.is_blind() {
            return Err(self.wrong_state(Action::Cancel));
        }
        self.back_to_transferring(transfer, Outcome::Cancelled);
        Ok(())
    }

    pub(super) fn transfer_without_waiting(&mut self, by: &Actor) -> Result<(), Refusal> {
        let transfer = self.as_transferring(by, Action::TransferWithoutWaiting)?;
        let (TransferState::Ringing { until, .. } | TransferState::Connecting { until, .. }) = transfer.state else {
            return Err(self.wrong_state(Action::TransferWithoutWaiting));
        };
        self.release_transferring(until, false);
        Ok(())
    }

    pub(super) fn force(&mut self, by: &Actor) -> Result<(), Refusal> {
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
}
