//! AssemblyAI's transcription of whole files.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use baton_transcription::{ApiKey, Recording, RecordingError};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::harness::KEY;

#[derive(Clone, Default)]
struct Server {
    looks: Arc<Mutex<VecDeque<(u16, Value)>>>,
    ordered: Arc<Mutex<Vec<Value>>>,
}

async fn recording(looks: impl IntoIterator<Item = (u16, Value)>) -> (Recording, Server) {
    let server = Server { looks: Arc::new(Mutex::new(looks.into_iter().collect())), ..Server::default() };
    let router = Router::new()
        .route("/v2/upload", post(upload))
        .route("/v2/transcript", post(order))
        .route("/v2/transcript/{id}", get(look))
        .with_state(server.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    tokio::spawn(axum::serve(listener, router).into_future());
    (Recording::new(&url, ApiKey::new(KEY)).polling(Duration::from_millis(5)), server)
}

async fn upload(headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    let is_right = headers.get("authorization").is_some_and(|key| key == KEY) && body == "a recording";
    if is_right {
        Ok(Json(json!({ "upload_url": "https://cdn.example.com/1" })))
    } else {
        Err(StatusCode::UNAUTHORIZED)
    }
}

async fn order(State(server): State<Server>, Json(order): Json<Value>) -> Json<Value> {
    server.ordered.lock().expect("no panic").push(order);
    Json(json!({ "id": "9ea68fd3", "status": "queued", "text": null, "utterances": null }))
}

async fn look(State(server): State<Server>) -> impl IntoResponse {
    let (status, answer) = server.looks.lock().expect("no panic").pop_front().expect("no more looks than that");
    (StatusCode::from_u16(status).expect("a status"), Json(answer))
}

#[tokio::test]
async fn a_recording_is_uploaded_ordered_and_waited_for() {
    let done = json!({
        "id": "9ea68fd3", "status": "completed", "text": "Hello. Hi.", "words": [],
        "utterances": [
            { "speaker": "A", "text": "Hello.", "start": 250, "end": 800, "confidence": 0.9, "words": [] },
            { "speaker": "B", "text": "Hi.", "start": 900, "end": 1_200, "confidence": 0.9, "words": [] },
        ],
    });
    let processing = json!({ "id": "9ea68fd3", "status": "processing" });
    let (recording, server) = recording([(200, processing), (503, json!({})), (200, done)]).await;
    let utterances = recording.transcribe("a recording", Some("en-US")).await.expect("a transcript");
    let said: Vec<_> = utterances.iter().map(|said| (said.speaker.as_str(), said.text.as_str(), said.start)).collect();
    assert_eq!(said, [("A", "Hello.", 250), ("B", "Hi.", 900)]);
    let ordered = server.ordered.lock().expect("no panic").clone();
    assert_eq!(
        ordered,
        [json!({ "audio_url": "https://cdn.example.com/1", "speaker_labels": true, "language_code": "en_us" })]
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_said_to_be_so() {
    let (recording, _) = recording([(200, json!({ "id": "9ea68fd3", "status": "error", "error": "no audio" }))]).await;
    assert_eq!(recording.transcribe("a recording", None).await, Err(RecordingError::Unreadable));
    assert!(matches!(recording.transcribe("another", None).await, Err(RecordingError::Provider(_))));
}
