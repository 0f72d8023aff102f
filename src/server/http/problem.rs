//! Errors as RFC 9457 problem details: a stable code for programs, a sentence for people.

use std::any::Any;

use axum::Json;
use axum::extract::Request;
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tracing::error;
use utoipa::ToSchema;

use crate::api::error::ApiError;
use crate::server::error::ServiceError;
use crate::server::random;

/// The media type of problem details.
const PROBLEM_JSON: &str = "application/problem+json";

/// What went wrong, on its way out. In a box: it is the error of every handler.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Problem(Box<ProblemDetail>);

/// A problem detail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDetail {
    /// Names the kind of problem; ends with the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:baton:problem:target_reserved")]
    kind: String,
    /// The kind in words.
    #[schema(example = "Target reserved")]
    title: String,
    /// The HTTP status.
    #[schema(example = 409)]
    status: u16,
    /// What is the case, in a sentence for the person who asked.
    #[schema(example = "Bob was reserved by somebody else a moment ago. Carla is available.")]
    detail: String,
    /// Stable, for programs.
    #[schema(example = "target_reserved")]
    code: String,
    /// With 409 about a call: its state now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "talking")]
    state: Option<String>,
    /// With 409 about a call: its version now, which counts every change.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 7)]
    version: Option<u32>,
    /// With 409 about a call: the state now of the transfer that was meant, or of the open one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "consulting")]
    transfer_state: Option<String>,
    /// With 429: in how many seconds it is worth trying again; the header Retry-After says the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 12)]
    retry_after: Option<u32>,
}

impl Problem {
    /// A problem of our own making.
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        ApiError::new(status.as_u16(), code, detail).into()
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        let (state, version, transfer_state) = match error.standing {
            Some(standing) => (Some(standing.state), Some(standing.version), standing.transfer_state),
            None => (None, None, None),
        };
        Self(Box::new(ProblemDetail {
            kind: format!("urn:baton:problem:{}", error.code),
            title: title_of(&error.code),
            status: error.status,
            detail: error.message,
            code: error.code,
            state,
            version,
            transfer_state,
            retry_after: error.retry_after,
        }))
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        ApiError::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let retry_after = self.0.retry_after;
        let mut response = (self.status(), Json(self)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// `target_reserved` becomes "Target reserved".
fn title_of(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The address is right and the method is not.
pub async fn method_not_allowed() -> Problem {
    of_status(StatusCode::METHOD_NOT_ALLOWED)
}

/// There is nothing at this address.
pub fn nothing_here() -> Problem {
    of_status(StatusCode::NOT_FOUND)
}

/// An answer that is passed on from elsewhere and stays as it is.
#[derive(Clone, Copy, Debug)]
pub struct AsItCame;

/// Whatever refused a request without our words gets them here: nobody is answered with an empty page.
pub async fn explain(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_error || response.extensions().get::<AsItCame>().is_some() || is_explained(response.headers()) {
        return response;
    }
    let mut problem = of_status(status).into_response();
    if let Some(allow) = response.headers().get(ALLOW) {
        problem.headers_mut().insert(ALLOW, allow.clone());
    }
    problem
}

fn is_explained(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    [PROBLEM_JSON, "application/json", "text/html"].iter().any(|known| content_type.starts_with(known))
}

/// What a status means when nothing more is known.
pub fn of_status(status: StatusCode) -> Problem {
    let (code, detail) = match status {
        StatusCode::NOT_FOUND => ("not_found", "There is nothing at this address."),
        StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "This address does not take requests of this method."),
        StatusCode::REQUEST_TIMEOUT => ("too_slow", "The request did not arrive in time. Try again."),
        StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "The request is too large: at most 1 MiB."),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("unsupported_media_type", "Send JSON, with the header Content-Type: application/json.")
        }
        StatusCode::UPGRADE_REQUIRED => ("websocket_needed", "This address speaks WebSocket only."),
        StatusCode::SERVICE_UNAVAILABLE => ("unavailable", "The desk cannot do this now. Try again in a moment."),
        status if status.is_client_error() => ("bad_request", "The desk did not understand the request."),
        _ => ("internal", "Something went wrong at the desk. Try again."),
    };
    Problem::new(status, code, detail)
}

/// A panic is a mistake of ours: logged, and answered with a reference to find it by.
#[expect(clippy::needless_pass_by_value, reason = "the signature that the layer asks for")]
pub fn of_panic(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    let reference = random::secret::<6>();
    error!(reference, panic = text.unwrap_or("without words"), "A request panicked {reference}");
    let detail = format!("Something went wrong at the desk. Try again; if it stays, mention {reference}.");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_code_in_words() {
        assert_eq!(title_of("target_reserved"), "Target reserved");
        assert_eq!(title_of(""), "");
    }
}
