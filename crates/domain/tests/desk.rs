//! A small desk to play on: one call with Carol as the caller, Alice and Bob as agents, driven to wherever a test begins
//! by the very events that lead there.

use std::collections::BTreeSet;

use baton_domain::agent::Device;
use baton_domain::call::{AgentLeg, Call, CallState, CallerLeg, Connection, EndedTransfer, RoomKind};
use baton_domain::ids::{AgentId, CallId, LegId, TransferId};
use baton_domain::listening::{Listening, ListeningPolicy, Recorded};
use baton_domain::machine::{Actor, Command, Context, Event, Fact, Refusal, StartTransfer, TransferKind, apply};
use baton_domain::outcome::{Effect, HappeningKind, Transition};
use baton_domain::rules::Rules;
use baton_domain::seat::{Party, Seat, seats};
use baton_domain::time::{Span, Timestamp};
use baton_domain::transfer::{Outcome, Transfer};
use uuid::Uuid;

/// When every test begins.
pub const START: Timestamp = Timestamp(1_000_000);

pub const CAROL: LegId = LegId(Uuid::from_u128(1));
pub const ALICE: LegId = LegId(Uuid::from_u128(2));
pub const BOB: LegId = LegId(Uuid::from_u128(3));
pub const DAVE: LegId = LegId(Uuid::from_u128(4));
pub const TRANSFER: TransferId = TransferId(Uuid::from_u128(100));

pub fn agent(handle: &str) -> AgentId {
    handle.parse().unwrap()
}

pub fn alice() -> Actor {
    Actor::Agent(agent("alice"))
}

pub fn bob() -> Actor {
    Actor::Agent(agent("bob"))
}

pub fn dave() -> Actor {
    Actor::Agent(agent("dave"))
}

pub fn sue() -> Actor {
    Actor::Supervisor(agent("sue"))
}

pub fn leg_of(handle: &str) -> LegId {
    match handle {
        "alice" => ALICE,
        "bob" => BOB,
        _ => DAVE,
    }
}

/// A call whose caller has just come.
pub fn new_call() -> Call {
    let caller = CallerLeg::expected(CAROL, "Carol".to_owned(), START);
    let id = CallId(Uuid::from_u128(9));
    let call = Call::arriving(id, "support".parse().unwrap(), "billing".parse().unwrap(), caller, START);
    let everything = ListeningPolicy { transcribe: true, record: Recorded::CallAndConsult };
    Call { listening: Listening::under(everything), ..call }
}

pub fn answer(handle: &str) -> Command {
    Command::Answer { agent: agent(handle), leg: leg_of(handle) }
}

pub fn offer(handle: &str) -> Command {
    Command::Offer { agent: agent(handle), leg: leg_of(handle) }
}

pub fn decline(reason: &str) -> Command {
    Command::Decline { reason: reason.to_owned() }
}

/// A transfer to `handle`, as the server would begin it.
pub fn transfer_to(handle: &str) -> StartTransfer {
    StartTransfer {
        id: TRANSFER,
        target: agent(handle),
        target_leg: leg_of(handle),
        target_device: Device::Page,
        through_queue: None,
        kind: TransferKind::Warm,
        reason: "refund".to_owned(),
        note: String::new(),
        hold: false,
    }
}

pub fn warm() -> Command {
    Command::StartTransfer(transfer_to("bob"))
}

pub fn cold() -> Command {
    Command::StartTransfer(StartTransfer { kind: TransferKind::Cold, ..transfer_to("bob") })
}

/// The desk, at some moment of one call.
pub struct Desk {
    pub call: Call,
    pub now: Timestamp,
    pub rules: Rules,
    pub unavailable: BTreeSet<AgentId>,
    connections: u32,
}

/// From the caller's arrival to every state that a transfer has.
impl Desk {
    pub fn queued() -> Self {
        let mut desk = Self {
            call: new_call(),
            now: START,
            rules: Rules::default(),
            unavailable: BTreeSet::new(),
            connections: 0,
        };
        desk.joins(CAROL, RoomKind::Call);
        desk
    }

    pub fn offered() -> Self {
        Self::queued().after(Actor::Desk, offer("alice"))
    }

    pub fn talking() -> Self {
        let mut desk = Self::queued().after(alice(), answer("alice"));
        desk.joins(ALICE, RoomKind::Call);
        desk
    }

    pub fn on_hold() -> Self {
        Self::talking().after(alice(), Command::Hold)
    }

    pub fn ringing() -> Self {
        let mut desk = Self::talking().after(alice(), warm());
        desk.joins(ALICE, RoomKind::Consult);
        desk.fact(Fact::OfferShown { agent: agent("bob") });
        desk
    }

    pub fn ringing_on_hold() -> Self {
        Self::ringing().after(alice(), Command::Hold)
    }

    pub fn connecting() -> Self {
        Self::ringing().after(bob(), Command::Accept)
    }

    pub fn consulting() -> Self {
        let mut desk = Self::connecting();
        desk.joins(BOB, RoomKind::Call);
        desk.joins(BOB, RoomKind::Consult);
        desk.fact(Fact::MediaReady { agent: agent("bob") });
        desk
    }

    pub fn swapped() -> Self {
        Self::consulting().after(alice(), Command::Swap)
    }

    pub fn conference() -> Self {
        let mut desk = Self::consulting().after(alice(), Command::Merge);
        desk.leaves(ALICE, RoomKind::Consult);
        desk.leaves(BOB, RoomKind::Consult);
        desk
    }

    pub fn completing() -> Self {
        Self::consulting().after(alice(), Command::Complete)
    }

    pub fn blind() -> Self {
        let mut desk = Self::talking().after(alice(), cold());
        desk.fact(Fact::OfferShown { agent: agent("bob") });
        desk
    }

    pub fn blind_accepted() -> Self {
        let mut desk = Self::blind().after(bob(), Command::Accept);
        desk.joins(BOB, RoomKind::Call);
        desk
    }

    /// The caller left in the middle of a consult.
    pub fn tail() -> Self {
        Self::consulting().after(Actor::Caller, Command::HangUp)
    }

    pub fn ended() -> Self {
        Self::talking().after(Actor::Caller, Command::HangUp)
    }

    /// One of each.
    pub fn everywhere() -> [Self; 15] {
        [
            Self::queued(),
            Self::offered(),
            Self::talking(),
            Self::on_hold(),
            Self::ringing(),
            Self::ringing_on_hold(),
            Self::connecting(),
            Self::consulting(),
            Self::swapped(),
            Self::conference(),
            Self::completing(),
            Self::blind(),
            Self::blind_accepted(),
            Self::tail(),
            Self::ended(),
        ]
    }
}

/// What happens.
impl Desk {
    fn apply(&mut self, event: &Event) -> Result<Transition, Refusal> {
        let context = Context { now: self.now, rules: &self.rules, unavailable: &self.unavailable };
        let transition = apply(&self.call, event, context)?;
        self.call = transition.call.clone();
        Ok(transition)
    }

    pub fn after(mut self, by: Actor, command: Command) -> Self {
        self.does(by, command);
        self
    }

    pub fn does(&mut self, by: Actor, command: Command) -> Transition {
        self.asks(by, command).unwrap()
    }

    pub fn asks(&mut self, by: Actor, command: Command) -> Result<Transition, Refusal> {
        self.apply(&Event::Command { by, command })
    }

    pub fn fact(&mut self, fact: Fact) -> Transition {
        self.apply(&Event::Fact(fact)).unwrap()
    }

    /// Lets time pass, and looks at the clock once at the end of it.
    pub fn wait(&mut self, seconds: i64) -> Transition {
        self.wait_ms(seconds * 1000)
    }

    pub fn wait_ms(&mut self, ms: i64) -> Transition {
        self.now = self.now.plus(Span(ms));
        self.apply(&Event::Clock).unwrap()
    }

    pub fn joins(&mut self, leg: LegId, room: RoomKind) -> Transition {
        self.connections += 1;
        let sid = format!("PA_{}", self.connections);
        self.fact(Fact::Joined { leg, room, sid })
    }

    /// The current connection of `leg` to `room` goes away, if there is one.
    pub fn leaves(&mut self, leg: LegId, room: RoomKind) -> Option<Transition> {
        let sid = self.sid(leg, room)?;
        Some(self.fact(Fact::Left { leg, room, sid }))
    }

    /// Every connection of `leg` goes away.
    pub fn vanishes(&mut self, leg: LegId) {
        for room in [RoomKind::Call, RoomKind::Consult] {
            self.leaves(leg, room);
        }
    }

    /// Caller and target receive each other.
    pub fn hear_each_other(&mut self) -> Transition {
        self.fact(Fact::Heard { listener: CAROL, speaker: BOB });
        self.fact(Fact::Heard { listener: BOB, speaker: CAROL })
    }

    pub fn sid(&self, leg: LegId, room: RoomKind) -> Option<String> {
        sid_of(&self.call, leg, room)
    }
}

/// The SID under which `leg` is in `room`.
pub fn sid_of(call: &Call, leg: LegId, room: RoomKind) -> Option<String> {
    let connection = if leg == call.caller.leg {
        (room == RoomKind::Call).then_some(&call.caller.connection)
    } else {
        let legs = call.agent_legs();
        legs.into_iter().find(|agent| agent.leg == leg).map(|agent| match room {
            RoomKind::Call => &agent.call_room,
            RoomKind::Consult => &agent.consult_room,
        })
    };
    match connection {
        Some(Connection::Present { sid }) => Some(sid.clone()),
        _ => None,
    }
}

/// How things stand.
impl Desk {
    pub fn state(&self) -> &'static str {
        self.call.state_name()
    }

    pub fn transfer(&self) -> &Transfer {
        self.call.transfer().unwrap()
    }

    pub fn last(&self) -> &EndedTransfer {
        self.call.last_transfer.as_ref().unwrap()
    }

    pub fn outcome(&self) -> &Outcome {
        &self.last().outcome
    }

    /// Who has the caller in a plain call.
    pub fn holder(&self) -> &AgentLeg {
        match &self.call.state {
            CallState::WithAgent { agent, .. } => agent,
            other => panic!("nobody has the caller: {other:?}"),
        }
    }

    pub fn seats(&self) -> Vec<Seat> {
        seats(&self.call)
    }

    pub fn seat(&self, party: &Party) -> Option<Seat> {
        self.seats().into_iter().find(|seat| seat.party == *party)
    }

    /// Whom the caller hears, when it is not music or ringing.
    pub fn caller_hears(&self) -> Vec<LegId> {
        self.seat(&Party::Caller).unwrap().hears
    }

    /// A state in which `handle` talks to the caller and nobody else is in the call.
    #[track_caller]
    pub fn assert_talks_alone(&self, handle: &str) {
        assert_eq!((self.state(), self.holder().agent.as_str()), ("talking", handle));
        assert_eq!(self.caller_hears(), [leg_of(handle)]);
        assert_eq!(self.seats().len(), 2, "nobody else has a seat");
    }

    /// The caller waits in the queue, and hears music.
    #[track_caller]
    pub fn assert_queued(&self, place: baton_domain::call::Place, tried: &[&str]) {
        let CallState::Queued(waiting) = &self.call.state else { panic!("not queued: {:?}", self.call.state) };
        let tried_here: Vec<&str> = waiting.tried.iter().map(AgentId::as_str).collect();
        assert_eq!((waiting.place, tried_here.as_slice(), waiting.was_answered), (place, tried, true));
    }
}

/// What happened, by kind.
pub fn kinds(transition: &Transition) -> Vec<HappeningKind> {
    transition.happened.iter().map(|happening| happening.kind).collect()
}

pub fn wrap_up(handle: &str) -> Effect {
    Effect::StartWrapUp(agent(handle))
}

pub fn away(handle: &str) -> Effect {
    Effect::SetAway(agent(handle))
}
