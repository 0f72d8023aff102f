//! The answer to one request over HTTP, and how long it may be.

use baton_provider::ErrorStatus;
use reqwest::{RequestBuilder, Response};
use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// What a request is answered with, when it is JSON of at most so many bytes.
pub async fn json<T: DeserializeOwned>(request: RequestBuilder, most: usize) -> Result<T, Failure> {
    let response = request.send().await.map_err(|error| unanswered(&error))?;
    if !response.status().is_success() {
        return Err(ErrorStatus::of(response.status(), response.headers()).into());
    }
    serde_json::from_slice(&body(response, most).await?).map_err(|_| Failure::NotTheProtocol)
}

fn unanswered(error: &reqwest::Error) -> Failure {
    if error.is_timeout() { Failure::TimedOut } else { Failure::Unreachable }
}

async fn body(mut response: Response, most: usize) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Failure::Cut)? {
        body.extend_from_slice(&chunk);
        if body.len() > most {
            return Err(Failure::NotTheProtocol);
        }
    }
    Ok(body)
}
