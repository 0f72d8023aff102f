//! Whole files, at every kind of provider.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Multipart, OriginalUri, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use baton_transcription::{
    ApiKey, ErrorStatus, Failure, FileError, FileLine, FileRecogniser, FileStep, Kind, ProviderConfig, Providers,
    Service, SpokenFile,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::harness::{KEY, limits};

/// One server that speaks all three interfaces, and fails as often as it is told.
#[derive(Clone, Default)]
struct Server {
    address: String,
    failing: Arc<Mutex<Vec<u16>>>,
    received: Arc<Mutex<Vec<Received>>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Received {
    uri: String,
    authorization: String,
    content_type: String,
    bytes: usize,
}

impl Server {
    async fn new(failing: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let failing = Arc::new(Mutex::new(failing.iter().rev().copied().collect()));
        let server = Self { address, failing, received: Arc::default() };
        let router = Router::new()
            .route("/v1/listen", post(deepgram))
            .route("/v2/upload", post(upload))
            .route("/v2/transcript", post(|| async { Json(json!({ "id": "1", "status": "queued" })) }))
            .route("/v2/transcript/{id}", get(assemblyai))
            .route("/v1/audio/transcriptions", post(openai))
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(server.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        server
    }

    fn config(&self, service: Service) -> ProviderConfig {
        let (name, base) = match service {
            Service::Deepgram => ("deepgram", format!("ws://{}", self.address)),
            Service::AssemblyAi => ("assemblyai", format!("ws://{}", self.address)),
            Service::OpenAi => ("other", format!("http://{}/v1", self.address)),
        };
        let config = ProviderConfig::new(name, service, &base, ApiKey::new(KEY), "model-1").expect("valid");
        let limits = baton_transcription::Limits { poll: Duration::from_millis(5), tries: 3, ..limits() };
        ProviderConfig { limits, ..config }
    }

    fn hear(&self, uri: &OriginalUri, headers: &HeaderMap, bytes: usize) -> Result<(), StatusCode> {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let content_type = header("content-type").split(';').next().unwrap_or_default().to_owned();
        let received = Received { uri: uri.to_string(), authorization: header("authorization"), content_type, bytes };
        self.received.lock().expect("no panic").push(received);
        match self.failing.lock().expect("no panic").pop() {
            Some(status) => Err(StatusCode::from_u16(status).expect("a status")),
            None => Ok(()),
        }
    }

    fn received(&self) -> Vec<Received> {
        self.received.lock().expect("no panic").clone()
    }
}

async fn deepgram(State(server): State<Server>, uri: OriginalUri, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(failed) = server.hear(&uri, &headers, body.len()) {
        return failed.into_response();
    }
    let utterance = |start: f64, speaker: u32, transcript: &str| {
        json!({
            "start": start, "end": start + 1.5, "confidence": 0.99, "channel": 0, "transcript": transcript, "words": [],
            "speaker": speaker, "id": "8a9b",
        })
    };
    Json(json!({
        "metadata": { "request_id": "1", "duration": 6.7, "channels": 1 },
        "results": {
            "channels": [{ "alternatives": [{ "transcript": "All of it.", "confidence": 0.99, "words": [] }] }],
            "utterances": [utterance(0.5, 0, "My router is broken."), utterance(3.6, 1, "Please call me back on Friday.")],
        },
    }))
    .into_response()
}

async fn upload(State(server): State<Server>, uri: OriginalUri, headers: HeaderMap, body: Bytes) -> Response {
    let failed = server.hear(&uri, &headers, body.len()).err().map(IntoResponse::into_response);
    failed.unwrap_or_else(|| Json(json!({ "upload_url": "https://cdn.example.com/1" })).into_response())
}

async fn assemblyai() -> Json<Value> {
    Json(json!({
        "id": "1", "status": "completed", "text": "Hello.",
        "utterances": [{ "speaker": "A", "text": "Hello.", "start": 250, "end": 800, "confidence": 0.9, "words": [] }],
    }))
}

async fn openai(State(server): State<Server>, uri: OriginalUri, headers: HeaderMap, mut form: Multipart) -> Response {
    let mut wav = Bytes::new();
    while let Some(field) = form.next_field().await.expect("a form") {
        if field.name() == Some("file") {
            assert_eq!(field.content_type(), Some("audio/wav"));
            wav = field.bytes().await.expect("a file");
        }
    }
    assert!(wav.starts_with(b"RIFF"));
    let failed = server.hear(&uri, &headers, wav.len()).err().map(IntoResponse::into_response);
    failed.unwrap_or_else(|| Json(json!({ "text": format!("{} bytes", wav.len()) })).into_response())
}

fn spoken(name: &str, media_type: &str) -> SpokenFile {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sound-file/tests/files").join(name);
    let bytes = std::fs::metadata(&path).expect("a file").len();
    SpokenFile { path, kind: Kind::of_media_type(media_type).expect("a kind"), bytes }
}

async fn transcribed(
    configs: Vec<ProviderConfig>,
    file: SpokenFile,
) -> (Result<Vec<FileLine>, FileError>, Vec<FileStep>) {
    let mut going_on = Providers::new(configs).transcribe(file);
    let mut steps = Vec::new();
    while let Some(step) = going_on.steps.recv().await {
        if matches!(step, FileStep::Leaving { .. }) {
            going_on.go();
        }
        steps.push(step);
    }
    (going_on.lines.result().await, steps)
}

fn sent(provider: &str) -> FileStep {
    FileStep::Leaving { provider: provider.to_owned(), model: "model-1".to_owned() }
}

#[tokio::test]
async fn deepgram_gets_the_file_as_it_is_and_says_who_speaks() {
    let server = Server::new(&[]).await;
    let file = spoken("two.webm", "audio/webm");
    let bytes = usize::try_from(file.bytes).expect("small");
    let (lines, steps) = transcribed(vec![server.config(Service::Deepgram)], file).await;
    let lines = lines.expect("a transcript");
    let said: Vec<_> = lines.iter().map(|line| (line.speaker.as_deref(), line.text.as_str())).collect();
    assert_eq!(said, [(Some("A"), "My router is broken."), (Some("B"), "Please call me back on Friday.")]);
    assert_eq!((lines[1].from, lines[1].to), (Duration::from_millis(3_600), Some(Duration::from_millis(5_100))));
    assert_eq!(steps, [sent("deepgram")]);
    let uri = "/v1/listen?model=model-1&language=multi&punctuate=true&smart_format=true&utterances=true&diarize=true";
    let (authorization, content_type) = (format!("Token {KEY}"), "audio/webm".to_owned());
    assert_eq!(server.received(), [Received { uri: uri.to_owned(), authorization, content_type, bytes }]);
}

#[tokio::test]
async fn assemblyai_gets_the_file_as_it_is() {
    let server = Server::new(&[]).await;
    let (lines, _) = transcribed(vec![server.config(Service::AssemblyAi)], spoken("two.mp3", "audio/mpeg")).await;
    let line = FileLine {
        speaker: Some("A".to_owned()),
        text: "Hello.".to_owned(),
        from: Duration::from_millis(250),
        to: Some(Duration::from_millis(800)),
    };
    assert_eq!(lines.expect("a transcript"), [line]);
}

#[tokio::test]
async fn a_server_of_openais_interface_gets_one_utterance_after_the_other() {
    let server = Server::new(&[500]).await;
    let (lines, steps) = transcribed(vec![server.config(Service::OpenAi)], spoken("two.wav", "audio/wav")).await;
    let lines = lines.expect("a transcript");
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[1].from > Duration::from_secs(3) && lines[1].to.is_some(), "{lines:?}");
    assert_eq!(server.received().len(), 3, "the first was asked for again");
    let heard: Vec<_> = steps.iter().filter(|step| matches!(step, FileStep::Heard { of: Some(_), .. })).collect();
    assert_eq!(heard.len(), 2, "{steps:?}");
}

#[tokio::test]
async fn the_next_is_asked_when_one_fails() {
    let (first, second) = (Server::new(&[401]).await, Server::new(&[]).await);
    let configs = vec![first.config(Service::Deepgram), second.config(Service::OpenAi)];
    let (lines, steps) = transcribed(configs, spoken("two.ogg", "audio/ogg")).await;
    assert_eq!(lines.expect("a transcript").len(), 2);
    let failure = ErrorStatus::Rejected { status: 401 }.into();
    let failed = FileStep::Failed { provider: "deepgram".to_owned(), failure };
    assert_eq!(steps[..3], [sent("deepgram"), failed, sent("other")]);
    assert_eq!(first.received().len(), 1, "a wrong key is not tried again");
}

#[tokio::test]
async fn when_all_fail_it_is_said_why() {
    let server = Server::new(&[503; 9]).await;
    let configs = vec![server.config(Service::Deepgram), server.config(Service::OpenAi)];
    let (lines, _) = transcribed(configs, spoken("two.m4a", "audio/mp4")).await;
    let failure = Failure::from(ErrorStatus::ServerError { status: 503, retry_after: None });
    assert!(matches!(lines, Err(FileError::Failed(ref why)) if *why == failure), "{lines:?}");
    assert_eq!(server.received().len(), 6, "three tries each");
}

#[tokio::test]
async fn nothing_leaves_before_it_may() {
    let server = Server::new(&[]).await;
    let mut going_on =
        Providers::new(vec![server.config(Service::Deepgram)]).transcribe(spoken("two.ogg", "audio/ogg"));
    assert_eq!(going_on.steps.recv().await, Some(sent("deepgram")));
    drop(going_on);
    assert_eq!(server.received(), []);
}

#[tokio::test]
async fn what_is_no_sound_is_said_to_be_none() {
    let server = Server::new(&[]).await;
    let (lines, _) = transcribed(vec![server.config(Service::OpenAi)], spoken("make.sh", "audio/wav")).await;
    assert!(matches!(lines, Err(FileError::Unreadable)), "{lines:?}");
    let gone = SpokenFile { path: "no such file".into(), ..spoken("two.wav", "audio/wav") };
    let (lines, _) = transcribed(vec![server.config(Service::OpenAi)], gone).await;
    assert!(matches!(lines, Err(FileError::Gone(_))), "{lines:?}");
    assert_eq!(server.received(), []);
    assert!(matches!(transcribed(Vec::new(), spoken("two.wav", "audio/wav")).await.0, Err(FileError::Nobody)));
}
