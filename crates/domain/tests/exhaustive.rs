//! Every order of up to eight events, from every state that a call can be in. Time goes in steps of one second with spans
//! of one to three, and calls that differ only in history count as one, so that it fits into seconds.

use std::collections::{BTreeSet, HashSet};
use std::fmt::{self, Write};
use std::hash::{DefaultHasher, Hasher};

use baton_domain::agent::Device;
use baton_domain::call::{Call, CallState, Connection, EndedTransfer, RoomKind, Waiting};
use baton_domain::ids::{AgentId, TransferId};
use baton_domain::machine::{Actor, Command, Context, Event, Fact, StartTransfer, TransferKind, apply};
use baton_domain::rules::Rules;
use baton_domain::time::{Span, Timestamp};
use baton_domain::transfer::{Outcome, TransferState};
use uuid::Uuid;

use crate::desk::{
    ALICE, BOB, CAROL, Desk, agent, alice, answer, bob, decline, leg_of, offer, sid_of, sue, transfer_to,
};
use crate::invariants::{check_state, check_step};
use crate::phones;

const DEPTH: usize = 8;
/// Every call is moved to this moment before it is compared with others.
const NOW: Timestamp = Timestamp(1_000_000);

/// Short spans: what matters is which of two comes first.
fn short_rules() -> Rules {
    let seconds = Span::seconds;
    Rules {
        ring: seconds(2),
        ring_back: seconds(1),
        media: seconds(1),
        heard: seconds(1),
        agent_grace: seconds(2),
        take_after: seconds(1),
        caller_grace: seconds(3),
        consult_tail: seconds(1),
    }
}

fn start_states() -> Vec<Call> {
    Desk::everywhere().into_iter().chain(phones::everywhere()).map(|desk| canonical(desk.call, desk.now)).collect()
}

/// The same call with everything that only history is made of taken away.
fn canonical(mut call: Call, now: Timestamp) -> Call {
    let clock = Clock { shift: NOW.0 - now.0 };
    call.version = 1;
    call.created_at = NOW;
    clock.connection(&mut call.caller.connection);
    // No rule asks for it; one is always there, to see that nothing changes it.
    call.last_transfer = Some(EndedTransfer {
        id: TransferId(Uuid::from_u128(7)),
        transferring: agent("dave"),
        target: agent("bob"),
        outcome: Outcome::Cancelled,
        started_at: NOW,
        ended_at: NOW,
        was_deserted: false,
    });
    clock.state(&mut call.state);
    call
}

/// Moves moments so that now is `NOW`, and lets those that make no difference any more coincide.
struct Clock {
    shift: i64,
}

impl Clock {
    fn past(&self, moment: &mut Timestamp) {
        moment.0 = (moment.0 + self.shift).max(NOW.0 - 3_000);
    }

    fn deadline(&self, moment: &mut Timestamp) {
        moment.0 = (moment.0 + self.shift).clamp(NOW.0, NOW.0 + 2_000);
    }

    fn connection(&self, connection: &mut Connection) {
        match connection {
            Connection::Expected { since } | Connection::Lost { since } => self.past(since),
            Connection::Present { sid } => "1".clone_into(sid),
        }
    }

    fn leg(&self, leg: &mut baton_domain::call::AgentLeg) {
        self.connection(&mut leg.call_room);
        self.connection(&mut leg.consult_room);
        // Nobody expects a phone in the call's room.
        if leg.phone.is_some() {
            leg.call_room = Connection::Expected { since: Timestamp(NOW.0 - 3_000) };
        }
        // Since when nobody is expected in a second room only matters when it is later than the loss of the first.
        if let (Connection::Present { .. }, Connection::Expected { since }) = (&leg.call_room, &mut leg.consult_room) {
            *since = Timestamp(NOW.0 - 3_000);
        }
    }

    fn waiting(waiting: &mut Waiting) {
        waiting.since = NOW;
        // Only routing asks for these.
        waiting.tried.clear();
    }

    fn state(&self, state: &mut CallState) {
        match state {
            CallState::Queued(waiting) => Self::waiting(waiting),
            CallState::Offered { to, until, waiting } => {
                self.leg(to);
                self.deadline(until);
                Self::waiting(waiting);
            }
            CallState::WithAgent { agent, held_since, since } => {
                self.leg(agent);
                *held_since = held_since.map(|_| NOW);
                *since = NOW;
            }
            CallState::Transferring(transfer) => {
                for leg in [&mut transfer.transferring, &mut transfer.target] {
                    self.leg(leg);
                }
                if transfer.state.is_blind() {
                    let unused = Connection::Expected { since: NOW };
                    (transfer.transferring.call_room, transfer.transferring.consult_room) = (unused.clone(), unused);
                }
                transfer.started_at = NOW;
                transfer.had_since = Some(NOW);
                self.transfer_state(&mut transfer.state);
            }
            CallState::Ended { at, consult, .. } => {
                *at = NOW;
                if let Some(tail) = consult {
                    self.leg(&mut tail.transferring);
                    self.leg(&mut tail.target);
                    self.deadline(&mut tail.until);
                }
            }
        }
    }

    fn transfer_state(&self, state: &mut TransferState) {
        match state {
            TransferState::Ringing { until, held_since, .. } | TransferState::Connecting { until, held_since } => {
                *held_since = held_since.map(|_| NOW);
                self.deadline(until);
            }
            TransferState::BlindRinging { until, .. } | TransferState::Completing { until, .. } => self.deadline(until),
            TransferState::Consulting { since }
            | TransferState::Swapped { since }
            | TransferState::Conference { since } => *since = NOW,
        }
    }
}

/// Stands for the whole call: 64 bits tell some hundred thousand of them apart.
fn fingerprint(call: &Call) -> u64 {
    struct Into<'a>(&'a mut DefaultHasher);
    impl Write for Into<'_> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.write(text.as_bytes());
            Ok(())
        }
    }
    let mut hasher = DefaultHasher::new();
    write!(Into(&mut hasher), "{:?} {:?}", call.caller.connection, call.state).unwrap();
    hasher.finish()
}

/// Everything that may happen next, as `(milliseconds later, event)`.
fn events(call: &Call) -> Vec<(i64, Event)> {
    let mut events = vec![(1_000, Event::Clock)];
    events.extend(commands().into_iter().map(|(by, command)| (0, Event::Command { by, command })));
    events.extend(facts(call).into_iter().map(|fact| (0, Event::Fact(fact))));
    events
}

fn commands() -> Vec<(Actor, Command)> {
    let mut commands = vec![
        (Actor::Caller, Command::HangUp),
        (Actor::Desk, offer("alice")),
        (Actor::Desk, offer("bob")),
        (alice(), answer("alice")),
        (bob(), answer("bob")),
        (sue(), Command::Force),
        (sue(), Command::EndForEveryone),
    ];
    for (by, target) in [(alice(), "bob"), (bob(), "alice")] {
        for kind in [TransferKind::Warm, TransferKind::Cold] {
            for target_device in [Device::Page, Device::Phone] {
                let start = StartTransfer { kind, target_device, ..transfer_to(target) };
                commands.push((by.clone(), Command::StartTransfer(start)));
            }
        }
        let plain = [
            Command::Hold,
            Command::Retrieve,
            Command::HangUp,
            Command::Accept,
            decline("busy"),
            Command::LeaveConsult,
            Command::TakeCaller,
            Command::Swap,
            Command::Merge,
            Command::Complete,
            Command::Cancel,
            Command::TransferWithoutWaiting,
            Command::Force,
        ];
        commands.extend(plain.map(|command| (by.clone(), command)));
    }
    commands
}

fn facts(call: &Call) -> Vec<Fact> {
    let mut facts = Vec::new();
    for leg in [CAROL, ALICE, BOB] {
        for room in [RoomKind::Call, RoomKind::Consult] {
            facts.push(Fact::Joined { leg, room, sid: "2".to_owned() });
            facts.push(Fact::Left { leg, room, sid: "stale".to_owned() });
            facts.extend(sid_of(call, leg, room).map(|sid| Fact::Left { leg, room, sid }));
        }
    }
    for handle in ["alice", "bob"] {
        facts.push(Fact::OfferShown { agent: agent(handle) });
        facts.push(Fact::MediaReady { agent: agent(handle) });
        facts.push(Fact::Unreachable { agent: agent(handle) });
        facts.push(Fact::Heard { listener: CAROL, speaker: leg_of(handle) });
        facts.push(Fact::Heard { listener: leg_of(handle), speaker: CAROL });
    }
    facts
}

/// Every different call that one event makes of `call`.
fn successors(call: &Call, rules: &Rules, seen: &mut HashSet<u64>) -> Vec<Call> {
    let nobody: BTreeSet<AgentId> = BTreeSet::new();
    let mut found = Vec::new();
    for (later, event) in events(call) {
        let context = Context { now: NOW.plus(Span(later)), rules, unavailable: &nobody };
        let result = apply(call, &event, context);
        check_step(call, &event, context, &result);
        let Ok(transition) = result else { continue };
        if later == 0 && transition.call.version == call.version {
            continue;
        }
        let next = canonical(transition.call, context.now);
        if seen.insert(fingerprint(&next)) {
            check_state(&next, NOW, rules);
            found.push(next);
        }
    }
    found
}

#[test]
fn eight_events_in_any_order_keep_the_invariants() {
    let rules = short_rules();
    let mut frontier = start_states();
    let mut seen: HashSet<u64> = frontier.iter().map(fingerprint).collect();
    for depth in 0..DEPTH {
        eprintln!("depth {depth}: {} new, {} seen", frontier.len(), seen.len());
        frontier = frontier.iter().flat_map(|call| successors(call, &rules, &mut seen)).collect();
    }
    assert!(seen.len() > 10_000, "the search went nowhere: {} states", seen.len());
}
