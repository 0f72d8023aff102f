//! A briefing spoken to the target, and stopped.
//!
//! Each of these is the same when it is done twice: whoever clicks again, to be sure, must not undo it.

use crate::machine::step::Step;
use crate::machine::{Action, Actor, Refusal};
use crate::spoken::{SpokenBriefing, SpokenState, could_hear, state_in};

impl Step<'_> {
    /// Only who is to take over has it spoken, and once: what was heard to its end, or stopped, is not begun again.
    pub(super) fn speak_briefing(&mut self, by: &Actor) -> Result<(), Refusal> {
        let transfer = self.as_target(by, Action::SpeakBriefing)?;
        if !could_hear(&transfer) {
            return Err(self.wrong_state(Action::SpeakBriefing));
        }
        match state_in(&self.call, transfer.id) {
            None | Some(SpokenState::Failed { .. }) => {
                self.call.spoken = Some(SpokenBriefing { transfer: transfer.id, state: SpokenState::Asked });
                Ok(())
            }
            Some(SpokenState::Asked | SpokenState::Speaking) => Ok(()),
            Some(SpokenState::Spoken | SpokenState::Stopped) => Err(Refusal::AlreadySpoken),
        }
    }

    pub(super) fn stop_speaking(&mut self, by: &Actor) -> Result<(), Refusal> {
        let transfer = self.as_target(by, Action::StopSpeaking)?;
        if state_in(&self.call, transfer.id).is_some_and(SpokenState::is_going_on) {
            self.call.spoken = Some(SpokenBriefing { transfer: transfer.id, state: SpokenState::Stopped });
        }
        Ok(())
    }
}
