//! What happens because nothing else did in time.

use super::step::Step;
use crate::call::{AgentLeg, CallState, EndReason, Place};
use crate::ids::AgentId;
use crate::outcome::{Effect, HappeningKind};
use crate::time::Timestamp;
use crate::transfer::{FailReason, Outcome, Transfer, TransferState};

impl Step<'_> {
    /// Everything that is due happens, one after the other: an urgent offer that rang out an hour ago while the desk was
    /// down goes on from where it would be.
    pub(super) fn clock(&mut self) {
        while self.call.next_deadline(self.context.rules).is_some_and(|due| due <= self.now()) {
            let before = self.call.state.clone();
            self.expire();
            if self.call.state == before {
                return;
            }
        }
    }

    fn due(&self, moment: Timestamp) -> bool {
        moment <= self.now()
    }

    fn caller_is_gone(&self) -> bool {
        let missing = self.call.caller.connection.missing_since();
        missing.is_some_and(|since| self.due(since.plus(self.context.rules.caller_grace)))
    }

    fn agent_is_gone(&self, leg: &AgentLeg) -> bool {
        leg.missing_since().is_some_and(|since| self.due(since.plus(self.context.rules.agent_grace)))
    }

    fn expire(&mut self) {
        if !self.call.is_ended() && self.caller_is_gone() {
            self.end_call(EndReason::CallerLost);
            return;
        }
        match self.call.state.clone() {
            CallState::Queued(_) | CallState::Ended { consult: None, .. } => {}
            CallState::Ended { at, reason, consult: Some(_) } => {
                self.call.state = CallState::Ended { at, reason, consult: None };
                self.note(HappeningKind::ConsultClosed, None);
            }
            CallState::Offered { to, waiting, .. } => {
                self.note(HappeningKind::OfferNotAnswered, Some(&to.agent));
                if self.could_answer(&to.agent) {
                    self.effect(Effect::SetAway(to.agent.clone()));
                }
                self.offer_not_taken(waiting, to.agent);
            }
            CallState::WithAgent { .. } => self.requeue(self.waiting(Place::Front, Vec::new())),
            CallState::Transferring(transfer) => self.expire_transfer(*transfer),
        }
    }

    fn expire_transfer(&mut self, transfer: Transfer) {
        let failed = |reason| Outcome::Failed { reason };
        let transferring_gone = self.agent_is_gone(&transfer.transferring);
        match transfer.state.clone() {
            // A vanished transferring agent is as one who handed over without waiting.
            TransferState::Ringing { until, .. } | TransferState::Connecting { until, .. } if transferring_gone => {
                self.release_transferring(until, false);
            }
            TransferState::Ringing { .. } => {
                let outcome = self.rung_out(&transfer);
                self.back_to_transferring(transfer, outcome);
            }
            TransferState::Connecting { .. } => self.back_to_transferring(transfer, failed(FailReason::Microphone)),
            TransferState::BlindRinging { accepted: None, .. } => {
                let outcome = self.rung_out(&transfer);
                self.blind_not_taken(&transfer, outcome);
            }
            TransferState::BlindRinging { accepted: Some(_), .. } => {
                self.blind_not_taken(&transfer, failed(FailReason::NotHeard));
            }
            TransferState::Consulting { .. } | TransferState::Swapped { .. } if transferring_gone => {
                self.hand_to_queue(&transfer, failed(FailReason::TransferringLost));
            }
            TransferState::Consulting { .. } | TransferState::Swapped { .. } => {
                self.back_to_transferring(transfer, failed(FailReason::TargetLost));
            }
            TransferState::Conference { .. } => self.expire_conference(transfer, transferring_gone),
            TransferState::Completing { .. } if transfer.transferring.missing_since().is_some() => {
                self.hand_to_queue(&transfer, failed(FailReason::NotHeard));
            }
            TransferState::Completing { .. } => self.back_to_transferring(transfer, failed(FailReason::NotHeard)),
        }
    }

    /// Whether this agent could have answered what rang: while the desk was down, or theirs is gone, nobody can.
    fn could_answer(&self, agent: &AgentId) -> bool {
        !self.context.unavailable.contains(agent)
    }

    /// How it ends that nobody answered.
    fn rung_out(&self, transfer: &Transfer) -> Outcome {
        if self.could_answer(&transfer.target.agent) {
            Outcome::NoAnswer
        } else {
            Outcome::Failed { reason: FailReason::Unreachable }
        }
    }

    /// Whoever is still there keeps the caller.
    fn expire_conference(&mut self, transfer: Transfer, transferring_gone: bool) {
        let target_gone = self.agent_is_gone(&transfer.target);
        match (transferring_gone, target_gone) {
            (true, true) => {
                let outcome = Outcome::Failed { reason: FailReason::TransferringLost };
                self.hand_to_queue(&transfer, outcome);
            }
            (true, false) => self.over_to_target(transfer),
            (false, _) => self.back_to_transferring(transfer, Outcome::Failed { reason: FailReason::TargetLost }),
        }
    }
}
