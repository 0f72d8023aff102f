//! Transfers through the REST interface.

use axum::http::Method;
use baton::api::desk::DeskCommand;
use baton::api::error::ApiError;
use baton_domain::time::Span;
use serde_json::json;

use crate::harness::{API_KEY, TestDesk, to_bob};

#[tokio::test]
async fn a_target_is_reserved_once_and_the_loser_is_told_who_else_could() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob", "carla"]);
    let first = desk.talking("alice").await;
    desk.start_transfer("alice", first, "bob").await.expect("Bob is free");
    // Carla takes a call and wants Bob too; nobody else is free.
    let second = desk.talking("carla").await;
    let refused = desk.post(&format!("/calls/{second}/transfers"), to_bob()).await;
    assert_eq!(refused.problem(), "409 target_reserved: Bob was reserved by somebody else a moment ago.");
}

#[tokio::test]
async fn of_those_who_could_the_loser_is_told_the_skilled_first() {
    let desk = TestDesk::configured(|config| {
        config.demo.phone = true;
        config.desk.wrap_up = Span::seconds(5);
    })
    .await;
    desk.open_desks(&["alice", "bob", "carla"]);
    let (first, second) = (desk.talking("alice").await, desk.talking("carla").await);
    desk.start_transfer("alice", first, "bob").await.expect("Bob is free");
    let refused = async || desk.post(&format!("/calls/{second}/transfers"), to_bob()).await.problem();
    let told =
        |next| format!("409 target_reserved: Bob was reserved by somebody else a moment ago. {next} is available.");
    assert_eq!(refused().await, told("Dana"), "a phone, which has no skills");
    desk.button("alice", first, DeskCommand::TransferWithoutWaiting).await.expect("it rings");
    assert_eq!(refused().await, told("Dana"), "Alice is not done yet");
    desk.pass(Span::seconds(5)).await;
    assert_eq!(refused().await, told("Alice"));
}

#[tokio::test]
async fn of_two_transfers_to_one_target_at_once_one_rings() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob", "carla"]);
    let (first, second) = (desk.talking("alice").await, desk.talking("carla").await);
    let (paths, body) = ([first, second].map(|call| format!("/calls/{call}/transfers")), to_bob());
    let (one, other) = tokio::join!(desk.post(&paths[0], body.clone()), desk.post(&paths[1], body));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "{} {}", one.text, other.text);
    let loser = if one.status == 409 { one } else { other };
    assert_eq!(loser.json()["code"], "target_reserved");
}

#[tokio::test]
async fn one_transfer_per_call() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob", "carla"]);
    let call = desk.talking("alice").await;
    desk.start_transfer("alice", call, "bob").await.expect("Bob is free");
    let refused = desk.start_transfer("alice", call, "carla").await.expect_err("one at a time");
    let refused = ApiError::from(refused);
    assert_eq!((refused.status, refused.code.as_str()), (409, "transfer_open"));
}

#[tokio::test]
async fn somebody_elses_call_cannot_be_handed_over() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob", "carla"]);
    let call = desk.talking("alice").await;
    let refused = ApiError::from(desk.start_transfer("bob", call, "carla").await.expect_err("not Bob's call"));
    assert_eq!((refused.status, refused.code.as_str()), (403, "not_your_call"));
}

#[tokio::test]
async fn a_transfer_is_started_steered_and_read() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    let started = desk.post(&format!("/calls/{call}/transfers"), to_bob()).await;
    assert_eq!(started.status, 201, "{}", started.text);
    let transfer = started.json();
    let id = transfer["id"].as_str().expect("an id").to_owned();
    let location = started.headers.get("location").and_then(|value| value.to_str().ok());
    assert_eq!(location, Some(format!("/api/v1/transfers/{id}").as_str()));
    assert_eq!(transfer["state"], "initiated");
    assert_eq!(transfer["stage"], "Initiated");
    assert_eq!(desk.get(&format!("/calls/{call}")).await.json()["transfer_id"], id);

    let too_early = desk.press(&format!("/transfers/{id}/merge"), None).await;
    assert_eq!(too_early.problem(), "409 wrong_state: Cannot merge now: the call is initiated.");

    let cancelled = desk.press(&format!("/transfers/{id}/cancel"), None).await;
    assert_eq!(cancelled.json()["state"], "cancelled");
    assert_eq!(cancelled.json()["stage"], "Failed");
    let listed = desk.get(&format!("/calls/{call}/transfers")).await.json();
    assert_eq!(listed["transfers"], json!([desk.get(&format!("/transfers/{id}")).await.json()]));

    let ended = desk.press(&format!("/transfers/{id}/cancel"), None).await;
    assert_eq!(ended.problem(), "409 no_transfer: There is no open transfer.");
}

#[tokio::test]
async fn a_command_for_an_ended_transfer_does_not_touch_the_next_one() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    let first = desk.post(&format!("/calls/{call}/transfers"), to_bob()).await.json();
    let first = format!("/transfers/{}/cancel", first["id"].as_str().expect("an id"));
    assert_eq!(desk.press(&first, None).await.status, 200);
    assert_eq!(desk.post(&format!("/calls/{call}/transfers"), to_bob()).await.status, 201);
    let late = desk.press(&first, None).await;
    assert_eq!(late.problem(), "409 no_transfer: This transfer has ended; another one of the same call is open.");
    assert_eq!(desk.state(call).await, "initiated");
}

#[tokio::test]
async fn a_late_decline_of_a_cold_transfer_does_not_decline_what_rings_now() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    let cold = json!({ "target": { "agent": "bob" }, "kind": "cold" });
    let cold = desk.post(&format!("/calls/{call}/transfers"), cold).await.json();
    let id = cold["id"].as_str().expect("an id");
    desk.pass(desk.app.config.desk.rules.ring).await;
    assert_eq!(desk.state(call).await, "offered", "it rang out at Bob's desk and rings at Alice's");
    let late = desk.post(&format!("/transfers/{id}/decline"), json!({ "reason": "Too busy" })).await;
    assert_eq!(late.problem(), "409 no_transfer: There is no open transfer.");
    assert_eq!((&late.json()["state"], &late.json()["transfer_state"]), (&json!("offered"), &json!("no_answer")));
    assert_eq!(desk.state(call).await, "offered", "it goes on ringing");

    desk.app.callers().leave(call).await.expect("they may always leave");
    let over = desk.press(&format!("/transfers/{id}/cancel"), None).await;
    assert_eq!(over.problem(), "409 call_ended: This call has already ended.");
}

#[tokio::test]
async fn a_queue_is_a_target_while_somebody_of_it_is_free() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "carla"]);
    let call = desk.talking("alice").await;
    let path = format!("/calls/{call}/transfers");
    let nobody = desk.post(&path, json!({ "target": { "queue": "support" } })).await;
    assert_eq!(
        nobody.problem(),
        "409 nobody_available: Nobody is available in Support queue now. Choose a person, or try again in a moment."
    );
    let started = desk.post(&path, json!({ "target": { "queue": "billing" }, "kind": "cold" })).await;
    assert_eq!(started.json()["target_agent"], "carla", "{}", started.text);
}

#[tokio::test]
async fn the_briefing_rests_on_the_transcript_and_cites_it() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    let lines = json!({ "lines": [
        { "speaker": "caller", "text": "I am calling because my invoice 4711 is wrong." },
        { "speaker": "agent:alice", "text": "I will send you a corrected one by Friday." },
    ] });
    let written = desk.post(&format!("/calls/{call}/transcript"), lines).await;
    assert_eq!(written.status, 201, "{}", written.text);
    let unknown = json!({ "lines": [{ "speaker": "agent:zoe", "text": "Hello?" }] });
    let unknown = desk.post(&format!("/calls/{call}/transcript"), unknown).await;
    assert_eq!(unknown.problem(), "422 invalid: There is no agent \"zoe\" who could have said a line.");
    let now = desk.rest(Method::POST, &format!("/calls/{call}/briefings"), Some(API_KEY), None).await.json();
    assert_eq!((now["lines_read"].as_u64(), now["source"].as_str()), (Some(2), Some("local")));
    desk.start_transfer("alice", call, "bob").await.expect("Bob is free");
    let stored = desk.get(&format!("/calls/{call}/briefings")).await.json();
    let reason = &stored["briefings"][0]["generated"]["sections"][0];
    assert_eq!(reason["title"], "Who calls and why");
    assert_eq!(reason["statements"][0]["lines"], json!([1]), "{stored:#}");
}
