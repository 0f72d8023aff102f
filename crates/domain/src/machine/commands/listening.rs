//! What the caller says to being listened to, and the recording stopped for a while.
//!
//! Each of these is the same when it is done twice: whoever clicks again, to be sure, must not undo it.

use crate::call::Engagement;
use crate::listening::{Consent, Recorded};
use crate::machine::guard::{acts_for, may_supervise};
use crate::machine::step::Step;
use crate::machine::{Actor, Refusal};
use crate::outcome::HappeningKind;

impl Step<'_> {
    /// Only the caller says what the caller wants, or a program on the telephone that they told so.
    pub(super) fn consent(&mut self, by: &Actor, consent: Consent) -> Result<(), Refusal> {
        if !matches!(by, Actor::Caller | Actor::Api | Actor::Desk) {
            return Err(Refusal::NotYourCall);
        }
        if !self.call.listening.is_told() {
            return Err(Refusal::NotListenedTo);
        }
        if self.call.listening.consent != consent {
            self.call.listening.consent = consent;
            let kind = match consent {
                Consent::Told => HappeningKind::ListeningAllowed,
                Consent::Refused => HappeningKind::ListeningRefused,
            };
            self.note(kind, None);
        }
        Ok(())
    }

    /// Any agent in the call may do it, and the target of a consult too, who may be the one to hear the card number.
    pub(super) fn pause_recording(&mut self, by: &Actor, paused: bool) -> Result<(), Refusal> {
        let engaged: Vec<_> = self.call.engagements();
        let in_call = engaged.into_iter().filter(|(_, kind)| *kind == Engagement::Call).map(|(agent, _)| agent);
        let agent = in_call.into_iter().find(|agent| acts_for(by, agent).is_ok());
        if agent.is_none() {
            may_supervise(by)?;
        }
        if self.call.listening.policy.record == Recorded::Nothing {
            return Err(Refusal::NotRecorded);
        }
        if self.call.listening.recording_paused != paused {
            self.call.listening.recording_paused = paused;
            let kind = if paused { HappeningKind::RecordingPaused } else { HappeningKind::RecordingResumed };
            let person = agent.filter(|_| matches!(by, Actor::Agent(_) | Actor::Supervisor(_)));
            self.note(kind, person.as_ref());
        }
        Ok(())
    }
}
