//! Music for callers without a page.

use std::time::Duration;

use axum::http::Method;
use baton::api::desk::DeskCommand;
use baton::server::permissions::Who;
use baton::server::ports::participation::Noticed;
use baton_domain::call::RoomKind;
use baton_domain::hold_music::PLAYER;
use baton_domain::ids::CallId;
use baton_domain::seat::{RoomName, call_room};
use livekit_participant::ogg::{Clip, Writer, WriterOptions};
use serde_json::json;

use crate::harness::{API_KEY, TestDesk};

const LIMIT: Duration = Duration::from_secs(20);

/// Waits until it is so.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LIMIT, waiting).await.unwrap_or_else(|_| panic!("{what}: not within {LIMIT:?}"));
}

/// From now on nothing at the end of this caller plays music.
async fn phones(desk: &TestDesk, call: CallId) {
    let mut found = desk.find(call).await;
    let read = found.version;
    found.caller.needs_music = true;
    found.version += 1;
    let mut db = desk.app.store.read().await.expect("a database");
    baton::server::store::calls::update(&mut db, &found, read).await.expect("nobody else writes");
}

/// What a caller on a phone is played.
async fn music(desk: &TestDesk, call: CallId) -> String {
    format!("{PLAYER} to {}", desk.find(call).await.caller.leg)
}

#[tokio::test]
async fn music_plays_on_hold_until_somebody_is_there_again() {
    let mut desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let call = desk.talking("alice").await;
    phones(&desk, call).await;
    desk.start_workers();
    let place = format!("{PLAYER} in {}", call_room(call));
    until("whoever plays comes", async || desk.rooms.stage.present() == [place.clone()]).await;
    let alice = desk.leg("alice", call).await.to_string();
    desk.rooms.notice(Noticed::NotMuted(alice.as_str().into()));
    until("Alice is there", async || desk.rooms.stage.playing().is_empty()).await;

    desk.button("alice", call, DeskCommand::Hold).await.expect("they talk");
    let music = music(&desk, call).await;
    until("the music plays", async || desk.rooms.stage.playing() == [music.clone()]).await;
    desk.rooms.notice(Noticed::Muted(alice.as_str().into()));
    // More than a minute of music, with words in it.
    let begun = desk.rooms.stage.packets();
    until("a minute has passed", async || desk.rooms.stage.packets() > begun + 3200).await;

    desk.button("alice", call, DeskCommand::Retrieve).await.expect("they are on hold");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(desk.rooms.stage.playing(), [music], "nobody is heard yet");
    desk.rooms.notice(Noticed::NotMuted(alice.as_str().into()));
    until("the music has ended", async || desk.rooms.stage.playing().is_empty()).await;
    assert_eq!(desk.rooms.stage.present(), [place], "stands by");

    desk.button("alice", call, DeskCommand::HangUp).await.expect("they talk");
    until("nobody is left", async || desk.rooms.stage.present().is_empty()).await;
}

#[tokio::test]
async fn a_target_who_stays_muted_ends_the_music_after_a_second_and_the_hand_over_is_complete() {
    let mut desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, _) = desk.consulting("alice", "bob").await;
    phones(&desk, call).await;
    desk.start_workers();
    let music = music(&desk, call).await;
    until("the music plays", async || desk.rooms.stage.playing() == [music.clone()]).await;
    let (caller, bob) = (desk.find(call).await.caller.leg, desk.leg("bob", call).await);
    desk.rooms.notice(Noticed::Muted(bob.to_string().into()));
    desk.button("alice", call, DeskCommand::Complete).await.expect("a consult");
    desk.app.calls().heard_by_agent(&desk.who("bob").await, call, caller).await.expect("a fact");
    until("Bob has the call, though a phone reports nothing", async || desk.state(call).await == "talking").await;
    until("the music has ended", async || desk.rooms.stage.playing().is_empty()).await;
}

#[tokio::test]
async fn a_simulated_caller_is_played_music_and_a_page_is_not() {
    let mut desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    desk.start_workers();
    desk.talking("alice").await;
    let call = desk.app.callers().simulate(&Who::Anonymous, None).await.expect("the line is open").call;
    let ringback = music(&desk, call).await;
    until("it rings", async || desk.rooms.stage.playing() == [ringback.clone()]).await;
    assert_eq!(desk.rooms.stage.present(), [format!("{PLAYER} in {}", call_room(call))]);
}

#[tokio::test]
async fn a_program_comes_in_by_a_line_and_is_played_music() {
    let mut desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    desk.start_workers();
    let came = desk.post("/lines/support/callers", json!({ "name": " Carol " })).await;
    assert_eq!(came.status, 201, "{}", came.text);
    let came = came.json();
    assert_eq!((&came["call"]["caller_name"], &came["call"]["state"]), (&json!("Carol"), &json!("queued")));
    let token = came["token"].as_str().expect("a token");
    let call: CallId = came["call"]["id"].as_str().expect("an id").parse().expect("an id");
    assert!(token.contains(&call_room(call)) && token.contains("publish=true subscribe=true"), "{token}");
    let ringback = music(&desk, call).await;
    until("it rings", async || desk.rooms.stage.playing() == [ringback.clone()]).await;
    let nobody = desk.post("/lines/support/callers", json!({ "name": " " })).await;
    assert_eq!(nobody.problem(), "422 invalid: Please enter your name.");
    let nowhere = desk.post("/lines/nowhere/callers", json!({ "name": "Carol" })).await;
    assert_eq!(nowhere.status, 404);
}

#[tokio::test]
async fn whoever_plays_is_put_out_where_nobody_needs_it() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let call = desk.talking("alice").await;
    let room = call_room(call);
    let token = format!("room={room} identity={PLAYER} publish=true subscribe=false");
    desk.enter(call, &token).await;
    assert!(!desk.media.people_in(&room).contains(&PLAYER.to_owned()), "put out: the caller has a page");
    assert!(desk.app.hold_music().token(call, RoomName::Call(call)).await.is_err(), "and there is no token");
    phones(&desk, call).await;
    desk.enter(call, &token).await;
    assert!(desk.media.people_in(&room).contains(&PLAYER.to_owned()));
    assert_eq!(desk.media.heard_in(&room).iter().filter(|heard| **heard == PLAYER).count(), 0, "by no agent");
    desk.enter_as("alice", call, RoomKind::Call).await;
    desk.app.seating().enforce(call).await.expect("the media server answers");
    assert!(desk.media.people_in(&room).contains(&PLAYER.to_owned()), "stays while it is wanted");
}

#[tokio::test]
async fn a_line_says_what_is_played() {
    let desk = TestDesk::new().await;
    let change = async |body| desk.rest(Method::PATCH, "/lines/support", Some(API_KEY), Some(body)).await;
    let of_line = |line: &serde_json::Value| (line["hold_music"].clone(), line["comfort_every_seconds"].clone());
    let lines = desk.get("/lines").await.json();
    assert_eq!(of_line(&lines["lines"][0]), (json!("default"), json!(30)));

    let missing = change(json!({ "hold_music": "waltz.ogg" })).await;
    assert_eq!(missing.status, 422, "{}", missing.text);
    assert!(missing.problem().starts_with("422 invalid: waltz.ogg cannot be played: could not open the file"));
    let elsewhere = change(json!({ "hold_music": "../waltz.ogg" })).await;
    assert!(elsewhere.problem().contains("A sound has a name like"), "{}", elsewhere.text);
    let often = change(json!({ "comfort_every_seconds": 3 })).await;
    assert_eq!(often.problem(), "422 invalid: Comfort messages come every 10 to 3600 seconds, or with 0 never.");

    let folder = &desk.app.config.sounds.folder;
    std::fs::create_dir_all(folder).expect("a folder");
    std::fs::write(folder.join("waltz.ogg"), second_of_silence()).expect("written");
    let changed = change(json!({ "hold_music": "waltz.ogg", "comfort_every_seconds": 0 })).await.json();
    assert_eq!(of_line(&changed), (json!("waltz.ogg"), json!(0)));
    let of = desk.app.hold_music().of_line(&"support".parse().expect("a handle")).await.expect("a line");
    let played = desk.app.hold_music().sounds().music(of.file.as_ref()).await;
    // A second, and what a decoder needs before it.
    assert!((48_000..50_000).contains(&played.duration()) && of.comfort_every.is_none(), "{}", played.duration());
    let back = change(json!({ "hold_music": "default" })).await.json();
    assert_eq!(of_line(&back), (json!("default"), json!(0)));
}

/// An Ogg Opus file.
fn second_of_silence() -> Vec<u8> {
    let file = std::io::Cursor::new(Vec::new());
    let writer = Writer::new(file, &WriterOptions::default()).expect("a file in memory");
    let bytes = writer.finish(48_000).expect("a file in memory").into_inner();
    Clip::read(bytes.as_slice()).expect("what was written can be read");
    bytes
}
