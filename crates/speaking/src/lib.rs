//! Text into speech, by a server that speaks OpenAI's `/audio/speech`: the sound is there from its first word on, while the
//! rest is still being made. It knows nothing of what is said, and takes nothing but text that may leave ([`Outgoing`]).
//!
//! Nothing is tried again by itself: whoever waits for a voice has gone on reading by then.

mod config;
mod failure;

use std::time::Duration;

use baton_provider::breaker::Breaker;
use baton_provider::{Clock, SystemClock, http_client};
use baton_redaction::Outgoing;
use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response, StatusCode};
use secrecy::ExposeSecret;
use serde::Serialize;
use tokio::time::timeout;

pub use baton_provider::{ApiKey, ErrorStatus};
pub use config::{Limits, ProviderConfig, ProviderConfigError};
pub use failure::Failure;

/// The longest text that OpenAI takes, in characters.
pub const LONGEST_TEXT: usize = 4096;

/// A provider of speech.
#[derive(Debug)]
pub struct Speaker {
    config: ProviderConfig,
    http: Client,
    breaker: Breaker,
}

/// What is asked for. `opus` comes as Ogg, which can be played from its first page on.
#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    voice: &'a str,
    input: &'a str,
    response_format: &'static str,
}

impl Speaker {
    /// One that nothing was asked of yet.
    pub fn new(config: ProviderConfig) -> Self {
        let Limits { connect, failures_to_open, open_for, .. } = config.limits;
        Self { http: http_client(connect), breaker: Breaker::new(failures_to_open, open_for), config }
    }

    /// Who it is.
    pub fn config(&self) -> &ProviderConfig {
        &self.config
    }

    /// Has a text spoken, and returns when the sound begins.
    ///
    /// # Errors
    /// [`Failure`] says why there is none.
    pub async fn speak(&self, text: &Outgoing) -> Result<Speech, Failure> {
        if text.as_str().chars().count() > LONGEST_TEXT {
            return Err(Failure::TooLong);
        }
        let clock = SystemClock;
        let permit = self.breaker.admit(clock.now()).ok_or(Failure::CircuitOpen)?;
        let asked = timeout(self.config.limits.first, self.ask(text)).await.unwrap_or(Err(Failure::TimedOut));
        match asked {
            Ok(response) => {
                permit.succeeded();
                Ok(Speech { response, limits: self.config.limits, so_far: 0 })
            }
            Err(failure) => {
                match failure {
                    Failure::Status(ErrorStatus::Rejected { .. }) => {
                        permit.leave_alone(clock.now(), self.config.limits.open_for);
                    }
                    _ => permit.failed(clock.now(), failure.retry_after()),
                }
                Err(failure)
            }
        }
    }

    async fn ask(&self, text: &Outgoing) -> Result<Response, Failure> {
        let ProviderConfig { base_url, api_key, model, voice, .. } = &self.config;
        let body = Request { model, voice, input: text.as_str(), response_format: "opus" };
        let mut request = self.http.post(format!("{base_url}/audio/speech")).json(&body);
        if !api_key.is_empty() {
            request = request.bearer_auth(api_key.secret().expose_secret());
        }
        let response = request.send().await.map_err(|error| Failure::of(&error))?;
        match response.status() {
            StatusCode::OK => is_sound(&response).then_some(response).ok_or(Failure::NotSound),
            status => Err(ErrorStatus::of(status, response.headers()).into()),
        }
    }
}

/// A server that fails politely sends words with a 200. One that says nothing about what it sends is believed for now: what it
/// is shows when it is read.
fn is_sound(response: &Response) -> bool {
    let said = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    !said.starts_with("text/") && !said.starts_with("application/json")
}

/// Speech that is being made: Ogg Opus, in pieces as they come.
#[derive(Debug)]
pub struct Speech {
    response: Response,
    limits: Limits,
    so_far: usize,
}

impl Speech {
    /// The next piece; nothing when all is said. Dropping the speech ends the request.
    ///
    /// # Errors
    /// [`Failure`] when it breaks off.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        let piece: Duration = self.limits.between;
        let next = timeout(piece, self.response.chunk()).await.map_err(|_| Failure::TimedOut)?;
        let next = next.map_err(|_| Failure::CutStream)?;
        self.so_far += next.as_ref().map_or(0, Bytes::len);
        if self.so_far > self.limits.largest {
            return Err(Failure::TooLong);
        }
        Ok(next)
    }
}
