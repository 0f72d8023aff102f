//! What every request gets: a name, a line in the log, a limit of time and of size.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::Limited;
use tracing::{Instrument, debug, info_span, warn};

use super::problem::{self, Problem};
use crate::server::random;

/// No plain request takes longer than this.
const TIME: Duration = Duration::from_secs(30);
/// No plain request is larger than this.
const SIZE: usize = 1024 * 1024;
const REQUEST_ID: &str = "x-request-id";

/// Names a request, for the log and for whoever asks about it. The log gets the route and never the address: that holds
/// join codes.
pub async fn name_and_log(request: Request, next: Next) -> Response {
    let id = random::id().simple().to_string();
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let span = info_span!("request", id, %method, route);
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    span.in_scope(|| {
        if response.status().is_server_error() {
            warn!(status, "{method} {route} answered {status}");
        } else {
            debug!(status, "{method} {route} answered {status}");
        }
    });
    let id = HeaderValue::try_from(id).expect("hexadecimal digits fit a header");
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// Gives up on a request that takes too long. What it had begun to change is either stored or not: it is one transaction.
pub async fn limit_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(TIME, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too_slow", "The desk took too long. Try again.")
            .into_response(),
    }
}

/// Refuses a request that is too large: at once when it says so itself, else when it turns out.
pub async fn limit_body(request: Request, next: Next) -> Response {
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|size| size > SIZE) {
        return problem::of_status(StatusCode::PAYLOAD_TOO_LARGE).into_response();
    }
    next.run(request.map(|body| Body::new(Limited::new(body, SIZE)))).await
}
