//! The hand-off, from the first word to the last, as the media server sees it.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use baton::api::desk::DeskCommand;
use baton::server::error::ServiceError;
use baton::server::hub::News;
use baton::server::services::transcripts::NewLine;
use baton_domain::call::RoomKind;
use baton_domain::ids::TransferId;
use baton_domain::seat::{RoomName, call_room, consult_room};
use baton_domain::time::Span;
use baton_domain::transcript::Speaker;
use tokio::sync::broadcast::Receiver;

use crate::harness::TestDesk;

#[tokio::test]
async fn a_caller_is_handed_over_and_stays_where_they_are() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, transfer) = desk.consulting("alice", "bob").await;
    let (room, consult) = (call_room(call), consult_room(transfer));
    let caller = desk.find(call).await.caller.leg.to_string();
    let (alice, bob) = (desk.leg("alice", call).await.to_string(), desk.leg("bob", call).await.to_string());
    assert_eq!(desk.media.heard_in(&room), std::slice::from_ref(&caller));
    assert_eq!(desk.media.heard_in(&consult), [bob.clone(), alice.clone()]);

    desk.button("alice", call, DeskCommand::Merge).await.expect("they talk");
    assert_eq!(desk.state(call).await, "conference");
    desk.pages_follow(call).await;
    assert_eq!(desk.media.heard_in(&room), [caller.clone(), alice.clone(), bob.clone()]);
    assert!(desk.media.has_room(&consult), "the pages leave it by themselves, in their own time");
    desk.app.clock.advance(Span::seconds(3));
    desk.app.seating().enforce(call).await.expect("a look");
    assert!(!desk.media.has_room(&consult), "nobody speaks where the caller cannot hear");

    desk.button("alice", call, DeskCommand::Complete).await.expect("all three talk");
    assert_eq!(desk.state(call).await, "talking");
    assert_eq!(desk.media.people_in(&room), [caller, bob]);
    assert!(!desk.media.has_room(&consult));
    assert_eq!(desk.app.transfers().find(transfer).await.expect("stored").state, "completed");
    let told = desk.app.caller_view(call).await.expect("a caller");
    assert_eq!(told.people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>(), ["Bob"]);
    assert_eq!(told.handed_over_by.as_deref(), Some("Alice"));
}

#[tokio::test]
async fn the_caller_notices_nothing_of_a_transfer_that_rings_and_is_cancelled() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    let state = async || desk.app.caller_view(call).await.expect("a caller").state;
    let talking = state().await;
    desk.app.clock.advance(Span::seconds(5));
    desk.start_transfer("alice", call, "bob").await.expect("he is free");
    assert_eq!(state().await, talking, "their clock goes on");
    desk.app.clock.advance(Span::seconds(5));
    desk.button("alice", call, DeskCommand::Cancel).await.expect("it rings");
    assert_eq!(state().await, talking, "and still does");
}

#[tokio::test]
async fn a_caller_is_told_whom_they_hear_and_of_nobody_else() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    let told = async || desk.app.caller_view(call).await.expect("a caller");
    let names = async || told().await.people.into_iter().map(|person| person.name).collect::<Vec<_>>();
    desk.start_transfer("alice", call, "bob").await.expect("he is free");
    assert_eq!(names().await, ["Alice"]);
    let bob = desk.leg("bob", call).await.to_string();
    let all = serde_json::to_string(&told().await).expect("it is sent as JSON");
    assert!(!all.contains("Bob") && !all.contains(&bob), "{all}");
    assert_eq!(told().await.version, desk.find(call).await.version);

    desk.button("alice", call, DeskCommand::Cancel).await.expect("it rings");
    desk.button("alice", call, DeskCommand::Hold).await.expect("she has the call");
    assert_eq!(names().await, [""; 0], "music is nobody");
}

#[tokio::test]
async fn before_two_agents_talk_whoever_the_caller_could_hear_is_silent() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    let transfer = desk.start_transfer("alice", call, "bob").await.expect("Bob is free");
    desk.button("bob", call, DeskCommand::Accept).await.expect("it rings there");
    desk.enter_as("bob", call, RoomKind::Call).await;
    desk.enter_as("bob", call, RoomKind::Consult).await;
    desk.enter_as("alice", call, RoomKind::Consult).await;
    desk.media.take_orders();
    desk.app.calls().media_ready(&desk.who("bob").await, call).await.expect("a fact");
    let (alice, bob) = (desk.leg("alice", call).await, desk.leg("bob", call).await);
    let (room, consult) = (call_room(call), consult_room(transfer));
    let orders = desk.media.take_orders();
    assert_eq!(orders.first(), Some(&format!("mute {alice} in {room}")), "{orders:#?}");
    let isolated =
        orders.iter().position(|order| order.starts_with(&format!("permit {alice} in {room}"))).expect("cut off");
    let opened =
        orders.iter().position(|order| *order == format!("permit {bob} in {consult}: publish=true subscribe=true"));
    assert!(opened.is_none_or(|opened| isolated < opened), "{orders:#?}");
}

async fn next_told(news: &mut Receiver<News>) -> &'static str {
    loop {
        match news.recv().await.expect("the desk is there") {
            News::Said(..) => return "said",
            News::Call { .. } => return "the call",
            _ => {}
        }
    }
}

#[tokio::test]
async fn nobody_is_told_of_a_hold_before_the_agent_is_silent_whatever_else_is_told() {
    let mut desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let call = desk.talking("alice").await;
    let (room, alice) = (call_room(call), desk.leg("alice", call).await.to_string());
    desk.media.publish(&room, &alice, false);
    let mut news = desk.app.hub.subscribe();
    desk.start_workers();
    assert_eq!(next_told(&mut news).await, "the call", "what was done before the workers started");
    let gate = desk.media.slow_mutes();
    let (app, who, asked) = (desk.app.clone(), desk.who("alice").await, desk.asked(call).await);
    let held = tokio::spawn(async move { app.calls().desk_command(&who, asked, DeskCommand::Hold).await });
    // The change stands in the database, and something else is told.
    while desk.state(call).await != "on_hold" {
        tokio::task::yield_now().await;
    }
    // Twice: what is told of the call with the first line comes before the second.
    for text in ["Hello?", "Is anybody there?"] {
        let line = NewLine { speaker: Speaker::Caller, text: text.to_owned(), started_at: None };
        desk.app.transcripts().said(call, line).await.expect("a call");
        assert_eq!(next_told(&mut news).await, "said");
    }
    gate.add_permits(8);
    assert_eq!(next_told(&mut news).await, "the call");
    assert!(!desk.media.heard_in(&room).contains(&alice));
    held.await.expect("it ends").expect("they may");
}

/// Gives a request up after its `waits`th wait, with what it waited for done: as a server does when whoever asked closes
/// the tab.
async fn given_up<F: Future>(request: F, mut waits: u32) -> Option<F::Output> {
    let mut request = pin!(request);
    poll_fn(|context| {
        if waits == 0 {
            return Poll::Ready(None);
        }
        waits -= 1;
        request.as_mut().poll(context).map(Some)
    })
    .await
}

#[tokio::test]
async fn a_hold_that_is_stored_silences_the_agent_whenever_the_page_that_asked_for_it_goes() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let call = desk.talking("alice").await;
    let (room, alice) = (call_room(call), desk.leg("alice", call).await.to_string());
    desk.media.publish(&room, &alice, false);
    for waits in 1.. {
        let answer = given_up(desk.button("alice", call, DeskCommand::Hold), waits).await;
        // Whatever is still on its way to the database is there before the next change may begin.
        drop(desk.app.store.begin().await.expect("the turn after it"));
        let is_held = desk.state(call).await == "on_hold";
        while desk.app.acting.is_on(call) {
            tokio::task::yield_now().await;
        }
        assert_eq!(desk.media.heard_in(&room).contains(&alice), !is_held, "given up after wait {waits}");
        if is_held {
            desk.button("alice", call, DeskCommand::Retrieve).await.expect("they are held");
            desk.media.unmute(&room, &alice);
        }
        if answer.is_some() {
            return;
        }
    }
}

#[tokio::test]
async fn a_page_that_opens_its_microphone_against_its_seat_is_muted() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, _) = desk.consulting("alice", "bob").await;
    let (room, bob) = (call_room(call), desk.leg("bob", call).await.to_string());
    desk.media.unmute(&room, &bob);
    let published = baton::server::services::seating::RoomFact::TrackPublished;
    desk.app.seating().room_event(RoomName::Call(call), published).await.expect("a fact");
    assert!(!desk.media.heard_in(&room).contains(&bob));
}

#[tokio::test]
async fn the_caller_gets_no_token_but_for_the_call_room() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, _) = desk.consulting("alice", "bob").await;
    let access = desk.app.seating().caller_access(call).await.expect("their seat");
    assert_eq!(access.room, call_room(call));
    assert_eq!(
        access.token,
        format!("room={} identity={} publish=true subscribe=true", access.room, desk.find(call).await.caller.leg)
    );
    assert_eq!(access.url, "ws://localhost:3000");
}

#[tokio::test]
async fn an_agent_who_reloads_in_the_consult_can_neither_speak_to_nor_hear_the_caller() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, _) = desk.consulting("alice", "bob").await;
    for agent in ["alice", "bob"] {
        let who = desk.who(agent).await;
        let access = desk.app.seating().agent_access(&who, call, RoomKind::Call).await.expect("a seat");
        assert!(access.token.ends_with("publish=false subscribe=false"), "{agent}: {}", access.token);
        let access = desk.app.seating().agent_access(&who, call, RoomKind::Consult).await.expect("a seat");
        assert!(access.token.ends_with("publish=true subscribe=true"), "{agent}: {}", access.token);
    }
}

#[tokio::test]
async fn nobody_gets_a_token_without_a_seat() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob", "carla"]);
    let call = desk.talking("alice").await;
    for (agent, room) in [("bob", RoomKind::Call), ("carla", RoomKind::Call), ("alice", RoomKind::Consult)] {
        let access = desk.app.seating().agent_access(&desk.who(agent).await, call, room).await;
        assert!(matches!(access, Err(ServiceError::NoSeat)), "{agent}: {access:?}");
    }
}

#[tokio::test]
async fn whoever_joins_without_a_seat_is_removed() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let call = desk.talking("alice").await;
    let room = call_room(call);
    let stranger = baton_domain::ids::LegId(baton::server::random::id());
    desk.enter(call, &format!("room={room} identity={stranger} publish=true subscribe=true")).await;
    assert!(!desk.media.people_in(&room).contains(&stranger.to_string()));
}

#[tokio::test]
async fn a_room_of_a_transfer_that_never_was_belongs_to_nobody() {
    let desk = TestDesk::new().await;
    let room = RoomName::Consult(TransferId(baton::server::random::id()));
    let fact = baton::server::services::seating::RoomFact::RoomFinished;
    desk.app.seating().room_event(room, fact).await.expect("not ours, and no error");
    assert_eq!(desk.media.take_orders(), Vec::<String>::new());
}
