//! What people type and programs send is kept without characters that nobody can see: some databases do not take them at all.

use axum::http::Method;
use baton::api::desk::{Asked, DeskCommand};
use baton::server::store::lines;
use baton_domain::line::LineRefusal;
use baton_domain::wrap_up::{Disposition, Draft, Written};
use serde_json::json;

use crate::harness::{API_KEY, TestDesk, request};

#[tokio::test]
async fn a_join_link_with_control_characters_is_none() {
    let desk = TestDesk::new().await;
    let mut tx = desk.app.store.begin().await.expect("a transaction");
    let line = lines::all(&mut tx).await.expect("read").remove(0);
    // A database that takes such a code finds the line by it: the question must not get there.
    lines::change(&mut tx, &line.id, true, Some("a\u{1}b"), 20).await.expect("changed");
    tx.commit().await.expect("committed");
    for code in ["a\u{1}b", "\u{0}"] {
        let page = desk.app.callers().line_page(code, None).await.expect("an answer");
        assert_eq!(page.refusal, Some(LineRefusal::DeadLink));
        assert!(desk.app.callers().join(code, "Carol", None).await.is_err());
    }
    let page = request(Method::GET, "/join/%00", None, None, &[("host", "localhost")]);
    assert_ne!(desk.send(page).await.status, 500);
}

#[tokio::test]
async fn names_notes_and_reasons_lose_what_nobody_can_see() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let code = desk.join_code().await;
    let (view, _) = desk.app.callers().join(&code, "Ca\u{0}rol\n", None).await.expect("open");
    assert_eq!(view.name, "Ca rol");

    let call = desk.talking("alice").await;
    let body = json!({ "target": { "agent": "bob" }, "reason": "Wrong\u{0} invoice", "note": "\u{0}Two\nlines" });
    let path = format!("/api/v1/calls/{call}/transfers");
    let answer = desk.send(request(Method::POST, &path, Some(API_KEY), Some(body), &[])).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let transfer = answer.json();
    assert_eq!((&transfer["reason"], &transfer["note"]), (&json!("Wrong invoice"), &json!("Two\nlines")));
    desk.button("alice", call, DeskCommand::Cancel).await.expect("her transfer");

    desk.button("alice", call, DeskCommand::HangUp).await.expect("her call");
    let alice = desk.who("alice").await;
    let draft = Draft { disposition: Disposition::FollowUp, notes: "Call\u{0} back\ton Monday".to_owned() };
    let wrap_up = desk.app.desk_view(&alice).await.expect("her desk").wrap_up.expect("her wrap-up").id();
    let written = Written { wrap_up, over: 0, draft };
    desk.app.wrap_ups().save_draft(&alice, &written).await.expect("her wrap-up");
    let seen = desk.app.desk_view(&alice).await.expect("her desk").wrap_up;
    assert_eq!(seen.map(|open| open.draft.notes), Some("Call back\ton Monday".to_owned()));
    let nothing = Draft { notes: "\u{0}".to_owned(), ..written.draft };
    desk.app.wrap_ups().finish(&alice, &Written { draft: nothing, ..written }).await.expect("her wrap-up");
}

#[tokio::test]
async fn a_key_with_control_characters_is_refused() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice"]);
    let call = desk.talking("alice").await;
    let asked = Asked { call, key: "\u{0}".to_owned(), seen_version: desk.find(call).await.version };
    let refused = desk.app.calls().desk_command(&desk.who("alice").await, asked, DeskCommand::Hold).await;
    assert_eq!(refused.expect_err("no key").to_string(), "The idempotency key must have no control characters.");
}
