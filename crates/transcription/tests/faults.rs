//! Everything that goes wrong with a stream.

use std::time::Duration;

use baton_transcription::{
    ApiKey, ErrorStatus, Event, Failure, Limits, ProviderConfig, Providers, Recogniser, Service, State,
};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::harness::*;

fn with_limits(server: &Server, limits: Limits) -> baton_transcription::Session {
    Providers::new(vec![ProviderConfig { limits, ..server.config(Service::Deepgram) }]).open()
}

async fn failure(session: &mut baton_transcription::Session) -> Failure {
    until(session, |event| match event {
        Event::Failed { failure, .. } => Some(failure.clone()),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn when_a_connection_breaks_no_final_line_is_lost_and_none_comes_twice() {
    let first = vec![
        Act::Hear(48_000),
        results(0.0, 1.0, "One.", true, true),
        results(1.0, 0.9, "two is cut", false, false),
        Act::Cut,
    ];
    // The next connection hears again what had no final line, and says the end of the old line once more.
    let second = vec![
        Act::Hear(32_000),
        results(0.0, 1.0, "Two.", true, true),
        results(0.0, 1.0, "Two.", true, true),
        results(1.0, 1.0, "Three.", true, true),
    ];
    let server = Server::new([first, second]).await;
    let mut session = server.session(Service::Deepgram);
    say(&session, 0, SECOND);
    say(&session, SECOND, 2 * SECOND);
    say(&session, 2 * SECOND, 3 * SECOND);
    let mut lines = Vec::new();
    while lines.len() < 3 {
        let words = words(&mut session).await;
        if words.is_final {
            lines.push((words.id.0, words.text, words.started_at.as_secs()));
        }
    }
    assert_eq!(lines, [(0, "One.".to_owned(), 0), (1, "Two.".to_owned(), 1), (2, "Three.".to_owned(), 2)]);
    session.finish();
    assert_eq!(final_texts(&rest(&mut session).await), [] as [&str; 0]);
    let replayed = &server.received()[1].samples;
    assert_eq!(replayed[0], sample(SECOND), "the sound goes on where the last final line ended");
}

#[tokio::test]
async fn a_pause_that_is_asked_for_is_kept_and_lines_are_said_to_be_late() {
    let server = Server::new([
        vec![Act::Refuse(429, Some("1"))],
        vec![Act::Hear(16_000), results(0.0, 1.0, "Here I am.", true, true)],
    ])
    .await;
    let mut session = with_limits(&server, Limits { late: Duration::from_millis(300), ..limits() });
    say(&session, 0, SECOND);
    let began = Instant::now();
    let limited = ErrorStatus::RateLimited { retry_after: Some(Duration::from_secs(1)) };
    assert_eq!(failure(&mut session).await, limited.into());
    let state = |event: &Event| match event {
        Event::State(state) => Some(*state),
        _ => None,
    };
    assert_eq!(until(&mut session, state).await, State::Delayed);
    assert_eq!(final_text(&mut session).await, "Here I am.");
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!(until(&mut session, state).await, State::Live);
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn sound_is_kept_until_somebody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let config =
        ProviderConfig::new("gone", Service::Deepgram, &format!("ws://{address}"), ApiKey::default(), "nova-3");
    let config = ProviderConfig { limits: limits(), ..config.expect("valid") };
    let mut session = Providers::new(vec![config]).open();
    say(&session, 0, SECOND);
    assert_eq!(failure(&mut session).await, Failure::Unreachable);
    let listener = TcpListener::bind(address).await.expect("the port is free");
    let server = Server::on(listener, [vec![Act::Hear(16_000), results(0.0, 1.0, "Still here.", true, true)]]);
    assert_eq!(final_text(&mut session).await, "Still here.");
    assert_eq!(server.received()[0].samples[..3], [1, 2, 3]);
}

#[tokio::test]
async fn nonsense_is_passed_over_and_too_much_of_it_ends_the_connection() {
    let nonsense = [
        Act::Raw("{".to_owned()),
        Act::Raw("null".to_owned()),
        Act::Binary(vec![0, 159, 146, 150]),
        Act::Raw(r#"{"type":"Results","start":"soon"}"#.to_owned()),
        Act::Raw(r#"{"type":"Results","channel":{"alternatives":[]}}"#.to_owned()),
        Act::Raw(r#"{"type":"SomethingNew","channel":7}"#.to_owned()),
        Act::Raw("[".repeat(100_000)),
    ];
    let first = nonsense.clone().into_iter().chain([results(0.0, 1.0, "Fine.", true, true)]);
    let server = Server::new([[Act::Hear(16_000)].into_iter().chain(first).collect()]).await;
    let mut session = server.session(Service::Deepgram);
    say(&session, 0, SECOND);
    assert_eq!(final_text(&mut session).await, "Fine.");

    let many = nonsense.iter().cycle().take(40).cloned().collect();
    let server = Server::new([many, vec![Act::Hear(16_000), results(0.0, 1.0, "Better.", true, true)]]).await;
    let mut session = server.session(Service::Deepgram);
    say(&session, 0, SECOND);
    assert_eq!(failure(&mut session).await, Failure::NotTheProtocol);
    assert_eq!(final_text(&mut session).await, "Better.");
}

#[tokio::test]
async fn times_that_lie_break_nothing() {
    let lies = [(-5.0, 1.0, "Back"), (1e308, 1e308, "Far"), (0.5, -3.0, "Inside out"), (0.0, 0.0, "Nowhere")];
    let lies = lies.iter().map(|(start, duration, text)| results(*start, *duration, text, true, true));
    let end = [Act::Hear(48_000), results(2.0, 1.0, "True.", true, true)];
    let server = Server::new([[Act::Hear(16_000)].into_iter().chain(lies).chain(end).collect()]).await;
    let mut session = server.session(Service::Deepgram);
    speak(&session, 0, SECOND);
    let mut ends = Vec::new();
    for last in ["Far", "True."] {
        while ends.last().is_none_or(|(text, _)| text != last) {
            let words = words(&mut session).await;
            ends.push((words.text, words.ended_at));
        }
        speak(&session, SECOND, 3 * SECOND);
    }
    let ends: Vec<_> = ends.into_iter().map(|(_, end)| end).collect();
    assert!(ends.is_sorted() && ends.iter().all(|end| *end <= Duration::from_secs(3)), "{ends:?}");
}

#[tokio::test]
async fn a_line_that_is_too_long_is_cut_and_a_message_that_is_too_long_ends_the_connection() {
    let first = vec![
        Act::Hear(16_000),
        results(0.0, 1.0, &"blah ".repeat(50_000), true, true),
        results(1.0, 1.0, &"x".repeat(2 << 20), true, true),
    ];
    let server = Server::new([first]).await;
    let mut session = server.session(Service::Deepgram);
    say(&session, 0, SECOND);
    assert!(final_text(&mut session).await.chars().count() <= 2_000);
    assert!(matches!(failure(&mut session).await, Failure::NotTheProtocol | Failure::Cut));
}

#[tokio::test]
async fn who_says_nothing_is_asked_again_and_in_the_end_the_words_are_lost() {
    let server = Server::new([]).await;
    let limits = Limits { answer: Duration::from_millis(300), tries: 2, ..limits() };
    let mut session = with_limits(&server, limits);
    say(&session, SECOND, 2 * SECOND);
    assert_eq!(failure(&mut session).await, Failure::Silent);
    let lost = until(&mut session, |event| match event {
        Event::Lost { from, to, failure } => Some((*from, *to, failure.clone())),
        _ => None,
    });
    assert_eq!(lost.await, (Duration::from_secs(1), Duration::from_secs(2), Failure::Silent));
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn an_interim_line_of_somebody_who_never_ends_it_stays() {
    let server =
        Server::new([vec![Act::Hear(16_000), Act::Await("Finalize"), results(0.0, 1.0, "help me", false, false)]])
            .await;
    let limits = Limits { answer: Duration::from_millis(300), late: Duration::from_millis(200), ..limits() };
    let mut session = with_limits(&server, limits);
    say(&session, 0, SECOND);
    assert_eq!(final_text(&mut session).await, "help me");
}

#[tokio::test]
async fn a_key_that_is_rejected_leaves_the_next_provider_at_work() {
    let bad = Server::new((0..20).map(|_| vec![Act::Refuse(401, None)])).await;
    let good = Server::new([vec![Act::Hear(16_000), results(0.0, 1.0, "Hello.", true, true)]]).await;
    let mut session = Providers::new(vec![bad.config(Service::Deepgram), good.config(Service::Deepgram)]).open();
    say(&session, 0, SECOND);
    assert_eq!(failure(&mut session).await, ErrorStatus::Rejected { status: 401 }.into());
    assert_eq!(final_text(&mut session).await, "Hello.");
    assert_eq!(bad.received().len(), 1);
}

#[tokio::test]
async fn who_fails_again_and_again_is_left_alone() {
    let server = Server::new((0..20).map(|_| vec![Act::Refuse(503, None)])).await;
    let providers = Providers::new(vec![ProviderConfig {
        limits: Limits { failures_to_open: 3, open_for: Duration::from_secs(20), ..limits() },
        ..server.config(Service::Deepgram)
    }]);
    let mut session = providers.open();
    for _ in 0..3 {
        assert_eq!(failure(&mut session).await, ErrorStatus::ServerError { status: 503, retry_after: None }.into());
    }
    // Another speaker's session knows it, too.
    let mut other = providers.open();
    assert!(tokio::time::timeout(Duration::from_millis(600), other.next()).await.is_err());
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn what_does_not_fit_is_lost_from_the_old_end_and_said_to_be() {
    let server = Server::new((0..50).map(|_| vec![Act::Refuse(503, None)])).await;
    let mut session = with_limits(&server, Limits { buffer: Duration::from_secs(3), ..limits() });
    for second in 0..5 {
        say(&session, second * SECOND, (second + 1) * SECOND);
    }
    let mut lost = Vec::new();
    while lost.len() < 2 {
        lost.push(
            until(&mut session, |event| match event {
                Event::Lost { from, failure, .. } => Some((from.as_secs(), failure.clone())),
                _ => None,
            })
            .await,
        );
    }
    assert_eq!(lost, [(0, Failure::Overflow), (1, Failure::Overflow)]);
}

#[tokio::test]
async fn a_provider_that_reads_nothing_more_is_left() {
    let server = Server::new([
        vec![Act::Hear(1_600), Act::Freeze],
        vec![Act::Hear(16_000), results(0.0, 1.0, "Back.", true, true)],
    ])
    .await;
    let mut session = with_limits(&server, Limits { answer: Duration::from_secs(1), ..limits() });
    say(&session, 0, SECOND);
    assert!(matches!(failure(&mut session).await, Failure::Silent | Failure::Stuck));
    assert_eq!(final_text(&mut session).await, "Back.");
}

#[tokio::test]
async fn its_own_error_and_its_closing_codes_are_understood() {
    let failed = Failure::from(ErrorStatus::ServerError { status: 1011, retry_after: None });
    for (act, expected) in [
        (Act::Close(1011, "NET-0001"), failed.clone()),
        (Act::Close(1008, "DATA-0000"), ErrorStatus::Rejected { status: 1008 }.into()),
        (Act::Say(json!({ "type": "Error", "description": "no", "variant": "x" })), failed),
        (Act::Cut, Failure::Cut),
    ] {
        let server = Server::new([vec![Act::Hear(1_600), act]]).await;
        let mut session = server.session(Service::Deepgram);
        say(&session, 0, SECOND);
        assert_eq!(failure(&mut session).await, expected);
    }
}

#[tokio::test]
async fn who_is_not_listened_to_any_more_hangs_up() {
    let server = Server::new([vec![Act::Hear(16_000)]]).await;
    let mut session = server.session(Service::Deepgram);
    say(&session, 0, SECOND);
    until(&mut session, |event| matches!(event, Event::Connected { .. }).then_some(())).await;
    drop(session);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    drop(listener);
    let ended = Instant::now();
    while ended.elapsed() < Duration::from_millis(500) {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.received().len(), 1, "nobody connects again");
}

#[tokio::test]
async fn who_finds_no_place_waits_for_one_and_nobody_has_failed() {
    let line = |text: &'static str| vec![Act::Hear(16_000), results(0.0, 1.0, text, true, true)];
    let server = Server::new([line("One."), line("Two.")]).await;
    // One failure would close the way for everybody.
    let limits = Limits { streams: 1, failures_to_open: 1, open_for: Duration::from_secs(3_600), ..limits() };
    let providers = Providers::new(vec![ProviderConfig { limits, ..server.config(Service::Deepgram) }]);
    let (mut first, mut second) = (providers.open(), providers.open());
    say(&first, 0, SECOND);
    assert_eq!(words(&mut first).await.text, "One.");
    say(&second, 0, SECOND);
    let waiting = tokio::time::timeout(Duration::from_millis(300), second.next()).await;
    assert!(waiting.is_err(), "{waiting:?}");
    assert_eq!(server.received().len(), 1);
    first.finish();
    rest(&mut first).await;
    let mut failed = Vec::new();
    let text = loop {
        match second.next().await.expect("it goes on") {
            Event::Words(words) => break words.text,
            Event::Failed { failure, .. } => failed.push(failure),
            _ => {}
        }
    };
    assert_eq!((text.as_str(), failed), ("Two.", vec![]));
}

#[tokio::test]
async fn who_finds_no_place_is_listened_to_by_the_next_provider() {
    let line = |text: &'static str| vec![Act::Hear(16_000), results(0.0, 1.0, text, true, true)];
    let (small, large) = (Server::new([line("One.")]).await, Server::new([line("Two.")]).await);
    let limits = Limits { streams: 1, ..limits() };
    let small = ProviderConfig { limits, ..small.config(Service::Deepgram) };
    let providers = Providers::new(vec![small, large.config(Service::Deepgram)]);
    let (mut first, mut second) = (providers.open(), providers.open());
    say(&first, 0, SECOND);
    assert_eq!(words(&mut first).await.text, "One.");
    say(&second, 0, SECOND);
    assert_eq!(words(&mut second).await.text, "Two.");
}
