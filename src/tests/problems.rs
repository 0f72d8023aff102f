//! Every kind of bad input gets a status of its own and a sentence, and never a 500.

use axum::body::Body;
use axum::http::{Method, Request};
use baton::api::error::ApiError;
use baton::server::error::ServiceError;
use baton::server::store::StoreError;
use serde_json::{Value, json};

use crate::harness::{API_KEY, TestDesk, request};

async fn sent(
    desk: &TestDesk,
    method: Method,
    path: &str,
    content_type: Option<&str>,
    body: impl Into<Body>,
) -> String {
    let mut request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {API_KEY}"));
    if let Some(content_type) = content_type {
        request = request.header("content-type", content_type);
    }
    desk.send(request.body(body.into()).expect("a request")).await.problem()
}

#[tokio::test]
async fn what_is_not_there() {
    let desk = TestDesk::new().await;
    let nothing = "01990000000070008000000000000000";
    for (path, problem) in [
        ("/api/v1/nothing".to_owned(), "404 not_found: There is nothing at this address."),
        ("/api/nothing".to_owned(), "404 not_found: There is nothing at this address."),
        ("/nothing.js".to_owned(), "404 not_found: There is nothing at this address."),
        ("/manifest.json".to_owned(), "404 not_found: There is nothing at this address."),
        ("/../../etc/passwd".to_owned(), "404 not_found: There is nothing at this address."),
        ("/api/v1/calls/not-an-id".to_owned(), "404 not_found: There is no such call."),
        (format!("/api/v1/calls/{nothing}"), "404 not_found: There is no such call."),
        (format!("/api/v1/calls/{nothing}/transcript"), "404 not_found: There is no such call."),
        (format!("/api/v1/calls/{nothing}/timeline"), "404 not_found: There is no such call."),
        (format!("/api/v1/transfers/{nothing}"), "404 not_found: There is no such transfer."),
    ] {
        assert_eq!(sent(&desk, Method::GET, &path, None, "").await, problem, "{path}");
    }
}

#[tokio::test]
async fn what_does_not_fit() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let call = desk.talking("alice").await;
    let (lines, transfers) = (format!("/calls/{call}/transcript"), format!("/calls/{call}/transfers"));
    let long = |length: usize| "x".repeat(length);
    let cases: [(&str, Value, &str); 11] = [
        (
            &lines,
            json!({ "lines": 1 }),
            "422 invalid: The body does not fit: lines: invalid type: integer `1`, expected a sequence",
        ),
        (&lines, json!({}), "422 invalid: The body does not fit: missing field `lines`"),
        (&lines, json!({ "lines": [], "more": 1 }), "422 invalid: The body does not fit: more: unknown field `more`"),
        (&lines, json!({ "lines": [] }), "422 invalid: Send between 1 and 200 lines at once."),
        (&lines, json!({ "lines": [{ "speaker": "robot", "text": "x" }] }), "422 invalid: The speaker must be"),
        (
            &lines,
            json!({ "lines": [{ "speaker": "caller", "text": "" }] }),
            "422 invalid: A transcript line needs text.",
        ),
        (
            &lines,
            json!({ "lines": [{ "speaker": "caller", "text": long(2001) }] }),
            "422 invalid: A transcript line has at most 2000",
        ),
        (
            &lines,
            json!({ "lines": [{ "speaker": "caller", "text": "x", "started_at": "now" }] }),
            "422 invalid: \"now\" is no time",
        ),
        (&transfers, json!({ "target": { "agent": "BOB" } }), "422 invalid: The target is no handle"),
        (
            &transfers,
            json!({ "target": { "agent": "bob" }, "note": long(2001) }),
            "422 too_long: The note is too long: at most 2000 characters.",
        ),
        (&transfers, json!({ "target": { "agent": "zoe" } }), "404 not_found: There is no such agent."),
    ];
    for (path, body, expected) in cases {
        let problem = desk.post(path, body).await.problem();
        assert!(problem.starts_with(expected), "{problem}\n{expected}");
    }
    assert_eq!(desk.state(call).await, "talking");
}

#[tokio::test]
async fn what_is_no_json_or_too_much_of_it() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let call = desk.talking("alice").await;
    let path = format!("/api/v1/calls/{call}/transcript");
    let json = Some("application/json");
    let problem = sent(&desk, Method::POST, &path, json, "{\"lines\":[").await;
    assert!(problem.starts_with("422 invalid: The body is no JSON"), "{problem}");
    assert_eq!(
        sent(&desk, Method::POST, &path, Some("text/plain"), "hello").await,
        "415 unsupported_media_type: Send JSON, with the header Content-Type: application/json."
    );
    let too_large = "413 too_large: The request is too large: at most 1 MiB.";
    assert_eq!(sent(&desk, Method::POST, &path, json, "x".repeat(1024 * 1024 + 1)).await, too_large);
    let announces_nothing =
        Body::from_stream(futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>("x".repeat(4096))));
    assert_eq!(sent(&desk, Method::POST, &path, json, announces_nothing).await, too_large);
    assert_eq!(
        sent(&desk, Method::DELETE, &path, None, "").await,
        "405 method_not_allowed: This address does not take requests of this method."
    );
}

#[test]
fn a_database_that_is_busy_is_worth_another_try() {
    let busy = ApiError::from(ServiceError::from(StoreError::from(sqlx::Error::PoolTimedOut)));
    assert_eq!((busy.status, busy.code.as_str()), (503, "unavailable"));
    assert_eq!(busy.message, "The desk cannot do this now. Try again in a moment.");
    let broken = ApiError::from(ServiceError::from(StoreError::from(sqlx::Error::WorkerCrashed)));
    assert_eq!((broken.status, broken.code.as_str()), (500, "internal"));
}

#[tokio::test]
async fn a_query_that_does_not_fit() {
    let desk = TestDesk::new().await;
    for (query, expected) in [
        ("limit=0", "422 invalid: The limit must be between 1 and 200."),
        ("limit=many", "422 invalid: The query does not fit: limit: invalid digit found in string."),
        ("open=true&limit=0", "422 invalid: The limit must be between 1 and 200."),
        ("before=yesterday", "422 invalid: \"yesterday\" is no time like 2026-01-31T12:00:00Z."),
    ] {
        assert_eq!(desk.get(&format!("/calls?{query}")).await.problem(), expected, "{query}");
    }
}

#[tokio::test]
async fn server_functions_say_it_in_the_same_form() {
    let desk = TestDesk::new().await;
    let token = format!("Bearer {}", desk.token("alice").await);
    let signed_in = [("authorization", token.as_str())];
    let code = desk.join_code().await;
    let cases = [
        (
            desk.call("answer_call", "call=01990000-0000-7000-8000-000000000000", &signed_in).await,
            "404 not_found: There is no such call.",
        ),
        (
            desk.call("answer_call", "call=7", &signed_in).await,
            "422 bad_input: The desk did not understand the request. Reload the page and try again.",
        ),
        (
            desk.call("answer_call", "", &signed_in).await,
            "422 bad_input: The desk did not understand the request. Reload the page and try again.",
        ),
        (
            desk.call("join_call", "code=made-up&name=Carol", &[]).await,
            "404 dead_link: This link does not lead anywhere any more.",
        ),
        (desk.call("join_call", &format!("code={code}&name=%20"), &[]).await, "422 invalid: Please enter your name."),
        (desk.call("open_desk", "agent=zoe", &[]).await, "404 not_found: There is no such agent."),
        (desk.call("desk_view", "", &[]).await, "401 not_signed_in: Sign in first."),
    ];
    for (answer, expected) in cases {
        assert_eq!(answer.problem(), expected);
    }
}

#[tokio::test]
async fn pages_of_other_addresses_are_refused() {
    let desk = TestDesk::new().await;
    let evil = [("origin", "https://evil.example"), ("host", "localhost:3000")];
    let refused = desk.call("open_desk", "agent=alice", &evil).await;
    assert_eq!(refused.problem(), "403 foreign_origin: Pages of other addresses may not do this.");
    let ours = [("origin", "http://localhost:3000"), ("host", "localhost:3000")];
    assert_eq!(desk.call("open_desk", "agent=alice", &ours).await.status, 200);
    for path in ["/ws/notifications", "/rtc"] {
        let refused = desk.send(request(Method::GET, path, None, None, &evil)).await;
        assert_eq!(refused.status, 403, "{path}");
    }
    let refused = desk.send(request(Method::POST, "/api/v1/demo/callers", None, None, &evil)).await;
    assert_eq!(refused.problem(), "403 foreign_origin: Pages of other addresses may not do this.");
}

#[tokio::test]
async fn a_page_whose_name_was_pointed_here_is_refused() {
    let desk = TestDesk::new().await;
    let rebound = [("origin", "http://evil.example:3000"), ("host", "evil.example:3000")];
    let refused = desk.call("open_desk", "agent=alice", &rebound).await;
    assert_eq!(
        refused.problem(),
        "421 unknown_host: This desk does not answer as \"evil.example:3000\". To open it under this name, set PUBLIC_URL \
         to the address that people open, or add the name to BATON_HOSTS."
    );
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/desk/alice"),
        (Method::GET, "/ws/notifications"),
        (Method::GET, "/rtc"),
        (Method::POST, "/api/v1/demo/callers"),
    ] {
        assert_eq!(desk.send(request(method, path, None, None, &rebound)).await.status, 421, "{path}");
    }
}

#[tokio::test]
async fn programs_may_call_the_desk_by_any_name() {
    let desk = TestDesk::new().await;
    let named = [("host", "baton:3000")];
    assert_eq!(desk.send(request(Method::GET, "/api/v1/calls", Some(API_KEY), None, &named)).await.status, 200);
    assert_eq!(desk.send(request(Method::GET, "/api/v1/calls", Some("made-up"), None, &named)).await.status, 421);
    assert_eq!(desk.send(request(Method::GET, "/healthz", None, None, &named)).await.status, 200);
    // Its signature is what it proves itself by.
    assert_eq!(desk.send(request(Method::POST, "/webhooks/livekit", None, None, &named)).await.status, 401);
}

#[tokio::test]
async fn pages_of_other_local_ports_are_trusted_only_while_one_develops() {
    let other_port = [("origin", "http://localhost:3200"), ("host", "127.0.0.1:3000")];
    let desk = TestDesk::new().await;
    let refused = desk.call("open_desk", "agent=alice", &other_port).await;
    assert_eq!(refused.problem(), "403 foreign_origin: Pages of other addresses may not do this.");
    let desk = TestDesk::configured(|config| config.http.development = true).await;
    assert_eq!(desk.call("open_desk", "agent=alice", &other_port).await.status, 200);
}
