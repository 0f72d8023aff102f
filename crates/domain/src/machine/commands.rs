//! What people and the API ask for.

mod hand_over;
mod listening;
mod plain;
mod speaking;
mod target;

use super::guard::{acts_for, acts_for_or_supervises};
use super::step::Step;
use super::{Action, Actor, Command, Refusal};
use crate::call::CallState;
use crate::listening::Consent;
use crate::transfer::Transfer;

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
            Command::RefuseListening => self.consent(by, Consent::Refused),
            Command::AllowListening => self.consent(by, Consent::Told),
            Command::PauseRecording => self.pause_recording(by, true),
            Command::ResumeRecording => self.pause_recording(by, false),
            Command::SpeakBriefing => self.speak_briefing(by),
            Command::StopSpeaking => self.stop_speaking(by),
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
