//! What there is to store: lines, agents, and calls led to some state by the rules themselves.

use std::collections::BTreeSet;

use baton::server::store::agents::{Role, StoredAgent};
use baton::server::store::{agents, lines};
use baton_domain::agent::{Agent, AgentKind, Device, PresenceChoice};
use baton_domain::call::{Call, CallerLeg, RoomKind};
use baton_domain::ids::{CallId, LegId, TransferId};
use baton_domain::line::{Line, Queue};
use baton_domain::listening::{ListeningPolicy, Recorded};
use baton_domain::machine::{Actor, Command, Context, Event, Fact, StartTransfer, TransferKind, apply};
use baton_domain::rules::Rules;
use baton_domain::time::{Span, Timestamp};
use sqlx::AnyConnection;
use uuid::Uuid;

use crate::harness::id;

pub const NOW: Timestamp = Timestamp(1_769_860_800_000);

pub fn later(seconds: i64) -> Timestamp {
    NOW.plus(Span::seconds(seconds))
}

pub async fn furnish(db: &mut AnyConnection) {
    lines::insert_new_queue(db, &queue("billing", "Billing queue")).await.expect("a new queue");
    lines::insert_new(db, &line("support", "Support")).await.expect("a new line");
    for (handle, name) in [("bob", "Bob"), ("alice", "Alice")] {
        agents::insert_new(db, &person(handle, name)).await.expect("a new agent");
    }
}

pub fn queue(handle: &str, name: &str) -> Queue {
    Queue { id: handle.parse().expect("a handle"), name: name.to_owned() }
}

pub fn line(handle: &str, name: &str) -> Line {
    Line {
        id: handle.parse().expect("a handle"),
        name: name.to_owned(),
        queue: "billing".parse().expect("a handle"),
        join_code: Some(format!("code-of-{handle}")),
        open: true,
        capacity: 20,
        listening: ListeningPolicy { transcribe: true, record: Recorded::Call },
        redact: true,
    }
}

pub fn person(handle: &str, name: &str) -> StoredAgent {
    let agent = Agent {
        id: id(handle),
        name: name.to_owned(),
        kind: AgentKind::Human,
        skills: vec!["billing".parse().expect("a handle")],
        choice: PresenceChoice::Available,
        language: None,
        device: Device::Page,
    };
    StoredAgent { agent, role: Role::Agent, choice_since: NOW, free_since: NOW }
}

/// A caller who came at `at`.
pub fn queued(number: u128, at: Timestamp) -> Call {
    let caller = CallerLeg::expected(leg("carol"), "Carol".to_owned(), at);
    let (line, queue) = (line("support", "Support").id, queue("billing", "").id);
    let call = Call::arriving(CallId(Uuid::from_u128(number)), line, queue, caller, at);
    fact(&call, joined("carol", RoomKind::Call))
}

pub fn offered(number: u128, agent: &str) -> Call {
    command(&queued(number, NOW), Actor::Desk, Command::Offer { agent: id(agent), leg: leg(agent) })
}

pub fn talking(number: u128, agent: &str) -> Call {
    let answer = Command::Answer { agent: id(agent), leg: leg(agent) };
    fact(&agent_does(&queued(number, NOW), agent, answer), joined(agent, RoomKind::Call))
}

/// Alice has the caller, and it rings at Bob's desk.
pub fn ringing(number: u128, transfer: TransferId) -> Call {
    let initiated = agent_does(&talking(number, "alice"), "alice", transfer_to_bob(transfer));
    fact(&initiated, Fact::OfferShown { agent: id("bob") })
}

/// Alice and Bob talk while the caller hears music.
pub fn consulting(number: u128, transfer: TransferId) -> Call {
    let accepted = agent_does(&ringing(number, transfer), "bob", Command::Accept);
    let rooms = [("alice", RoomKind::Consult), ("bob", RoomKind::Call), ("bob", RoomKind::Consult)];
    let call = rooms.into_iter().fold(accepted, |call, (agent, room)| fact(&call, joined(agent, room)));
    fact(&call, Fact::MediaReady { agent: id("bob") })
}

pub fn transfer_to_bob(transfer: TransferId) -> Command {
    Command::StartTransfer(StartTransfer {
        id: transfer,
        target: id("bob"),
        target_leg: leg("bob"),
        target_device: Device::Page,
        through_queue: None,
        kind: TransferKind::Warm,
        reason: "Wrong invoice".to_owned(),
        note: "She has called twice".to_owned(),
        hold: false,
    })
}

pub fn transfer_id(number: u128) -> TransferId {
    TransferId(Uuid::from_u128(1_000 + number))
}

pub fn agent_does(call: &Call, agent: &str, what: Command) -> Call {
    command(call, Actor::Agent(id(agent)), what)
}

pub fn caller_hangs_up(call: &Call) -> Call {
    command(call, Actor::Caller, Command::HangUp)
}

pub fn command(call: &Call, by: Actor, command: Command) -> Call {
    after(call, &Event::Command { by, command })
}

pub fn fact(call: &Call, fact: Fact) -> Call {
    after(call, &Event::Fact(fact))
}

fn joined(name: &str, room: RoomKind) -> Fact {
    Fact::Joined { leg: leg(name), room, sid: format!("PA_{name}") }
}

fn leg(name: &str) -> LegId {
    let number = name.bytes().fold(0, |number, byte| number * 256 + u128::from(byte));
    LegId(Uuid::from_u128(number))
}

fn after(call: &Call, event: &Event) -> Call {
    let unavailable = BTreeSet::new();
    let context = Context { now: call.created_at, rules: &Rules::default(), unavailable: &unavailable };
    apply(call, event, context).expect("it may happen").call
}
