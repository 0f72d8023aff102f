//! A provider of speech recognition that speaks Deepgram's format, and reads the audit of the desk that connects to it.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::any;
use baton::server::state::App;
use baton_domain::ids::CallId;
use baton_domain::outcome::HappeningKind;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// So much of a voice is there before the provider says anything: two seconds.
const ENOUGH: usize = 32_000;
/// How long each of its lines is.
const LENGTH: Duration = Duration::from_millis(50);

/// A provider that speaks Deepgram's format and hears the same words in everybody's first two seconds.
pub struct Provider {
    pub url: String,
    /// What it says, and whether that is final.
    words: Vec<(String, bool)>,
    /// Each of that waits for one of these.
    may_say: Semaphore,
    /// When each left it.
    said_at: Mutex<Vec<Instant>>,
    /// The desk whose audit it reads, and what stood there about voices as each connection came.
    desk: OnceLock<App>,
    audits: Mutex<Vec<Vec<String>>>,
}

impl Provider {
    pub async fn new(words: &[(&str, bool)]) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let provider = Arc::new(Self {
            url: format!("ws://{}", listener.local_addr().expect("an address")),
            words: words.iter().map(|(text, is_final)| ((*text).to_owned(), *is_final)).collect(),
            may_say: Semaphore::new(0),
            said_at: Mutex::default(),
            desk: OnceLock::new(),
            audits: Mutex::default(),
        });
        let router = Router::new().fallback(any(answer)).with_state(provider.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        provider
    }

    async fn listen(&self, mut socket: WebSocket) {
        let mut heard = 0;
        while let Some(Ok(message)) = socket.recv().await {
            if message.to_text().is_ok_and(|text| text.contains("CloseStream")) {
                return;
            }
            let before = heard;
            heard += message.into_data().len() / 2;
            if before < ENOUGH && heard >= ENOUGH {
                self.speak(&mut socket).await;
            }
        }
    }

    async fn speak(&self, socket: &mut WebSocket) {
        let mut start = LENGTH.as_secs_f64();
        for (text, is_final) in &self.words {
            self.may_say.acquire().await.expect("never closed").forget();
            let channel = json!({ "alternatives": [{ "transcript": text, "words": [] }] });
            let message = json!({
                "type": "Results", "start": start, "duration": LENGTH.as_secs_f64(), "is_final": is_final, "speech_final": is_final, "channel": channel,
            });
            self.said_at.lock().expect("no panic").push(Instant::now());
            drop(socket.send(Message::text(message.to_string())).await);
            start += if *is_final { LENGTH.as_secs_f64() } else { 0.0 };
        }
    }

    /// Whose audit it reads.
    pub fn knows(&self, app: &App) {
        assert!(self.desk.set(app.clone()).is_ok(), "one desk");
    }

    pub fn says_one_more(&self) {
        self.may_say.add_permits(1);
    }

    pub fn audits(&self) -> Vec<Vec<String>> {
        self.audits.lock().expect("no panic").clone()
    }

    /// How long ago the newest of it left.
    pub fn said_ago(&self) -> Duration {
        self.said_at.lock().expect("no panic").last().expect("it has spoken").elapsed()
    }
}

async fn answer(State(provider): State<Arc<Provider>>, upgrade: WebSocketUpgrade) -> Response {
    let app = provider.desk.get().expect("a desk");
    let mut audit = Vec::new();
    for call in app.calls().newest(None, 10, false).await.expect("calls") {
        audit.extend(voices_sent(app, call.id).await);
    }
    provider.audits.lock().expect("no panic").push(audit);
    upgrade.on_upgrade(async move |socket| provider.listen(socket).await)
}

/// What the timeline of a call says of voices that left.
pub async fn voices_sent(app: &App, call: CallId) -> Vec<String> {
    let happened = app.timeline(call).await.expect("a call").into_iter().map(|entry| entry.happening);
    let sent = happened.filter(|happening| happening.kind == HappeningKind::SpeechSentToRecogniser);
    sent.map(|happening| happening.detail.expect("to whom")).collect()
}
