//! Coming in: a page whose answer was lost asks again, and no caller without a page is left in the queue.

use axum::http::header::SET_COOKIE;
use baton::api::error::ApiError;

use crate::harness::TestDesk;

const KEY: &str = "0f5c0ffe-7d3c-4b7e-9a55-0123456789ab";
const ANOTHER: &str = "ab987654-7d3c-4b7e-9a55-fedcba987654";

#[tokio::test]
async fn a_page_that_got_no_answer_and_asks_again_gets_the_same_call() {
    let desk = TestDesk::new().await;
    let code = desk.join_code().await;
    let asked = format!("code={code}&name=Carol&key={KEY}");
    let first = desk.call("join_call", &asked, &[]).await;
    let again = desk.call("join_call", &asked, &[]).await;
    assert!(first.status.is_success() && again.status.is_success(), "{} {}", first.text, again.text);
    assert_eq!(again.json()["call"], first.json()["call"]);
    assert!(again.headers.contains_key(SET_COOKIE), "its cookie was lost with the answer");
    let elsewhere = desk.call("join_call", &format!("code={code}&name=Carol&key={ANOTHER}"), &[]).await;
    assert_ne!(elsewhere.json()["call"], first.json()["call"], "another page is another caller");
}

#[tokio::test]
async fn of_two_questions_at_once_one_begins_the_call() {
    let desk = TestDesk::new().await;
    let (code, callers) = (desk.join_code().await, desk.app.callers());
    let ask = || callers.join_once(&code, "Carol", None, KEY);
    let (one, other) = tokio::join!(ask(), ask());
    let (one, other) = (one.expect("the line is open"), other.expect("the line is open"));
    assert_eq!(one.0.call, other.0.call);
    for secret in [one.1, other.1] {
        let secret = secret.expect("a secret of this answer's own");
        assert_eq!(callers.call_of_secret(&secret).await.expect("their call"), one.0.call);
    }
}

#[tokio::test]
async fn a_key_whose_call_has_ended_begins_another() {
    let desk = TestDesk::new().await;
    let (code, callers) = (desk.join_code().await, desk.app.callers());
    let (old, _) = callers.join_once(&code, "Carol", None, KEY).await.expect("the line is open");
    callers.leave(old.call).await.expect("they may always leave");
    let (new, _) = callers.join_once(&code, "Carol", None, KEY).await.expect("the line is open");
    assert_ne!(new.call, old.call);
    let (again, _) = callers.join_once(&code, "Carol", None, KEY).await.expect("the line is open");
    assert_eq!(again.call, new.call, "and that one once");
}

#[tokio::test]
async fn a_key_that_can_be_guessed_lets_nobody_in() {
    let desk = TestDesk::new().await;
    let joined = desk.app.callers().join_once(&desk.join_code().await, "Carol", None, "1").await;
    let refused = ApiError::from(joined.expect_err("whoever has it is the caller"));
    assert_eq!((refused.status, refused.code.as_str()), (422, "invalid"));
}
