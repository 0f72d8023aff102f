//! LiveKit's reports, and those that only pretend to be.

use axum::body::Body;
use axum::http::Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use baton_domain::ids::CallId;
use livekit_api::access_token::AccessToken;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::{Answer, LIVEKIT_KEY, LIVEKIT_SECRET, TestDesk};

fn signature(body: &str, secret: &str) -> String {
    let hash = STANDARD.encode(Sha256::digest(body.as_bytes()));
    AccessToken::with_api_key(LIVEKIT_KEY, secret).with_sha256(&hash).to_jwt().expect("a token")
}

async fn report(desk: &TestDesk, body: &str, signature: Option<&str>) -> Answer {
    let mut request = Request::post("/webhooks/livekit").header("content-type", "application/webhook+json");
    if let Some(signature) = signature {
        request = request.header("authorization", signature);
    }
    desk.send(request.body(Body::from(body.to_owned())).expect("a request")).await
}

fn joined(call: CallId, identity: &str) -> Value {
    json!({
        "event": "participant_joined",
        "room": { "name": format!("call-{call}"), "sid": "RM_1" },
        "participant": { "identity": identity, "sid": "PA_webhook", "state": "ACTIVE" },
        "id": "EV_1",
        "createdAt": "1769860800",
    })
}

#[tokio::test]
async fn a_forged_report_is_refused_and_changes_nothing() {
    let desk = TestDesk::new().await;
    let code = desk.join_code().await;
    let (view, _) = desk.app.callers().join(&code, "Carol", None).await.expect("the line is open");
    let before = desk.find(view.call).await;
    let body = joined(view.call, &before.caller.leg.to_string()).to_string();
    let forgeries = [
        None,
        Some("nonsense".to_owned()),
        Some(signature(&body, "another-secret-that-is-long-enough-too-000")),
        Some(signature("{}", LIVEKIT_SECRET)),
    ];
    for forged in forgeries {
        let answer = report(&desk, &body, forged.as_deref()).await;
        assert_eq!(answer.problem(), "401 forged: The report is not signed with the key of this desk.");
    }
    assert_eq!(desk.find(view.call).await, before);
}

#[tokio::test]
async fn a_true_report_says_who_is_there() {
    let desk = TestDesk::new().await;
    let code = desk.join_code().await;
    let (view, _) = desk.app.callers().join(&code, "Carol", None).await.expect("the line is open");
    let caller = desk.find(view.call).await.caller.leg.to_string();
    let body = joined(view.call, &caller).to_string();
    let answer = report(&desk, &body, Some(&signature(&body, LIVEKIT_SECRET))).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(desk.find(view.call).await.caller.connection.is_present());
}

#[tokio::test]
async fn a_report_of_something_else_is_taken_note_of() {
    let desk = TestDesk::new().await;
    let bodies = [
        json!({ "event": "room_started", "room": { "name": "somebody-elses" } }),
        json!({ "event": "egress_ended" }),
        json!({ "event": "invented_later", "room": { "name": "call-1" } }),
    ];
    for body in bodies {
        let body = body.to_string();
        let answer = report(&desk, &body, Some(&signature(&body, LIVEKIT_SECRET))).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.text);
    }
}
