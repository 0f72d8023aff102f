//! Who may ask for what, for every route there is.

use std::fmt::Write;

use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{API_KEY, TestDesk, cookie, request};

/// What each kind of asker gets on each route: `-` is let through, whatever comes of it.
const TABLE: &str = "\
nobody  wrong   agent   super   key
401     401     -       -       -       GET /api/v1/agents
401     401     403     -       -       GET /api/v1/calls
401     401     403     -       -       GET /api/v1/calls/{id}
401     401     -       -       -       POST /api/v1/calls/{id}/analyse
401     401     403     403     -       POST /api/v1/calls/{id}/answer
401     401     403     -       -       GET /api/v1/calls/{id}/briefings
401     401     403     -       -       POST /api/v1/calls/{id}/briefings
401     401     -       -       403     GET /api/v1/calls/{id}/chat
401     401     -       -       403     POST /api/v1/calls/{id}/chat
401     401     403     403     -       POST /api/v1/calls/{id}/decline
401     401     403     403     -       POST /api/v1/calls/{id}/end
401     401     403     403     -       POST /api/v1/calls/{id}/hang-up
401     401     403     403     -       POST /api/v1/calls/{id}/hold
401     401     403     403     -       POST /api/v1/calls/{id}/recording/pause
401     401     403     403     -       POST /api/v1/calls/{id}/recording/resume
401     401     403     -       -       DELETE /api/v1/calls/{id}/recordings
401     401     -       -       -       GET /api/v1/calls/{id}/recordings
401     401     403     403     -       POST /api/v1/calls/{id}/retrieve
401     401     -       -       -       POST /api/v1/calls/{id}/sentiment
401     401     -       -       -       POST /api/v1/calls/{id}/suggestions
401     401     -       -       -       POST /api/v1/calls/{id}/summarise
401     401     403     -       -       GET /api/v1/calls/{id}/timeline
401     401     403     -       -       GET /api/v1/calls/{id}/transcript
401     401     403     403     -       POST /api/v1/calls/{id}/transcript
401     401     403     -       -       GET /api/v1/calls/{id}/transfers
401     401     403     403     -       POST /api/v1/calls/{id}/transfers
401     401     -       -       -       GET /api/v1/calls/{id}/wrap-ups
-       401     -       -       -       POST /api/v1/demo/callers
401     401     403     -       -       GET /api/v1/lines
401     401     403     403     -       PATCH /api/v1/lines/{id}
401     401     403     403     -       POST /api/v1/lines/{id}/callers
401     401     -       -       -       POST /api/v1/recordings/transcribe
401     401     -       -       -       GET /api/v1/recordings/transcriptions
401     401     -       -       -       DELETE /api/v1/recordings/transcriptions/{id}
401     401     -       -       -       GET /api/v1/recordings/transcriptions/{id}
401     401     -       -       -       GET /api/v1/recordings/{id}
401     401     403     -       -       GET /api/v1/transfers/{id}
401     401     403     403     -       POST /api/v1/transfers/{id}/accept
401     401     403     403     -       PUT /api/v1/transfers/{id}/briefing
401     401     403     403     -       POST /api/v1/transfers/{id}/cancel
401     401     403     403     -       POST /api/v1/transfers/{id}/complete
401     401     403     403     -       POST /api/v1/transfers/{id}/decline
401     401     403     403     -       POST /api/v1/transfers/{id}/force
401     401     403     403     -       POST /api/v1/transfers/{id}/leave-consult
401     401     403     403     -       POST /api/v1/transfers/{id}/merge
401     401     403     403     -       POST /api/v1/transfers/{id}/speak-briefing
401     401     403     403     -       POST /api/v1/transfers/{id}/stop-speaking
401     401     403     403     -       POST /api/v1/transfers/{id}/swap
401     401     403     403     -       POST /api/v1/transfers/{id}/take-caller
401     401     403     403     -       POST /api/v1/transfers/{id}/transfer-without-waiting
";

/// The stream of events never ends, so it is asked for elsewhere.
const STREAM: &str = "/api/v1/events";

#[tokio::test]
async fn every_route_of_the_rest_interface_asks_the_table() {
    let desk = TestDesk::new().await;
    let (alice, carla) = (desk.token("alice").await, desk.token("carla").await);
    let askers = [None, Some("made-up"), Some(alice.as_str()), Some(carla.as_str()), Some(API_KEY)];
    let described = desk.send(request(Method::GET, "/api/openapi.json", None, None, &[])).await.json();
    let mut table = "nobody  wrong   agent   super   key\n".to_owned();
    for (method, path) in operations(&described).filter(|(_, path)| *path != STREAM) {
        for asker in askers {
            let status = ask(&desk, &method, path, asker).await;
            write!(table, "{status:8}").expect("a string takes everything");
        }
        writeln!(table, "{method} {path}").expect("a string takes everything");
    }
    assert_eq!(table, TABLE);
}

fn operations(described: &Value) -> impl Iterator<Item = (Method, &String)> {
    let paths = described["paths"].as_object().expect("paths");
    paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("operations").keys();
        methods.map(move |method| (method.to_uppercase().parse().expect("a method"), path))
    })
}

async fn ask(desk: &TestDesk, method: &Method, path: &str, asker: Option<&str>) -> String {
    let id = if path.contains("/lines/") { "support" } else { "01990000000070008000000000000000" };
    let body = match (method.as_str(), path.rsplit('/').next()) {
        ("POST", Some("transcript")) => Some(json!({ "lines": [{ "speaker": "caller", "text": "Hello" }] })),
        ("POST", Some("transfers")) => Some(json!({ "target": { "agent": "bob" } })),
        ("POST", Some("chat")) => Some(json!({ "question": "Why?" })),
        ("POST", Some("answer")) => Some(json!({ "agent": "alice" })),
        ("POST", Some("decline")) => Some(json!({ "reason": "In a meeting" })),
        ("PUT", Some("briefing")) => Some(json!({ "text": "Only the invoice." })),
        ("POST", Some("callers")) if path.contains("/lines/") => Some(json!({ "name": "Carol" })),
        ("PATCH", _) => Some(json!({ "open": true })),
        _ => None,
    };
    let answer = desk.send(request(method.clone(), &path.replace("{id}", id), asker, body, &[])).await;
    assert!(!answer.status.is_server_error(), "{method} {path}: {}", answer.text);
    match answer.status.as_u16() {
        status @ (401 | 403) => status.to_string(),
        _ => "-".to_owned(),
    }
}

#[tokio::test]
async fn the_stream_of_events_asks_too() {
    let desk = TestDesk::new().await;
    for (asker, expected) in [(None, 401), (Some("made-up"), 401)] {
        assert_eq!(desk.send(request(Method::GET, STREAM, asker, None, &[])).await.status, expected);
    }
}

#[tokio::test]
async fn server_functions_know_who_asks() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let joined = desk.app.callers().join(&desk.join_code().await, "Carol", None).await.expect("the line is open");
    let (call, secret) = (joined.0.call.0, joined.1.expect("a secret"));
    let (name, caller) = cookie(&secret);
    let agent = format!("Bearer {}", desk.token("alice").await);
    let key = format!("Bearer {API_KEY}");
    let of_desks = [
        ("desk_view", String::new()),
        ("answer_next", String::new()),
        ("answer_call", format!("call={call}")),
        ("room_access", format!("call={call}&room=call")),
        ("transfer_options", format!("call={call}")),
        ("play_sample", format!("call={call}")),
        ("set_presence", "choice=busy".to_owned()),
        ("set_language", "language=de".to_owned()),
    ];
    for (function, form) in &of_desks {
        for headers in [vec![], vec![(name, caller.as_str())], vec![("authorization", key.as_str())]] {
            let refused = desk.call(function, form, &headers).await;
            assert_eq!(refused.problem(), "401 not_signed_in: Sign in first.", "{function} {headers:?}");
        }
        let allowed = desk.call(function, form, &[("authorization", &agent)]).await;
        assert_ne!(allowed.status, 401, "{function}: {}", allowed.text);
    }
    let code = desk.join_code().await;
    let by_link = [("line_page", format!("code={code}")), ("join_call", format!("code={code}&name=Carol"))];
    for (function, form) in &by_link {
        for bearer in [&agent, &key] {
            let refused = desk.call(function, form, &[("authorization", bearer)]).await;
            assert_eq!(refused.status, 403, "{function}: {}", refused.text);
        }
        for headers in [vec![], vec![(name, caller.as_str())]] {
            let allowed = desk.call(function, form, &headers).await;
            assert_eq!(allowed.status, 200, "{function}: {}", allowed.text);
        }
    }
    let refused = desk.call("open_desk", "agent=alice", &[("authorization", &key)]).await;
    assert_eq!(refused.status, 403, "a program has no desk: {}", refused.text);
    for function in ["home_page", "simulate_caller"] {
        let refused = desk.call(function, "", &[("authorization", "Bearer made-up")]).await;
        assert_eq!(refused.status, 401, "{function}: {}", refused.text);
        assert_eq!(desk.call(function, "", &[]).await.status, 200, "{function}");
    }
    for headers in [vec![], vec![("authorization", agent.as_str())], vec![("authorization", key.as_str())]] {
        let refused = desk.call("allow_listening", "allow=false", &headers).await;
        assert_eq!(refused.problem(), "401 not_signed_in: Sign in first.", "{headers:?}");
    }
    for function in ["caller_view", "caller_access", "rejoin_call", "leave_call"] {
        for headers in [vec![], vec![("authorization", agent.as_str())], vec![("authorization", key.as_str())]] {
            let refused = desk.call(function, "", &headers).await;
            assert_eq!(refused.problem(), "401 not_signed_in: Sign in first.", "{function} {headers:?}");
        }
        let allowed = desk.call(function, "", &[(name, &caller)]).await;
        assert_eq!(allowed.status, 200, "{function}: {}", allowed.text);
    }
}

/// A caller whom the database cannot find now is in their call all the same: a second call, and the cookie of the first would
/// be gone.
#[tokio::test]
async fn a_database_that_fails_makes_nobody_a_new_caller() {
    let desk = TestDesk::new().await;
    let code = desk.join_code().await;
    let joined = desk.app.callers().join(&code, "Carol", None).await.expect("the line is open");
    let (name, caller) = cookie(&joined.1.expect("a secret"));
    desk.rename_table("caller_keys", "gone").await;
    for (function, form) in [("line_page", format!("code={code}")), ("join_call", format!("code={code}&name=Carol"))] {
        let failed = desk.call(function, &form, &[(name, &caller)]).await;
        assert_eq!(failed.status, 500, "{function}: {}", failed.text);
        assert_eq!(failed.headers.get("set-cookie"), None);
    }
    desk.rename_table("gone", "caller_keys").await;
    assert_eq!(desk.app.calls().unsettled().await.expect("calls").len(), 1);
}

#[tokio::test]
async fn a_desks_token_expires_and_cannot_be_made_up() {
    let desk = TestDesk::new().await;
    let token = desk.token("alice").await;
    let forged = token.replace("alice", "carla");
    assert_eq!(desk.rest(Method::GET, "/agents", Some(&forged), None).await.status, 401);
    desk.app.clock.advance(baton_domain::time::Span::seconds(16 * 60 * 60));
    assert_eq!(desk.rest(Method::GET, "/agents", Some(&token), None).await.status, 401);
}

#[tokio::test]
async fn a_desks_token_is_of_this_installation_and_of_this_code() {
    let desk = TestDesk::new().await;
    let token = desk.token("alice").await;
    let other = TestDesk::new().await;
    assert_eq!(
        other.rest(Method::GET, "/agents", Some(&token), None).await.status,
        401,
        "another one that shares our LiveKit"
    );
    let desk = desk.restarted_with(|config| config.livekit.api_secret = "a new secret of LiveKit's".to_owned()).await;
    assert_eq!(
        desk.rest(Method::GET, "/agents", Some(&token), None).await.status,
        200,
        "LiveKit's secret is LiveKit's"
    );
    let desk = desk.restarted_with(|config| config.demo.access_code = Some("another".to_owned())).await;
    assert_eq!(desk.rest(Method::GET, "/agents", Some(&token), None).await.status, 401, "the code was changed");
}
