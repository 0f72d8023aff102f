//! What holds for every call in every state, and for every step from one state to the next.

use std::collections::BTreeSet;

use baton_domain::call::{Call, CallState, Connection, ConsultTail, RoomKind};
use baton_domain::ids::{AgentId, LegId};
use baton_domain::listening::{self, Consent};
use baton_domain::machine::{Actor, Command, Context, Event, Fact, Refusal, apply};
use baton_domain::outcome::{Effect, Transition};
use baton_domain::rules::Rules;
use baton_domain::seat::{Microphone, Party, Relay, RoomName, Seat, relay, seats, wanted_rooms};
use baton_domain::time::Timestamp;
use baton_domain::transfer::TransferState;

use crate::desk::sid_of;

/// Everything that must be true of `call`, whatever led to it.
pub fn check_state(call: &Call, now: Timestamp, rules: &Rules) {
    let seats = seats(call);
    check_seats(call, &seats);
    check_hearing(call, &seats);
    check_relay(call, &seats);
    check_listening(call, &seats);
    check_engagements(call);
    check_everybody_may_walk_away(call, now, rules);
    check_hold_has_a_way_out(call, now, rules);
}

fn check_seats(call: &Call, seats: &[Seat]) {
    for seat in seats {
        let open = seat.rooms.iter().filter(|room| room.microphone == Microphone::Open).count();
        assert!(open <= 1, "a microphone is open in two rooms: {seat:?}");
        let in_consult = seat.room(RoomKind::Consult).is_some();
        assert!(seat.party != Party::Caller || !in_consult, "the caller is in a consult room");
        let others = seats.iter().filter(|other| other.party == seat.party || other.leg == seat.leg).count();
        assert_eq!(others, 1, "a party has one seat");
        let consults = seat.room(RoomKind::Consult).is_some_and(|room| room.microphone == Microphone::Open);
        let hears_call = seat.room(RoomKind::Call).is_some_and(|room| room.may_subscribe);
        assert!(!(consults && hears_call), "who consults does not hear the caller");
    }
    let has_caller = seats.iter().any(|seat| seat.party == Party::Caller);
    assert_eq!(has_caller, !call.is_ended(), "the caller has a seat until the end");
    let has_room = wanted_rooms(call).contains(&RoomName::Call(call.id));
    assert_eq!(has_room, !call.is_ended(), "the caller's room stands until the end");
}

/// Whom a seat says it hears is exactly who may be heard in its rooms, relayed voices included.
fn check_hearing(call: &Call, seats: &[Seat]) {
    let lost: Vec<LegId> = call
        .agent_legs()
        .into_iter()
        .filter(|leg| matches!(leg.connection(leg.talks_from()), Connection::Lost { .. }))
        .map(|leg| leg.leg)
        .collect();
    for listener in seats {
        let mut audible = BTreeSet::new();
        for room in listener.rooms.iter().filter(|room| room.may_subscribe) {
            let speaks = |seat: &&Seat| seat.open_room().is_some_and(|open| open.room == room.room);
            audible.extend(seats.iter().filter(|seat| seat.leg != listener.leg).filter(speaks).map(|seat| seat.leg));
        }
        audible.extend(relayed_to(call, listener));
        if listener.party == Party::Caller {
            audible.retain(|leg| !lost.contains(leg));
        }
        let hears: BTreeSet<LegId> = listener.hears.iter().copied().collect();
        assert_eq!(hears, audible, "{:?} hears somebody else than the rooms let through: {call:?}", listener.party);
    }
}

/// Whose voices a relay brings to the ears of a seat.
fn relayed_to(call: &Call, listener: &Seat) -> Vec<LegId> {
    let Some(relay) = relay(call).filter(Relay::is_open) else { return Vec::new() };
    let hears_call = listener.room(RoomKind::Call).is_some_and(|room| room.may_subscribe);
    // What comes into the phone's room is for the phone alone.
    if listener.leg == relay.phone {
        relay.carried
    } else if hears_call {
        vec![relay.phone]
    } else {
        Vec::new()
    }
}

/// A relay is there for a phone that was answered, and while it carries anything the phone is alone in its room.
fn check_relay(call: &Call, seats: &[Seat]) {
    let phones: Vec<LegId> =
        call.agent_legs().into_iter().filter(|leg| leg.phone.is_some()).map(|leg| leg.leg).collect();
    for phone in &phones {
        let seat = seats.iter().find(|seat| seat.leg == *phone);
        let seat = seat.unwrap_or_else(|| panic!("a phone has no seat: {call:?}"));
        assert!(seat.room(RoomKind::Call).is_none() && seat.open_room().is_some(), "a phone was moved: {call:?}");
    }
    let Some(relay) = relay(call) else { return };
    assert_eq!(phones, [relay.phone], "a relay without its phone: {call:?}");
    assert!(wanted_rooms(call).contains(&RoomName::Consult(relay.consult)), "a phone's room ends: {call:?}");
    assert!(relay.carried.iter().all(|leg| relay.prepared.contains(leg)), "a voice comes unprepared: {call:?}");
    if !relay.is_open() {
        return;
    }
    for other in seats.iter().filter(|seat| seat.leg != relay.phone) {
        let consult = other.room(RoomKind::Consult);
        let is_apart = consult.is_none_or(|room| room.microphone != Microphone::Open && !room.may_subscribe);
        assert!(is_apart, "somebody else talks or listens where the caller's voice is carried: {call:?}");
    }
    for leg in &relay.carried {
        let open = seats.iter().find(|seat| seat.leg == *leg).and_then(Seat::open_room);
        assert_eq!(open.map(|room| room.kind), Some(RoomKind::Call), "a private voice is carried: {call:?}");
    }
}

/// The server hears only whom somebody else hears, and nobody against the caller's will.
fn check_listening(call: &Call, seats: &[Seat]) {
    let listening = call.listening;
    for listened in listening::rooms(call) {
        let kind = listened.room.kind();
        assert_eq!(listening.consent, Consent::Told, "a caller who refused is listened to: {call:?}");
        assert!(wanted_rooms(call).contains(&listened.room), "a room is listened to that does not exist");
        for leg in listened.legs.iter().filter(|leg| leg.transcribe || leg.record) {
            let seat = seats.iter().find(|seat| seat.leg == leg.leg).unwrap();
            let speaks = seat.room(kind).is_some_and(|room| room.microphone == Microphone::Open);
            let is_heard = seats.iter().any(|other| other.hears.contains(&leg.leg));
            assert!(speaks && is_heard, "somebody is listened to whom nobody hears: {call:?}");
            assert!(!leg.record || !listening.recording_paused, "a paused recording goes on: {call:?}");
            let talks_in = leg.talks_in.kind();
            assert!(
                !leg.record || listening.policy.record.covers(talks_in),
                "a line records what it does not: {call:?}"
            );
            assert!(!leg.transcribe || listening.policy.transcribe, "a line transcribes what it does not: {call:?}");
        }
    }
}

fn check_engagements(call: &Call) {
    let engaged: Vec<AgentId> = call.engagements().into_iter().map(|(agent, _)| agent).collect();
    let distinct: BTreeSet<&AgentId> = engaged.iter().collect();
    assert_eq!(engaged.len(), distinct.len(), "an agent is engaged twice in one call: {call:?}");
}

/// A call that is stored comes back as it was.
pub fn check_round_trip(call: &Call) {
    let text = serde_json::to_string(call).unwrap();
    let back: Call = serde_json::from_str(&text).unwrap();
    assert_eq!(back, *call, "a stored call comes back as another");
}

/// When every agent vanishes at this moment, time alone brings the caller to the queue, or the call to its end.
fn check_everybody_may_walk_away(call: &Call, now: Timestamp, rules: &Rules) {
    let mut call = call.clone();
    let legs: Vec<LegId> = call.agent_legs().into_iter().map(|leg| leg.leg).collect();
    let gone: BTreeSet<AgentId> = call.agent_legs().into_iter().map(|leg| leg.agent.clone()).collect();
    let mut context = Context { now, rules, unavailable: &gone };
    for leg in legs {
        for room in [RoomKind::Call, RoomKind::Consult] {
            if let Some(sid) = sid_of(&call, leg, room) {
                call = apply(&call, &Event::Fact(Fact::Left { leg, room, sid }), context).unwrap().call;
            }
        }
    }
    for _ in 0..8 {
        if matches!(call.state, CallState::Queued(_) | CallState::Ended { consult: None, .. }) {
            return;
        }
        let due = call.next_deadline(rules).unwrap_or_else(|| panic!("nothing is due, nobody is there: {call:?}"));
        context.now = context.now.max(due);
        call = apply(&call, &Event::Clock, context).unwrap().call;
    }
    panic!("the caller is stuck: {call:?}");
}

/// Whoever holds the caller, and is there, can always take them back at once.
fn check_hold_has_a_way_out(call: &Call, now: Timestamp, rules: &Rules) {
    let (holder, command) = match &call.state {
        CallState::WithAgent { agent, held_since: Some(_), .. } => (agent, Command::Retrieve),
        CallState::Transferring(transfer) if !transfer.state.is_blind() => (&transfer.transferring, Command::Cancel),
        _ => return,
    };
    if !holder.call_room.is_present() {
        return;
    }
    let context = Context { now, rules, unavailable: &BTreeSet::new() };
    let by = Actor::Agent(holder.agent.clone());
    let cancelled = Event::Command { by: by.clone(), command };
    let mut back = apply(call, &cancelled, context).unwrap().call;
    // Whoever put the caller on hold before the target answered finds them on hold.
    if back.state_name() == "on_hold" {
        back = apply(&back, &Event::Command { by, command: Command::Retrieve }, context).unwrap().call;
    }
    let caller = seats(&back).into_iter().find(|seat| seat.party == Party::Caller).unwrap();
    assert_eq!(caller.hears, [holder.leg], "no way out of hold: {call:?}");
}

/// Everything that must be true of one step.
pub fn check_step(before: &Call, event: &Event, context: Context<'_>, result: &Result<Transition, Refusal>) {
    let transition = match result {
        Ok(transition) => transition,
        Err(refusal) => return check_refusal(event, refusal),
    };
    check_version(before, transition);
    check_ends_are_final(before, &transition.call);
    check_wrap_ups(before, transition);
    check_away(transition, context);
    if *event == Event::Clock {
        check_clock(&transition.call, context);
    }
}

fn check_refusal(event: &Event, refusal: &Refusal) {
    assert!(matches!(event, Event::Command { .. }), "a fact was refused: {event:?}");
    let sentence = refusal.to_string();
    assert!(sentence.ends_with('.') && !refusal.code().is_empty(), "no sentence for a person: {sentence}");
}

fn check_version(before: &Call, transition: &Transition) {
    let after = &transition.call;
    let same_version = Call { version: before.version, ..after.clone() };
    if same_version == *before {
        assert_eq!(after.version, before.version, "nothing changed, and yet the version grew");
        assert_eq!((transition.happened.len(), transition.effects.len()), (0, 0), "something happened to nothing");
    } else {
        assert_eq!(after.version, before.version + 1, "one change is one version");
    }
}

fn check_ends_are_final(before: &Call, after: &Call) {
    if let CallState::Ended { at, reason, consult } = &before.state {
        let CallState::Ended { at: at_after, reason: reason_after, consult: consult_after } = &after.state else {
            panic!("an ended call goes on: {after:?}");
        };
        assert_eq!((at, reason), (at_after, reason_after));
        let until = |tail: &Option<ConsultTail>| tail.as_ref().map(|tail| (tail.transfer, tail.until));
        assert!(consult_after.is_none() || until(consult_after) == until(consult), "a consult reopened: {after:?}");
    }
    let open = before.transfer().map(|transfer| transfer.id);
    let is_open = open.is_some() && after.transfer().map(|transfer| transfer.id) == open;
    if open.is_some() && !is_open {
        assert_eq!(after.last_transfer.as_ref().map(|last| last.id), open, "a transfer ended without a trace");
    } else {
        assert_eq!(after.last_transfer, before.last_transfer, "an ended transfer changed");
    }
}

/// Who has work to finish when they stop: every agent who was seated in the caller's room, a target who had not yet
/// taken part in the conversation aside.
fn in_conversation(call: &Call) -> BTreeSet<AgentId> {
    let mut agents: BTreeSet<AgentId> = seats(call)
        .into_iter()
        .filter(|seat| seat.room(RoomKind::Call).is_some())
        .filter_map(|seat| match seat.party {
            Party::Agent(agent) => Some(agent),
            Party::Caller => None,
        })
        .collect();
    match &call.state {
        // Also from a phone, which has no seat there.
        CallState::WithAgent { agent, .. } => drop(agents.insert(agent.agent.clone())),
        CallState::Transferring(transfer) => match &transfer.state {
            TransferState::Conference { .. } => drop(agents.insert(transfer.target.agent.clone())),
            _ => drop(agents.remove(&transfer.target.agent)),
        },
        _ => {}
    }
    agents
}

fn check_wrap_ups(before: &Call, transition: &Transition) {
    let was = in_conversation(before);
    let is = in_conversation(&transition.call);
    let mut started: Vec<&AgentId> = transition
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::StartWrapUp(agent) => Some(agent),
            _ => None,
        })
        .collect();
    started.sort();
    let expected: Vec<&AgentId> = was.difference(&is).collect();
    assert_eq!(started, expected, "wrap-ups from {before:?} to {:?}", transition.call);
}

/// Only who could have answered is set away for not answering.
fn check_away(transition: &Transition, context: Context<'_>) {
    for effect in &transition.effects {
        if let Effect::SetAway(agent) = effect {
            assert!(!context.unavailable.contains(agent), "away for what they could not answer: {transition:?}");
        }
    }
}

fn check_clock(call: &Call, context: Context<'_>) {
    let due = call.next_deadline(context.rules);
    assert!(due.is_none_or(|due| due > context.now), "due and not done: {call:?}");
    let again = apply(call, &Event::Clock, context).unwrap();
    assert_eq!(again.call, *call, "the clock struck twice");
}
