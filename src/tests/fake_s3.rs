//! A server that speaks as much of S3 as is needed to keep files, and can be down.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::header::{AUTHORIZATION, CONTENT_RANGE, ETAG, LAST_MODIFIED, RANGE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use baton::server::config::{RecordingsPlace, S3Config};
use tokio::net::TcpListener;

const ACCESS_KEY: &str = "test-access-key";

#[derive(Clone, Default)]
pub struct FakeS3(Arc<Inner>);

#[derive(Default)]
struct Inner {
    files: Mutex<BTreeMap<String, Bytes>>,
    parts: Mutex<BTreeMap<u32, Bytes>>,
    asked: Mutex<Vec<String>>,
    is_down: AtomicBool,
}

impl FakeS3 {
    /// Listens on a port of its own. With it goes what the desk is configured with.
    pub async fn start() -> (Self, RecordingsPlace) {
        let s3 = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let router =
            Router::new().route("/calls/{*key}", any(answer)).layer(DefaultBodyLimit::disable()).with_state(s3.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        let options = [
            ("aws_access_key_id", ACCESS_KEY),
            ("aws_secret_access_key", "test-secret"),
            ("aws_region", "eu-test-1"),
            ("aws_endpoint", endpoint.as_str()),
            ("aws_allow_http", "true"),
            ("aws_profile", "for-other-programs"),
        ];
        let options = options.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        (s3, RecordingsPlace::S3(S3Config { bucket: "calls".to_owned(), prefix: "of/support".to_owned(), options }))
    }

    pub fn set_down(&self, is_down: bool) {
        self.0.is_down.store(is_down, Ordering::SeqCst);
    }

    pub fn files(&self) -> BTreeMap<String, Bytes> {
        lock(&self.0.files).clone()
    }

    /// What was asked for: method and key.
    pub fn asked(&self) -> Vec<String> {
        lock(&self.0.asked).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(
    State(s3): State<FakeS3>,
    method: Method,
    Path(key): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    lock(&s3.0.asked).push(format!("{method} {key}"));
    if s3.0.is_down.load(Ordering::SeqCst) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let signature = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let scope = format!("AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/");
    if !signature.starts_with(&scope) || !signature.contains("/eu-test-1/s3/aws4_request") {
        return StatusCode::FORBIDDEN.into_response();
    }
    match (method, query.get("partNumber"), query.contains_key("uploads"), query.contains_key("uploadId")) {
        (Method::POST, _, true, _) => {
            xml("<InitiateMultipartUploadResult><UploadId>upload</UploadId></InitiateMultipartUploadResult>")
        }
        (Method::PUT, Some(number), _, _) => {
            lock(&s3.0.parts).insert(number.parse().expect("a number"), body);
            etag(StatusCode::OK)
        }
        (Method::POST, _, _, true) => {
            let parts = std::mem::take(&mut *lock(&s3.0.parts));
            let whole: Vec<u8> = parts.into_values().flatten().collect();
            lock(&s3.0.files).insert(key, whole.into());
            xml("<CompleteMultipartUploadResult><ETag>\"whole\"</ETag></CompleteMultipartUploadResult>")
        }
        (Method::PUT, ..) => {
            lock(&s3.0.files).insert(key, body);
            etag(StatusCode::OK)
        }
        (Method::GET, ..) => s3.get(&key, &headers),
        (Method::DELETE, ..) => {
            lock(&s3.0.files).remove(&key);
            StatusCode::NO_CONTENT.into_response()
        }
        (other, ..) => panic!("{other} is not asked of S3"),
    }
}

impl FakeS3 {
    fn get(&self, key: &str, headers: &HeaderMap) -> Response {
        let Some(file) = lock(&self.0.files).get(key).cloned() else {
            return (StatusCode::NOT_FOUND, "<Error><Code>NoSuchKey</Code></Error>").into_response();
        };
        let range = headers.get(RANGE).and_then(|range| range.to_str().ok()?.strip_prefix("bytes=")?.split_once('-'));
        let Some((first, last)) = range else { return (etag(StatusCode::OK).headers().clone(), file).into_response() };
        let (first, last): (usize, usize) = (first.parse().expect("a number"), last.parse().expect("a number"));
        let (last, total) = (last.min(file.len() - 1), file.len());
        let mut response = (StatusCode::PARTIAL_CONTENT, file.slice(first..=last)).into_response();
        response.headers_mut().extend(etag(StatusCode::OK).headers().clone());
        let content_range = format!("bytes {first}-{last}/{total}").parse().expect("a header");
        response.headers_mut().insert(CONTENT_RANGE, content_range);
        response
    }
}

fn etag(status: StatusCode) -> Response {
    (status, [(ETAG, "\"part\""), (LAST_MODIFIED, "Sat, 31 Jan 2026 12:00:00 GMT")]).into_response()
}

fn xml(body: &'static str) -> Response {
    ([("content-type", "application/xml")], body).into_response()
}
