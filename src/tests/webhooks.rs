//! LiveKit's reports, and those that only pretend to be.

use axum::body::Body;
use axum::http::Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use baton::server::ports::media_server::Telephone;
use baton_domain::ids::CallId;
use baton_domain::seat::call_room;
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

/// As LiveKit's SIP service brings in a telephone, in the form of LiveKit's own webhooks.
fn telephone_joined(call: CallId, identity: &str, status: &str) -> Value {
    let mut body = joined(call, identity);
    let participant = body["participant"].as_object_mut().expect("a participant");
    participant.insert("kind".to_owned(), json!("SIP"));
    participant.insert("name".to_owned(), json!("Phone +15105550100"));
    participant.insert(
        "attributes".to_owned(),
        json!({
            "sip.callID": "SCL_8TFcRuxFDYtC",
            "sip.callStatus": status,
            "sip.phoneNumber": "+15105550100",
            "sip.trunkID": "ST_Fq5vGuXf2Gxz",
            "sip.trunkPhoneNumber": "+15105550111",
        }),
    );
    body
}

/// A caller who is to come in by telephone, and the leg that they will have.
async fn expected_by_telephone(desk: &TestDesk, caller: Value) -> (CallId, String) {
    let came = desk.post("/lines/support/callers", caller).await;
    assert_eq!(came.status, 201, "{}", came.text);
    let call: CallId = came.json()["call"]["id"].as_str().expect("an id").parse().expect("an id");
    (call, desk.find(call).await.caller.leg.to_string())
}

async fn reported(desk: &TestDesk, body: &Value) {
    let body = body.to_string();
    let answer = report(desk, &body, Some(&signature(&body, LIVEKIT_SECRET))).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn a_telephone_is_a_caller_without_a_page_whatever_it_came_in_by() {
    let desk = TestDesk::new().await;
    let code = desk.join_code().await;
    let (view, _) = desk.app.callers().join(&code, "Carol", None).await.expect("the line is open");
    let before = desk.find(view.call).await.caller;
    assert!(!before.needs_music);
    reported(&desk, &telephone_joined(view.call, &before.leg.to_string(), "active")).await;
    let caller = desk.find(view.call).await.caller;
    assert!(caller.needs_music && caller.connection.is_present());
    assert_eq!(caller.name, "Carol", "a name that was given stays");
}

#[tokio::test]
async fn a_telephone_that_still_rings_is_not_there_yet() {
    let desk = TestDesk::new().await;
    let (call, leg) = expected_by_telephone(&desk, json!({})).await;
    assert_eq!(desk.find(call).await.caller.name, "Caller");
    reported(&desk, &telephone_joined(call, &leg, "ringing")).await;
    let ringing = desk.find(call).await.caller;
    assert!(!ringing.connection.is_present());
    assert_eq!(ringing.name, "+15105550100", "nobody has said another name");
    reported(&desk, &telephone_joined(call, &leg, "active")).await;
    assert!(desk.find(call).await.caller.connection.is_present());
}

#[tokio::test]
async fn what_a_line_says_in_place_of_a_number_is_not_what_a_caller_is_called() {
    let desk = TestDesk::new().await;
    let (call, leg) = expected_by_telephone(&desk, json!({})).await;
    let mut withheld = telephone_joined(call, &leg, "ringing");
    withheld["participant"]["attributes"]["sip.phoneNumber"] = json!("anonymous");
    for (report, shown) in [(withheld, "anonymous"), (telephone_joined(call, &leg, "active"), "+15105550100")] {
        reported(&desk, &report).await;
        let caller = desk.find(call).await.caller;
        assert_eq!((caller.name.as_str(), caller.given_name()), (shown, None));
        let briefing = desk.app.briefings().summarise(call, None).await.expect("a call");
        assert!(!briefing.plain_text().contains(shown), "{}", briefing.plain_text());
    }
}

/// LiveKit reports no answer, so it is looked for: when something is published, and once in a while.
#[tokio::test]
async fn an_answered_telephone_is_found_among_those_in_the_room() {
    let desk = TestDesk::new().await;
    let (call, leg) = expected_by_telephone(&desk, json!({ "name": "Carol" })).await;
    let room = call_room(call);
    let access = desk.app.seating().caller_access(call).await.expect("a seat");
    desk.media.join(&access.token);
    let telephone = |is_answered| Telephone { is_answered, number: Some("+15105550100".to_owned()) };
    let published = json!({
        "event": "track_published",
        "room": { "name": room, "sid": "RM_1" },
        "participant": { "identity": leg, "sid": "PA_1" },
        "track": { "sid": "TR_1", "type": "AUDIO", "source": "MICROPHONE" },
        "id": "EV_2",
        "createdAt": "1769860801",
    });
    desk.media.on_telephone(&room, &leg, telephone(false));
    reported(&desk, &published).await;
    assert!(!desk.find(call).await.caller.connection.is_present());
    desk.media.on_telephone(&room, &leg, telephone(true));
    reported(&desk, &published).await;
    let caller = desk.find(call).await.caller;
    assert!(caller.connection.is_present());
    assert_eq!(caller.name, "Carol");
}

#[tokio::test]
async fn a_telephone_that_was_there_before_is_found_by_a_look() {
    let desk = TestDesk::new().await;
    let call = desk.caller("Carol").await;
    let leg = desk.find(call).await.caller.leg.to_string();
    let telephone = Telephone { is_answered: true, number: None };
    desk.media.on_telephone(&call_room(call), &leg, telephone);
    desk.app.seating().observe(&desk.find(call).await).await.expect("the media server answers");
    assert!(desk.find(call).await.caller.needs_music);
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
