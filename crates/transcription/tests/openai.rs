//! OpenAI's `/audio/transcriptions`, one utterance after the other.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Multipart, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use baton_transcription::{
    ApiKey, ErrorStatus, Event, Failure, Limits, ProviderConfig, Providers, Recogniser, Service, Session,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::harness::{KEY, SECOND, final_text, final_texts, limits, rest, say, until};

#[derive(Clone, Debug)]
enum Reply {
    Text(&'static str),
    Json(Value),
    Status(u16, Option<&'static str>),
    Raw(String),
    Silence,
}

#[derive(Clone, Debug, Default)]
struct Received {
    authorization: String,
    fields: Vec<(String, String)>,
    wav: Vec<u8>,
}

#[derive(Clone)]
struct Server {
    url: String,
    script: Arc<Mutex<VecDeque<Reply>>>,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    async fn new(script: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
        let script = Arc::new(Mutex::new(script.into_iter().collect()));
        let server = Self { url, script, received: Arc::default() };
        let router = Router::new()
            .route("/v1/audio/transcriptions", post(answer))
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(server.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        server
    }

    fn session(&self, limits: Limits) -> Session {
        let config = ProviderConfig::new("groq", Service::OpenAi, &self.url, ApiKey::new(KEY), "whisper-large-v3");
        Providers::new(vec![ProviderConfig { limits, language: Some("en-US".to_owned()), ..config.expect("valid") }])
            .open()
    }

    fn received(&self) -> Vec<Received> {
        self.received.lock().expect("no panic").clone()
    }
}

async fn answer(State(server): State<Server>, headers: HeaderMap, mut form: Multipart) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let mut received = Received { authorization: text("authorization"), ..Received::default() };
    while let Some(field) = form.next_field().await.expect("a form") {
        let name = field.name().expect("a name").to_owned();
        if name == "file" {
            assert_eq!((field.file_name(), field.content_type()), (Some("speech.wav"), Some("audio/wav")));
            received.wav = field.bytes().await.expect("a file").to_vec();
        } else {
            received.fields.push((name, field.text().await.expect("a text")));
        }
    }
    server.received.lock().expect("no panic").push(received);
    let reply = server.script.lock().expect("no panic").pop_front().unwrap_or(Reply::Status(500, None));
    match reply {
        Reply::Text(text) => {
            json!({ "task": "transcribe", "language": "english", "duration": 1.0, "text": text, "segments": [] })
                .to_string()
                .into_response()
        }
        Reply::Json(answer) => answer.to_string().into_response(),
        Reply::Status(status, retry_after) => {
            let status = StatusCode::from_u16(status).expect("a status");
            let headers = [("retry-after", retry_after.unwrap_or("0"))];
            if retry_after.is_some() { (status, headers).into_response() } else { status.into_response() }
        }
        Reply::Raw(body) => body.into_response(),
        Reply::Silence => std::future::pending().await,
    }
}

#[tokio::test]
async fn every_utterance_is_one_file_and_one_line_in_order() {
    let server = Server::new([Reply::Text(" One. "), Reply::Text(""), Reply::Text("Three.")]).await;
    let mut session = server.session(limits());
    for second in 0..3 {
        say(&session, second * 2 * SECOND, (second * 2 + 1) * SECOND);
    }
    session.finish();
    let events = rest(&mut session).await;
    assert_eq!(final_texts(&events), ["One.", "Three."]);
    let received = server.received();
    assert_eq!(received.len(), 3);
    assert_eq!(received[0].authorization, format!("Bearer {KEY}"));
    let fields: Vec<_> = received[0].fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        fields,
        [("model", "whisper-large-v3"), ("response_format", "verbose_json"), ("temperature", "0"), ("language", "en")]
    );
    assert_eq!((&received[0].wav[..4], received[0].wav.len()), (&b"RIFF"[..], 44 + 32_000));
    assert_eq!(received[2].wav[44..46], crate::harness::sample(4 * SECOND).to_le_bytes());
}

#[tokio::test]
async fn what_fails_in_passing_is_sent_again_and_nothing_is_lost() {
    let server = Server::new([
        Reply::Status(503, None),
        Reply::Status(429, Some("1")),
        Reply::Raw("<html>".to_owned()),
        Reply::Raw("x".repeat(2 << 20)),
        Reply::Text("At last."),
        Reply::Text("And more."),
    ])
    .await;
    let mut session = server.session(Limits { failures_to_open: 10, ..limits() });
    say(&session, 0, SECOND);
    say(&session, 2 * SECOND, 3 * SECOND);
    assert_eq!(final_text(&mut session).await, "At last.");
    assert_eq!(final_text(&mut session).await, "And more.");
    assert_eq!(server.received().len(), 6);
}

#[tokio::test]
async fn what_fails_too_often_is_lost_with_a_word_and_the_next_goes_on() {
    let failing = (0..3).map(|_| Reply::Status(500, None));
    let server = Server::new(failing.chain([Reply::Text("Next.")])).await;
    let mut session = server.session(Limits { tries: 3, ..limits() });
    say(&session, 0, SECOND);
    say(&session, 2 * SECOND, 3 * SECOND);
    let lost = until(&mut session, |event| match event {
        Event::Lost { from, failure, .. } => Some((*from, failure.clone())),
        _ => None,
    });
    assert_eq!(lost.await, (Duration::ZERO, ErrorStatus::ServerError { status: 500, retry_after: None }.into()));
    assert_eq!(final_text(&mut session).await, "Next.");
}

#[tokio::test]
async fn a_file_that_is_refused_does_not_stand_in_the_way() {
    let server = Server::new([Reply::Status(413, None), Reply::Text("Next.")]).await;
    let mut session = server.session(limits());
    say(&session, 0, SECOND);
    say(&session, 2 * SECOND, 3 * SECOND);
    assert_eq!(final_text(&mut session).await, "Next.");
}

#[tokio::test]
async fn who_knows_no_verbose_answers_is_asked_for_plain_ones_from_then_on() {
    let server = Server::new([
        Reply::Status(400, None),
        Reply::Json(json!({ "text": "One." })),
        Reply::Json(json!({ "text": "Two." })),
    ])
    .await;
    let mut session = server.session(limits());
    say(&session, 0, SECOND);
    say(&session, 2 * SECOND, 3 * SECOND);
    assert_eq!(final_text(&mut session).await, "One.");
    assert_eq!(final_text(&mut session).await, "Two.");
    let formats: Vec<_> = server.received().iter().map(|received| received.fields[1].1.clone()).collect();
    assert_eq!(formats, ["verbose_json", "json", "json"]);
}

#[tokio::test]
async fn what_a_model_makes_up_in_silence_is_left_out() {
    let segment = |text: &str, no_speech: f64, logprob: f64| json!({ "id": 0, "text": text, "no_speech_prob": no_speech, "avg_logprob": logprob });
    let answer = json!({
        "text": " Hello. Thanks for watching!",
        "segments": [segment(" Hello.", 0.1, -0.2), segment(" Thanks for watching!", 0.9, -1.4)],
    });
    let server = Server::new([Reply::Json(answer)]).await;
    let mut session = server.session(limits());
    say(&session, 0, SECOND);
    assert_eq!(final_text(&mut session).await, "Hello.");
}

#[tokio::test]
async fn no_answer_is_a_failure_after_its_time() {
    let server = Server::new([Reply::Silence, Reply::Text("Hello.")]).await;
    let mut session = server.session(Limits { answer: Duration::from_millis(300), ..limits() });
    say(&session, 0, SECOND);
    let failed = until(&mut session, |event| match event {
        Event::Failed { failure, .. } => Some(failure.clone()),
        _ => None,
    });
    assert_eq!(failed.await, Failure::TimedOut);
    assert_eq!(final_text(&mut session).await, "Hello.");
}
