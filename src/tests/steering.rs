//! What agents do at their desks, done by a program in their name.

use axum::http::Method;
use baton::api::desk::DeskCommand;
use baton::api::error::{ApiError, Standing};
use baton_domain::call::RoomKind;
use baton_domain::ids::CallId;
use baton_domain::seat::call_room;
use baton_domain::time::Span;
use serde_json::{Value, json};

use crate::harness::{API_KEY, Answer, TestDesk, to_bob};

/// A transfer from Alice to Bob that a program has begun.
async fn begun(desk: &TestDesk) -> (CallId, String) {
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    let started = desk.post(&format!("/calls/{call}/transfers"), to_bob()).await;
    (call, started.json()["id"].as_str().expect("an id").to_owned())
}

async fn step(desk: &TestDesk, transfer: &str, step: &str) -> Answer {
    desk.press(&format!("/transfers/{transfer}/{step}"), None).await
}

/// A transfer's state, and its stage for those who do not care for the details.
fn at(transfer: &Value) -> (&str, &str) {
    let word = |name: &str| transfer[name].as_str().expect("a word");
    (word("state"), word("stage"))
}

/// What a conflict says of the state: call, transfer, and whether the version is the call's.
async fn standing(desk: &TestDesk, call: CallId, refused: &Answer) -> (Value, Value) {
    assert_eq!(refused.status, 409, "{}", refused.text);
    let told = refused.json();
    assert_eq!(told["version"], desk.find(call).await.version, "{}", refused.text);
    (told["state"].clone(), told["transfer_state"].clone())
}

#[tokio::test]
async fn a_program_leads_a_call_from_the_queue_to_the_next_agent() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.caller("Carol").await;
    let answered = desk.post(&format!("/calls/{call}/answer"), json!({ "agent": "alice" })).await.json();
    assert_eq!((&answered["state"], &answered["agents"]), (&json!("talking"), &json!(["alice"])));
    desk.enter_as("alice", call, RoomKind::Call).await;
    let started = desk.post(&format!("/calls/{call}/transfers"), to_bob()).await.json();
    assert_eq!(at(&started), ("initiated", "Initiated"));
    let transfer = started["id"].as_str().expect("an id");
    let now = || async { desk.get(&format!("/transfers/{transfer}")).await.json() };
    desk.app.calls().offer_shown(&desk.who("bob").await, call).await.expect("a fact");
    assert_eq!(at(&now().await), ("ringing", "In progress"));
    assert_eq!(at(&step(&desk, transfer, "accept").await.json()), ("ringing", "In progress"));
    for (agent, room) in [("bob", RoomKind::Call), ("bob", RoomKind::Consult), ("alice", RoomKind::Consult)] {
        desk.enter_as(agent, call, room).await;
    }
    desk.app.calls().media_ready(&desk.who("bob").await, call).await.expect("a fact");
    assert_eq!(at(&now().await), ("consulting", "Briefing"));
    for (pressed, state) in [("swap", "swapped"), ("swap", "consulting"), ("merge", "conference")] {
        assert_eq!(at(&step(&desk, transfer, pressed).await.json()), (state, "Briefing"));
    }
    assert_eq!(at(&step(&desk, transfer, "complete").await.json()), ("completed", "Completed"));
    assert_eq!(desk.get(&format!("/calls/{call}")).await.json()["agents"], json!(["bob"]));
    let actors = desk.app.events_after(0, 100).await.expect("stored");
    assert!(actors.iter().any(|event| event.entry.happening.kind.name() == "call_answered" && event.actor == "api"));
}

#[tokio::test]
async fn only_an_agent_with_an_open_desk_can_be_made_to_answer() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let call = desk.caller("Carol").await;
    let path = format!("/calls/{call}/answer");
    for (body, problem) in [
        (json!({ "agent": "bob" }), "409 target_unavailable: Bob is not available now (Offline)."),
        (json!({ "agent": "zoe" }), "404 not_found: There is no such agent."),
        (json!({ "agent": "A L" }), "422 invalid: The agent is no handle like \"alice\"."),
        (json!({}), "422 invalid: The body does not fit: missing field `agent`"),
    ] {
        let told = desk.post(&path, body).await.problem();
        assert!(told.starts_with(problem), "{told}\n{problem}");
    }
    assert_eq!(desk.state(call).await, "queued");
    assert_eq!(desk.post(&path, json!({ "agent": "alice" })).await.status, 200);
    let other = desk.caller("Dave").await;
    let busy = desk.post(&format!("/calls/{other}/answer"), json!({ "agent": "alice" })).await;
    assert_eq!(busy.problem(), "409 target_unavailable: Alice is not available now (On call).");
}

#[tokio::test]
async fn a_target_declines_in_their_own_words() {
    let desk = TestDesk::new().await;
    let (call, transfer) = begun(&desk).await;
    let path = format!("/transfers/{transfer}/decline");
    let long = desk.post(&path, json!({ "reason": "x".repeat(201) })).await;
    assert_eq!(long.problem(), "422 too_long: The reason is too long: at most 200 characters.");
    let declined = desk.post(&path, json!({ "reason": "In a meeting" })).await.json();
    assert_eq!((&declined["state"], &declined["end_reason"]), (&json!("declined"), &json!("In a meeting")));
    assert_eq!(desk.state(call).await, "talking");
}

#[tokio::test]
async fn an_agent_whom_a_call_rings_declines_it() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    let cold = json!({ "target": { "agent": "bob" }, "kind": "cold" });
    assert_eq!(desk.post(&format!("/calls/{call}/transfers"), cold).await.status, 201);
    desk.button("bob", call, DeskCommand::Decline { reason: String::new() }).await.expect("it rings there");
    assert_eq!(desk.state(call).await, "offered");
    let declined = desk.post(&format!("/calls/{call}/decline"), json!({})).await;
    assert_eq!(declined.json()["state"], "queued", "{}", declined.text);
}

#[tokio::test]
async fn a_target_leaves_the_consult_and_what_is_left_of_it() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, transfer) = desk.consulting("alice", "bob").await;
    let left = step(&desk, &transfer.to_string(), "leave-consult").await.json();
    assert_eq!((&left["state"], &left["end_reason"]), (&json!("failed"), &json!("target_left")));
    desk.app.callers().leave(call).await.expect("they may always leave");

    desk.pass(Span::seconds(120)).await;
    let (call, transfer) = desk.consulting("alice", "bob").await;
    desk.app.callers().leave(call).await.expect("they may always leave");
    assert_eq!(desk.find(call).await.agent_legs().len(), 2);
    assert_eq!(step(&desk, &transfer.to_string(), "leave-consult").await.json()["state"], "abandoned");
    assert_eq!(desk.find(call).await.agent_legs().len(), 0);
}

#[tokio::test]
async fn a_target_takes_the_caller_of_a_vanished_colleague() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, transfer) = desk.consulting("alice", "bob").await;
    let transfer = transfer.to_string();
    let refused = step(&desk, &transfer, "take-caller").await;
    assert_eq!(standing(&desk, call, &refused).await, (json!("consulting"), json!("consulting")));
    assert!(refused.problem().starts_with("409 still_there: Alice still has the caller."), "{}", refused.text);
    let alice = desk.leg("alice", call).await.to_string();
    for room in [call_room(call), format!("consult-{transfer}")] {
        desk.media.vanish(&room, &alice);
    }
    desk.app.seating().observe(&desk.find(call).await).await.expect("the media server answers");
    desk.pass(Span::seconds(5)).await;
    assert_eq!(step(&desk, &transfer, "take-caller").await.json()["state"], "completing");
}

#[tokio::test]
async fn a_conflict_says_what_is_the_case() {
    let desk = TestDesk::new().await;
    let (call, transfer) = begun(&desk).await;
    let too_early = step(&desk, &transfer, "merge").await;
    assert_eq!(standing(&desk, call, &too_early).await, (json!("initiated"), json!("initiated")));
    let second = desk.post(&format!("/calls/{call}/transfers"), to_bob()).await;
    assert_eq!(standing(&desk, call, &second).await, (json!("initiated"), json!("initiated")));
    step(&desk, &transfer, "cancel").await;
    let too_late = step(&desk, &transfer, "cancel").await;
    assert_eq!(standing(&desk, call, &too_late).await, (json!("talking"), json!("cancelled")));
    let retrieved = desk.press(&format!("/calls/{call}/retrieve"), None).await;
    assert_eq!(standing(&desk, call, &retrieved).await, (json!("talking"), Value::Null));
    let answered = desk.post(&format!("/calls/{call}/answer"), json!({ "agent": "bob" })).await;
    assert_eq!(standing(&desk, call, &answered).await, (json!("talking"), Value::Null));

    // What is not about the state does not carry it.
    let unknown = desk.post(&format!("/calls/{call}/transfers"), json!({ "target": { "agent": "zoe" } })).await;
    assert_eq!((unknown.status.as_u16(), unknown.json().get("version")), (404, None));

    let at_the_desk = ApiError::from(desk.button("alice", call, DeskCommand::Swap).await.expect_err("nothing to swap"));
    let version = desk.find(call).await.version;
    assert_eq!(at_the_desk.standing, Some(Standing { state: "talking".to_owned(), version, transfer_state: None }));
}

#[tokio::test]
async fn a_program_writes_the_briefing_for_the_agent_who_hands_over() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    let body = json!({
        "target": { "agent": "bob" },
        "note": "She has called twice",
        "briefing": "Carol needs invoice 4711 corrected.\nSay: Hello Carol, I have your invoice here.",
    });
    let started = desk.post(&format!("/calls/{call}/transfers"), body).await.json();
    assert_eq!(started["note"], "She has called twice");
    let transfer = started["id"].as_str().expect("an id");
    let shown = || async {
        let briefings = desk.get(&format!("/calls/{call}/briefings")).await.json();
        (briefings["briefings"][0]["edit"]["text"].clone(), briefings["briefings"][0]["edit"]["by"].clone())
    };
    let (text, by) = shown().await;
    assert!(text.as_str().is_some_and(|text| text.starts_with("Carol needs invoice 4711")), "{text}");
    assert_eq!(by, "alice");

    let path = format!("/transfers/{transfer}/briefing");
    let edited = desk.rest(Method::PUT, &path, Some(API_KEY), Some(json!({ "text": "Only the invoice." }))).await;
    assert_eq!(edited.json()["edit"]["text"], "Only the invoice.", "{}", edited.text);
    assert_eq!(shown().await, (json!("Only the invoice."), json!("alice")));
    step(&desk, transfer, "cancel").await;
    let late = desk.rest(Method::PUT, &path, Some(API_KEY), Some(json!({ "text": "Too late." }))).await;
    assert_eq!(late.problem(), "404 not_found: There is no such open transfer.");
}
