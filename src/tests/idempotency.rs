//! The same key again changes nothing and answers the same.

use std::collections::BTreeSet;

use axum::http::Method;
use baton::api::desk::DeskCommand;
use baton_domain::agent::PresenceChoice;
use baton_domain::time::Span;
use futures_util::future::join_all;
use serde_json::json;

use crate::harness::{API_KEY, TestDesk, request, to_bob};

#[tokio::test]
async fn a_command_that_comes_twice_is_carried_out_once() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    let path = format!("/calls/{call}/hold");
    let first = desk.press(&path, Some("click-1")).await;
    let again = desk.press(&path, Some("click-1")).await;
    assert_eq!((first.status.as_u16(), first.text), (again.status.as_u16(), again.text));
    let other = desk.press(&path, Some("click-2")).await;
    assert_eq!(other.problem(), "409 wrong_state: Cannot hold now: the call is on hold.");
}

#[tokio::test]
async fn a_transfer_that_is_asked_for_twice_is_one() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    let path = format!("/api/v1/calls/{call}/transfers");
    let ask = || request(Method::POST, &path, Some(API_KEY), Some(to_bob()), &[("idempotency-key", "order-7")]);
    let (first, again) = (desk.send(ask()).await, desk.send(ask()).await);
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201), "{}", again.text);
    assert_eq!(first.json()["id"], again.json()["id"]);
    assert_eq!(desk.app.transfers().of_call(call).await.expect("stored").len(), 1);
}

#[tokio::test]
async fn a_transfer_that_is_asked_for_many_times_at_once_is_one() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    let path = format!("/api/v1/calls/{call}/transfers");
    let ask = || request(Method::POST, &path, Some(API_KEY), Some(to_bob()), &[("idempotency-key", "order-7")]);
    // The later ones look around after the first was carried out, and before it is answered.
    let ids: BTreeSet<String> = join_all((0..8).map(|_| desk.send(ask())))
        .await
        .iter()
        .map(|answer| answer.json()["id"].as_str().unwrap_or_else(|| panic!("{}", answer.text)).to_owned())
        .collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
}

#[tokio::test]
async fn a_repeated_transfer_is_answered_though_its_target_is_no_longer_free() {
    let to_billing = json!({ "target": { "queue": "billing" }, "reason": "Wrong invoice" });
    let to_carla = json!({ "target": { "agent": "carla" }, "reason": "Wrong invoice" });
    for target in [to_billing, to_carla] {
        let desk = TestDesk::new().await;
        desk.open_desks(&["alice", "carla"]);
        let call = desk.talking("alice").await;
        let path = format!("/api/v1/calls/{call}/transfers");
        let headers = [("idempotency-key", "order-7")];
        let ask = || request(Method::POST, &path, Some(API_KEY), Some(target.clone()), &headers);
        let first = desk.send(ask()).await;
        assert_eq!(first.status, 201, "{}", first.text);
        let while_it_rings = desk.send(ask()).await;
        assert_eq!(while_it_rings.json()["id"], first.json()["id"], "{target}");
        let decline = DeskCommand::Decline { reason: String::new() };
        desk.button("carla", call, decline).await.expect("it rings there");
        desk.app.presence().choose(&desk.who("carla").await, PresenceChoice::Away).await.expect("her choice");
        let when_she_is_away = desk.send(ask()).await;
        assert_eq!(when_she_is_away.json()["id"], first.json()["id"], "{target}");
    }
}

#[tokio::test]
async fn transcript_lines_that_are_sent_twice_are_written_once() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let call = desk.talking("alice").await;
    let path = format!("/api/v1/calls/{call}/transcript");
    let body =
        json!({ "lines": [{ "speaker": "caller", "text": "Hello?" }, { "speaker": "caller", "text": "Hello!" }] });
    let ask = || request(Method::POST, &path, Some(API_KEY), Some(body.clone()), &[("idempotency-key", "batch-1")]);
    let (first, again) = (desk.send(ask()).await, desk.send(ask()).await);
    assert_eq!((first.status.as_u16(), &first.text), (201, &again.text));
    assert_eq!(desk.get(&format!("/calls/{call}/transcript")).await.json()["lines"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_line_gets_one_new_link_for_one_key() {
    let desk = TestDesk::new().await;
    let ask = |body: serde_json::Value| {
        request(Method::PATCH, "/api/v1/lines/support", Some(API_KEY), Some(body), &[("idempotency-key", "rotate-1")])
    };
    let before = desk.join_code().await;
    let (first, again) =
        (desk.send(ask(json!({ "link": "rotate" }))).await, desk.send(ask(json!({ "link": "rotate" }))).await);
    assert_eq!((first.status.as_u16(), &first.text), (200, &again.text));
    assert_ne!(desk.join_code().await, before);
    assert_eq!(desk.send(ask(json!({ "link": "revoke" }))).await.status, 422);
}

#[tokio::test]
async fn one_key_plays_one_caller() {
    let desk = TestDesk::new().await;
    let alice = desk.token("alice").await;
    for asker in [API_KEY, alice.as_str()] {
        let ask = || request(Method::POST, "/api/v1/demo/callers", Some(asker), None, &[("idempotency-key", "play-1")]);
        let (first, again) = (desk.send(ask()).await, desk.send(ask()).await);
        assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201), "{}", again.text);
        assert_eq!(first.json()["id"], again.json()["id"]);
    }
    assert_eq!(desk.app.calls().unsettled().await.expect("calls").len(), 2, "one for each asker");
}

#[tokio::test]
async fn a_repeated_edit_does_not_undo_a_later_one() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (_, transfer) = desk.consulting("alice", "bob").await;
    let path = format!("/api/v1/transfers/{transfer}/briefing");
    let ask = |key, text| {
        let body = Some(json!({ "text": text }));
        request(Method::PUT, &path, Some(API_KEY), body, &[("idempotency-key", key)])
    };
    assert_eq!(desk.send(ask("edit-1", "The invoice.")).await.status, 200);
    assert_eq!(desk.send(ask("edit-2", "The second invoice.")).await.status, 200);
    let again = desk.send(ask("edit-1", "The invoice.")).await;
    assert_eq!(again.json()["edit"]["text"], "The second invoice.", "{}", again.text);
}

#[tokio::test]
async fn a_question_that_is_asked_twice_is_one() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let call = desk.talking("alice").await;
    let path = format!("/api/v1/calls/{call}/chat");
    let token = desk.token("alice").await;
    let ask = |key, question: &str| {
        let body = Some(json!({ "question": question }));
        request(Method::POST, &path, Some(&token), body, &[("idempotency-key", key)])
    };
    let first = desk.send(ask("question-1", "What was promised?")).await;
    let again = desk.send(ask("question-1", "What was promised?")).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (202, 202), "{}", again.text);
    assert_eq!((&first.json()["number"], &again.json()["number"]), (&json!(1), &json!(1)));
    let turns = desk.app.insights().turns(&desk.who("alice").await, call).await.expect("her call");
    assert_eq!(turns.len(), 1);
    let other = desk.send(ask("question-1", "Who promised it?")).await;
    assert!(other.problem().starts_with("422 idempotency_key_reused"), "{}", other.text);
}

#[tokio::test]
async fn a_key_is_for_one_command() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    let reused = "422 idempotency_key_reused: This Idempotency-Key was used for another request. Make a new one for every change.";
    assert_eq!(desk.press(&format!("/calls/{call}/hold"), Some("once")).await.status, 200);
    assert_eq!(desk.press(&format!("/calls/{call}/retrieve"), Some("once")).await.problem(), reused);
    let path = format!("/api/v1/calls/{call}/transfers");
    let ask = |key, body| request(Method::POST, &path, Some(API_KEY), Some(body), &[("idempotency-key", key)]);
    assert_eq!(desk.send(ask("once", to_bob())).await.problem(), reused);
    assert_eq!(desk.send(ask("order", to_bob())).await.status, 201);
    let other = json!({ "target": { "agent": "bob" }, "reason": "Something else" });
    assert_eq!(desk.send(ask("order", other)).await.problem(), reused);
    let elsewhere = desk.caller("Dave").await;
    assert_eq!(desk.press(&format!("/calls/{elsewhere}/hold"), Some("once")).await.problem(), reused);
    assert_eq!((desk.state(call).await, desk.state(elsewhere).await), ("initiated", "queued"));
}

#[tokio::test]
async fn a_repetition_is_known_for_a_day() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    desk.pass(Span::seconds(0)).await;
    let call = desk.talking("alice").await;
    let path = format!("/calls/{call}/hold");
    assert_eq!(desk.press(&path, Some("once")).await.status, 200);
    desk.pass(Span::seconds(23 * 60 * 60)).await;
    assert_eq!(desk.press(&path, Some("once")).await.status, 200);
    desk.pass(Span::seconds(2 * 60 * 60)).await;
    assert_eq!(
        desk.press(&path, Some("once")).await.problem(),
        "409 wrong_state: Cannot hold now: the call is on hold."
    );
}

#[tokio::test]
async fn a_key_has_a_length() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let call = desk.talking("alice").await;
    let refused = desk.press(&format!("/calls/{call}/hold"), Some(&"k".repeat(129))).await;
    assert_eq!(refused.problem(), "422 invalid: The idempotency key must have between 1 and 128 characters.");
}
