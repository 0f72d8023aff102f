//! Calls in any state, for the tests of what a desk shows.

use std::collections::BTreeSet;

use baton_domain::agent::{Agent, AgentKind, AgentView, Device, Presence, PresenceChoice};
use baton_domain::call::{AgentLeg, Call, CallerLeg, Connection, RoomKind};
use baton_domain::desk_event::{Captions, DeskCall, DeskView};
use baton_domain::ids::{AgentId, CallId, LegId, SegmentId, TransferId};
use baton_domain::insight::CallInsight;
use baton_domain::machine::{Actor, Command, Context, Event, Fact, StartTransfer, TransferKind, apply};
use baton_domain::rules::Rules;
use baton_domain::seat::{Party, seats};
use baton_domain::time::Timestamp;
use baton_domain::transcript::{Segment, SegmentText, Speaker};
use baton_domain::wrap_up::{Disposition, Draft, WrapUp, WrapUpId, Written};

use super::desk_words::Knowledge;

pub const NOW: Timestamp = Timestamp(1_000_000);

pub fn agent(handle: &str) -> AgentId {
    handle.parse().expect("a handle")
}

pub fn leg(number: u8) -> LegId {
    uuid(number).parse().expect("a leg")
}

pub fn call_id(number: u8) -> CallId {
    uuid(number).parse().expect("a call")
}

pub fn draft(notes: &str) -> Draft {
    Draft { disposition: Disposition::Resolved, notes: notes.to_owned() }
}

/// Alice's work after a call.
pub fn wrap_up(call: u8, revision: u32, notes: &str) -> WrapUp {
    WrapUp {
        call: call_id(call),
        caller_name: "Carol".to_owned(),
        agent: agent("alice"),
        started_at: NOW,
        ends_at: Timestamp(NOW.0 + 120_000),
        draft: draft(notes),
        revision,
    }
}

pub fn written(wrap_up: WrapUpId, over: u32, notes: &str) -> Written {
    Written { wrap_up, over, draft: draft(notes) }
}

pub fn transfer_id(number: u8) -> TransferId {
    uuid(number).parse().expect("a transfer")
}

fn uuid(number: u8) -> String {
    format!("0190f7a0-0000-7000-8000-0000000000{number:02x}")
}

pub fn roster() -> Vec<AgentView> {
    [("alice", "Alice"), ("bob", "Bob")].map(|(id, name)| in_roster(id, name)).to_vec()
}

fn in_roster(id: &str, name: &str) -> AgentView {
    let agent = Agent {
        id: agent(id),
        name: name.to_owned(),
        kind: AgentKind::Human,
        skills: Vec::new(),
        choice: PresenceChoice::Available,
        language: None,
        device: Device::Page,
    };
    AgentView { agent, presence: Presence::Available, since: NOW }
}

/// A call and the moves to bring it anywhere, by the real rules.
pub struct Story {
    pub call: Call,
    pub rules: Rules,
    pub agents: Vec<AgentView>,
    pub now: Timestamp,
    sids: u32,
}

impl Story {
    /// Carol waits.
    pub fn waiting() -> Self {
        let connection = Connection::Present { sid: "PA_carol".to_owned() };
        let caller = CallerLeg { connection, ..CallerLeg::expected(leg(1), "Carol".to_owned(), Timestamp(0)) };
        let line = "support".parse().expect("a handle");
        let queue = "support".parse().expect("a handle");
        Self {
            call: Call::arriving(call_id(0xc), line, queue, caller, NOW),
            rules: Rules::default(),
            agents: roster(),
            now: NOW,
            sids: 0,
        }
    }

    /// Alice talks to Carol.
    pub fn talking() -> Self {
        let mut story = Self::waiting();
        story.command("alice", Command::Answer { agent: agent("alice"), leg: leg(2) });
        story.everybody_joins();
        story
    }

    /// It rings at Bob.
    pub fn ringing(kind: TransferKind) -> Self {
        let mut story = Self::talking();
        let start = StartTransfer {
            id: transfer_id(7),
            target: agent("bob"),
            target_leg: leg(3),
            target_device: Device::Page,
            through_queue: None,
            kind,
            reason: "billing".to_owned(),
            note: "charged twice".to_owned(),
            hold: false,
        };
        story.command("alice", Command::StartTransfer(start));
        story.fact(Fact::OfferShown { agent: agent("bob") });
        story.everybody_joins();
        story
    }

    /// Alice consults Bob.
    pub fn consulting() -> Self {
        let mut story = Self::ringing(TransferKind::Warm);
        story.command("bob", Command::Accept);
        story.everybody_joins();
        story.fact(Fact::MediaReady { agent: agent("bob") });
        story
    }

    pub fn command(&mut self, by: &str, command: Command) {
        self.event(&Event::Command { by: Actor::Agent(agent(by)), command });
    }

    pub fn fact(&mut self, fact: Fact) {
        self.event(&Event::Fact(fact));
    }

    fn event(&mut self, event: &Event) {
        let nobody = BTreeSet::new();
        let context = Context { now: self.now, rules: &self.rules, unavailable: &nobody };
        self.call = apply(&self.call, event, context).expect("the rules allow it").call;
    }

    pub fn hang_up(&mut self) {
        self.event(&Event::Command { by: Actor::Caller, command: Command::HangUp });
    }

    /// Whoever has a seat takes it.
    pub fn everybody_joins(&mut self) {
        for seat in seats(&self.call) {
            for room in seat.rooms {
                if seat.party != Party::Caller {
                    self.sids += 1;
                    let sid = format!("PA_{}_{}", self.sids, seat.leg);
                    self.fact(Fact::Joined { leg: seat.leg, room: room.kind, sid });
                }
            }
        }
    }

    /// This agent's page is gone from every room.
    pub fn vanish(&mut self, handle: &str) {
        let who = agent(handle);
        let legs: Vec<AgentLeg> = self.call.agent_legs().into_iter().filter(|leg| leg.agent == who).cloned().collect();
        for gone in legs {
            for (room, connection) in [(RoomKind::Call, gone.call_room), (RoomKind::Consult, gone.consult_room)] {
                if let Connection::Present { sid } = connection {
                    self.fact(Fact::Left { leg: gone.leg, room, sid });
                }
            }
        }
    }

    /// The caller's page is gone.
    pub fn lose_caller(&mut self) {
        let Connection::Present { sid } = self.call.caller.connection.clone() else { panic!("they are not there") };
        self.fact(Fact::Left { leg: self.call.caller.leg, room: RoomKind::Call, sid });
    }

    pub fn know<'a>(&'a self, me: &'a AgentId) -> Knowledge<'a> {
        Knowledge { me, agents: &self.agents, rules: &self.rules }
    }

    pub fn desk_call(&self) -> DeskCall {
        DeskCall {
            call: self.call.clone(),
            line_name: "Support".to_owned(),
            transcript: Vec::new(),
            timeline: Vec::new(),
            briefings: Vec::new(),
            finished_wrap_ups: Vec::new(),
            insight: CallInsight::default(),
            silence: None,
            recorded: 0,
            captions: Captions::Live,
        }
    }

    /// The whole view of one agent's desk.
    pub fn view(&self, me: &str) -> DeskView {
        DeskView {
            me: agent(me),
            agents: self.agents.clone(),
            queues: Vec::new(),
            waiting: Vec::new(),
            calls: vec![self.desk_call()],
            consults: Vec::new(),
            wrap_up: None,
            rules: self.rules.clone(),
            speech: None,
            can_speak: true,
            now: self.now,
        }
    }
}

pub fn segment(number: u32, text: &str, is_final: bool) -> Segment {
    Segment {
        id: uuid(u8::try_from(number).expect("a small number")).parse::<SegmentId>().expect("an id"),
        number,
        speaker: Speaker::Caller,
        text: SegmentText::new(text).expect("a text"),
        started_at: NOW,
        ended_at: None,
        is_final,
    }
}
