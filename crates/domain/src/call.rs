//! A call and its legs.

mod caller;
mod end;

use serde::{Deserialize, Serialize};

pub use caller::{CallerLeg, Naming};
pub use end::{ConsultTail, EndReason, EndedTransfer};

use crate::ids::{AgentId, CallId, LegId, LineId, QueueId, TransferId};
use crate::listening::Listening;
use crate::rules::Rules;
use crate::spoken::SpokenBriefing;
use crate::time::{Span, Timestamp};
use crate::transfer::{Outcome, Transfer, TransferState};

/// The conversation, from the caller's arrival to the end. The caller stays in one room for all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Its id; the room is `call-<id>`.
    pub id: CallId,
    /// Where the caller came in.
    pub line: LineId,
    /// The queue the caller waits in, or would go back to.
    pub queue: QueueId,
    /// Counts every stored change; a change is only stored over the version it was made from.
    pub version: u32,
    /// When the caller came.
    pub created_at: Timestamp,
    /// The outside party.
    pub caller: CallerLeg,
    /// Where the call stands.
    pub state: CallState,
    /// How the last transfer of this call ended.
    pub last_transfer: Option<EndedTransfer>,
    /// The call this caller left less than a minute ago, when they came back.
    pub rejoined_from: Option<CallId>,
    /// Whether somebody has talked to the caller, in this call or in one that they left to come back: an agent was there with them.
    #[serde(default)]
    pub was_spoken_to: bool,
    /// What the server may listen to. A call of before there was such a thing is not listened to.
    #[serde(default)]
    pub listening: Listening,
    /// How far the briefing of a transfer is read aloud to its target.
    #[serde(default)]
    pub spoken: Option<SpokenBriefing>,
}

/// An agent's part in the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentLeg {
    /// Who.
    pub agent: AgentId,
    /// Identity in both rooms.
    pub leg: LegId,
    /// Whether they are in the call's room.
    pub call_room: Connection,
    /// Whether they are in the consult room.
    pub consult_room: Connection,
    /// The consult room that their phone was called into, which it cannot change for another; a page has none.
    #[serde(default)]
    pub phone: Option<TransferId>,
}

impl AgentLeg {
    /// A leg whose rooms are not joined yet.
    pub fn expected(agent: AgentId, leg: LegId, now: Timestamp) -> Self {
        Self {
            agent,
            leg,
            call_room: Connection::Expected { since: now },
            consult_room: Connection::Expected { since: now },
            phone: None,
        }
    }

    /// The room that they talk to the caller from: whoever is on a phone never comes into the caller's.
    pub fn talks_from(&self) -> RoomKind {
        if self.phone.is_some() { RoomKind::Consult } else { RoomKind::Call }
    }

    /// This leg in `room`.
    pub fn connection(&self, room: RoomKind) -> &Connection {
        match room {
            RoomKind::Call => &self.call_room,
            RoomKind::Consult => &self.consult_room,
        }
    }

    /// Since when this agent is in no room at all: one room lost alone is a reconnect, not a vanished agent.
    pub fn missing_since(&self) -> Option<Timestamp> {
        Some(self.call_room.missing_since()?.max(self.consult_room.missing_since()?))
    }

    /// Whether this agent was there and is there no more: a page that is still in one room is on its way back.
    pub fn is_lost(&self) -> bool {
        let lost = |connection: &Connection| matches!(connection, Connection::Lost { .. });
        self.missing_since().is_some() && (lost(&self.call_room) || lost(&self.consult_room))
    }

    /// The same, to be changed.
    pub fn connection_mut(&mut self, room: RoomKind) -> &mut Connection {
        match room {
            RoomKind::Call => &mut self.call_room,
            RoomKind::Consult => &mut self.consult_room,
        }
    }
}

/// A leg's connection to one room, as LiveKit reports it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Connection {
    /// Not there yet.
    Expected {
        /// Since when it may be.
        since: Timestamp,
    },
    /// There, under LiveKit's participant SID: facts about another SID are stale.
    Present {
        /// LiveKit's id for this very connection.
        sid: String,
    },
    /// Was there.
    Lost {
        /// Since when not.
        since: Timestamp,
    },
}

impl Connection {
    /// Since when the leg is not in the room.
    pub fn missing_since(&self) -> Option<Timestamp> {
        match self {
            Self::Expected { since } | Self::Lost { since } => Some(*since),
            Self::Present { .. } => None,
        }
    }

    /// Whether the leg is in the room.
    pub fn is_present(&self) -> bool {
        matches!(self, Self::Present { .. })
    }
}

/// The two kinds of room. The caller never holds a token for a consult room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// The room the caller is in.
    Call,
    /// Where two agents talk in private.
    Consult,
}

/// Where a call stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum CallState {
    /// Nobody has it; any agent may answer.
    Queued(Waiting),
    /// One agent is being rung for it.
    Offered {
        /// Who.
        to: AgentLeg,
        /// Until when it rings.
        until: Timestamp,
        /// Where the call waits meanwhile, and goes if they do not answer.
        waiting: Waiting,
    },
    /// An agent has it.
    WithAgent {
        /// Who.
        agent: AgentLeg,
        /// Since when the caller hears music instead of the agent.
        held_since: Option<Timestamp>,
        /// Since when this agent has it.
        since: Timestamp,
    },
    /// It is being handed over.
    Transferring(Box<Transfer>),
    /// Over.
    Ended {
        /// When.
        at: Timestamp,
        /// Why.
        reason: EndReason,
        /// The agents who were consulting when the caller left may finish what they were saying.
        consult: Option<ConsultTail>,
    },
}

/// A place in the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Since when.
    pub since: Timestamp,
    /// Before or behind others.
    pub place: Place,
    /// Whether somebody had already talked to them: then they hear music, not ringing.
    pub was_answered: bool,
    /// Who was rung in vain, and is not rung again by itself.
    pub tried: Vec<AgentId>,
}

/// The order within a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A forced transfer: first, and rung for.
    Urgent,
    /// Somebody lost them once already.
    Front,
    /// In order of arrival.
    Normal,
}

impl Call {
    /// A new call at the end of its queue.
    pub fn arriving(id: CallId, line: LineId, queue: QueueId, caller: CallerLeg, now: Timestamp) -> Self {
        let waiting = Waiting { since: now, place: Place::Normal, was_answered: false, tried: Vec::new() };
        Self {
            id,
            line,
            queue,
            version: 1,
            created_at: now,
            caller,
            state: CallState::Queued(waiting),
            last_transfer: None,
            rejoined_from: None,
            was_spoken_to: false,
            listening: Listening::default(),
            spoken: None,
        }
    }

    /// The open transfer, if there is one.
    pub fn transfer(&self) -> Option<&Transfer> {
        match &self.state {
            CallState::Transferring(transfer) => Some(transfer),
            _ => None,
        }
    }

    /// The transfer that commands are about: the open one, or the one whose consult has outlived the call.
    pub fn transfer_id(&self) -> Option<TransferId> {
        match &self.state {
            CallState::Transferring(transfer) => Some(transfer.id),
            CallState::Ended { consult, .. } => consult.as_ref().map(|tail| tail.transfer),
            CallState::Queued(_) | CallState::Offered { .. } | CallState::WithAgent { .. } => None,
        }
    }

    /// Who handed the caller over to the agent who has them now; nobody when that agent took a caller whom somebody lost.
    pub fn handed_over_by(&self) -> Option<&AgentId> {
        let (agent, since) = match &self.state {
            CallState::WithAgent { agent, since, .. } => (&agent.agent, *since),
            CallState::Transferring(transfer) => (&transfer.transferring.agent, transfer.with_transferring_since()),
            CallState::Queued(_) | CallState::Offered { .. } | CallState::Ended { .. } => return None,
        };
        let last = self.last_transfer.as_ref()?;
        let completed = matches!(last.outcome, Outcome::Completed { .. }) && !last.was_deserted;
        (completed && last.target == *agent && last.ended_at == since).then_some(&last.transferring)
    }

    /// Whether the call is over (a consult may still be finishing).
    pub fn is_ended(&self) -> bool {
        matches!(self.state, CallState::Ended { .. })
    }

    /// A short name of the state, stable, for the API and for messages.
    pub fn state_name(&self) -> &'static str {
        match &self.state {
            CallState::Queued(_) => "queued",
            CallState::Offered { .. } => "offered",
            CallState::WithAgent { held_since: None, .. } => "talking",
            CallState::WithAgent { .. } => "on_hold",
            CallState::Transferring(transfer) => transfer.state.name(),
            CallState::Ended { .. } => "ended",
        }
    }

    /// Every agent leg that the call has now, whatever their part.
    pub fn agent_legs(&self) -> Vec<&AgentLeg> {
        match &self.state {
            CallState::Queued(_) | CallState::Ended { consult: None, .. } => Vec::new(),
            CallState::Offered { to, .. } => vec![to],
            CallState::WithAgent { agent, .. } => vec![agent],
            CallState::Transferring(transfer) => transfer.legs(),
            CallState::Ended { consult: Some(tail), .. } => vec![&tail.transferring, &tail.target],
        }
    }

    /// The same legs, to be changed.
    pub(crate) fn agent_legs_mut(&mut self) -> Vec<&mut AgentLeg> {
        match &mut self.state {
            CallState::Queued(_) | CallState::Ended { consult: None, .. } => Vec::new(),
            CallState::Offered { to, .. } => vec![to],
            CallState::WithAgent { agent, .. } => vec![agent],
            CallState::Transferring(transfer) => transfer.legs_mut(),
            CallState::Ended { consult: Some(tail), .. } => vec![&mut tail.transferring, &mut tail.target],
        }
    }

    /// Every agent who has the caller: whoever is not among them any more has work to finish.
    pub fn agents_with_caller(&self) -> Vec<&AgentId> {
        match &self.state {
            CallState::WithAgent { agent, .. } => vec![&agent.agent],
            CallState::Transferring(transfer) => match transfer.state {
                TransferState::BlindRinging { .. } => Vec::new(),
                TransferState::Conference { .. } => vec![&transfer.transferring.agent, &transfer.target.agent],
                _ => vec![&transfer.transferring.agent],
            },
            CallState::Queued(_) | CallState::Offered { .. } | CallState::Ended { .. } => Vec::new(),
        }
    }

    /// What this call keeps each agent busy with. At most one row per agent may exist over all calls.
    pub fn engagements(&self) -> Vec<(AgentId, Engagement)> {
        let kind = |leg: &AgentLeg| if self.rings_at(leg) { Engagement::Offer } else { Engagement::Call };
        self.agent_legs().into_iter().map(|leg| (leg.agent.clone(), kind(leg))).collect()
    }

    fn rings_at(&self, leg: &AgentLeg) -> bool {
        match &self.state {
            CallState::Offered { .. } => true,
            CallState::Transferring(transfer) => {
                let is_rung = matches!(
                    transfer.state,
                    TransferState::Ringing { .. } | TransferState::BlindRinging { accepted: None, .. }
                );
                is_rung && leg.leg == transfer.target.leg
            }
            _ => false,
        }
    }

    /// At whose desk it rings; nobody's while it rings at a phone.
    pub fn rung_desk(&self) -> Option<&AgentId> {
        let rung = self.agent_legs().into_iter().find(|leg| self.rings_at(leg) && leg.phone.is_none());
        rung.map(|leg| &leg.agent)
    }

    /// The next moment at which [`Event::Clock`](crate::machine::Event::Clock) would change something.
    pub fn next_deadline(&self, rules: &Rules) -> Option<Timestamp> {
        let after = |since: Option<Timestamp>, span: Span| since.map(|since| since.plus(span));
        if let CallState::Ended { consult, .. } = &self.state {
            return consult.as_ref().map(|tail| tail.deadline(rules));
        }
        let caller = after(self.caller.connection.missing_since(), rules.caller_grace);
        let rest = match &self.state {
            CallState::Queued(_) | CallState::Ended { .. } => None,
            CallState::Offered { until, .. } => Some(*until),
            CallState::WithAgent { agent, .. } => after(agent.missing_since(), rules.agent_grace),
            CallState::Transferring(transfer) => transfer.next_deadline(rules, self.caller.connection.is_present()),
        };
        [caller, rest].into_iter().flatten().min()
    }
}

/// What a call keeps an agent busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engagement {
    /// It rings at their desk.
    Offer,
    /// They are in it.
    Call,
}
