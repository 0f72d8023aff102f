//! Files: what the build made, and what lies in `public/`. Whatever else is asked for is not there.

use std::path::Path;

use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;
use tower_http::services::ServeDir;

use super::{Http, pages, problem};

/// A file named after its content never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Others may, with the next version.
const FOR_A_WHILE: &str = "public, max-age=3600";
/// In development, with the next save.
const ASK_FIRST: &str = "no-cache";
/// Addresses of programs, which are not answered with a page.
const FOR_PROGRAMS: [&str; 4] = ["/api/", "/ws/", "/pkg/", "/webhooks/"];

/// Serves a file, or says that there is none.
pub async fn serve(State(http): State<Http>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return problem::nothing_here().into_response();
    }
    let path = request.uri().path().to_owned();
    let wants_page = accepts_html(request.headers()) && !FOR_PROGRAMS.iter().any(|prefix| path.starts_with(prefix));
    let again = Request::builder().uri(request.uri().clone());
    let headers = request.headers().clone();
    if let Some(file) = file(&http, &path, request).await {
        return file;
    }
    match again.body(axum::body::Body::empty()) {
        Ok(mut again) if wants_page => {
            *again.headers_mut() = headers;
            pages::nothing_here(http, again).await
        }
        _ => problem::nothing_here().into_response(),
    }
}

async fn file(http: &Http, path: &str, request: Request) -> Option<Response> {
    // The manifest is for us, and names that begin with a dot are nobody's business.
    if path == "/manifest.json" || path.contains("/.") {
        return None;
    }
    let folder: &Path = http.site.folder();
    let files = ServeDir::new(folder).precompressed_br().precompressed_gzip().append_index_html_on_directories(false);
    let response = files.oneshot(request).await.unwrap_or_else(|never| match never {});
    if !response.status().is_success()
        && response.status() != StatusCode::NOT_MODIFIED
        && response.status() != StatusCode::RANGE_NOT_SATISFIABLE
    {
        return None;
    }
    let caching = match (http.site.is_named_by_content().await, path.starts_with("/pkg/")) {
        (false, _) => ASK_FIRST,
        (true, true) => FOR_EVER,
        (true, false) => FOR_A_WHILE,
    };
    let mut response = response.map(axum::body::Body::new);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    Some(response)
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accepted| accepted.contains("text/html"))
}
