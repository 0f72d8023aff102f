//! Files of sound: received, transcribed at a provider that speaks OpenAI's interface, summarised; and everything in between.

mod interrupted;
mod large;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::pending;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Multipart, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use axum::http::{Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use baton::server::permissions::Who;
use baton::server::services::spoken_files::NewFile;
use baton_domain::ids::SpokenFileId;
use baton_domain::spoken_file::{SpokenFile, SpokenFileFailure, SpokenFileState};
use baton_domain::time::Span;
use baton_transcription::{ApiKey, Limits, ProviderConfig, Service};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::harness::{API_KEY, Answer, TestDesk};

const PATH: &str = "/api/v1/recordings/transcribe";

#[derive(Clone, Debug)]
enum Reply {
    Text(&'static str),
    Status(u16),
    Never,
}

#[derive(Clone, Default)]
struct Provider {
    url: String,
    replies: Arc<Mutex<VecDeque<Reply>>>,
    asked: Arc<Notify>,
}

impl Provider {
    async fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
        let provider = Self { url, replies: Arc::new(Mutex::new(replies.into_iter().collect())), ..Self::default() };
        let router = Router::new()
            .route("/v1/audio/transcriptions", post(answer))
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(provider.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        provider
    }

    fn config(&self, name: &str) -> ProviderConfig {
        let config = ProviderConfig::new(name, Service::OpenAi, &self.url, ApiKey::new("key"), "whisper-1");
        let limits = Limits { backoff: Duration::from_millis(5), tries: 2, ..Limits::default() };
        ProviderConfig { limits, ..config.expect("valid") }
    }
}

async fn answer(State(provider): State<Provider>, mut form: Multipart) -> Response {
    while let Some(field) = form.next_field().await.expect("a form") {
        if field.name() == Some("file") {
            assert!(field.bytes().await.expect("a file").starts_with(b"RIFF"));
        }
    }
    provider.asked.notify_one();
    let reply = provider.replies.lock().expect("no panic").pop_front();
    match reply.unwrap_or(Reply::Text("And more.")) {
        Reply::Text(text) => Json(json!({ "text": text })).into_response(),
        Reply::Status(status) => StatusCode::from_u16(status).expect("a status").into_response(),
        Reply::Never => pending().await,
    }
}

/// A desk whose only providers these are.
async fn desk(providers: &[&Provider]) -> TestDesk {
    let configs = configs(providers);
    TestDesk::configured(|config| config.transcription.providers = configs).await
}

fn configs(providers: &[&Provider]) -> Vec<ProviderConfig> {
    ["first", "second"].iter().zip(providers).map(|(name, provider)| provider.config(name)).collect()
}

/// Two sentences.
fn two() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/sound-file/tests/files/two.wav");
    std::fs::read(path).expect("a file")
}

fn upload(key: &str, media_type: &str, query: &str, headers: &[(&str, &str)], body: Body) -> Request<Body> {
    let mut request = Request::post(format!("{PATH}{query}")).header(AUTHORIZATION, format!("Bearer {key}"));
    request = request.header(CONTENT_TYPE, media_type);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body).expect("a request")
}

async fn send_wav(desk: &TestDesk, key: &str) -> Answer {
    desk.send(upload(key, "audio/wav", "?name=talk.wav", &[], Body::from(two()))).await
}

fn id_of(answer: &Answer) -> SpokenFileId {
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text);
    answer.json()["id"].as_str().expect("an id").parse().expect("an id")
}

async fn in_time<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), what).await.expect("before long")
}

/// The file once `is_it`, which it becomes before long.
async fn once(desk: &TestDesk, id: SpokenFileId, is_it: impl Fn(&SpokenFile) -> bool) -> SpokenFile {
    let files = desk.app.spoken_files();
    let becoming = async {
        let mut seen = None;
        loop {
            let file = files.follow(&Who::ApiKey, id, seen).await.expect("it is there");
            if is_it(&file) {
                return file;
            }
            assert!(!file.state.is_over(), "{file:?}");
            seen = Some(file.revision);
        }
    };
    in_time(becoming).await
}

async fn spooled(desk: &TestDesk) -> usize {
    desk.app.uploads.all().await.expect("a folder").len()
}

/// What came of a file is told before its sound is gone, which it is soon after.
async fn until_nothing_is_spooled(desk: &TestDesk) {
    in_time(async {
        while spooled(desk).await > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_is_transcribed_and_summarised() {
    let provider =
        Provider::new([Reply::Text("My router is broken."), Reply::Text("Please call me back on Friday.")]).await;
    let mut desk = desk(&[&provider]).await;
    let received = send_wav(&desk, API_KEY).await;
    let id = id_of(&received);
    let location = format!("/api/v1/recordings/transcriptions/{id}");
    assert_eq!(received.headers.get(LOCATION).and_then(|value| value.to_str().ok()), Some(location.as_str()));
    assert_eq!(received.json()["state"], "transcribing");
    assert_eq!(spooled(&desk).await, 1);
    desk.start_workers();
    once(&desk, id, |file| file.state == SpokenFileState::Done).await;
    let done = desk.get(&format!("/recordings/transcriptions/{id}")).await.json();
    assert_eq!((&done["state"], &done["percent"], &done["name"]), (&json!("done"), &json!(100), &json!("talk.wav")));
    let texts: Vec<&Value> = done["lines"].as_array().expect("lines").iter().map(|line| &line["text"]).collect();
    assert_eq!(texts, ["My router is broken.", "Please call me back on Friday."]);
    assert!(done["lines"][1]["from_ms"].as_i64() > Some(3_000), "{done}");
    assert!(done["summary"].to_string().contains("router"), "{}", done["summary"]);
    assert_eq!(done["sent_to"], json!(["first, whisper-1: the sound"]));
    assert_eq!(spooled(&desk).await, 0, "what is transcribed is kept no longer");
    assert_eq!(desk.get("/recordings/transcriptions").await.json()["transcriptions"][0]["id"], id.to_string());

    let path = format!("/recordings/transcriptions/{id}");
    assert_eq!(desk.rest(Method::DELETE, &path, Some(API_KEY), None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(desk.get(&path).await.problem(), "404 not_found: There is no such transcription.");
    assert_eq!(desk.rest(Method::DELETE, &path, Some(API_KEY), None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_not_taken_is_refused_with_the_reason_and_leaves_nothing_behind() {
    let provider = Provider::new([]).await;
    let desk = desk(&[&provider]).await;
    let refused = |request| async { desk.send(request).await.problem() };
    let large = vec![0_u8; 1024 * 1024 + 1];
    let length = large.len().to_string();
    let announced = upload(API_KEY, "audio/wav", "", &[(CONTENT_LENGTH.as_str(), &length)], Body::from(large.clone()));
    let too_large = "413 file_too_large: The file is too large: at most 1 MB.";
    assert_eq!(refused(announced).await, too_large);
    let pieces = large.chunks(100_000).map(|piece| Ok::<_, Infallible>(Bytes::copy_from_slice(piece)));
    let pieces = Body::from_stream(stream::iter(pieces.collect::<Vec<_>>()));
    assert_eq!(refused(upload(API_KEY, "audio/wav", "", &[], pieces)).await, too_large);
    let unknown = refused(upload(API_KEY, "audio/midi", "", &[], Body::from(two()))).await;
    assert!(unknown.starts_with("415 unknown_file_type: Send the file itself"), "{unknown}");
    assert_eq!(
        refused(upload(API_KEY, "audio/wav", "", &[], Body::empty())).await,
        "422 empty_file: The file is empty."
    );
    let broken = [Ok(Bytes::from_static(b"RIFF")), Err(std::io::Error::other("the connection broke"))];
    let cut = refused(upload(API_KEY, "audio/wav", "", &[], Body::from_stream(stream::iter(broken)))).await;
    assert_eq!(cut, "400 upload_cut: The file did not come whole. Send it again.");
    let anonymous = Request::post(PATH).header(CONTENT_TYPE, "audio/wav").body(Body::from(two())).expect("a request");
    assert_eq!(refused(anonymous).await, "401 not_signed_in: Sign in first.");
    assert_eq!(desk.get("/recordings/transcriptions").await.json()["transcriptions"], json!([]));
    assert_eq!(spooled(&desk).await, 0);
}

#[tokio::test]
async fn without_a_provider_it_is_said_what_to_set() {
    let desk = TestDesk::new().await;
    let told = send_wav(&desk, API_KEY).await.problem();
    assert!(told.starts_with("503 no_speech_recognition: No speech recognition is set up."), "{told}");
    assert!(told.contains("DEEPGRAM_API_KEY"), "{told}");
}

#[tokio::test]
async fn everybody_sees_only_what_they_brought() {
    let provider = Provider::new([]).await;
    let desk = desk(&[&provider]).await;
    let (alice, bob) = (desk.token("alice").await, desk.token("bob").await);
    let id = id_of(&send_wav(&desk, &alice).await);
    let path = format!("/recordings/transcriptions/{id}");
    assert_eq!(desk.rest(Method::GET, &path, Some(&alice), None).await.status, StatusCode::OK);
    for other in [bob.as_str(), API_KEY] {
        for method in [Method::GET, Method::DELETE] {
            let answer = desk.rest(method, &path, Some(other), None).await;
            assert_eq!(answer.problem(), "404 not_found: There is no such transcription.");
        }
        let list = desk.rest(Method::GET, "/recordings/transcriptions", Some(other), None).await;
        assert_eq!(list.json()["transcriptions"], json!([]));
    }
    let unknown = desk.get("/recordings/transcriptions/no-such-id").await;
    assert_eq!(unknown.problem(), "404 not_found: There is no such transcription.");
}

#[tokio::test]
async fn a_key_brings_one_file() {
    let provider = Provider::new([]).await;
    let desk = desk(&[&provider]).await;
    let send = |query: &'static str| {
        desk.send(upload(API_KEY, "audio/wav", query, &[("idempotency-key", "one")], Body::from(two())))
    };
    let first = id_of(&send("?name=a.wav").await);
    assert_eq!(id_of(&send("?name=a.wav").await), first);
    assert_eq!(send("?name=b.wav").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(spooled(&desk).await, 1);
}

#[tokio::test]
async fn an_owner_has_only_so_many_files_at_once() {
    let provider = Provider::new([]).await;
    let desk = desk(&[&provider]).await;
    for _ in 0..5 {
        id_of(&send_wav(&desk, API_KEY).await);
    }
    let refused = send_wav(&desk, API_KEY).await.problem();
    assert_eq!(refused, "409 too_many_files: 5 files are not done yet. Wait for one, or delete one.");
    id_of(&send_wav(&desk, &desk.token("alice").await).await);
}

#[tokio::test]
async fn the_next_provider_is_asked_when_one_fails() {
    let (first, second) = (Provider::new([Reply::Status(401)]).await, Provider::new([]).await);
    let mut desk = desk(&[&first, &second]).await;
    desk.start_workers();
    let id = id_of(&send_wav(&desk, API_KEY).await);
    let done = once(&desk, id, |file| file.state == SpokenFileState::Done).await;
    assert_eq!(done.lines.len(), 2);
    assert_eq!(done.sent_to, ["first, whisper-1: the sound", "second, whisper-1: the sound"]);
}

#[tokio::test]
async fn when_nobody_can_it_is_said_so() {
    let provider = Provider::new([Reply::Status(503), Reply::Status(503)]).await;
    let mut desk = desk(&[&provider]).await;
    desk.start_workers();
    let id = id_of(&send_wav(&desk, API_KEY).await);
    once(&desk, id, |file| file.failure == Some(SpokenFileFailure::ProviderFailed)).await;
    let no_sound = desk.send(upload(API_KEY, "audio/wav", "", &[], Body::from("no sound"))).await;
    let id = id_of(&no_sound);
    once(&desk, id, |file| file.failure == Some(SpokenFileFailure::Unreadable)).await;
    let told = desk.get(&format!("/recordings/transcriptions/{id}")).await.json();
    assert_eq!((&told["state"], &told["failure"]["code"]), (&json!("failed"), &json!("unreadable")));
    until_nothing_is_spooled(&desk).await;
}

#[tokio::test]
async fn whoever_is_gone_in_the_middle_leaves_nothing_behind() {
    let provider = Provider::new([]).await;
    let desk = desk(&[&provider]).await;
    let begun = Notify::new();
    let pieces = stream::unfold(&begun, async |begun| {
        begun.notify_one();
        pending::<Option<(Result<Bytes, Infallible>, &Notify)>>().await
    });
    let new = NewFile { name: "talk.wav".to_owned(), media_type: "audio/wav".to_owned(), announced: None };
    let files = desk.app.spoken_files();
    let mut changes = desk.app.uploads.listen();
    tokio::select! {
        received = files.receive(&Who::ApiKey, new, None, Box::pin(pieces)) => panic!("{received:?}"),
        () = begun.notified() => {}
    }
    let removed = async {
        while !files.all(&Who::ApiKey).await.expect("files").is_empty() {
            changes.changed().await.expect("the desk is there");
        }
    };
    tokio::time::timeout(Duration::from_secs(10), removed).await.expect("before long");
    assert_eq!(spooled(&desk).await, 0);
}

#[tokio::test]
async fn deleting_a_file_ends_the_work_on_it() {
    let provider = Provider::new([Reply::Never]).await;
    let mut desk = desk(&[&provider]).await;
    desk.start_workers();
    let id = id_of(&send_wav(&desk, API_KEY).await);
    in_time(provider.asked.notified()).await;
    desk.app.spoken_files().delete(&Who::ApiKey, id).await.expect("it is there");
    assert_eq!(spooled(&desk).await, 0);
    let next = id_of(&send_wav(&desk, API_KEY).await);
    once(&desk, next, |file| file.state == SpokenFileState::Done).await;
}

#[tokio::test]
async fn transcripts_are_kept_as_long_as_recordings() {
    let provider = Provider::new([]).await;
    let desk = desk(&[&provider]).await;
    id_of(&send_wav(&desk, API_KEY).await);
    desk.pass(Span::seconds(91 * 24 * 60 * 60)).await;
    assert_eq!(desk.get("/recordings/transcriptions").await.json()["transcriptions"], json!([]));
    desk.app.spoken_files().tidy().await;
    assert_eq!(spooled(&desk).await, 0);
}

#[tokio::test]
async fn a_page_follows_its_file() {
    let provider = Provider::new([]).await;
    let mut desk = desk(&[&provider]).await;
    desk.start_workers();
    let alice = desk.token("alice").await;
    let id = id_of(&send_wav(&desk, &alice).await);
    let signed_in = format!("Bearer {alice}");
    let headers = [(AUTHORIZATION.as_str(), signed_in.as_str())];
    let mut form = format!("id={id}");
    let following = async {
        loop {
            let file: SpokenFile =
                serde_json::from_str(&desk.call("follow_file", &form, &headers).await.text).expect("a file");
            if file.state.is_over() {
                return file;
            }
            form = format!("id={id}&seen={}", file.revision);
        }
    };
    let file = in_time(following).await;
    assert_eq!(file.lines.len(), 2);
}
