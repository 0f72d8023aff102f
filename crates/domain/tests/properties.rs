//! Arbitrary events in arbitrary order, late, twice, from the wrong people and with stale ids.

use std::collections::BTreeSet;

use baton_domain::agent::Device;
use baton_domain::call::{Call, RoomKind};
use baton_domain::ids::{AgentId, LegId, TransferId};
use baton_domain::machine::{Actor, Command, Context, Event, Fact, StartTransfer, TransferKind, apply};
use baton_domain::rules::Rules;
use baton_domain::time::{Span, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use crate::desk::{ALICE, BOB, CAROL, DAVE, Desk, START, agent, leg_of, new_call, sid_of, transfer_to};
use crate::invariants::{check_round_trip, check_state, check_step};
use crate::phones;

/// One thing that happens, before it is known which ids are current.
#[derive(Clone, Debug)]
enum Doing {
    Ask(Actor, Command),
    Join { leg: LegId, room: RoomKind, sid: u8 },
    LeaveNow { leg: LegId, room: RoomKind },
    LeaveStale { leg: LegId, room: RoomKind, sid: u8 },
    Other(Fact),
    Wait { ms: i64 },
    WaitForDeadline,
    BecomesUnavailable(AgentId),
    BecomesAvailable(AgentId),
}

fn handles() -> impl Strategy<Value = &'static str> {
    select(vec!["alice", "bob", "dave"])
}

fn agents() -> impl Strategy<Value = AgentId> {
    handles().prop_map(agent)
}

fn legs() -> impl Strategy<Value = LegId> {
    select(vec![CAROL, ALICE, BOB, DAVE])
}

fn rooms() -> impl Strategy<Value = RoomKind> {
    select(vec![RoomKind::Call, RoomKind::Consult])
}

fn actors() -> impl Strategy<Value = Actor> {
    prop_oneof![
        6 => agents().prop_map(Actor::Agent),
        1 => Just(Actor::Caller),
        1 => agents().prop_map(Actor::Supervisor),
        1 => Just(Actor::Api),
        1 => Just(Actor::Desk),
    ]
}

fn start_transfer() -> impl Strategy<Value = Command> {
    let lengths = select(vec![0, 200, 201]);
    let devices = select(vec![Device::Page, Device::Phone]);
    (handles(), devices, any::<bool>(), any::<bool>(), lengths).prop_map(|(target, device, cold, hold, length)| {
        let kind = if cold { TransferKind::Cold } else { TransferKind::Warm };
        let reason = "r".repeat(length);
        let start = StartTransfer { kind, hold, reason, target_device: device, ..transfer_to(target) };
        Command::StartTransfer(start)
    })
}

fn commands() -> impl Strategy<Value = Command> {
    let answer = handles().prop_map(|who| Command::Answer { agent: agent(who), leg: leg_of(who) });
    let offer = handles().prop_map(|who| Command::Offer { agent: agent(who), leg: leg_of(who) });
    let plain = select(vec![
        Command::Hold,
        Command::Retrieve,
        Command::Accept,
        Command::Decline { reason: "busy".to_owned() },
        Command::Decline { reason: "r".repeat(201) },
        Command::Swap,
        Command::Merge,
        Command::Complete,
        Command::Cancel,
        Command::TransferWithoutWaiting,
        Command::Force,
        Command::LeaveConsult,
        Command::TakeCaller,
        Command::RefuseListening,
        Command::AllowListening,
        Command::PauseRecording,
        Command::ResumeRecording,
        Command::SpeakBriefing,
        Command::StopSpeaking,
    ]);
    // Ends are rare, or most calls would be over before anything has happened.
    let ends = select(vec![Command::HangUp, Command::EndForEveryone]);
    prop_oneof![4 => answer, 1 => offer, 4 => start_transfer(), 10 => plain, 1 => ends]
}

fn facts() -> impl Strategy<Value = Fact> {
    prop_oneof![
        agents().prop_map(|agent| Fact::OfferShown { agent }),
        agents().prop_map(|agent| Fact::MediaReady { agent }),
        agents().prop_map(|agent| Fact::Unreachable { agent }),
        (legs(), legs()).prop_map(|(listener, speaker)| Fact::Heard { listener, speaker }),
        any::<bool>().prop_map(|interrupted| Fact::CallerInterrupted { interrupted }),
    ]
}

fn doings() -> impl Strategy<Value = Doing> {
    prop_oneof![
        10 => (actors(), commands()).prop_map(|(by, command)| Doing::Ask(by, command)),
        4 => (legs(), rooms(), 0..3_u8).prop_map(|(leg, room, sid)| Doing::Join { leg, room, sid }),
        2 => (legs(), rooms()).prop_map(|(leg, room)| Doing::LeaveNow { leg, room }),
        1 => (legs(), rooms(), 0..3_u8).prop_map(|(leg, room, sid)| Doing::LeaveStale { leg, room, sid }),
        4 => facts().prop_map(Doing::Other),
        2 => (0..70_000_i64).prop_map(|ms| Doing::Wait { ms }),
        2 => (0..3_000_i64).prop_map(|ms| Doing::Wait { ms }),
        1 => Just(Doing::WaitForDeadline),
        1 => agents().prop_map(Doing::BecomesUnavailable),
        1 => agents().prop_map(Doing::BecomesAvailable),
    ]
}

/// A call that has just come, or that is somewhere in the middle: chance alone seldom gets that far.
fn beginnings() -> impl Strategy<Value = Call> {
    let everywhere: Vec<Call> =
        Desk::everywhere().into_iter().chain(phones::everywhere()).map(|desk| desk.call).collect();
    prop_oneof![1 => Just(new_call()), 4 => select(everywhere)]
}

/// A call and the world around it.
struct World {
    call: Call,
    now: Timestamp,
    rules: Rules,
    unavailable: BTreeSet<AgentId>,
    transfers: u128,
}

impl World {
    fn beginning_with(call: Call) -> Self {
        Self { call, now: START, rules: Rules::default(), unavailable: BTreeSet::new(), transfers: 0 }
    }

    /// The event that `doing` is at this moment; nothing where the world alone changes.
    fn event(&mut self, doing: Doing) -> Option<Event> {
        Some(match doing {
            Doing::Ask(by, Command::StartTransfer(start)) => {
                self.transfers += 1;
                let id = TransferId(Uuid::from_u128(1000 + self.transfers));
                Event::Command { by, command: Command::StartTransfer(StartTransfer { id, ..start }) }
            }
            Doing::Ask(by, command) => Event::Command { by, command },
            Doing::Join { leg, room, sid } => Event::Fact(Fact::Joined { leg, room, sid: sid.to_string() }),
            Doing::LeaveNow { leg, room } => Event::Fact(Fact::Left { leg, room, sid: sid_of(&self.call, leg, room)? }),
            Doing::LeaveStale { leg, room, sid } => Event::Fact(Fact::Left { leg, room, sid: sid.to_string() }),
            Doing::Other(fact) => Event::Fact(fact),
            Doing::Wait { ms } => {
                self.now = self.now.plus(Span(ms));
                Event::Clock
            }
            Doing::WaitForDeadline => {
                self.now = self.now.max(self.call.next_deadline(&self.rules)?);
                Event::Clock
            }
            Doing::BecomesUnavailable(agent) => {
                self.unavailable.insert(agent);
                return None;
            }
            Doing::BecomesAvailable(agent) => {
                self.unavailable.remove(&agent);
                return None;
            }
        })
    }

    fn step(&mut self, doing: Doing) {
        let Some(event) = self.event(doing) else { return };
        let context = Context { now: self.now, rules: &self.rules, unavailable: &self.unavailable };
        let result = apply(&self.call, &event, context);
        check_step(&self.call, &event, context, &result);
        if let Ok(transition) = result {
            self.call = transition.call;
        }
        check_state(&self.call, self.now, &self.rules);
        check_round_trip(&self.call);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_order_of_events_keeps_the_invariants(
        call in beginnings(),
        script in prop::collection::vec(doings(), 1..80),
    ) {
        let mut world = World::beginning_with(call);
        for doing in script {
            world.step(doing);
        }
    }

    /// Whatever a page or LiveKit says about a connection that is not the current one is old news.
    #[test]
    fn a_stale_departure_changes_nothing(
        call in beginnings(),
        script in prop::collection::vec(doings(), 1..60),
        leg in legs(),
        room in rooms(),
    ) {
        let mut world = World::beginning_with(call);
        for doing in script {
            world.step(doing);
        }
        let context = Context { now: world.now, rules: &world.rules, unavailable: &world.unavailable };
        let stale = Event::Fact(Fact::Left { leg, room, sid: "never".to_owned() });
        prop_assert_eq!(apply(&world.call, &stale, context).unwrap().call, world.call);
    }
}
