//! One transition in the making, and the moves that several events share.

use super::{Action, Context, Refusal};
use crate::call::{
    AgentLeg, Call, CallState, Connection, ConsultTail, EndReason, EndedTransfer, Place, RoomKind, Waiting,
};
use crate::ids::AgentId;
use crate::outcome::{Effect, Happening, HappeningKind, Transition};
use crate::seat::seats;
use crate::time::Timestamp;
use crate::transfer::{Heard, Outcome, Transfer, TransferState};

/// A call on its way to its next state.
pub(super) struct Step<'a> {
    pub call: Call,
    pub context: Context<'a>,
    happened: Vec<Happening>,
    effects: Vec<Effect>,
}

impl<'a> Step<'a> {
    pub fn new(call: Call, context: Context<'a>) -> Self {
        Self { call, context, happened: Vec::new(), effects: Vec::new() }
    }

    /// The finished transition. The version counts only real changes, so a fact that teaches nothing is not stored.
    pub fn finish(mut self, before: &Call) -> Transition {
        self.forget_left_rooms();
        self.remember_meeting();
        self.start_wrap_ups(before);
        if self.call != *before {
            self.call.version += 1;
        }
        Transition { call: self.call, happened: self.happened, effects: self.effects }
    }

    /// A connection to a room without a seat in it says nothing: taken for presence, it would hide that its agent has
    /// vanished from the room that counts. Whoever was only there gets their grace from now on.
    fn forget_left_rooms(&mut self) {
        let now = self.now();
        let seats = seats(&self.call);
        let sits = |leg: &AgentLeg, room| seats.iter().any(|seat| seat.leg == leg.leg && seat.room(room).is_some());
        for leg in self.call.agent_legs_mut() {
            for room in [RoomKind::Call, RoomKind::Consult] {
                if sits(leg, room) {
                    continue;
                }
                let connection = leg.connection_mut(room);
                *connection = Connection::Expected { since: connection.missing_since().unwrap_or(now) };
            }
        }
    }

    /// Once an agent was there with them, the caller has been spoken to, whoever loses them later.
    fn remember_meeting(&mut self) {
        let agent = match &self.call.state {
            CallState::WithAgent { agent, .. } => agent,
            CallState::Transferring(transfer) => &transfer.transferring,
            CallState::Queued(_) | CallState::Offered { .. } | CallState::Ended { .. } => return,
        };
        let are_together =
            self.call.caller.connection.is_present() && agent.connection(agent.talks_from()).is_present();
        self.call.was_spoken_to |= are_together;
    }

    /// Whoever had the caller and has them no more is done with them, however that came about.
    fn start_wrap_ups(&mut self, before: &Call) {
        let still = self.call.agents_with_caller();
        let done: Vec<AgentId> =
            before.agents_with_caller().into_iter().filter(|agent| !still.contains(agent)).cloned().collect();
        self.effects.extend(done.into_iter().map(Effect::StartWrapUp));
    }

    pub fn now(&self) -> Timestamp {
        self.context.now
    }

    pub fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub fn note(&mut self, kind: HappeningKind, agent: Option<&AgentId>) {
        self.note_detail(kind, agent, None);
    }

    pub fn note_detail(&mut self, kind: HappeningKind, agent: Option<&AgentId>, detail: Option<String>) {
        let transfer = self.call.transfer().map(|transfer| transfer.id);
        self.happened.push(Happening { kind, agent: agent.cloned(), transfer, detail });
    }

    pub fn wrong_state(&self, action: Action) -> Refusal {
        if self.call.is_ended() {
            return Refusal::CallEnded;
        }
        Refusal::WrongState { action, state: self.call.state_name().replace('_', " ") }
    }

    /// Puts the open transfer's state to `state`.
    pub fn set_transfer_state(&mut self, state: TransferState) {
        if let CallState::Transferring(transfer) = &mut self.call.state {
            transfer.state = state;
        }
    }

    /// Writes down how the open transfer ended, and hands it out for the next state to be made from.
    fn end_transfer(&mut self, transfer: &Transfer, outcome: Outcome) {
        let detail = match &outcome {
            Outcome::Declined { reason } if !reason.is_empty() => Some(reason.clone()),
            Outcome::Failed { reason } => Some(reason.name().to_owned()),
            Outcome::Completed { urgent: true } => Some("urgent".to_owned()),
            _ => None,
        };
        self.happened.push(Happening {
            kind: HappeningKind::of_outcome(&outcome),
            agent: Some(transfer.target.agent.clone()),
            transfer: Some(transfer.id),
            detail,
        });
        // Nobody has a phone's desk open to come back to.
        if matches!(outcome, Outcome::NoAnswer) && transfer.target.phone.is_none() {
            self.effect(Effect::SetAway(transfer.target.agent.clone()));
        }
        self.call.last_transfer = Some(EndedTransfer {
            id: transfer.id,
            transferring: transfer.transferring.agent.clone(),
            target: transfer.target.agent.clone(),
            outcome,
            started_at: transfer.started_at,
            ended_at: self.context.now,
            was_deserted: transfer.transferring.is_lost(),
        });
    }

    /// The transfer is over and the transferring agent has the caller again: talking, or on hold as before the consult.
    pub fn back_to_transferring(&mut self, transfer: Transfer, outcome: Outcome) {
        self.end_transfer(&transfer, outcome);
        let held_since = match transfer.state {
            TransferState::Ringing { held_since, .. } | TransferState::Connecting { held_since, .. } => held_since,
            _ => None,
        };
        let since = transfer.with_transferring_since();
        self.call.state = CallState::WithAgent { agent: transfer.transferring, held_since, since };
    }

    /// The transfer is over and the target has the caller.
    pub fn over_to_target(&mut self, transfer: Transfer) {
        self.end_transfer(&transfer, Outcome::Completed { urgent: transfer.urgent });
        self.call.state = CallState::WithAgent { agent: transfer.target, held_since: None, since: self.now() };
    }

    /// The transfer is over and nobody has the caller: they go to the front of the queue, and are rung for when it was
    /// forced. Whoever forced it wanted to be free, and is not rung again by itself.
    pub fn hand_to_queue(&mut self, transfer: &Transfer, outcome: Outcome) {
        let mut tried = vec![transfer.target.agent.clone()];
        self.end_transfer(transfer, outcome);
        if transfer.urgent {
            tried.push(transfer.transferring.agent.clone());
            self.requeue(self.waiting(Place::Urgent, tried));
            self.effect(Effect::OfferNext);
        } else {
            self.requeue(self.waiting(Place::Front, tried));
        }
    }

    /// A blind or forced transfer was not taken. The transferring agent rings again for a while, or, when they forced
    /// it, the next skilled agent does; in any case the caller stands first in the queue.
    pub fn blind_not_taken(&mut self, transfer: &Transfer, outcome: Outcome) {
        let agent = &transfer.transferring.agent;
        if transfer.urgent || self.context.unavailable.contains(agent) {
            self.hand_to_queue(transfer, outcome);
            return;
        }
        self.end_transfer(transfer, outcome);
        let waiting = self.waiting(Place::Front, vec![transfer.target.agent.clone()]);
        let to = AgentLeg::expected(agent.clone(), transfer.transferring.leg, self.now());
        let until = self.now().plus(self.context.rules.ring_back);
        self.call.state = CallState::Offered { to, until, waiting };
        self.note(HappeningKind::CallOffered, Some(agent));
    }

    /// A place in the queue for a caller whom an agent had, though perhaps only on paper: some never come.
    pub fn waiting(&self, place: Place, tried: Vec<AgentId>) -> Waiting {
        Waiting { since: self.now(), place, was_answered: self.call.was_spoken_to, tried }
    }

    /// Back into the queue, where any agent may answer.
    pub fn requeue(&mut self, waiting: Waiting) {
        self.call.state = CallState::Queued(waiting);
        self.note(HappeningKind::CallReturnedToQueue, None);
    }

    /// The transferring agent lets go: they are free at once, the target goes on ringing, and the caller hears music.
    pub fn release_transferring(&mut self, until: Timestamp, urgent: bool) {
        let CallState::Transferring(transfer) = &mut self.call.state else { return };
        let shown =
            matches!(transfer.state, TransferState::Ringing { shown: true, .. } | TransferState::Connecting { .. });
        // A target who had already accepted need not accept again.
        let accepted = matches!(transfer.state, TransferState::Connecting { .. }).then(Heard::default);
        transfer.state = TransferState::BlindRinging { shown, until, accepted };
        transfer.urgent |= urgent;
        let target = transfer.target.agent.clone();
        self.note(HappeningKind::TransferWithoutWaiting, Some(&target));
    }

    /// Ends the call; agents who are consulting may finish what they were saying.
    pub fn end_call(&mut self, reason: EndReason) {
        let now = self.now();
        let mut consult = None;
        match self.call.state.clone() {
            CallState::Transferring(transfer) => {
                consult = self.consult_tail(&transfer, reason);
                let outcome = match reason {
                    EndReason::CallerHungUp | EndReason::CallerLost => Outcome::Abandoned,
                    EndReason::AgentHungUp | EndReason::EndedForEveryone => {
                        Outcome::Failed { reason: crate::transfer::FailReason::CallEnded }
                    }
                };
                self.end_transfer(&transfer, outcome);
            }
            CallState::Queued(_)
            | CallState::Offered { .. }
            | CallState::WithAgent { .. }
            | CallState::Ended { .. } => {}
        }
        self.call.state = CallState::Ended { at: now, reason, consult };
        self.note_detail(HappeningKind::CallEnded, None, Some(reason.name().to_owned()));
    }

    /// Only a caller who leaves cuts agents off in mid-sentence; whoever ends a call for everyone means the consult too,
    /// and nobody is left in a room with somebody who has vanished.
    fn consult_tail(&self, transfer: &Transfer, reason: EndReason) -> Option<ConsultTail> {
        let together = matches!(
            transfer.state,
            TransferState::Consulting { .. }
                | TransferState::Swapped { .. }
                | TransferState::Conference { .. }
                | TransferState::Completing { .. }
        );
        let caller_left = matches!(reason, EndReason::CallerHungUp | EndReason::CallerLost);
        let both_there = !transfer.transferring.is_lost() && !transfer.target.is_lost();
        (together && caller_left && both_there).then(|| ConsultTail {
            transfer: transfer.id,
            transferring: transfer.transferring.clone(),
            target: transfer.target.clone(),
            until: self.now().plus(self.context.rules.consult_tail),
        })
    }
}
