//! The documented interface, spoken by a server in this process that answers as it is told.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use baton_redaction::Outgoing;
use baton_speaking::{
    ApiKey, ErrorStatus, Failure, LONGEST_TEXT, Limits, ProviderConfig, ProviderConfigError, Speaker,
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What the server does after it has read a request.
#[derive(Clone)]
enum Part {
    Send(Vec<u8>),
    Wait(Duration),
}

fn head(status: &str, headers: &str) -> Part {
    Part::Send(format!("HTTP/1.1 {status}\r\ntransfer-encoding: chunked\r\n{headers}\r\n").into_bytes())
}

fn chunk(bytes: &[u8]) -> Part {
    let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
    chunk.extend_from_slice(bytes);
    chunk.extend_from_slice(b"\r\n");
    Part::Send(chunk)
}

fn end() -> Part {
    Part::Send(b"0\r\n\r\n".to_vec())
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece).await.unwrap();
        assert!(read > 0, "the request broke off");
        request.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
        if length.is_some_and(|length| length.parse() == Ok(body.len())) {
            return text;
        }
    }
}

/// A server for one request; it gives the request. The connection is closed when all parts are done.
async fn server(parts: Vec<Part>) -> (Speaker, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_request(&mut stream).await;
        for part in parts {
            match part {
                Part::Send(bytes) => stream.write_all(&bytes).await.unwrap(),
                Part::Wait(span) => tokio::time::sleep(span).await,
            }
        }
        request
    });
    let config = ProviderConfig::new("test", &url, ApiKey::new("a-key"), "tts-1", "alloy").unwrap();
    let limits = Limits {
        first: Duration::from_millis(400),
        between: Duration::from_millis(400),
        largest: 100,
        failures_to_open: 1,
        ..Limits::default()
    };
    (Speaker::new(ProviderConfig { limits, ..config }), serving)
}

fn words() -> Outgoing {
    Outgoing::ours("Carol waits for her refund.")
}

async fn refused(parts: Vec<Part>) -> Failure {
    let (speaker, _) = server(parts).await;
    speaker.speak(&words()).await.unwrap_err()
}

#[tokio::test]
async fn a_text_is_asked_for_as_documented_and_heard_from_its_first_piece() {
    let later = Duration::from_millis(200);
    let sound = head("200 OK", "content-type: audio/opus\r\n");
    let (speaker, request) = server(vec![sound, chunk(b"OggS-1"), Part::Wait(later), chunk(b"OggS-2"), end()]).await;
    let begun = tokio::time::Instant::now();
    let mut speech = speaker.speak(&words()).await.unwrap();
    assert_eq!(speech.next().await.unwrap().unwrap(), "OggS-1");
    assert!(begun.elapsed() < later, "before the rest is made");
    assert_eq!(speech.next().await.unwrap().unwrap(), "OggS-2");
    assert_eq!(speech.next().await, Ok(None));
    let request = request.await.unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /v1/audio/speech HTTP/1.1"), "{head}");
    assert!(head.to_lowercase().contains("authorization: bearer a-key"), "{head}");
    let expected = json!({
        "model": "tts-1", "voice": "alloy", "input": "Carol waits for her refund.", "response_format": "opus"
    });
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), expected);
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let status = async |status: &str, headers: &str| refused(vec![head(status, headers), end()]).await;
    assert_eq!(status("401 Unauthorized", "").await, ErrorStatus::Rejected { status: 401 }.into());
    let retry_after = Some(Duration::from_secs(7));
    let limited = ErrorStatus::RateLimited { retry_after };
    assert_eq!(status("429 Too Many Requests", "retry-after: 7\r\n").await, limited.into());
    assert_eq!(status("500 Oh", "").await, ErrorStatus::ServerError { status: 500, retry_after: None }.into());
    assert_eq!(status("302 Found", "location: /\r\n").await, ErrorStatus::Rejected { status: 302 }.into());
    assert_eq!(status("200 OK", "content-type: application/json\r\n").await, Failure::NotSound);
    assert_eq!(refused(vec![Part::Wait(Duration::from_secs(2))]).await, Failure::TimedOut);
    assert_eq!(refused(vec![]).await, Failure::Unreachable);
}

#[tokio::test]
async fn what_breaks_off_or_never_ends_is_a_failure() {
    let sound = head("200 OK", "content-type: audio/opus\r\n");
    let after_a_piece = async |rest: Vec<Part>| {
        let (speaker, _) = server([vec![sound.clone(), chunk(b"OggS")], rest].concat()).await;
        let mut speech = speaker.speak(&words()).await.unwrap();
        speech.next().await.unwrap().unwrap();
        speech.next().await.unwrap_err()
    };
    assert_eq!(after_a_piece(vec![]).await, Failure::CutStream);
    assert_eq!(after_a_piece(vec![Part::Wait(Duration::from_secs(2))]).await, Failure::TimedOut);
    assert_eq!(after_a_piece(vec![chunk(&[0; 200]), end()]).await, Failure::TooLong);
}

#[tokio::test]
async fn whoever_failed_is_left_alone_for_a_while_and_nobody_reads_out_a_book() {
    let (speaker, _) = server(vec![head("500 Oh", ""), end()]).await;
    assert!(matches!(speaker.speak(&words()).await, Err(Failure::Status(ErrorStatus::ServerError { .. }))));
    assert_eq!(speaker.speak(&words()).await.unwrap_err(), Failure::CircuitOpen);
    let mut book = Outgoing::default();
    for _ in 0..=LONGEST_TEXT {
        book = book.and("a");
    }
    assert_eq!(speaker.speak(&book).await.unwrap_err(), Failure::TooLong);
}

#[test]
fn a_provider_needs_an_address_a_model_and_a_voice() {
    let new = |url, model, voice| ProviderConfig::new("test", url, ApiKey::default(), model, voice).map(drop);
    assert_eq!(new("https://api.example.com/v1", "m", "v"), Ok(()));
    let refused = |model, url| matches!(new(url, model, "v"), Err(ProviderConfigError::Endpoint(_)));
    assert!(refused("m", "api.example.com") && refused(" ", "https://api.example.com/v1"));
    assert_eq!(new("https://api.example.com/v1", "m", " "), Err(ProviderConfigError::Voice("test".to_owned())));
}
