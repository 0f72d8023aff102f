//! AssemblyAI's universal streaming.

use baton_transcription::{ErrorStatus, Event, Failure, Service};
use serde_json::{Value, json};

use crate::harness::*;

fn begin() -> Act {
    Act::Say(json!({ "type": "Begin", "id": "de5d9927-73a6-4be8-b52d-b4c07be37e6b", "expires_at": 1_759_796_682 }))
}

/// A `Turn`, as documented: words from half a second on, half a second each.
fn turn(order: u64, text: &str, ends: bool, formatted: bool) -> Act {
    let words: Vec<Value> = text
        .split(' ')
        .zip(1_u64..)
        .map(|(word, at)| json!({ "text": word, "start": at * 500, "end": (at + 1) * 500, "confidence": 0.9, "word_is_final": ends }))
        .collect();
    Act::Say(json!({
        "type": "Turn", "turn_order": order, "turn_is_formatted": formatted, "end_of_turn": ends,
        "transcript": if ends { text } else { "" }, "end_of_turn_confidence": 0.5, "words": words, "utterance": "",
    }))
}

#[tokio::test]
async fn a_turn_becomes_one_line_when_it_is_formatted() {
    let script = vec![
        begin(),
        Act::Hear(32_000),
        turn(0, "my router", false, false),
        Act::Await("ForceEndpoint"),
        turn(0, "my router died", true, false),
        turn(0, "My router died.", true, true),
    ];
    let server = Server::new([script]).await;
    let mut session = server.session(Service::AssemblyAi);
    say(&session, 0, 2 * SECOND + 100);
    let mut seen = Vec::new();
    while seen.len() < 3 {
        let words = words(&mut session).await;
        seen.push((words.id.0, words.text, words.is_final));
    }
    assert_eq!(seen[0], (0, "my router".to_owned(), false));
    assert_eq!(seen[2], (0, "My router died.".to_owned(), true));
    session.finish();
    assert_eq!(final_texts(&rest(&mut session).await), [] as [&str; 0]);

    let received = server.received()[0].clone();
    assert_eq!(received.authorization, KEY);
    for part in ["/v3/ws?", "sample_rate=16000", "encoding=pcm_s16le", "format_turns=true", "speech_model=nova-3"] {
        assert!(received.uri.contains(part), "{}", received.uri);
    }
    assert!(received.frames.iter().all(|frame| (800..=16_000).contains(frame)), "{:?}", received.frames);
    assert!(received.texts.last().is_some_and(|text| text.contains("Terminate")));
}

#[tokio::test]
async fn a_turn_that_nobody_formats_is_final_all_the_same() {
    let script = vec![begin(), Act::Await("ForceEndpoint"), turn(0, "hello there", true, false)];
    let server = Server::new([script]).await;
    let mut session = server.session(Service::AssemblyAi);
    say(&session, 0, 2 * SECOND);
    assert_eq!(final_text(&mut session).await, "hello there");
}

#[tokio::test]
async fn errors_are_understood() {
    let error = |code: u16, text: &str| Act::Say(json!({ "type": "Error", "error_code": code, "error": text }));
    let limited = Failure::from(ErrorStatus::RateLimited { retry_after: None });
    for (act, expected) in [
        (error(3009, "Too many concurrent sessions"), limited.clone()),
        (error(3007, "Audio Transmission Rate Exceeded"), limited.clone()),
        (error(3008, "Session Expired"), Failure::Cut),
        (Act::Close(1008, "Unauthorized Connection: Too many concurrent sessions"), limited),
        (
            Act::Close(1008, "Unauthorized Connection: Missing Authorization header"),
            ErrorStatus::Rejected { status: 1008 }.into(),
        ),
        (
            Act::Close(3005, "Session Cancelled: An error occurred"),
            ErrorStatus::ServerError { status: 3005, retry_after: None }.into(),
        ),
    ] {
        let server = Server::new([vec![begin(), Act::Hear(800), act]]).await;
        let mut session = server.session(Service::AssemblyAi);
        say(&session, 0, SECOND);
        let failed = until(&mut session, |event| match event {
            Event::Failed { failure, .. } => Some(failure.clone()),
            _ => None,
        });
        assert_eq!(failed.await, expected);
    }
}
