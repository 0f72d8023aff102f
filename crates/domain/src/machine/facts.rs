//! What LiveKit and the pages report. A fact is never refused; a stale one changes nothing.

use super::Fact;
use super::step::Step;
use crate::call::{CallState, Connection, RoomKind};
use crate::ids::{AgentId, LegId, TransferId};
use crate::outcome::HappeningKind;
use crate::seat::seats;
use crate::spoken::SpokenState;
use crate::transfer::{FailReason, Heard, Outcome, Transfer, TransferState};

impl Step<'_> {
    pub(super) fn fact(&mut self, fact: &Fact) {
        if matches!(self.call.state, CallState::Ended { consult: None, .. }) {
            return;
        }
        match fact {
            Fact::Joined { leg, room, sid } => self.joined(*leg, *room, sid),
            Fact::Left { leg, room, sid } => self.left(*leg, *room, sid),
            Fact::OfferShown { agent } => self.offer_shown(agent),
            Fact::MediaReady { agent } => self.media_ready(agent),
            Fact::Heard { listener, speaker } => self.heard(*listener, *speaker),
            Fact::HasTelephone { leg, number } => self.has_telephone(*leg, number.as_deref()),
            Fact::CallerInterrupted { interrupted } => self.call.caller.is_interrupted = *interrupted,
            Fact::BriefingVoice { transfer, state } => self.briefing_voice(*transfer, *state),
            Fact::Unreachable { agent } => self.unreachable(agent),
        }
    }

    fn briefing_voice(&mut self, transfer: TransferId, state: SpokenState) {
        let spoken = self.call.spoken.as_mut().filter(|spoken| spoken.transfer == transfer);
        if let Some(spoken) = spoken.filter(|spoken| spoken.state.may_become(state)) {
            spoken.state = state;
        }
    }

    /// An agent's telephone is known from when it was called.
    fn has_telephone(&mut self, leg: LegId, number: Option<&str>) {
        let caller = &mut self.call.caller;
        if leg != caller.leg {
            return;
        }
        caller.needs_music = true;
        if let Some(number) = number.filter(|_| caller.given_name().is_none()) {
            number.clone_into(&mut caller.name);
        }
    }

    fn joined(&mut self, leg: LegId, room: RoomKind, sid: &str) {
        let lost_agent = self.lost_agent(leg);
        let Some(connection) = self.connection(leg, room) else { return };
        let was = std::mem::replace(connection, Connection::Present { sid: sid.to_owned() });
        if leg == self.call.caller.leg {
            self.caller_joined(&was);
        } else if lost_agent.is_some() {
            self.note(HappeningKind::AgentBack, lost_agent.as_ref());
        }
    }

    /// Whoever waits to be heard by the caller, or to hear them, gets the whole time for it again.
    fn caller_joined(&mut self, was: &Connection) {
        if was.is_present() {
            return;
        }
        let again = self.now().plus(self.context.rules.heard);
        if let Some((_, until)) = self.transfer_mut().and_then(Transfer::heard_mut) {
            *until = (*until).max(again);
        }
        if matches!(was, Connection::Lost { .. }) {
            self.note(HappeningKind::CallerBack, None);
        }
    }

    fn left(&mut self, leg: LegId, room: RoomKind, sid: &str) {
        let now = self.now();
        let Some(connection) = self.connection(leg, room) else { return };
        // Only the connection that is current counts: a replaced one leaves too.
        if *connection != (Connection::Present { sid: sid.to_owned() }) {
            return;
        }
        *connection = Connection::Lost { since: now };
        self.unhear(leg, room);
        if leg == self.call.caller.leg {
            // Whether a new page has a microphone is for that page to say.
            self.call.caller.is_interrupted = false;
            self.note(HappeningKind::CallerLost, None);
        } else if let Some(lost) = self.lost_agent(leg) {
            self.note(HappeningKind::AgentLost, Some(&lost));
            self.close_deserted_consult();
        }
    }

    /// A consult that outlived its call and that both agents have left is over: there is nobody to come back to.
    fn close_deserted_consult(&mut self) {
        if let CallState::Ended { consult, .. } = &mut self.call.state
            && consult.take_if(|tail| tail.is_deserted()).is_some()
        {
            self.note(HappeningKind::ConsultClosed, None);
        }
    }

    /// What was heard over a connection that is gone must be heard again over the next one.
    fn unhear(&mut self, leg: LegId, room: RoomKind) {
        let caller = self.call.caller.leg;
        let Some(transfer) = self.transfer_mut() else { return };
        let concerned = leg == caller || (leg == transfer.target.leg && room == transfer.target.talks_from());
        if let Some((heard, _)) = transfer.heard_mut().filter(|_| concerned) {
            *heard = Heard::default();
        }
    }

    fn offer_shown(&mut self, agent: &AgentId) {
        let CallState::Transferring(transfer) = &mut self.call.state else { return };
        if transfer.target.agent != *agent {
            return;
        }
        let (TransferState::Ringing { shown, .. } | TransferState::BlindRinging { shown, .. }) = &mut transfer.state
        else {
            return;
        };
        if !std::mem::replace(shown, true) {
            self.note(HappeningKind::TransferRinging, Some(agent));
        }
    }

    fn media_ready(&mut self, agent: &AgentId) {
        let Some(transfer) = self.call.transfer() else { return };
        if transfer.target.agent != *agent || !matches!(transfer.state, TransferState::Connecting { .. }) {
            return;
        }
        let since = self.now();
        self.set_transfer_state(TransferState::Consulting { since });
        self.note(HappeningKind::TransferConsulting, Some(agent));
    }

    fn heard(&mut self, listener: LegId, speaker: LegId) {
        let caller = self.call.caller.leg;
        let Some(transfer) = self.transfer_mut() else { return };
        let target = transfer.target.leg;
        let Some((heard, _)) = transfer.heard_mut() else { return };
        heard.by_caller |= listener == caller && speaker == target;
        heard.by_target |= listener == target && speaker == caller;
        if heard.both() {
            let transfer = transfer.clone();
            self.over_to_target(transfer);
        }
    }

    fn unreachable(&mut self, agent: &AgentId) {
        let outcome = Outcome::Failed { reason: FailReason::Unreachable };
        match self.call.state.clone() {
            CallState::Offered { to, waiting, .. } if to.agent == *agent => {
                self.note(HappeningKind::OfferNotAnswered, Some(agent));
                self.offer_not_taken(waiting, to.agent);
            }
            CallState::Transferring(transfer) if transfer.target.agent == *agent => match transfer.state {
                TransferState::Ringing { .. } => self.back_to_transferring(*transfer, outcome),
                TransferState::BlindRinging { accepted: None, .. } => self.blind_not_taken(&transfer, outcome),
                _ => {}
            },
            _ => {}
        }
    }

    /// The agent of `leg` if they have vanished.
    fn lost_agent(&self, leg: LegId) -> Option<AgentId> {
        let legs = self.call.agent_legs();
        legs.into_iter().find(|agent| agent.leg == leg && agent.is_lost()).map(|agent| agent.agent.clone())
    }

    fn transfer_mut(&mut self) -> Option<&mut Transfer> {
        match &mut self.call.state {
            CallState::Transferring(transfer) => Some(transfer),
            _ => None,
        }
    }

    /// The connection of `leg` to `room`, if it has a seat there: a late fact about a room that was left says nothing.
    fn connection(&mut self, leg: LegId, room: RoomKind) -> Option<&mut Connection> {
        let seated = seats(&self.call).iter().any(|seat| seat.leg == leg && seat.room(room).is_some());
        if !seated {
            return None;
        }
        if leg == self.call.caller.leg {
            return Some(&mut self.call.caller.connection);
        }
        let agent = self.call.agent_legs_mut().into_iter().find(|agent| agent.leg == leg);
        agent.map(|agent| agent.connection_mut(room))
    }
}
