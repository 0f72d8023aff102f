//! At whose desk it rings: who is free for how long, who can be reached, and what else they can take meanwhile.

use baton::api::desk::DeskCommand;
use baton::api::error::ApiError;
use baton::server::hub::News;
use baton::server::state::Due;
use baton_domain::agent::{AgentView, Presence, PresenceChoice};
use baton_domain::call::{Call, CallState, Place};
use baton_domain::ids::{AgentId, CallId, TransferId};
use baton_domain::routing::next_agent;
use baton_domain::time::Span;
use serde_json::json;
use tokio::sync::broadcast::Receiver;

use crate::harness::{TestDesk, id};
use crate::telling::told;

const UNREACHABLE: &str = r#"{"is":"failed","reason":"unreachable"}"#;

async fn view(desk: &TestDesk, agent: &str) -> AgentView {
    let views = desk.app.presence().views().await.expect("agents");
    views.into_iter().find(|view| view.agent.id == id(agent)).expect("one of the demo")
}

/// What an agent is, and for how many seconds.
async fn is_for(desk: &TestDesk, agent: &str) -> (Presence, i64) {
    let view = view(desk, agent).await;
    (view.presence, desk.app.clock.now().since(view.since).0 / 1000)
}

async fn outcome(desk: &TestDesk, transfer: TransferId) -> String {
    let stored = desk.app.transfers().find(transfer).await.expect("stored");
    serde_json::to_string(&stored.outcome).expect("an outcome")
}

/// Alice has a caller, and it rings at Bob.
async fn ringing(desk: &TestDesk) -> (CallId, TransferId) {
    let call = desk.talking("alice").await;
    (call, desk.start_transfer("alice", call, "bob").await.expect("Bob is free"))
}

#[tokio::test]
async fn an_agent_is_what_they_are_since_they_became_it() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    desk.pass(Span::seconds(1_000)).await;
    let call = desk.talking("alice").await;
    desk.pass(Span::seconds(60)).await;
    assert_eq!(is_for(&desk, "alice").await, (Presence::OnCall, 60));
    assert_eq!(is_for(&desk, "bob").await, (Presence::Available, 1_060));

    desk.start_transfer("alice", call, "bob").await.expect("Bob is free");
    desk.pass(Span::seconds(5)).await;
    assert_eq!(is_for(&desk, "bob").await, (Presence::Reserved, 5));
    desk.button("bob", call, DeskCommand::Decline { reason: String::new() }).await.expect("it rings");
    desk.pass(Span::seconds(3)).await;
    assert_eq!(is_for(&desk, "bob").await, (Presence::Available, 3), "without a wrap-up");

    desk.button("alice", call, DeskCommand::HangUp).await.expect("her call");
    desk.pass(Span::seconds(10)).await;
    assert_eq!(is_for(&desk, "alice").await, (Presence::WrapUp, 10));
    let left = desk.app.config.desk.wrap_up.0 - 10_000;
    desk.pass(Span(left)).await;
    desk.pass(Span::seconds(7)).await;
    assert_eq!(is_for(&desk, "alice").await, (Presence::Available, 7), "it ended by itself");
}

#[tokio::test]
async fn whoever_has_just_had_a_call_is_rung_last() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    for (had, next) in [("alice", "bob"), ("bob", "alice"), ("alice", "bob")] {
        let call = desk.talking(had).await;
        desk.button(had, call, DeskCommand::HangUp).await.expect("their call");
        desk.pass(desk.app.config.desk.wrap_up).await;
        let agents = desk.app.presence().views().await.expect("agents");
        let free = next_agent(&agents, &desk.find(call).await.queue, &[]).expect("both are free");
        assert_eq!(free.agent.id, id(next), "{had} had a call");
    }
}

#[tokio::test]
async fn who_comes_back_after_an_absence_has_not_been_available_all_night() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["bob"]);
    desk.pass(Span::seconds(100)).await;
    let reload = async |gone| {
        desk.app.presence().desk_closed(&id("bob"));
        desk.pass(Span::seconds(gone)).await;
        let meanwhile = is_for(&desk, "bob").await;
        desk.open_desks(&["bob"]);
        desk.pass(Span::seconds(2)).await;
        [meanwhile, is_for(&desk, "bob").await]
    };
    assert_eq!(reload(20).await, [(Presence::Available, 120), (Presence::Available, 122)]);
    assert_eq!(reload(30_000).await, [(Presence::Offline, 30_000), (Presence::Available, 2)]);
}

#[tokio::test]
async fn who_opens_a_desk_long_after_the_server_started_has_been_available_since_then() {
    let desk = TestDesk::new().await;
    desk.pass(Span::seconds(20)).await;
    desk.open_desks(&["alice"]);
    desk.pass(Span::seconds(30_000)).await;
    desk.open_desks(&["bob"]);
    desk.pass(Span::seconds(2)).await;
    assert_eq!(is_for(&desk, "alice").await, (Presence::Available, 30_022), "they may have been there before it");
    assert_eq!(is_for(&desk, "bob").await, (Presence::Available, 2));
}

#[tokio::test]
async fn it_does_not_ring_where_nobody_has_been_for_ten_seconds() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    desk.app.presence().desk_closed(&id("bob"));
    desk.pass(Span::seconds(15)).await;
    let (call, transfer) = ringing(&desk).await;
    desk.pass(Span(0)).await;
    assert_eq!((desk.state(call).await, outcome(&desk, transfer).await.as_str()), ("talking", UNREACHABLE));
    assert_eq!(view(&desk, "bob").await.agent.choice, PresenceChoice::Available);
}

#[tokio::test]
async fn it_rings_on_for_whoever_is_back_in_time() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    desk.app.presence().desk_closed(&id("bob"));
    desk.pass(Span::seconds(4)).await;
    let (call, _) = ringing(&desk).await;
    desk.pass(Span(5_999)).await;
    desk.open_desks(&["bob"]);
    desk.pass(Span(2)).await;
    // As if the alarm had been taken out before he came back.
    desk.app.calls().unreachable(&id("bob")).await.expect("nothing to do");
    desk.button("bob", call, DeskCommand::Accept).await.expect("it still rings");
}

#[tokio::test]
async fn a_desk_that_is_not_there_after_a_restart_is_waited_for_ten_seconds() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, transfer) = ringing(&desk).await;
    let elsewhere = desk.beside().await;
    let desk = desk.restarted().await;
    for server in [&desk, &elsewhere] {
        server.app.presence().expect_rung_desks().await.expect("offers");
    }
    elsewhere.pass(Span::seconds(11)).await;
    assert_eq!(desk.state(call).await, "initiated", "another server does not know who is there");
    desk.pass(Span(9_999)).await;
    assert_eq!(desk.state(call).await, "initiated");
    desk.pass(Span(1)).await;
    assert_eq!((desk.state(call).await, outcome(&desk, transfer).await.as_str()), ("talking", UNREACHABLE));
}

#[tokio::test]
async fn whoever_could_not_answer_while_the_desk_was_down_is_not_set_away() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, transfer) = ringing(&desk).await;
    desk.pass(Span::seconds(5)).await;
    let desk = desk.restarted().await;
    desk.app.clock.advance(Span::seconds(35));
    desk.app.calls().clock(call).await.expect("a fact");
    assert_eq!((desk.state(call).await, outcome(&desk, transfer).await.as_str()), ("talking", UNREACHABLE));
    assert_eq!(view(&desk, "bob").await.agent.choice, PresenceChoice::Available);
}

/// Only where it rings it is known whether somebody could have answered.
#[tokio::test]
async fn another_server_rings_a_deadline_only_when_the_one_that_set_it_does_not() {
    for lives in [true, false] {
        let desk = TestDesk::new().await;
        let other = desk.beside().await;
        desk.open_desks(&["alice", "bob"]);
        let (call, transfer) = ringing(&desk).await;
        other.app.changed_elsewhere(&desk.find(call).await);
        // It may have an earlier alarm still, for something that has come to nothing.
        other.app.agenda.set(Due::Call(call), Some(desk.app.clock.now().plus(Span::seconds(5))));
        other.pass(Span::seconds(5)).await;
        other.pass(Span::seconds(25)).await;
        assert_eq!(desk.state(call).await, "initiated");
        if lives {
            desk.pass(Span::seconds(30)).await;
        }
        other.pass(Span::seconds(1)).await;
        let (ended, choice) = (outcome(&desk, transfer).await, view(&desk, "bob").await.agent.choice);
        let expected = if lives {
            (r#"{"is":"no_answer"}"#, PresenceChoice::Away)
        } else {
            (UNREACHABLE, PresenceChoice::Available)
        };
        assert_eq!((ended.as_str(), choice), expected);
    }
}

#[tokio::test]
async fn while_a_call_rings_at_an_agent_they_take_no_other() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let waiting = desk.caller("Dave").await;
    let (call, _) = ringing(&desk).await;
    let bob = desk.who("bob").await;
    let calls = desk.app.calls();
    for refused in [calls.answer(&bob, waiting).await, calls.answer_next(&bob).await.map(drop)] {
        let told = ApiError::from(refused.expect_err("a call rings"));
        let words = (told.status, told.code.as_str(), told.message.as_str());
        assert_eq!(words, (409, "offer_open", "A call rings here. Accept or decline it first."));
    }
    let by_program = desk.post(&format!("/calls/{waiting}/answer"), json!({ "agent": "bob" })).await;
    assert_eq!(by_program.problem(), "409 target_unavailable: Bob is not available now (Reserved).");
    assert_eq!(desk.state(waiting).await, "queued");
    desk.button("bob", call, DeskCommand::Accept).await.expect("it rings");
}

#[tokio::test]
async fn the_call_that_rings_here_is_the_next_one_whoever_else_waits() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    desk.caller("Dave").await;
    let (call, _) = ringing(&desk).await;
    desk.button("alice", call, DeskCommand::TransferWithoutWaiting).await.expect("it rings");
    desk.button("bob", call, DeskCommand::Decline { reason: String::new() }).await.expect("it rings");
    assert_eq!(desk.state(call).await, "offered", "it rings at Alice again");
    let taken = desk.app.calls().answer_next(&desk.who("alice").await).await;
    assert_eq!(taken.expect("it rings here"), Some(call));
}

/// Carla has a caller, and makes it ring urgently at Bob.
async fn forced(desk: &TestDesk) -> CallId {
    let call = desk.talking("carla").await;
    desk.start_transfer("carla", call, "bob").await.expect("Bob is free");
    desk.button("carla", call, DeskCommand::Force).await.expect("it rings");
    call
}

/// At whom a caller rings who goes before everybody else.
fn rung_urgently(call: &Call) -> Option<&AgentId> {
    match &call.state {
        CallState::Offered { to, waiting, .. } if waiting.place == Place::Urgent => Some(&to.agent),
        _ => None,
    }
}

async fn until_it_rings(news: &mut Receiver<News>, call: CallId, agent: &str) {
    let rings = |moved: &Call| moved.id == call && rung_urgently(moved) == Some(&id(agent));
    told(news, "the ring", |news| matches!(news, News::Moved(moved) if rings(moved))).await;
}

/// The callers in line, in the order in which they are answered.
async fn line(desk: &TestDesk) -> Vec<(CallId, Place)> {
    desk.app.waiting().await.expect("the queue").into_iter().map(|waiting| (waiting.call, waiting.place)).collect()
}

#[tokio::test]
async fn a_forced_caller_rings_at_the_next_skilled_agent_after_ten_seconds() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob", "carla"]);
    let call = forced(&desk).await;
    let mut news = desk.app.hub.subscribe();
    desk.pass(Span(9_999)).await;
    assert_eq!(desk.state(call).await, "initiated");
    desk.pass(Span(1)).await;
    until_it_rings(&mut news, call, "alice").await;
    assert_eq!(view(&desk, "alice").await.presence, Presence::Reserved);
    desk.app.calls().answer(&desk.who("alice").await, call).await.expect("it rings");
    let now = desk.find(call).await;
    assert!(matches!(&now.state, CallState::WithAgent { agent, .. } if agent.agent == id("alice")), "{now:?}");
}

#[tokio::test]
async fn a_forced_caller_for_whom_nobody_is_free_comes_first_and_rings_at_whoever_is_free_next() {
    let mut desk = TestDesk::new().await;
    desk.start_workers();
    desk.open_desks(&["alice", "bob", "carla"]);
    let (alice, presence) = (desk.who("alice").await, desk.app.presence());
    presence.choose(&alice, PresenceChoice::Busy).await.expect("her own");
    let dave = desk.caller("Dave").await;
    let call = forced(&desk).await;
    desk.button("bob", call, DeskCommand::Decline { reason: String::new() }).await.expect("it rings");
    assert_eq!(line(&desk).await, [(call, Place::Urgent), (dave, Place::Normal)]);
    let mut news = desk.app.hub.subscribe();
    presence.choose(&alice, PresenceChoice::Available).await.expect("her own");
    until_it_rings(&mut news, call, "alice").await;
    // Whoever was rung and forced is not rung again, and still the caller is not lost.
    desk.button("alice", call, DeskCommand::Decline { reason: String::new() }).await.expect("it rings");
    assert_eq!(line(&desk).await, [(call, Place::Urgent), (dave, Place::Normal)]);
    desk.app.calls().answer_next(&desk.who("bob").await).await.expect("he is free");
    assert_eq!(desk.state(call).await, "talking");
}
