//! Waiting, being offered, answering, and who is rung next.

use baton_domain::agent::{Agent, AgentKind, AgentView, Device, Presence, PresenceChoice, presence};
use baton_domain::call::{CallState, EndReason, Engagement, Place};
use baton_domain::ids::{AgentId, QueueId};
use baton_domain::machine::{Action, Actor, Command, Fact, Refusal};
use baton_domain::outcome::HappeningKind;
use baton_domain::routing::{next_agent, queue_order, target_options};
use baton_domain::seat::Sound;
use baton_domain::time::Timestamp;
use baton_domain::wrap_up::Disposition;

use crate::desk::{ALICE, CAROL, Desk, START, agent, alice, answer, away, bob, decline, kinds, offer, wrap_up};

#[test]
fn of_two_who_answer_one_gets_the_call_and_the_other_is_told() {
    let mut desk = Desk::queued();
    desk.does(alice(), answer("alice"));
    assert_eq!(desk.asks(bob(), answer("bob")), Err(Refusal::AlreadyAnswered { by: agent("alice") }));
}

#[test]
fn an_offer_is_answered_with_the_leg_it_was_made_with() {
    let mut desk = Desk::offered();
    let other_leg = Command::Answer { agent: agent("alice"), leg: crate::desk::DAVE };
    desk.does(alice(), other_leg);
    assert_eq!(desk.holder().leg, ALICE);
}

/// However an offer comes to nothing, the caller waits where they waited, and still hears ringing.
#[test]
fn an_offer_that_is_not_taken_leaves_the_caller_their_place() {
    for (way, kind, effects) in [
        ("declined", HappeningKind::OfferDeclined, vec![]),
        ("rang out", HappeningKind::OfferNotAnswered, vec![away("alice")]),
        ("rang out with nobody there", HappeningKind::OfferNotAnswered, vec![]),
        ("unreachable", HappeningKind::OfferNotAnswered, vec![]),
    ] {
        let mut desk = Desk::queued();
        desk.wait(7);
        desk.does(Actor::Desk, offer("alice"));
        let transition = match way {
            "declined" => desk.does(alice(), decline("busy")),
            "rang out" => desk.wait(10),
            "rang out with nobody there" => {
                desk.unavailable.insert(agent("alice"));
                desk.wait(10)
            }
            _ => desk.fact(Fact::Unreachable { agent: agent("alice") }),
        };
        assert_eq!(kinds(&transition), [kind, HappeningKind::CallReturnedToQueue], "{way}");
        assert_eq!(transition.effects, effects, "{way}");
        let CallState::Queued(waiting) = &desk.call.state else { panic!("{:?}", desk.call.state) };
        assert_eq!((waiting.since, waiting.was_answered), (START, false), "{way}");
        assert_eq!(waiting.tried, [agent("alice")]);
        assert_eq!(desk.seats()[0].otherwise, Sound::Ringback);
    }
}

#[test]
fn hanging_up_ends_a_plain_call_and_begins_the_wrap_up() {
    for (by, reason) in [(alice(), EndReason::AgentHungUp), (Actor::Caller, EndReason::CallerHungUp)] {
        let mut desk = Desk::talking();
        assert_eq!(desk.does(by, Command::HangUp).effects, [wrap_up("alice")]);
        assert!(matches!(desk.call.state, CallState::Ended { reason: why, .. } if why == reason));
    }
}

#[test]
fn what_probably_came_of_a_call_says_whether_it_goes_on() {
    let mut lost = Desk::talking();
    lost.vanishes(CAROL);
    lost.wait(60);
    let mut vanished = Desk::talking();
    vanished.vanishes(ALICE);
    vanished.wait(20);
    for (desk, likely) in [
        (Desk::talking().after(alice(), Command::HangUp), Disposition::Resolved),
        (lost, Disposition::Dropped),
        (Desk::conference().after(alice(), Command::Complete), Disposition::HandedOver),
        (Desk::conference().after(bob(), Command::LeaveConsult), Disposition::HandedOver),
        (Desk::ringing().after(alice(), Command::Force), Disposition::HandedOver),
        (vanished, Disposition::CutOff),
    ] {
        assert_eq!(Disposition::likely(&desk.call), likely, "{}", desk.call.state_name());
    }
}

#[test]
fn who_has_no_agent_yet_is_hung_up_on_by_nobody() {
    for mut desk in [Desk::queued(), Desk::offered()] {
        let too_early = Refusal::WrongState { action: Action::HangUp, state: desk.state().to_owned() };
        assert_eq!(desk.asks(Actor::Api, Command::HangUp), Err(too_early));
        assert_eq!(desk.asks(bob(), Command::HangUp), Err(Refusal::NotYourCall));
    }
}

#[test]
fn waiting_callers_are_answered_urgent_first_then_front_then_in_order() {
    let mut urgent = Desk::ringing().after(alice(), Command::Force).after(bob(), decline(""));
    urgent.wait(1);
    let mut front = Desk::talking();
    front.vanishes(ALICE);
    front.wait(20);
    let normal = Desk::queued();
    let mut calls = [&normal.call, &front.call, &urgent.call, &Desk::talking().call].map(queue_order);
    calls.sort();
    let places = calls.map(|order| order.map(|(place, _)| place));
    assert_eq!(places, [None, Some(Place::Urgent), Some(Place::Front), Some(Place::Normal)]);
}

fn view(handle: &str, presence: Presence, skills: &[&str], since: i64) -> AgentView {
    let skills = skills.iter().map(|skill| skill.parse().unwrap()).collect();
    let choice = PresenceChoice::Available;
    let (id, name) = (agent(handle), handle.to_owned());
    let agent = Agent { id, name, kind: AgentKind::Human, skills, choice, language: None, device: Device::Page };
    AgentView { agent, presence, since: Timestamp(since) }
}

fn team() -> Vec<AgentView> {
    vec![
        view("anna", Presence::OnCall, &["billing"], 1),
        view("ben", Presence::Available, &[], 2),
        view("cleo", Presence::Available, &["billing"], 4),
        view("dan", Presence::Available, &["billing", "sales"], 3),
        view("eve", Presence::Away, &[], 5),
    ]
}

fn billing() -> QueueId {
    "billing".parse().unwrap()
}

#[test]
fn targets_are_listed_available_and_skilled_first_and_never_oneself() {
    let options = target_options(&team(), &billing(), &agent("cleo"));
    let listed: Vec<(&str, bool, bool)> =
        options.iter().map(|option| (option.agent.agent.name.as_str(), option.available(), option.skilled)).collect();
    let expected = [("dan", true, true), ("ben", true, false), ("anna", false, true), ("eve", false, false)];
    assert_eq!(listed, expected);
}

#[test]
fn the_next_agent_is_skilled_available_for_longest_and_not_tried_yet() {
    let team = team();
    let next = |tried: &[AgentId]| next_agent(&team, &billing(), tried).map(|view| view.agent.name.as_str());
    assert_eq!(next(&[]), Some("dan"));
    assert_eq!(next(&[agent("dan")]), Some("cleo"));
    assert_eq!(next(&[agent("dan"), agent("cleo")]), None);
}

#[test]
fn presence_is_what_one_does_before_what_one_chose() {
    use PresenceChoice::{Available, Away, Busy, Offline};
    let call = Some(Engagement::Call);
    let offer = Some(Engagement::Offer);
    for (choice, desk_open, engaged, in_wrap_up, expected) in [
        (Available, true, None, false, Presence::Available),
        (Busy, true, None, false, Presence::Busy),
        (Away, true, None, false, Presence::Away),
        (Offline, true, None, true, Presence::Offline),
        (Available, true, None, true, Presence::WrapUp),
        (Away, true, offer, true, Presence::Reserved),
        (Away, true, call, true, Presence::OnCall),
        (Available, false, None, true, Presence::Offline),
        (Available, false, offer, false, Presence::Offline),
        (Available, false, call, false, Presence::OnCall),
    ] {
        assert_eq!(presence(choice, desk_open, engaged, in_wrap_up), expected, "{choice:?} {desk_open} {engaged:?}");
    }
}
