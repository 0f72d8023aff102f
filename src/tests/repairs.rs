//! What cannot be put right about one keeps nobody else from being put right.

use baton::api::desk::DeskCommand;
use baton::server::ports::media_server::{MediaServer, Permission};
use baton::server::services::seating::RoomFact;
use baton_domain::ids::{CallId, TransferId};
use baton_domain::seat::{RoomName, call_room, consult_room};
use baton_domain::time::Span;

use crate::harness::TestDesk;
use crate::live_desk::until;

async fn consulting() -> (TestDesk, CallId, TransferId) {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, transfer) = desk.consulting("alice", "bob").await;
    (desk, call, transfer)
}

/// Somebody who has no seat.
fn intrude(desk: &TestDesk, room: &str, identity: &str) {
    desk.media.join(&format!("room={room} identity={identity} publish=true subscribe=true"));
}

#[tokio::test]
async fn a_mute_that_is_refused_breaks_off_no_other_order() {
    let (desk, call, _) = consulting().await;
    let room = call_room(call);
    let (alice, bob) = (desk.leg("alice", call).await.to_string(), desk.leg("bob", call).await.to_string());
    for agent in [&alice, &bob] {
        desk.media.unmute(&room, agent);
        let everything = Permission { publish: true, subscribe: true };
        desk.media.permit(&room, agent, everything).await.expect("the media server answers");
    }
    desk.media.refuse(format!("mute {alice}"));
    desk.app.seating().enforce(call).await.expect_err("she is not silent");
    assert!(!desk.media.heard_in(&room).contains(&bob));
    for agent in [&alice, &bob] {
        assert!(!desk.media.permission(&room, agent).expect("they are there").subscribe, "{agent} hears the caller");
    }
}

#[tokio::test]
async fn what_is_refused_in_one_room_breaks_off_nothing_in_another() {
    let (desk, call, transfer) = consulting().await;
    let (room, consult) = (call_room(call), consult_room(transfer));
    intrude(&desk, &room, "eve");
    intrude(&desk, &consult, "mallory");
    desk.media.refuse("remove eve".to_owned());
    desk.app.seating().enforce(call).await.expect_err("eve is there");
    assert!(!desk.media.people_in(&consult).contains(&"mallory".to_owned()));
}

#[tokio::test]
async fn whoever_may_not_be_let_in_again_keeps_no_other_out() {
    let (desk, call, _) = consulting().await;
    let room = call_room(call);
    let (alice, bob) = (desk.leg("alice", call).await.to_string(), desk.leg("bob", call).await.to_string());
    desk.media.refuse(format!("permit {alice}"));
    desk.button("alice", call, DeskCommand::Merge).await.expect("they talk");
    desk.app.seating().enforce(call).await.expect_err("she hears nobody");
    assert!(desk.media.permission(&room, &bob).expect("he is there").subscribe);
}

#[tokio::test]
async fn whoever_has_no_seat_goes_though_who_came_cannot_be_noted() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let call = desk.talking("alice").await;
    let room = call_room(call);
    intrude(&desk, &room, "eve");
    desk.rename_table("engagements", "gone").await;
    let caller = desk.find(call).await.caller.leg.to_string();
    let joined = RoomFact::Joined { identity: caller, sid: "PA_of_a_new_page".to_owned(), telephone: None };
    desk.app.seating().room_event(RoomName::Call(call), joined).await.expect_err("it is not noted");
    assert!(!desk.media.people_in(&room).contains(&"eve".to_owned()));
}

#[tokio::test]
async fn whoever_may_not_be_heard_is_silenced_though_who_left_cannot_be_noted() {
    let (mut desk, call, _) = consulting().await;
    let room = call_room(call);
    let (alice, bob) = (desk.leg("alice", call).await.to_string(), desk.leg("bob", call).await.to_string());
    desk.rename_table("engagements", "gone").await;
    desk.media.vanish(&room, &bob);
    desk.media.unmute(&room, &alice);
    desk.start_workers();
    until("the end of alice", async || !desk.media.heard_in(&room).contains(&alice)).await;
}

#[tokio::test]
async fn a_consult_room_is_deleted_once_and_after_that_only_when_it_is_there() {
    let (desk, call, transfer) = consulting().await;
    let consult = consult_room(transfer);
    desk.button("alice", call, DeskCommand::Merge).await.expect("they talk");
    desk.app.clock.advance(Span::seconds(3));
    desk.button("alice", call, DeskCommand::Complete).await.expect("all three talk");
    desk.app.seating().enforce(call).await.expect("a look");
    assert_eq!(desk.media.take_deletions(), std::slice::from_ref(&consult));
    for _ in 0..3 {
        desk.app.seating().enforce(call).await.expect("a look");
    }
    assert_eq!(desk.media.take_deletions(), Vec::<String>::new());

    desk.media.begin_room(&consult);
    desk.app.seating().sweep(&[desk.find(call).await]).await.expect("a look");
    assert!(!desk.media.has_room(&consult), "an old token began it");

    desk.media.begin_room(&consult);
    let mut desk = desk.restarted().await;
    desk.start_workers();
    until("the end of what the killed server left", async || !desk.media.has_room(&consult)).await;
}

#[tokio::test]
async fn what_is_refused_in_the_consult_keeps_nobody_from_the_caller() {
    let (desk, call, transfer) = consulting().await;
    let alice = desk.leg("alice", call).await.to_string();
    intrude(&desk, &consult_room(transfer), "mallory");
    desk.media.refuse("remove mallory".to_owned());
    let hears = || desk.media.permission(&call_room(call), &alice).expect("she is there").subscribe;
    assert!(!hears());
    desk.button("alice", call, DeskCommand::Swap).await.expect("they talk");
    desk.app.seating().enforce(call).await.expect_err("mallory is there");
    assert!(hears(), "she has the caller again");
}

#[tokio::test]
async fn nobody_is_let_into_a_consult_that_the_caller_could_hear() {
    let (desk, call, transfer) = consulting().await;
    let consult = consult_room(transfer);
    let (alice, bob) = (desk.leg("alice", call).await.to_string(), desk.leg("bob", call).await.to_string());
    let nothing = Permission { publish: true, subscribe: false };
    desk.media.permit(&consult, &bob, nothing).await.expect("the media server answers");
    desk.media.unmute(&call_room(call), &alice);
    desk.media.refuse(format!("mute {alice}"));
    let hears = || desk.media.permission(&consult, &bob).expect("he is there").subscribe;
    desk.app.seating().enforce(call).await.expect_err("she is not silent");
    assert!(!hears());
    desk.media.vanish(&call_room(call), &alice);
    desk.app.seating().enforce(call).await.expect("nobody is heard by the caller");
    assert!(hears());
}

#[tokio::test]
async fn what_is_refused_in_the_call_keeps_no_room_that_is_over() {
    let (desk, call, transfer) = consulting().await;
    intrude(&desk, &call_room(call), "eve");
    desk.media.refuse("remove eve".to_owned());
    desk.button("alice", call, DeskCommand::Merge).await.expect("they talk");
    desk.app.clock.advance(Span::seconds(3));
    desk.app.seating().enforce(call).await.expect_err("eve is there");
    assert!(!desk.media.has_room(&consult_room(transfer)));
}

/// An old token begins a room again, which is reported.
async fn revive(desk: &TestDesk, room: RoomName) {
    desk.media.begin_room(&room.to_string());
    intrude(desk, &room.to_string(), "eve");
    let joined = RoomFact::Joined { identity: "eve".to_owned(), sid: "PA_eve".to_owned(), telephone: None };
    desk.app.seating().room_event(room, joined).await.expect("a look");
}

#[tokio::test]
async fn a_room_that_an_old_token_begins_again_ends_at_once() {
    let (desk, call, transfer) = consulting().await;
    let (room, consult) = (RoomName::Call(call), RoomName::Consult(transfer));
    desk.button("alice", call, DeskCommand::Merge).await.expect("they talk");
    desk.app.clock.advance(Span::seconds(3));
    desk.app.seating().enforce(call).await.expect("a look");
    for _ in 0..2 {
        revive(&desk, consult).await;
        assert!(!desk.media.has_room(&consult.to_string()), "all three talk in the call");
    }

    desk.button("alice", call, DeskCommand::Complete).await.expect("all three talk");
    desk.app.callers().leave(call).await.expect("they may always leave");
    desk.app.seating().enforce(call).await.expect("a look");
    for gone in [room, consult] {
        revive(&desk, gone).await;
        assert!(!desk.media.has_room(&gone.to_string()), "the call has ended");
    }
}

#[tokio::test]
async fn the_room_of_a_call_that_ends_in_a_consult_does_not_begin_again() {
    let (desk, call, transfer) = consulting().await;
    desk.app.callers().leave(call).await.expect("they may always leave");
    desk.app.seating().enforce(call).await.expect("a look");
    revive(&desk, RoomName::Call(call)).await;
    assert!(!desk.media.has_room(&call_room(call)));
    assert!(desk.media.has_room(&consult_room(transfer)), "the agents are still talking");
}
