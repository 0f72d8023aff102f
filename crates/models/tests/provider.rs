//! A provider on a port of its own: it answers as its script says, in the documented form, and keeps what it received.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use baton_models::{ApiKey, ProviderConfig};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

pub const KEY: &str = "sk-test-0123456789";

/// What a provider does with one request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Streams a text in pieces of a few letters, and ends it properly.
    Text(String),
    /// The same with another `finish_reason`.
    Finish(String, &'static str),
    /// Streams the chunks as they are, without an end: the connection closes.
    Cut(Vec<String>),
    /// Sends the beginning and then nothing more, but stays connected.
    Stall(Vec<String>),
    /// Streams a refusal.
    Refusal,
    /// Answers with a status, headers and a body.
    Status(u16, Vec<(&'static str, String)>, String),
    /// Never answers.
    Silence,
    /// The same as another, but not before it is let.
    After(Arc<Notify>, Box<Reply>),
}

/// What a provider received.
#[derive(Clone, Debug)]
pub struct Received {
    pub headers: HeaderMap,
    pub body: Value,
}

impl Received {
    pub fn message(&self, at: usize) -> &str {
        self.body["messages"][at]["content"].as_str().expect("a text")
    }

    /// The document with the transcript.
    pub fn document(&self) -> Value {
        serde_json::from_str(self.message(1)).expect("a JSON document")
    }
}

/// A provider.
#[derive(Clone)]
pub struct Provider {
    script: Arc<Mutex<VecDeque<Reply>>>,
    received: Arc<Mutex<Vec<Received>>>,
    pub url: String,
}

impl Provider {
    /// Answers with these in turn; then with 500.
    pub async fn new(script: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
        let provider =
            Self { script: Arc::new(Mutex::new(script.into_iter().collect())), received: Arc::default(), url };
        let router = Router::new().route("/v1/chat/completions", post(answer)).with_state(provider.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        provider
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().expect("no panic").clone()
    }

    pub fn only_received(&self) -> Received {
        let received = self.received();
        assert_eq!(received.len(), 1, "{received:#?}");
        received[0].clone()
    }

    pub fn config(&self) -> ProviderConfig {
        ProviderConfig::new("groq", &self.url, ApiKey::new(KEY), "test-model").expect("valid")
    }
}

async fn answer(State(provider): State<Provider>, headers: HeaderMap, body: Bytes) -> Response {
    let body = serde_json::from_slice(&body).expect("a JSON body");
    provider.received.lock().expect("no panic").push(Received { headers, body });
    let reply = provider.script.lock().expect("no panic").pop_front();
    let mut reply = reply.unwrap_or_else(|| Reply::Status(500, Vec::new(), "the script is at its end".to_owned()));
    if let Reply::After(gate, next) = reply {
        gate.notified().await;
        reply = *next;
    }
    match reply {
        Reply::Text(text) => finished(&text, "stop"),
        Reply::Finish(text, reason) => finished(&text, reason),
        Reply::Cut(chunks) => streamed(chunks, false),
        Reply::Stall(chunks) => streamed(chunks, true),
        Reply::Refusal => {
            let refusal = chunk(&json!({ "refusal": "I'm sorry, I can't help with that." }), None);
            streamed(vec![refusal, chunk(&json!({}), Some("stop")), done()], false)
        }
        Reply::Status(status, headers, body) => {
            let mut response = Response::builder().status(StatusCode::from_u16(status).expect("a status"));
            for (name, value) in headers {
                response = response.header(name, value);
            }
            response.body(Body::from(body)).expect("a response")
        }
        Reply::Silence | Reply::After(..) => std::future::pending().await,
    }
}

/// OpenAI's `chat.completion.chunk`, as documented.
pub fn chunk(delta: &Value, finish_reason: Option<&str>) -> String {
    let chunk = json!({
        "id": "chatcmpl-123", "object": "chat.completion.chunk", "created": 1_694_268_190, "model": "test-model",
        "system_fingerprint": "fp_44709d6fcb", "service_tier": "on_demand", "x_groq": { "id": "req_1" },
        "choices": [{ "index": 0, "delta": delta, "logprobs": null, "finish_reason": finish_reason }],
    });
    format!("data: {chunk}\n\n")
}

fn done() -> String {
    "data: [DONE]\n\n".to_owned()
}

/// A text in chunks of a few letters, as a model writes it.
pub fn text_chunks(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let pieces = chars.chunks(7).map(|piece| chunk(&json!({ "content": String::from_iter(piece) }), None));
    [chunk(&json!({ "role": "assistant", "content": "", "refusal": null }), None)].into_iter().chain(pieces).collect()
}

fn finished(text: &str, reason: &str) -> Response {
    let mut chunks = text_chunks(text);
    chunks.push(chunk(&json!({}), Some(reason)));
    chunks.push(done());
    streamed(chunks, false)
}

fn streamed(chunks: Vec<String>, stays: bool) -> Response {
    let sent = stream::iter(chunks).map(Ok::<_, Infallible>);
    let end = if stays { stream::pending().left_stream() } else { stream::empty().right_stream() };
    Response::builder()
        .header("content-type", "text/event-stream")
        .header("x-ratelimit-remaining-requests", "59")
        .body(Body::from_stream(sent.chain(end)))
        .expect("a response")
}

/// OpenAI's error body.
pub fn error_body(code: &str) -> String {
    json!({ "error": { "message": "No.", "type": "invalid_request_error", "param": null, "code": code } }).to_string()
}

/// An answer with these statements as the reason for the call.
pub fn briefing_of(statements: &[(&str, &[u32])]) -> String {
    let reason: Vec<Value> =
        statements.iter().map(|(text, citations)| json!({ "text": text, "citations": citations })).collect();
    let opening_line = json!({ "text": "Hello Carol, I know about your router.", "citations": [1] });
    // In the order in which a model is asked to write.
    format!(
        r#"{{"reason":{},"tried":[],"promised":[],"mood":[],"facts":[],"to_decide":[],"might_resolve":[],"opening_line":{opening_line}}}"#,
        Value::from(reason),
    )
}

pub fn good() -> Reply {
    Reply::Text(briefing_of(&[("Carol's router has been offline since Monday", &[1, 3])]))
}
