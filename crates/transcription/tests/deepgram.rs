//! Deepgram's streaming as it works.

use std::time::Duration;

use baton_transcription::{Event, Providers, Service};
use serde_json::json;

use crate::harness::*;

#[tokio::test]
async fn an_interim_line_becomes_final_under_its_number() {
    let script = vec![
        Act::Hear(16_000),
        results(0.0, 0.5, "my rou", false, false),
        results(0.0, 1.0, "my router", false, false),
        Act::Await("Finalize"),
        results(0.0, 1.2, "My router", true, false),
        results(1.2, 0.8, "died.", true, true),
    ];
    let server = Server::new([script]).await;
    let mut session = server.session(Service::Deepgram);
    say(&session, 0, 2 * SECOND);
    let mut seen = Vec::new();
    while seen.last().is_none_or(|(_, _, is_final)| !is_final) {
        let words = words(&mut session).await;
        seen.push((words.id.0, words.text, words.is_final));
    }
    let seen: Vec<_> = seen.iter().map(|(id, text, is_final)| (*id, text.as_str(), *is_final)).collect();
    assert_eq!(
        seen,
        [(0, "my rou", false), (0, "my router", false), (0, "My router", false), (0, "My router died.", true)]
    );

    let received = server.received()[0].clone();
    assert_eq!(received.authorization, format!("Token {KEY}"));
    for part in ["/v1/listen?", "model=nova-3", "encoding=linear16", "sample_rate=16000", "interim_results=true"] {
        assert!(received.uri.contains(part), "{}", received.uri);
    }
    assert!(!received.uri.contains(KEY));
    assert!(received.frames.iter().all(|frame| (800..=16_000).contains(frame)), "{:?}", received.frames);
}

#[tokio::test]
async fn after_a_pause_lines_stand_where_they_were_spoken() {
    let script = vec![
        Act::Hear(16_000),
        results(0.0, 1.0, "One.", true, true),
        // A second of silence stands for the pause, however long it was.
        Act::Hear(48_000),
        results(2.0, 1.0, "Two.", true, true),
    ];
    let server = Server::new([script]).await;
    let mut session = server.session(Service::Deepgram);
    say(&session, 0, SECOND);
    assert_eq!(words(&mut session).await.text, "One.");
    say(&session, 100 * SECOND, 101 * SECOND);
    let two = words(&mut session).await;
    assert_eq!((two.started_at, two.ended_at), (Duration::from_secs(100), Duration::from_secs(101)));
    assert_eq!(server.received()[0].samples.len(), 48_000);
}

#[tokio::test]
async fn finishing_waits_for_the_last_line_and_closes_the_stream() {
    let script = vec![
        Act::Await("CloseStream"),
        results(0.0, 1.0, "Goodbye.", true, false),
        Act::Raw(json!({ "type": "Metadata", "duration": 1.0, "channels": 1 }).to_string()),
    ];
    let server = Server::new([script]).await;
    let mut session = server.session(Service::Deepgram);
    say(&session, 0, SECOND);
    session.finish();
    let events = rest(&mut session).await;
    assert_eq!(final_texts(&events), ["Goodbye."]);
    assert!(!events.iter().any(|event| matches!(event, Event::Lost { .. })), "{events:?}");
}

#[tokio::test]
async fn a_quiet_connection_is_kept() {
    let kept = vec![
        Act::Await("KeepAlive"),
        results(0.0, 1.0, "", true, true),
        Act::Hear(16_000),
        results(0.0, 1.0, "Hello.", true, true),
    ];
    let server = Server::new([kept]).await;
    let mut session = server.session(Service::Deepgram);
    let quiet = async {
        while server.received().first().is_none_or(|received| received.texts.is_empty()) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), quiet).await.expect("it says that it is there");
    say(&session, 0, SECOND);
    assert_eq!(final_text(&mut session).await, "Hello.");
}

#[tokio::test]
async fn a_key_is_never_shown() {
    let config = Server::new([]).await.config(Service::Deepgram);
    let shown = format!("{config:?} {:?}", Providers::new(vec![config.clone()]));
    assert!(!shown.contains(KEY), "{shown}");
}
