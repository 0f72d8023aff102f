//! What LiveKit and the pages report. A fact is never refused; a stale one changes nothing.

use super::Fact;
use super::step::Step;
use crate::call::{AgentLeg, CallState, Connection, RoomKind};
use crate::ids::{AgentId, LegId};
use crate::outcome::HappeningKind;
use crate::transfer::{FailReason, Outcome, TransferState};

impl Step<'_> {
    pub(super) fn fact(&mut self, fact: &Fact) {
        match fact {
            Fact::Joined { leg, room, sid } => self.joined(*leg, *room, sid),
            Fact::Left { leg, room, sid } => self.left(*leg, *room, sid),
            Fact::OfferShown { agent } => self.offer_shown(agent),
            Fact::MediaReady { agent } => self.media_ready(agent),
            Fact::Heard { listener, speaker } => self.heard(*listener, *speaker),
            Fact::Unreachable { agent } => self.unreachable(agent),
        }
    }

    fn joined(&mut self, leg: LegId, room: RoomKind, sid: &str) {
        let Some(was) = self.connection(leg, room) else { return };
        let was_lost = matches!(was, Connection::Lost { .. });
        *was = Connection::Present { sid: sid.to_owned() };
        if !was_lost {
            return;
        }
        if leg == self.call.caller.leg {
            self.note(HappeningKind::CallerBack, None);
        } else if let Some(agent) = self.agent_of(leg) {
            self.note(HappeningKind::AgentBack, Some(&agent));
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
        if leg == self.call.caller.leg {
            self.note(HappeningKind::CallerLost, None);
        } else if let Some(lost) = self.agent_leg(leg).filter(|leg| leg.is_lost()).map(|leg| leg.agent.clone()) {
            self.note(HappeningKind::AgentLost, Some(&lost));
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
        let CallState::Transferring(transfer) = &mut self.call.state else { return };
        let (TransferState::Completing { heard, .. } | TransferState::BlindRinging { accepted: Some(heard), .. }) =
            &mut transfer.state
        else {
            return;
        };
        heard.by_caller |= listener == caller && speaker == transfer.target.leg;
        heard.by_target |= listener == transfer.target.leg && speaker == caller;
        if heard.both() {
            let transfer = *transfer.clone();
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

    fn agent_leg(&self, leg: LegId) -> Option<&AgentLeg> {
        self.call.agent_legs().into_iter().find(|candidate| candidate.leg == leg)
    }

    fn agent_of(&self, leg: LegId) -> Option<AgentId> {
        self.agent_leg(leg).map(|leg| leg.agent.clone())
    }

    fn connection(&mut self, leg: LegId, room: RoomKind) -> Option<&mut Connection> {
        if leg == self.call.caller.leg {
            return (room == RoomKind::Call).then_some(&mut self.call.caller.connection);
        }
        let holder = match &mut self.call.state {
            CallState::WithAgent { agent, .. } => [Some(agent), None],
            CallState::Transferring(transfer) => {
                let transfer = &mut **transfer;
                let transferring = (!transfer.state.is_blind()).then_some(&mut transfer.transferring);
                [transferring, Some(&mut transfer.target)]
            }
            CallState::Ended { consult: Some(tail), .. } => [Some(&mut tail.transferring), Some(&mut tail.target)],
            CallState::Queued(_) | CallState::Offered { .. } | CallState::Ended { consult: None, .. } => [None, None],
        };
        let seated = holder.into_iter().flatten().find(|candidate| candidate.leg == leg);
        seated.map(|seated| seated.connection_mut(room))
    }
}
