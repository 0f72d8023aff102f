//! Callers whom the server plays.

use std::time::Duration;

use axum::http::Method;
use baton::api::desk::DeskCommand;
use baton::server::permissions::Who;
use baton::server::ports::participation::Noticed;
use baton_domain::call::{CallState, EndReason, RoomKind};
use baton_domain::ids::CallId;
use serde_json::json;

use crate::harness::{API_KEY, TestDesk, function_path};

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

async fn simulate(desk: &TestDesk) -> CallId {
    desk.app.callers().simulate(&Who::Anonymous, None).await.expect("the line is open").call
}

async fn answered_by(desk: &TestDesk, agent: &str, call: CallId) {
    desk.app.calls().answer(&desk.who(agent).await, call).await.expect("nobody else answered");
    desk.enter_as(agent, call, RoomKind::Call).await;
}

async fn transcript(desk: &TestDesk, call: CallId) -> Vec<String> {
    let said = desk.app.transcripts().of_call(call).await.expect("a call");
    said.into_iter().map(|segment| segment.text.to_string()).collect()
}

async fn is_over(desk: &TestDesk, call: CallId) -> bool {
    desk.find(call).await.is_ended()
}

#[tokio::test]
async fn a_simulated_caller_waits_like_anybody_under_a_name_of_their_own() {
    let desk = TestDesk::new().await;
    let first = desk.rest(Method::POST, "/demo/callers", Some(API_KEY), None).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let first = first.json();
    assert_eq!((&first["caller_name"], &first["state"]), (&json!("Carol (simulated)"), &json!("queued")));
    let second = desk.find(simulate(&desk).await).await;
    assert_eq!(second.caller.name, "Dora (simulated)");
    let names: Vec<String> =
        desk.app.waiting().await.expect("a queue").into_iter().map(|call| call.caller_name).collect();
    assert_eq!(names, ["Carol (simulated)", "Dora (simulated)"]);
}

#[tokio::test]
async fn there_are_only_so_many_at_once() {
    let desk = TestDesk::configured(|config| config.demo.simulated_callers = 2).await;
    let first = simulate(&desk).await;
    simulate(&desk).await;
    let refused = desk.post("/demo/callers", json!(null)).await;
    assert_eq!(
        refused.problem(),
        "409 too_many_simulated_callers: At most 2 callers can be simulated at once. Hang one up, or let one finish."
    );
    desk.app.callers().leave(first).await.expect("they may always leave");
    assert_eq!(desk.find(simulate(&desk).await).await.caller.name, "Carol (simulated)");
}

#[tokio::test]
async fn without_the_setting_there_is_no_such_thing() {
    let desk = TestDesk::configured(|config| config.demo.simulated_callers = 0).await;
    let answer = desk.post("/demo/callers", json!(null)).await;
    assert_eq!(answer.problem(), "404 not_found: There is no such simulated caller.");
    assert!(!desk.app.home().page().await.expect("a page").can_simulate);
}

#[tokio::test]
async fn the_first_page_asks_without_signing_in() {
    let desk = TestDesk::new().await;
    assert!(function_path("simulate_caller").starts_with("/api/"));
    let answer = desk.call("simulate_caller", "", &[]).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, "\"Carol (simulated)\""));
}

#[tokio::test]
async fn they_say_their_lines_to_whoever_answers_and_hang_up() {
    let mut desk = TestDesk::new().await;
    desk.start_workers();
    desk.open_desks(&["alice"]);
    let call = simulate(&desk).await;
    until("the caller comes", async || desk.rooms.present().len() == 1).await;
    let leg = desk.find(call).await.caller.leg.to_string();
    assert_eq!(desk.rooms.present(), [leg]);
    assert_eq!(transcript(&desk, call).await, [""; 0]);
    answered_by(&desk, "alice", call).await;
    until("the caller hangs up", async || is_over(&desk, call).await).await;
    assert!(matches!(desk.find(call).await.state, CallState::Ended { reason: EndReason::CallerHungUp, .. }));
    let said = transcript(&desk, call).await;
    assert_eq!(said.len(), 7);
    assert!(said[0].starts_with("Hi, my name is Carol Jensen."), "{}", said[0]);
    until("nobody is left", async || desk.rooms.present().is_empty()).await;
    let done = desk.rooms.done();
    assert_eq!(done[..2], ["join", "say 7.5 s"]);
    assert_eq!((done.len(), done.last().map(String::as_str)), (9, Some("leave")));
}

#[tokio::test]
async fn they_are_quiet_on_hold_and_go_on_after_it() {
    let mut desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let call = simulate(&desk).await;
    answered_by(&desk, "alice", call).await;
    desk.button("alice", call, DeskCommand::Hold).await.expect("they talk");
    desk.start_workers();
    until("the caller comes", async || !desk.rooms.present().is_empty()).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(desk.rooms.done(), ["join"], "said something on hold");
    desk.button("alice", call, DeskCommand::Retrieve).await.expect("they are on hold");
    until("the caller speaks", async || desk.rooms.done().len() > 1).await;
}

#[tokio::test]
async fn a_hand_over_is_complete_when_they_have_really_heard_the_target() {
    let mut desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, _) = desk.consulting("alice", "bob").await;
    play_the_caller_of(&desk, call).await;
    desk.start_workers();
    until("the caller comes", async || !desk.rooms.present().is_empty()).await;
    desk.button("alice", call, DeskCommand::Complete).await.expect("a consult");
    let (caller, bob) = (desk.find(call).await.caller.leg, desk.leg("bob", call).await);
    desk.app.calls().heard_by_agent(&desk.who("bob").await, call, caller).await.expect("a fact");
    let alice = desk.leg("alice", call).await.to_string();
    desk.rooms.sound(&alice);
    assert_eq!(desk.state(call).await, "completing");
    until("Bob has the call", async || {
        desk.rooms.sound(&bob.to_string());
        desk.state(call).await == "talking"
    })
    .await;
}

#[tokio::test]
async fn a_target_with_a_closed_microphone_is_there_all_the_same() {
    let mut desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, _) = desk.consulting("alice", "bob").await;
    play_the_caller_of(&desk, call).await;
    desk.start_workers();
    until("the caller comes", async || !desk.rooms.present().is_empty()).await;
    let (caller, bob) = (desk.find(call).await.caller.leg, desk.leg("bob", call).await);
    desk.rooms.notice(Noticed::Muted(bob.to_string().into()));
    desk.button("alice", call, DeskCommand::Complete).await.expect("a consult");
    desk.app.calls().heard_by_agent(&desk.who("bob").await, call, caller).await.expect("a fact");
    until("Bob has the call", async || desk.state(call).await == "talking").await;
}

/// From now on the server is the caller of a call that somebody else began.
async fn play_the_caller_of(desk: &TestDesk, call: CallId) {
    let mut found = desk.find(call).await;
    let read = found.version;
    found.caller.is_simulated = true;
    found.version += 1;
    let mut db = desk.app.store.read().await.expect("a database");
    baton::server::store::calls::update(&mut db, &found, read).await.expect("nobody else writes");
}

#[tokio::test]
async fn after_a_crash_they_come_back_and_never_twice() {
    let mut desk = TestDesk::new().await;
    desk.rooms.let_panic(1);
    desk.rooms.refuse(1);
    desk.start_workers();
    let call = simulate(&desk).await;
    until("the caller comes", async || desk.rooms.present().len() == 1).await;
    assert_eq!(desk.state(call).await, "queued", "what happens to the caller's task is not the end of the call");
    desk.app.callers().leave(call).await.expect("they may always leave");
    until("nobody is left", async || desk.rooms.present().is_empty()).await;
    assert_eq!(desk.rooms.done(), ["join", "leave"]);
}

#[tokio::test]
async fn after_a_restart_they_go_on_where_they_were() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let call = simulate(&desk).await;
    answered_by(&desk, "alice", call).await;
    let lines = baton::server::sample::lines();
    let text = lines.iter().rfind(|line| line.file.contains("12-caller")).expect("a line").text.clone();
    desk.post(&format!("/calls/{call}/transcript"), json!({ "lines": [{ "speaker": "caller", "text": text }] })).await;
    let mut desk = desk.restarted().await;
    desk.start_workers();
    until("the caller hangs up", async || is_over(&desk, call).await).await;
    let says: Vec<String> = desk.rooms.done().into_iter().filter(|done| done.starts_with("say")).collect();
    assert_eq!(says, ["say 4.5 s"], "only the line after the one that was begun");
}

#[tokio::test]
async fn they_leave_their_rooms_when_the_server_ends_and_the_call_goes_on() {
    let mut desk = TestDesk::new().await;
    desk.start_workers();
    let call = simulate(&desk).await;
    until("the caller comes", async || desk.rooms.present().len() == 1).await;
    desk.stop();
    until("nobody is left", async || desk.rooms.present().is_empty()).await;
    assert_eq!(desk.state(call).await, "queued");
}

#[tokio::test]
async fn a_key_is_its_askers_own() {
    let desk = TestDesk::new().await;
    let key = || Some("once".to_owned());
    let simulate = async |who: Who| desk.app.callers().simulate(&who, key()).await.expect("the line is open").call;
    let (carol, dora) = (desk.caller("Carol").await, desk.caller("Dora").await);
    let first = simulate(Who::Caller(carol)).await;
    assert_ne!(simulate(Who::Caller(dora)).await, first, "two callers may have hit upon the same key");
    assert_eq!(simulate(Who::Caller(carol)).await, first);
    assert_ne!(simulate(Who::Anonymous).await, simulate(Who::Anonymous).await, "nobody knows who that is");
}
