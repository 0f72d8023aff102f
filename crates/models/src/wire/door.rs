//! The way out: limits on what comes back, and failures by type.
//!
//! It stands in the place of the library's own, which retries by itself, forgets `Retry-After`, and logs what a provider says.

use async_openai::middleware::HttpRequestFactory;
use baton_provider::ErrorStatus;
use futures_util::{StreamExt, TryStreamExt};
use http::StatusCode;
use reqwest::{Body, Client, Response};
use serde::Deserialize;
use tower::{BoxError, Service, service_fn};

use crate::failure::Failure;

/// A briefing streams as some hundred small chunks; this is far beyond.
const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;
const MAX_ERROR_BYTES: usize = 64 * 1024;

/// Sends a request once. What it answers with is a stream to read, or a [`Failure`].
pub fn service(
    client: Client,
) -> impl Service<
    HttpRequestFactory,
    Response = Response,
    Error = BoxError,
    Future = impl Future<Output = Result<Response, BoxError>> + Send + 'static,
> + Clone
+ Send
+ Sync
+ 'static {
    service_fn(move |request: HttpRequestFactory| {
        let client = client.clone();
        async move { send(&client, &request).await }
    })
}

async fn send(client: &Client, request: &HttpRequestFactory) -> Result<Response, BoxError> {
    let request = request.build().await?;
    let response = client.execute(request).await.map_err(|error| {
        Box::new(if error.is_timeout() { Failure::TimedOut } else { Failure::Unreachable }) as BoxError
    })?;
    if response.status() == StatusCode::OK { Ok(limited(response)) } else { Err(Box::new(refused(response).await)) }
}

/// The answer up to a size that no briefing has.
fn limited(response: Response) -> Response {
    let mut left = MAX_BODY_BYTES;
    let body = response.bytes_stream().map_err(BoxError::from).map(move |chunk| {
        let chunk = chunk?;
        left = left.checked_sub(chunk.len()).ok_or(Failure::TooLong)?;
        Ok::<_, BoxError>(chunk)
    });
    http::Response::new(Body::wrap_stream(body)).into()
}

#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorDetail,
}

#[derive(Default, Deserialize)]
struct ErrorDetail {
    code: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

async fn refused(response: Response) -> Failure {
    let status = ErrorStatus::of(response.status(), response.headers());
    let said = error_detail(response).await.unwrap_or_default();
    let code = said.code.as_deref();
    // Which limit was reached stands in the code, and that it is one of money in the type.
    let of_money = [code, said.kind.as_deref()].contains(&Some("insufficient_quota"));
    match (status, code) {
        (ErrorStatus::RateLimited { .. }, _) if of_money => Failure::QuotaUsedUp,
        (ErrorStatus::Rejected { status: 400 }, Some("json_validate_failed")) => Failure::InvalidAnswer,
        (ErrorStatus::Rejected { status: 400 }, Some("content_filter" | "content_policy_violation")) => {
            Failure::Refusal
        }
        (status, _) => status.into(),
    }
}

/// Code and type of OpenAI's error body, if it is one; the rest may quote what was sent, and is not kept.
async fn error_detail(response: Response) -> Option<ErrorDetail> {
    let mut body = Vec::new();
    let mut chunks = response.bytes_stream();
    while let Some(Ok(chunk)) = chunks.next().await {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ERROR_BYTES {
            return None;
        }
    }
    Some(serde_json::from_slice::<ErrorBody>(&body).ok()?.error)
}
