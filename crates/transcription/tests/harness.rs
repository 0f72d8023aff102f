//! A streaming provider on a port of its own, and a speaker.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use baton_transcription::{ApiKey, Event, Limits, ProviderConfig, Providers, Recogniser, Service, Session, Words};
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub const KEY: &str = "dg-test-0123456789";
pub const SECOND: u64 = 16_000;

/// What a provider does with one connection, step by step. After the last it reads on, and closes when it is told to.
#[derive(Clone, Debug)]
pub enum Act {
    /// Refuses the connection.
    Refuse(u16, Option<&'static str>),
    /// Waits until so many samples have come.
    Hear(usize),
    /// Waits for a text message of this type.
    Await(&'static str),
    Say(Value),
    Raw(String),
    Binary(Vec<u8>),
    Close(u16, &'static str),
    Cut,
    /// Reads nothing more and says nothing.
    Freeze,
}

/// What came on one connection.
#[derive(Clone, Debug, Default)]
pub struct Received {
    pub uri: String,
    pub authorization: String,
    pub samples: Vec<i16>,
    /// How long each frame was, in samples.
    pub frames: Vec<usize>,
    pub texts: Vec<String>,
}

#[derive(Clone)]
pub struct Server {
    pub url: String,
    scripts: Arc<Mutex<VecDeque<Vec<Act>>>>,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    /// One script a connection; further connections hear silence.
    pub async fn new(scripts: impl IntoIterator<Item = Vec<Act>>) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").await.expect("a free port"), scripts)
    }

    pub fn on(listener: TcpListener, scripts: impl IntoIterator<Item = Vec<Act>>) -> Self {
        let url = format!("ws://{}", listener.local_addr().expect("an address"));
        let scripts = Arc::new(Mutex::new(scripts.into_iter().collect()));
        let server = Self { url, scripts, received: Arc::default() };
        let router = Router::new().fallback(any(answer)).with_state(server.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        server
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().expect("no panic").clone()
    }

    pub fn config(&self, service: Service) -> ProviderConfig {
        let config = ProviderConfig::new("test", service, &self.url, ApiKey::new(KEY), "nova-3");
        ProviderConfig { limits: limits(), ..config.expect("valid") }
    }

    pub fn session(&self, service: Service) -> Session {
        Providers::new(vec![self.config(service)]).open()
    }

    fn change(&self, at: usize, change: impl FnOnce(&mut Received)) {
        change(&mut self.received.lock().expect("no panic")[at]);
    }
}

/// Patient enough for a busy machine, impatient enough for a test.
pub fn limits() -> Limits {
    Limits {
        backoff: Duration::from_millis(20),
        catch_up: 1_000.0,
        interim_every: Duration::ZERO,
        failures_to_open: 10,
        open_for: Duration::from_millis(50),
        ..Limits::default()
    }
}

async fn answer(
    State(server): State<Server>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let authorization = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let received = Received { uri: uri.to_string(), authorization: authorization.to_owned(), ..Received::default() };
    let number = {
        let mut all = server.received.lock().expect("no panic");
        all.push(received);
        all.len() - 1
    };
    let script = server.scripts.lock().expect("no panic").pop_front().unwrap_or_default();
    if let Some(Act::Refuse(status, retry_after)) = script.first() {
        let status = StatusCode::from_u16(*status).expect("a status");
        let retry_after = retry_after.map(|wait| [("retry-after", wait)]);
        return retry_after.map_or_else(|| status.into_response(), |headers| (status, headers).into_response());
    }
    upgrade.on_upgrade(move |socket| async move { play(socket, &server, number, script).await })
}

/// Reads one message; `false` at the end.
async fn read(socket: &mut WebSocket, server: &Server, number: usize) -> bool {
    match socket.recv().await {
        Some(Ok(Message::Binary(bytes))) => {
            assert!(bytes.len().is_multiple_of(2), "whole samples");
            let samples = bytes.as_chunks().0.iter().map(|pair| i16::from_le_bytes(*pair));
            server.change(number, |received| {
                received.samples.extend(samples);
                received.frames.push(bytes.len() / 2);
            });
            true
        }
        Some(Ok(Message::Text(text))) => {
            server.change(number, |received| received.texts.push(text.to_string()));
            true
        }
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => true,
        Some(Ok(Message::Close(_)) | Err(_)) | None => false,
    }
}

async fn play(mut socket: WebSocket, server: &Server, number: usize, script: Vec<Act>) {
    let now = |server: &Server| server.received()[number].clone();
    for act in script {
        let sent = match act {
            Act::Hear(samples) => {
                while now(server).samples.len() < samples {
                    if !read(&mut socket, server, number).await {
                        return;
                    }
                }
                Ok(())
            }
            Act::Await(kind) => {
                while !now(server).texts.iter().any(|text| text.contains(kind)) {
                    if !read(&mut socket, server, number).await {
                        return;
                    }
                }
                Ok(())
            }
            Act::Say(message) => socket.send(Message::text(message.to_string())).await,
            Act::Raw(text) => socket.send(Message::text(text)).await,
            Act::Binary(bytes) => socket.send(Message::binary(bytes)).await,
            Act::Close(code, reason) => {
                let frame = CloseFrame { code, reason: reason.into() };
                drop(socket.send(Message::Close(Some(frame))).await);
                return;
            }
            Act::Cut | Act::Refuse(..) => return,
            Act::Freeze => return std::future::pending().await,
        };
        if sent.is_err() {
            return;
        }
    }
    while read(&mut socket, server, number).await {
        let last = now(server).texts.pop().unwrap_or_default();
        if last.contains("CloseStream") {
            drop(socket.send(Message::text(json!({ "type": "Metadata", "duration": 1.0 }).to_string())).await);
            return;
        }
        if last.contains("Terminate") {
            drop(socket.send(Message::text(json!({ "type": "Termination" }).to_string())).await);
            return;
        }
    }
}

/// Sound from `from` to `to` in pieces of 20 ms, each sample telling its position.
pub fn speak(session: &Session, from: u64, to: u64) {
    for position in (from..to).step_by(320) {
        session.sound(position, (position..to.min(position + 320)).map(sample).collect());
    }
}

/// What stands at this position of every speaker's stream.
pub fn sample(position: u64) -> i16 {
    i16::try_from(position % 30_000).expect("fits") + 1
}

/// Sound in which somebody speaks.
pub fn say(session: &Session, from: u64, to: u64) {
    speak(session, from, to);
    session.utterance(from, to);
}

/// The next event that `wanted` likes.
pub async fn until<T>(session: &mut Session, wanted: impl Fn(&Event) -> Option<T>) -> T {
    let found = async {
        loop {
            let event = session.next().await.expect("the session goes on");
            if let Some(found) = wanted(&event) {
                return found;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), found).await.expect("it happens")
}

pub async fn words(session: &mut Session) -> Words {
    until(session, |event| match event {
        Event::Words(words) => Some(words.clone()),
        _ => None,
    })
    .await
}

pub async fn final_text(session: &mut Session) -> String {
    until(session, |event| match event {
        Event::Words(words) if words.is_final => Some(words.text.clone()),
        _ => None,
    })
    .await
}

/// Everything until the session ends.
pub async fn rest(session: &mut Session) -> Vec<Event> {
    let all = async {
        let mut events = Vec::new();
        while let Some(event) = session.next().await {
            events.push(event);
        }
        events
    };
    tokio::time::timeout(Duration::from_secs(30), all).await.expect("it ends")
}

pub fn final_texts(events: &[Event]) -> Vec<&str> {
    let texts = events.iter().filter_map(|event| match event {
        Event::Words(words) if words.is_final => Some(words.text.as_str()),
        _ => None,
    });
    texts.collect()
}

/// Deepgram's `Results`, as documented.
pub fn results(start: f64, duration: f64, text: &str, is_final: bool, speech_final: bool) -> Act {
    Act::Say(json!({
        "type": "Results", "channel_index": [0, 1], "duration": duration, "start": start, "is_final": is_final,
        "speech_final": speech_final, "from_finalize": false,
        "channel": { "alternatives": [{ "transcript": text, "confidence": 0.99, "words": [] }] },
        "metadata": { "request_id": "5479ba9f", "model_uuid": "4899ea60" },
    }))
}
