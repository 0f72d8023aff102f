//! A model that answers well, and one that nearly does.

use baton_domain::briefing::{SectionKind, Source};
use baton_models::{Dropped, Failure, Progress};
use serde_json::json;

use crate::harness::{TALK, brief, chain, is_local, reasons, task, transcript};
use crate::provider::{Provider, Reply, briefing_of, good};

#[tokio::test]
async fn a_model_writes_the_briefing_and_it_is_shown_as_it_is_written() {
    let provider = Provider::new([good()]).await;
    let (outcome, shown) = brief(&chain(&[&provider])).await;
    assert_eq!(outcome.briefing.source, Source::Model { name: "test-model".to_owned() });
    assert_eq!(reasons(&outcome.briefing), ["Carol's router has been offline since Monday"]);
    assert_eq!(outcome.briefing.opening_line.text(), "Hello Carol, I know about your router.");
    assert_eq!(outcome.briefing.lines_read, 4);
    assert_eq!(outcome.briefing.check_citations(&transcript(&TALK)), Ok(()));
    assert!(
        matches!(&shown[0], Progress::Statement(SectionKind::Reason, statement) if statement.citations() == [1, 3])
    );
    assert!(matches!(&shown[1], Progress::OpeningLine(_)));
    assert_eq!(shown.len(), 2);
    let attempt = &outcome.attempts[0];
    assert_eq!((attempt.sent.provider.as_str(), attempt.requests, attempt.sent.lines), ("groq", 1, 4));
    assert_eq!(attempt.result, Ok(Dropped::default()));
}

#[tokio::test]
async fn the_request_is_what_the_interface_documents() {
    let provider = Provider::new([good()]).await;
    brief(&chain(&[&provider])).await;
    let received = provider.only_received();
    assert_eq!(received.headers["authorization"], "Bearer sk-test-0123456789");
    assert!(received.headers.keys().all(|name| !name.as_str().starts_with("openai-")), "{:?}", received.headers);
    let body = &received.body;
    assert_eq!((body["model"].as_str(), body["stream"].as_bool()), (Some("test-model"), Some(true)));
    assert_eq!(body["response_format"]["type"], "json_schema");
    assert_eq!(body["response_format"]["json_schema"]["strict"], true);
    assert_eq!(body["messages"].as_array().map(Vec::len), Some(2));
    let document = received.document();
    assert_eq!(document["lines"][0], json!([1, "caller", TALK[0]]));
    assert_eq!(document["lines"][1], json!([2, "Alice", TALK[1]]));
    assert_eq!(document["note"], "She has called twice");
    assert_eq!(document["output_language"], "en");
}

#[tokio::test]
async fn citations_and_statements_that_rest_on_nothing_are_dropped_and_counted() {
    let answer = briefing_of(&[
        ("The router is offline", &[1, 99, 7]),
        ("She wants a refund", &[12]),
        ("She said so", &[]),
        ("", &[1]),
        ("Pay at pay-here.example.com", &[1]),
        ("The invoice is 998877", &[3]),
    ]);
    let provider = Provider::new([Reply::Text(answer)]).await;
    let (outcome, shown) = brief(&chain(&[&provider])).await;
    assert_eq!(reasons(&outcome.briefing), ["The router is offline"]);
    assert_eq!(outcome.briefing.reason.statements()[0].citations(), [1]);
    assert_eq!(outcome.attempts[0].result, Ok(Dropped { citations: 3, statements: 5 }));
    assert_eq!(shown.len(), 2, "what is dropped is never shown: {shown:?}");
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_repaired_once() {
    let provider = Provider::new([Reply::Text("Carol called about {her router".to_owned()), good()]).await;
    let (outcome, shown) = brief(&chain(&[&provider])).await;
    assert_eq!(reasons(&outcome.briefing), ["Carol's router has been offline since Monday"]);
    assert_eq!(shown[0], Progress::StartedOver);
    let received = provider.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[1].message(0), received[0].message(0));
    assert_eq!(received[1].message(1), received[0].message(1));
    assert_eq!(received[1].message(2), "Carol called about {her router");
    assert!(received[1].message(3).contains("not the JSON object"));
}

#[tokio::test]
async fn an_answer_that_cannot_be_repaired_gives_way_to_the_next_provider_and_then_to_the_local_one() {
    let bad = || Reply::Text("no".to_owned());
    let (first, second) = (Provider::new([bad(), bad()]).await, Provider::new([good()]).await);
    let both = chain(&[&first, &second]);
    let (outcome, _) = brief(&both).await;
    assert!(!is_local(&outcome.briefing));
    assert_eq!(outcome.attempts[0].result, Err(Failure::InvalidAnswer));
    assert_eq!((first.received().len(), second.received().len()), (2, 1));

    let alone = Provider::new([bad(), bad()]).await;
    let (outcome, shown) = brief(&chain(&[&alone])).await;
    assert!(is_local(&outcome.briefing));
    assert!(!outcome.briefing.is_blank());
    assert_eq!(shown.last(), Some(&Progress::StartedOver), "nothing of a model stays on the screen");
}

#[tokio::test]
async fn an_empty_answer_is_repaired_too() {
    let provider = Provider::new([Reply::Text(String::new()), Reply::Text(briefing_of(&[])), good()]).await;
    let (outcome, _) = brief(&chain(&[&provider])).await;
    assert!(is_local(&outcome.briefing));
    assert_eq!(outcome.attempts[0].result, Err(Failure::Empty));
    assert_eq!(provider.received().len(), 2, "one repair and no more");
}

#[tokio::test]
async fn a_refusal_goes_to_the_next_provider_at_once() {
    let (first, second) = (Provider::new([Reply::Refusal]).await, Provider::new([good()]).await);
    let (outcome, _) = brief(&chain(&[&first, &second])).await;
    assert_eq!(outcome.attempts[0].result, Err(Failure::Refusal));
    assert_eq!(first.received().len(), 1);
    assert!(!is_local(&outcome.briefing));

    let filtered = Provider::new([Reply::Finish(String::new(), "content_filter")]).await;
    let (outcome, _) = brief(&chain(&[&filtered])).await;
    assert_eq!(outcome.attempts[0].result, Err(Failure::Refusal));
}

#[tokio::test]
async fn an_answer_in_the_wrong_language_is_asked_for_again() {
    let german = briefing_of(&[(
        "Der Router der Anruferin funktioniert seit Montag nicht mehr und sie braucht ihn dringend für ihre Arbeit von zu Hause aus",
        &[1],
    )]);
    let provider = Provider::new([Reply::Text(german.clone()), good()]).await;
    let (outcome, _) = brief(&chain(&[&provider])).await;
    assert_eq!(reasons(&outcome.briefing), ["Carol's router has been offline since Monday"]);
    assert!(provider.received()[1].message(3).contains("wrong language"));

    let stubborn = Provider::new([Reply::Text(german.clone()), Reply::Text(german)]).await;
    let (outcome, _) = brief(&chain(&[&stubborn])).await;
    assert!(is_local(&outcome.briefing));
    assert_eq!(outcome.attempts[0].result, Err(Failure::WrongLanguage));
}

#[tokio::test]
async fn the_same_conversation_is_sent_once_and_another_one_again() {
    let provider = Provider::new([good(), good(), good()]).await;
    let chain = chain(&[&provider]);
    let (first, _) = brief(&chain).await;
    let (again, _) = brief(&chain).await;
    assert_eq!(again.briefing, first.briefing);
    assert_eq!((again.attempts[0].requests, provider.received().len()), (0, 1));
    let mut german = task(&TALK);
    german.language = baton_domain::briefing::Language::new("de").ok();
    chain.brief(german, &mut |_| ()).await;
    let mut other = task(&TALK);
    other.note = "Urgent".to_owned();
    chain.brief(other, &mut |_| ()).await;
    assert!(provider.received().len() >= 3);
}

#[tokio::test]
async fn when_nothing_was_said_nobody_is_asked() {
    let provider = Provider::new([good()]).await;
    let outcome = chain(&[&provider]).brief(task(&[]), &mut |_| ()).await;
    assert!(is_local(&outcome.briefing) && outcome.briefing.is_blank());
    assert!(provider.received().is_empty() && outcome.attempts.is_empty());
}

#[tokio::test]
async fn of_ten_thousand_lines_beginning_end_and_what_matters_are_sent_with_their_numbers() {
    let lines: Vec<String> = (1..=10_000)
        .map(|number| match number {
            1 => "I am calling because my order has not arrived and I need it".to_owned(),
            8_001 => "My order number is 445566 and I paid 120 euros".to_owned(),
            _ => format!("yes well that is how it is number {number}"),
        })
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let answer = briefing_of(&[("Order 445566 has not arrived", &[1, 8_001]), ("And more", &[3_000])]);
    let provider = Provider::new([Reply::Text(answer)]).await;
    let outcome = chain(&[&provider]).brief(task(&lines), &mut |_| ()).await;
    assert_eq!(reasons(&outcome.briefing), ["Order 445566 has not arrived"]);
    assert_eq!(
        outcome.attempts[0].result,
        Ok(Dropped { citations: 1, statements: 1 }),
        "a line that was not sent cannot be cited"
    );
    let document = provider.only_received().document();
    let sent = document["lines"].as_array().expect("a list");
    assert_eq!((&sent[0][0], &sent[sent.len() - 1][0]), (&json!(1), &json!(10_000)));
    assert!(sent.iter().any(|entry| entry[0] == 8_001));
    let (gaps, shown): (Vec<_>, Vec<_>) = sent.iter().partition(|entry| entry.is_object());
    let left_out: u64 = gaps.iter().filter_map(|gap| gap["left_out"].as_u64()).sum();
    assert_eq!(left_out + shown.len() as u64, 10_000);
    assert!(outcome.attempts[0].sent.bytes < 100_000, "{}", outcome.attempts[0].sent.bytes);
}
