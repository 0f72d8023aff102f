//! Colleagues on phones: called into the consult room, and carried into the call by a relay.

use std::time::Duration;

use baton::api::desk::DeskCommand;
use baton::server::ears::Purpose;
use baton::server::error::ServiceError;
use baton::server::ports::listening::{RoomPacket, RoomSound};
use baton::server::ports::participation::Noticed;
use baton_domain::call::{CallState, RoomKind};
use baton_domain::hold_music::PLAYER;
use baton_domain::ids::{CallId, TransferId};
use baton_domain::listening::{ListeningPolicy, Recorded};
use baton_domain::seat::{RoomName, relay};
use bytes::Bytes;
use livekit_participant::opus::SILENCE_20_MS;
use serde_json::json;

use crate::harness::{TestDesk, id};

const LIMIT: Duration = Duration::from_secs(20);

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LIMIT, waiting).await.unwrap_or_else(|_| panic!("{what}: not within {LIMIT:?}"));
}

async fn desk_with_dana() -> TestDesk {
    let desk = TestDesk::configured(|config| config.demo.phone = true).await;
    desk.open_desks(&["alice"]);
    desk
}

/// Dana's phone connects, and the relay with it, as far as the media server is concerned.
async fn phone_enters(desk: &TestDesk, call: CallId, transfer: TransferId) {
    let token = desk.app.phones().phone_token(call, transfer).await.expect("a seat");
    desk.enter(call, &token).await;
}

async fn relay_enters(desk: &TestDesk, call: CallId, transfer: TransferId) {
    for room in [RoomName::Call(call), RoomName::Consult(transfer)] {
        let token = desk.app.phones().relay_token(call, room, transfer).await.expect("a relay is wanted");
        desk.enter(call, &token).await;
    }
}

/// Alice talks to Dana, by the simulated phone alone.
async fn consulting(desk: &mut TestDesk) -> (CallId, TransferId) {
    let call = desk.talking("alice").await;
    desk.start_workers();
    let transfer = desk.start_transfer("alice", call, "dana").await.expect("a phone is always there");
    desk.enter_as("alice", call, RoomKind::Consult).await;
    until("the phone is answered", async || desk.state(call).await == "consulting").await;
    phone_enters(desk, call, transfer).await;
    relay_enters(desk, call, transfer).await;
    (call, transfer)
}

/// To whom whose voices are carried.
fn carried(desk: &TestDesk) -> Vec<usize> {
    desk.rooms.bridges.carried().into_iter().map(|(_, voices)| voices.len()).collect()
}

#[tokio::test]
async fn a_phone_rings_is_answered_and_stands_by_to_be_merged() {
    let mut desk = desk_with_dana().await;
    let (call, transfer) = consulting(&mut desk).await;
    let dana = desk.leg("dana", call).await.to_string();
    until("the phone and the relay are there", async || {
        desk.rooms.present() == [dana.clone()] && carried(&desk) == [0]
    })
    .await;

    desk.button("alice", call, DeskCommand::Merge).await.expect("they talk");
    until("all three are carried", async || carried(&desk) == [2]).await;
    desk.button("alice", call, DeskCommand::Complete).await.expect("they talk");
    assert!(matches!(&desk.find(call).await.state, CallState::WithAgent { agent, .. } if agent.agent == id("dana")));
    until("only the caller is carried", async || carried(&desk) == [1]).await;
    assert!(desk.media.has_room(&RoomName::Consult(transfer).to_string()), "the phone's room lives on");

    desk.app.callers().leave(call).await.expect("they may always leave");
    until("nobody is left", async || desk.rooms.present().is_empty() && carried(&desk).is_empty()).await;
    until("the room is gone", async || !desk.media.has_room(&RoomName::Consult(transfer).to_string())).await;
}

/// What is heard at a telephone, and by nobody else.
#[tokio::test]
async fn music_plays_at_a_phone_while_the_agents_have_swapped() {
    let mut desk = desk_with_dana().await;
    let (call, transfer) = consulting(&mut desk).await;
    let (alice, dana) = (desk.leg("alice", call).await.to_string(), desk.leg("dana", call).await);
    let place = format!("{PLAYER} in {}", RoomName::Consult(transfer));
    let music = format!("{PLAYER} to {dana}");
    until("whoever plays comes", async || desk.rooms.stage.present() == [place.clone()]).await;
    desk.rooms.notice(Noticed::NotMuted(alice.as_str().into()));
    desk.button("alice", call, DeskCommand::Swap).await.expect("they talk");
    until("the music plays", async || desk.rooms.stage.playing() == [music.clone()]).await;
    desk.rooms.notice(Noticed::Muted(alice.as_str().into()));

    desk.button("alice", call, DeskCommand::Swap).await.expect("she talks to the caller");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(desk.rooms.stage.playing(), std::slice::from_ref(&music), "nobody is heard yet");
    desk.rooms.notice(Noticed::NotMuted(alice.as_str().into()));
    until("the music has ended", async || desk.rooms.stage.playing().is_empty()).await;

    desk.button("alice", call, DeskCommand::Swap).await.expect("they talk");
    until("the music plays again", async || desk.rooms.stage.playing() == [music.clone()]).await;
    desk.button("alice", call, DeskCommand::Merge).await.expect("she talks to the caller");
    let carried = relay(&desk.find(call).await).expect("a relay").leg_at_phone().to_string();
    desk.rooms.notice(Noticed::NotMuted(carried.into()));
    until("the relay is heard", async || desk.rooms.stage.playing().is_empty()).await;
    assert_eq!(desk.rooms.stage.present(), [place], "stands by");
}

#[tokio::test]
async fn whoever_plays_to_a_phone_is_put_out_of_the_room_of_a_page() {
    let mut desk = desk_with_dana().await;
    let (call, transfer) = consulting(&mut desk).await;
    let room = RoomName::Consult(transfer).to_string();
    let token = desk.app.hold_music().token(call, RoomName::Consult(transfer)).await.expect("a phone");
    assert_eq!(token, format!("room={room} identity={PLAYER} publish=true subscribe=false"));
    desk.enter(call, &token).await;
    assert!(desk.media.people_in(&room).contains(&PLAYER.to_owned()));

    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, transfer) = desk.consulting("alice", "bob").await;
    let room = RoomName::Consult(transfer);
    assert!(desk.app.hold_music().token(call, room).await.is_err(), "Bob has a page");
    desk.enter(call, &format!("room={room} identity={PLAYER} publish=true subscribe=false")).await;
    assert!(!desk.media.people_in(&room.to_string()).contains(&PLAYER.to_owned()), "put out");
}

#[tokio::test]
async fn completed_at_once_the_relay_says_when_the_phone_hears_the_caller() {
    let mut desk = desk_with_dana().await;
    let (call, _) = consulting(&mut desk).await;
    desk.button("alice", call, DeskCommand::Complete).await.expect("they talk");
    until("the relay carries the caller", async || carried(&desk) == [1]).await;
    assert_eq!(desk.state(call).await, "completing", "the caller has not heard Dana yet");
    desk.app.callers().heard(call, desk.leg("dana", call).await).await.expect("a fact");
    until("Dana has the caller", async || desk.state(call).await == "talking").await;
}

#[tokio::test]
async fn the_media_server_mutes_what_stands_by_and_puts_out_what_is_not_wanted() {
    let mut desk = desk_with_dana().await;
    let (call, transfer) = consulting(&mut desk).await;
    let dana = desk.leg("dana", call).await.to_string();
    let at_phone = relay(&desk.find(call).await).expect("a relay").leg_at_phone().to_string();
    let (call_room, consult) = (RoomName::Call(call).to_string(), RoomName::Consult(transfer).to_string());
    desk.media.unmute(&call_room, &dana);
    desk.media.unmute(&consult, &at_phone);
    desk.app.seating().enforce(call).await.expect("the media server answers");
    assert!(!desk.media.heard_in(&call_room).contains(&dana), "nothing of the consult reaches the caller");
    assert!(!desk.media.heard_in(&consult).contains(&at_phone));
    assert!(desk.media.heard_in(&consult).contains(&dana), "nobody can unmute a phone again");

    desk.button("alice", call, DeskCommand::Merge).await.expect("they talk");
    desk.media.unmute(&call_room, &dana);
    desk.media.unmute(&consult, &at_phone);
    desk.app.seating().enforce(call).await.expect("the media server answers");
    assert!(desk.media.heard_in(&call_room).contains(&dana) && desk.media.heard_in(&consult).contains(&at_phone));

    desk.button("alice", call, DeskCommand::Cancel).await.expect("she may");
    assert!(!desk.media.people_in(&call_room).contains(&dana), "put out before anybody is told");
    until("the phone's room is gone", async || !desk.media.has_room(&consult)).await;
    assert_eq!(desk.state(call).await, "talking");
}

#[tokio::test]
async fn a_phone_that_is_gone_leaves_the_caller_to_the_transferring_agent() {
    let mut desk = desk_with_dana().await;
    let (call, transfer) = consulting(&mut desk).await;
    desk.button("alice", call, DeskCommand::Merge).await.expect("they talk");
    let leg = desk.leg("dana", call).await;
    let found = desk.find(call).await;
    let known = baton::server::services::phones::phone_leg(&found, transfer).expect("on a phone").clone();
    assert_eq!(known.leg, leg);
    desk.app.phones().hung_up(call, &known).await.expect("a phone may always hang up");
    assert_eq!(desk.state(call).await, "talking");
    // What comes late from a phone that is out of the call is nothing to anybody.
    desk.app.phones().hung_up(call, &known).await.expect("nothing happens");
    assert_eq!(desk.state(call).await, "talking");
}

fn packet(identity: &str, sequence: u64) -> RoomSound {
    RoomSound::Packet(RoomPacket {
        identity: identity.into(),
        run: 1,
        sequence,
        timestamp: sequence * 960,
        duration: 960,
        age: Duration::ZERO,
        voice: None,
        payload: Bytes::from_static(SILENCE_20_MS),
    })
}

/// The listener in the phone's room hears it all the time; what it says when it is merged is part of the call.
#[tokio::test]
async fn what_a_phone_says_in_the_call_is_kept_apart_from_what_it_said_in_private() {
    let mut desk = TestDesk::configured(|config| {
        config.demo.phone = true;
        config.demo.listening = ListeningPolicy { transcribe: false, record: Recorded::CallAndConsult };
    })
    .await;
    desk.open_desks(&["alice"]);
    let (call, transfer) = consulting(&mut desk).await;
    let (dana, consult) = (desk.leg("dana", call).await.to_string(), RoomName::Consult(transfer));
    let listener = format!("listener in {consult}");
    until("somebody listens in the phone's room", async || desk.rooms.present().contains(&listener)).await;
    let mut kept = desk.app.ears.subscribe(Purpose::Record);
    desk.rooms.heard_in(&consult.to_string(), packet(&dana, 1));
    assert_eq!(kept.next().await.expect("a stream").source().room, consult);
    desk.button("alice", call, DeskCommand::Merge).await.expect("they talk");
    desk.rooms.heard_in(&consult.to_string(), packet(&dana, 2));
    assert_eq!(kept.next().await.expect("another stream").source().room, RoomName::Call(call));
}

#[tokio::test]
async fn after_a_restart_a_phone_that_has_the_caller_does_not_ring_again() {
    let mut desk = desk_with_dana().await;
    let (call, _) = consulting(&mut desk).await;
    desk.button("alice", call, DeskCommand::Merge).await.expect("they talk");
    desk.button("alice", call, DeskCommand::Complete).await.expect("they talk");
    let mut desk = desk.restarted().await;
    desk.start_workers();
    until("the phone is back", async || desk.rooms.present().len() == 1 && carried(&desk) == [1]).await;
    assert_eq!(desk.state(call).await, "talking");
}

#[tokio::test]
async fn whoever_is_on_a_phone_has_no_desk_and_answers_no_queue() {
    let desk = desk_with_dana().await;
    let page = desk.app.home().page().await.expect("a page");
    assert!(page.agents.iter().all(|agent| agent.id != id("dana")));
    let opened = desk.app.sessions().open_demo_desk(&id("dana"), None).await.map(drop);
    assert!(matches!(opened, Err(ServiceError::NotFound("desk"))), "{opened:?}");
    let call = desk.caller("Carol").await;
    let refused = desk.post(&format!("/calls/{call}/answer"), json!({ "agent": "dana" })).await;
    assert!(refused.problem().starts_with("409 on_phone: "), "{}", refused.text);
    let options = desk.app.presence().views().await.expect("agents");
    let dana = options.into_iter().find(|view| view.agent.id == id("dana")).expect("a demo agent");
    assert_eq!(dana.presence, baton_domain::agent::Presence::Available);
}

#[tokio::test]
async fn nobody_hands_a_call_on_from_a_phone() {
    let mut desk = desk_with_dana().await;
    desk.open_desks(&["bob"]);
    let (call, _) = consulting(&mut desk).await;
    desk.button("alice", call, DeskCommand::Merge).await.expect("they talk");
    desk.button("alice", call, DeskCommand::Complete).await.expect("they talk");
    let started = desk.post(&format!("/calls/{call}/transfers"), crate::harness::to_bob()).await;
    assert_eq!(
        started.problem(),
        "409 on_phone: Dana is on a phone: they can take over a call, but neither answer a waiting one nor hand one on."
    );
}
