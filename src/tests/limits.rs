//! Whoever asks for too much waits; nobody else does.

use std::num::NonZeroU32;

use axum::http::Method;
use baton_domain::time::Span;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{API_KEY, Answer, TestDesk, cookie, function_path};

fn once() -> NonZeroU32 {
    NonZeroU32::MIN
}

fn twice() -> NonZeroU32 {
    NonZeroU32::MIN.saturating_add(1)
}

/// `429 …` with the seconds of its header, which are those of its member.
fn told_to_wait(refused: &Answer) -> u64 {
    let problem = refused.problem();
    assert!(problem.starts_with("429 too_many_requests: Too many requests in a short time."), "{problem}");
    let header = refused.headers.get("retry-after").and_then(|value| value.to_str().ok()).expect("the header");
    let member = refused.json()["retry_after"].as_u64().expect("the member");
    assert_eq!(header, member.to_string());
    member
}

async fn join(desk: &TestDesk, code: &str, from: &str) -> Answer {
    desk.call("join_call", &format!("code={code}&name=Carol"), &[("x-forwarded-for", from)]).await
}

#[tokio::test]
async fn one_address_cannot_fill_a_line() {
    let desk = TestDesk::configured(|config| {
        config.http.behind_proxy = true;
        config.limits.joins_per_minute = twice();
    })
    .await;
    let code = desk.join_code().await;
    for _ in 0..2 {
        assert_eq!(join(&desk, &code, "203.0.113.1").await.status, 200);
    }
    assert_eq!(told_to_wait(&join(&desk, &code, "203.0.113.1").await), 30);
    assert_eq!(join(&desk, &code, "203.0.113.2").await.status, 200);
    desk.app.clock.advance(Span::seconds(30));
    assert_eq!(join(&desk, &code, "203.0.113.1").await.status, 200);
    assert_eq!(told_to_wait(&join(&desk, &code, "203.0.113.1").await), 30);
}

#[tokio::test]
async fn a_header_that_anybody_can_write_makes_nobody_somebody_else() {
    let desk = TestDesk::configured(|config| config.limits.joins_per_minute = once()).await;
    let code = desk.join_code().await;
    assert_eq!(join(&desk, &code, "203.0.113.1").await.status, 200);
    told_to_wait(&join(&desk, &code, "203.0.113.2").await);
}

#[tokio::test]
async fn links_and_codes_cannot_be_guessed_fast() {
    let desk = TestDesk::configured(|config| {
        config.demo.access_code = Some("open sesame".to_owned());
        config.limits.joins_per_minute = once();
        config.limits.sign_ins_per_minute = once();
    })
    .await;
    assert_eq!(join(&desk, "made-up", "").await.status, 404);
    told_to_wait(&join(&desk, "made-up-too", "").await);
    let wrong = desk.call("open_desk", "agent=alice&access_code=wrong", &[]).await;
    assert_eq!(wrong.status, 401);
    assert_eq!(told_to_wait(&desk.call("open_desk", "agent=alice&access_code=open%20sesame", &[]).await), 60);
    desk.app.clock.advance(Span::seconds(60));
    assert_eq!(desk.call("open_desk", "agent=alice&access_code=open%20sesame", &[]).await.status, 200);
}

#[tokio::test]
async fn a_program_that_asks_too_often_keeps_no_other_from_asking() {
    let desk = TestDesk::configured(|config| config.limits.api_per_minute = twice()).await;
    let supervisor = desk.token("carla").await;
    for _ in 0..2 {
        assert_eq!(desk.get("/agents").await.status, 200);
    }
    assert_eq!(told_to_wait(&desk.get("/agents").await), 30);
    assert_eq!(desk.rest(Method::GET, "/agents", Some(&supervisor), None).await.status, 200);
    assert_eq!(desk.rest(Method::GET, "/agents", Some("wrong"), None).await.status, 401);
    desk.app.limits.forget_idle();
    told_to_wait(&desk.rest(Method::GET, "/agents", Some(API_KEY), None).await);
}

#[tokio::test]
async fn one_address_cannot_come_back_all_the_time() {
    let desk = TestDesk::configured(|config| {
        config.http.behind_proxy = true;
        config.limits.joins_per_minute = twice();
    })
    .await;
    let (view, secret) = desk.app.callers().join(&desk.join_code().await, "Carol", None).await.expect("an open line");
    desk.app.callers().leave(view.call).await.expect("they may always leave");
    let (name, value) = cookie(&secret.expect("a secret"));
    let rejoin = |from| {
        let (desk, value) = (&desk, &value);
        async move { desk.call("rejoin_call", "", &[(name, value), ("x-forwarded-for", from)]).await }
    };
    for _ in 0..2 {
        assert_eq!(rejoin("203.0.113.1").await.status, 200);
    }
    assert_eq!(told_to_wait(&rejoin("203.0.113.1").await), 30);
    assert_eq!(rejoin("203.0.113.2").await.status, 200);
}

/// The status of a call that comes in over a connection of its own.
async fn join_over_a_connection(desk: &str, code: &str) -> String {
    let body = format!("code={code}&name=Carol");
    let path = function_path("join_call");
    let mut connection = TcpStream::connect(desk).await.expect("it listens");
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {desk}\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.expect("an answer");
    answer.lines().next().expect("a status").to_owned()
}

#[tokio::test]
async fn without_a_proxy_it_is_the_other_end_of_the_connection_that_counts() {
    let desk = TestDesk::configured(|config| config.limits.joins_per_minute = once()).await;
    let (address, code) = (desk.listen().await, desk.join_code().await);
    assert_eq!(join_over_a_connection(&address, &code).await, "HTTP/1.1 200 OK");
    assert_eq!(join_over_a_connection(&address, &code).await, "HTTP/1.1 429 Too Many Requests");
    // Somebody of no known address is not somebody on this computer.
    assert_eq!(join(&desk, &code, "").await.status, 200);
}
