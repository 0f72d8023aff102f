//! Everything that goes wrong between us and a provider.

use std::time::Duration;

use baton_models::{ApiKey, Chain, ErrorStatus, Failure, Limits, Progress, ProviderConfig, ProviderConfigError};
use baton_redaction::Kinds;
use serde_json::json;
use tokio::net::TcpListener;

use crate::harness::{TALK, brief, chain, is_local, limits, patient, task};
use crate::provider::{Provider, Reply, briefing_of, chunk, error_body, good, text_chunks};

/// The beginning of a good answer: one statement, and half of the next.
fn beginning() -> Vec<String> {
    let answer = briefing_of(&[("The router is offline", &[1]), ("It has been restarted", &[3])]);
    let half = answer.find("restarted").expect("is in there");
    text_chunks(&answer[..half])
}

/// No retries, for faults that would otherwise be tried again.
fn once(provider: &Provider) -> Chain {
    let limits = Limits { retries: 0, ..limits() };
    Chain::new(vec![ProviderConfig { limits, ..provider.config() }], Kinds::ALL)
}

#[tokio::test]
async fn a_stream_that_is_cut_is_asked_for_again_and_what_was_shown_is_taken_back() {
    let provider = Provider::new([Reply::Cut(beginning()), good()]).await;
    let (outcome, shown) = brief(&chain(&[&provider])).await;
    assert!(!is_local(&outcome.briefing));
    assert!(matches!(shown[0], Progress::Statement(..)), "{shown:?}");
    assert_eq!(shown[1], Progress::StartedOver);
    assert_eq!(outcome.attempts[0].requests, 2);
}

#[tokio::test]
async fn a_stream_that_is_always_cut_leaves_the_local_briefing() {
    let provider = Provider::new([Reply::Cut(beginning()), Reply::Cut(beginning()), Reply::Cut(Vec::new())]).await;
    let (outcome, shown) = brief(&chain(&[&provider])).await;
    assert!(is_local(&outcome.briefing));
    assert_eq!(outcome.attempts[0].result, Err(Failure::CutStream));
    assert_eq!(outcome.attempts[0].requests, 3);
    assert_eq!(shown.last(), Some(&Progress::StartedOver));
}

#[tokio::test]
async fn an_error_in_the_middle_of_a_stream_is_a_cut_stream() {
    let mut chunks = beginning();
    let error = json!({ "error": { "message": "overloaded", "type": "server_error", "code": "internal" } });
    chunks.push(format!("event: error\ndata: {error}\n\n"));
    let provider = Provider::new([Reply::Cut(chunks)]).await;
    let (outcome, _) = brief(&once(&provider)).await;
    assert_eq!(outcome.attempts[0].result, Err(Failure::CutStream));
}

#[tokio::test]
async fn a_model_that_never_answers_costs_its_time_limit_and_no_more() {
    for reply in [Reply::Silence, Reply::Stall(Vec::new()), Reply::Stall(beginning())] {
        let (silent, next) = (Provider::new([reply]).await, Provider::new([good()]).await);
        let limits = Limits { stall: Duration::from_millis(300), ..limits() };
        let first = ProviderConfig { limits, ..silent.config() };
        let (outcome, _) = brief(&Chain::new(vec![first, patient(&next)], Kinds::ALL)).await;
        assert_eq!(outcome.attempts[0].result, Err(Failure::TimedOut));
        assert_eq!(outcome.attempts[0].requests, 1, "what takes too long once is not tried again");
        assert!(!is_local(&outcome.briefing));
    }
}

#[tokio::test]
async fn an_answer_that_trickles_is_ended_by_the_total_limit() {
    let provider = Provider::new([Reply::Stall(beginning())]).await;
    let limits = Limits { total: Duration::from_millis(300), ..limits() };
    let (outcome, _) = brief(&Chain::new(vec![ProviderConfig { limits, ..provider.config() }], Kinds::ALL)).await;
    assert_eq!(outcome.attempts[0].result, Err(Failure::TimedOut));
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
    drop(listener);
    let config = ProviderConfig::new("gone", &url, ApiKey::default(), "m").expect("valid");
    let limits = Limits { backoff: Duration::from_millis(1), ..limits() };
    let (outcome, _) = brief(&Chain::new(vec![ProviderConfig { limits, ..config }], Kinds::ALL)).await;
    assert_eq!(outcome.attempts[0].result, Err(Failure::Unreachable));
    assert_eq!(outcome.attempts[0].requests, 3);
    assert!(is_local(&outcome.briefing));
}

#[tokio::test]
async fn what_does_not_pass_is_not_tried_again() {
    let status = |status, code| Reply::Status(status, Vec::new(), error_body(code));
    let out_of_credit = json!({ "error": { "type": "insufficient_quota", "code": "credit_balance_exhausted" } });
    let rejected = |status| Failure::from(ErrorStatus::Rejected { status });
    for (reply, failure) in [
        (status(401, "invalid_api_key"), rejected(401)),
        (status(404, "model_not_found"), rejected(404)),
        (status(429, "insufficient_quota"), Failure::QuotaUsedUp),
        (Reply::Status(429, Vec::new(), out_of_credit.to_string()), Failure::QuotaUsedUp),
        (status(400, "content_filter"), Failure::Refusal),
        (status(403, "forbidden"), rejected(403)),
        (Reply::Status(302, vec![("location", "http://127.0.0.1:9/".to_owned())], String::new()), rejected(302)),
        (Reply::Status(200, Vec::new(), "data: <html>\n\n".to_owned()), Failure::NotTheProtocol),
        (Reply::Finish(briefing_of(&[("The router is offline", &[1])]), "length"), Failure::TooLong),
    ] {
        let provider = Provider::new([reply]).await;
        let (outcome, _) = brief(&chain(&[&provider])).await;
        assert_eq!(outcome.attempts[0].result, Err(failure));
        assert_eq!(provider.received().len(), 1);
    }
}

#[tokio::test]
async fn an_endless_answer_is_ended() {
    let long = vec![chunk(&json!({ "content": "a".repeat(64 * 1024) }), None); 5];
    let provider = Provider::new([Reply::Cut(long)]).await;
    let (outcome, _) = brief(&once(&provider)).await;
    assert_eq!(outcome.attempts[0].result, Err(Failure::TooLong));

    // One line without an end, which no reader of events would give back.
    let line = vec![chunk(&json!({ "content": "x".repeat(5 * 1024 * 1024) }), None)];
    let provider = Provider::new([Reply::Cut(line)]).await;
    let (outcome, _) = brief(&once(&provider)).await;
    assert_eq!(outcome.attempts[0].result, Err(Failure::CutStream));
}

#[tokio::test]
async fn a_server_that_knows_no_schema_is_asked_without_one_from_then_on() {
    let unknown = Reply::Status(400, Vec::new(), error_body("unsupported_value"));
    let provider = Provider::new([unknown, good(), good()]).await;
    let chain = chain(&[&provider]);
    let (outcome, _) = brief(&chain).await;
    assert!(!is_local(&outcome.briefing));
    let mut another = task(&TALK);
    another.note = String::new();
    chain.brief(another, &mut |_| ()).await;
    assert_eq!(provider.received().len(), 3);
    assert_eq!(provider.received()[2].body["response_format"]["type"], "json_object");
    let received = provider.received();
    assert_eq!(received[1].body["response_format"], json!({ "type": "json_object" }));
    assert!(received[1].body.get("temperature").is_none());
}

#[test]
fn a_provider_needs_an_address_and_a_model_and_never_shows_its_key() {
    let new = |url, model| ProviderConfig::new("x", url, ApiKey::new("sk-secret"), model);
    let no_address = || Some(ProviderConfigError::BaseUrl { name: "x".to_owned(), wanted: "https" });
    assert_eq!(new("api.example.com", "m").err(), no_address());
    assert_eq!(new("ftp://example.com", "m").err(), no_address());
    assert_eq!(new("https://example.com", " ").err(), Some(ProviderConfigError::Model { name: "x".to_owned() }));
    let config = new("https://example.com/v1/", "m").expect("valid");
    assert_eq!(config.base_url, "https://example.com/v1");
    let shown = format!("{config:?} {:?}", Chain::new(vec![config.clone()], Kinds::ALL));
    assert!(!shown.contains("sk-secret"), "{shown}");
}
