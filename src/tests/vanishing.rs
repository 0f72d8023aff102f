//! A browser that freezes, or whose network is dead, says nothing and closes nothing: LiveKit drops it after a while, and
//! that is all there is to go by, be it by a webhook or by looking.

use std::time::Duration;

use baton::api::desk::DeskCommand;
use baton::api::error::ApiError;
use baton::server::error::ServiceError;
use baton_domain::call::{Call, CallState, Place, RoomKind};
use baton_domain::desk_event::CallerState;
use baton_domain::ids::{CallId, LegId, TransferId};
use baton_domain::seat::{call_room, consult_room};
use baton_domain::time::Span;

use crate::harness::{TestDesk, id};

async fn consulting() -> (TestDesk, CallId, TransferId) {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, transfer) = desk.consulting("alice", "bob").await;
    (desk, call, transfer)
}

/// LiveKit has given somebody up. The webhook is lost; whoever compares the rooms finds out.
async fn freeze(desk: &TestDesk, call: CallId, transfer: TransferId, leg: LegId) {
    for room in [call_room(call), consult_room(transfer)] {
        desk.media.vanish(&room, &leg.to_string());
    }
    look(desk, call).await;
}

async fn look(desk: &TestDesk, call: CallId) {
    desk.app.seating().observe(&desk.find(call).await).await.expect("the media server answers");
}

async fn outcome(desk: &TestDesk, transfer: TransferId) -> String {
    let stored = desk.app.transfers().find(transfer).await.expect("stored");
    serde_json::to_string(&stored.outcome).expect("an outcome")
}

async fn assert_first_in_the_queue(desk: &TestDesk, call: CallId) {
    let now = desk.find(call).await;
    let CallState::Queued(waiting) = &now.state else { panic!("nobody waits: {:?}", now.state) };
    assert_eq!((waiting.place, waiting.was_answered), (Place::Front, true));
    assert!(now.caller.connection.is_present(), "the caller has not moved");
    assert!(desk.media.people_in(&call_room(call)).contains(&now.caller.leg.to_string()));
}

#[tokio::test]
async fn the_target_may_take_the_caller_of_a_frozen_colleague_after_five_seconds() {
    let (desk, call, transfer) = consulting().await;
    freeze(&desk, call, transfer, desk.leg("alice", call).await).await;
    let view = desk.app.callers().view(call).await.expect("their view");
    assert!(matches!(view.state, CallerState::OnHold { consulting: true, .. }), "the music goes on: {view:?}");
    desk.pass(Span(4_999)).await;
    let early = ApiError::from(desk.button("bob", call, DeskCommand::TakeCaller).await.expect_err("she may be back"));
    assert_eq!(early.code, "still_there");
    desk.pass(Span(1)).await;
    desk.button("bob", call, DeskCommand::TakeCaller).await.expect("she has been gone for long enough");
    assert_eq!(desk.state(call).await, "completing");
}

#[tokio::test]
async fn a_held_caller_whose_agent_froze_goes_to_the_front_of_the_queue() {
    let (desk, call, transfer) = consulting().await;
    freeze(&desk, call, transfer, desk.leg("alice", call).await).await;
    desk.pass(Span(19_999)).await;
    assert_eq!(desk.state(call).await, "consulting");
    desk.pass(Span(1)).await;
    assert_first_in_the_queue(&desk, call).await;
    assert_eq!(outcome(&desk, transfer).await, r#"{"is":"failed","reason":"transferring_lost"}"#);
    assert!(!desk.media.has_room(&consult_room(transfer)));
    // Her page thaws: there is no seat for it any more, and whoever answers has the caller.
    let thawed = desk.app.seating().agent_access(&desk.who("alice").await, call, RoomKind::Consult).await;
    assert!(matches!(thawed, Err(ServiceError::NoSeat)));
    desk.app.calls().answer(&desk.who("bob").await, call).await.expect("he is free");
}

#[tokio::test]
async fn looking_after_consults_reads_no_other_call() {
    let (desk, call, _) = consulting().await;
    let waiting = desk.caller("Dave").await;
    let unreadable = sqlx::query("update calls set body = 'x' where id = $1").bind(waiting.to_string());
    unreadable.execute(desk.app.store.pool()).await.expect("a row");
    let found = |calls: Vec<Call>| calls.into_iter().map(|call| call.id).collect::<Vec<_>>();
    assert_eq!(found(desk.app.calls().in_consult().await.expect("calls")), [call]);
    for command in [DeskCommand::Swap, DeskCommand::Merge, DeskCommand::Complete] {
        desk.button("alice", call, command).await.expect("they talk");
        let expected = if desk.find(call).await.transfer().is_some() { vec![call] } else { vec![] };
        assert_eq!(found(desk.app.calls().in_consult().await.expect("calls")), expected, "{}", desk.state(call).await);
    }
}

#[tokio::test]
async fn an_agent_whose_page_thaws_in_time_keeps_the_seat() {
    let (desk, call, transfer) = consulting().await;
    freeze(&desk, call, transfer, desk.leg("alice", call).await).await;
    desk.pass(Span::seconds(6)).await;
    for room in [RoomKind::Call, RoomKind::Consult] {
        desk.enter_as("alice", call, room).await;
    }
    let late = ApiError::from(desk.button("bob", call, DeskCommand::TakeCaller).await.expect_err("she is back"));
    assert_eq!(late.code, "still_there");
    desk.pass(Span::seconds(60)).await;
    assert_eq!(desk.state(call).await, "consulting");
    let alice = desk.leg("alice", call).await.to_string();
    assert!(!desk.media.heard_in(&call_room(call)).contains(&alice), "what she says is for Bob");
}

#[tokio::test]
async fn a_frozen_target_is_waited_for_and_the_caller_can_be_taken_back_at_any_time() {
    let (desk, call, transfer) = consulting().await;
    freeze(&desk, call, transfer, desk.leg("bob", call).await).await;
    desk.pass(Span(19_999)).await;
    assert_eq!(desk.state(call).await, "consulting");
    desk.pass(Span(1)).await;
    assert_eq!((desk.state(call).await, desk.find(call).await.agent_legs()[0].agent.clone()), ("talking", id("alice")));
    assert_eq!(outcome(&desk, transfer).await, r#"{"is":"failed","reason":"target_lost"}"#);

    let (desk, call, transfer) = consulting().await;
    freeze(&desk, call, transfer, desk.leg("bob", call).await).await;
    desk.button("alice", call, DeskCommand::Cancel).await.expect("at any time");
    assert_eq!(desk.state(call).await, "talking");
}

#[tokio::test]
async fn a_caller_whose_agents_both_froze_is_not_lost() {
    let (desk, call, transfer) = consulting().await;
    for agent in ["alice", "bob"] {
        freeze(&desk, call, transfer, desk.leg(agent, call).await).await;
    }
    desk.pass(Span::seconds(20)).await;
    assert_first_in_the_queue(&desk, call).await;
}

#[tokio::test]
async fn a_page_that_is_closed_leaves_at_once_but_not_for_the_one_that_was_loaded_meanwhile() {
    let (desk, call, _) = consulting().await;
    let room = call_room(call);
    let alice = desk.leg("alice", call).await.to_string();
    let sid = desk.media.connection(&room, &alice).expect("she is there");
    let left = |connections: Vec<String>| {
        let desk = &desk;
        async move { desk.app.seating().agent_left(&desk.who("alice").await, call, &connections).await.expect("a word") }
    };
    left(vec!["PA_of_an_earlier_page".to_owned()]).await;
    assert!(desk.media.people_in(&room).contains(&alice), "a page that is there is not put out");
    left(vec![sid]).await;
    assert!(!desk.media.people_in(&room).contains(&alice));
    let caller = desk.find(call).await.caller.leg.to_string();
    let sid = desk.media.connection(&room, &caller).expect("the caller is there");
    desk.app.seating().caller_left(call, &[sid]).await.expect("a word");
    assert!(!desk.media.people_in(&room).contains(&caller));
}

#[tokio::test]
async fn for_a_frozen_caller_everything_stands_for_a_minute() {
    let (desk, call, transfer) = consulting().await;
    let caller = desk.find(call).await.caller.leg;
    freeze(&desk, call, transfer, caller).await;
    desk.pass(Span(59_999)).await;
    assert_eq!(desk.state(call).await, "consulting");
    desk.pass(Span(1)).await;
    assert_eq!((desk.state(call).await, outcome(&desk, transfer).await.as_str()), ("ended", r#"{"is":"abandoned"}"#));
    assert_eq!(desk.find(call).await.agent_legs().len(), 2, "the agents may finish what they were saying");
}

#[tokio::test]
async fn who_waits_with_a_lost_connection_is_shown_so_and_taken_when_nobody_else_waits() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let carol = desk.caller("Carol").await;
    desk.pass(Span::seconds(1)).await;
    let dave = desk.caller("Dave").await;
    let leg = desk.find(carol).await.caller.leg.to_string();
    desk.media.vanish(&call_room(carol), &leg);
    look(&desk, carol).await;
    let line = desk.app.waiting().await.expect("the queue");
    let shown: Vec<_> = line.iter().map(|call| (call.call, call.gone_since)).collect();
    assert_eq!(shown, [(carol, Some(desk.app.clock.now())), (dave, None)], "she keeps her place");
    for (agent, next) in [("alice", dave), ("bob", carol)] {
        let answered = desk.app.calls().answer_next(&desk.who(agent).await).await.expect("they are free");
        assert_eq!(answered, Some(next), "{agent}");
    }
}

#[tokio::test]
async fn agents_who_freeze_in_the_consult_after_the_call_are_free_again() {
    let (desk, call, transfer) = consulting().await;
    desk.app.callers().leave(call).await.expect("they may always leave");
    for agent in ["alice", "bob"] {
        freeze(&desk, call, transfer, desk.leg(agent, call).await).await;
    }
    assert_eq!(desk.find(call).await.agent_legs().len(), 0);
    assert!(!desk.media.has_room(&consult_room(transfer)));
}

/// Without a webhook and without anybody asking.
#[tokio::test]
async fn the_reconciler_finds_out_by_itself() {
    let (mut desk, call, transfer) = consulting().await;
    desk.start_workers();
    let alice = desk.leg("alice", call).await.to_string();
    for room in [call_room(call), consult_room(transfer)] {
        desk.media.vanish(&room, &alice);
    }
    let noticed = async {
        let mut news = desk.app.hub.subscribe();
        while !desk.find(call).await.agent_legs().iter().any(|leg| leg.is_lost()) {
            news.recv().await.expect("the desk goes on");
        }
    };
    tokio::time::timeout(Duration::from_secs(10), noticed).await.expect("noticed in time");
}
