//! Which provider is asked, and how patiently.

use std::time::Duration;

use baton_provider::ApiKey;
use thiserror::Error;

/// A server that speaks OpenAI's `/audio/speech`.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// What people read: `openai`.
    pub name: String,
    /// Where its interface begins: `https://api.openai.com/v1`.
    pub base_url: String,
    /// Its key.
    pub api_key: ApiKey,
    /// Which of its models speaks.
    pub model: String,
    /// With which voice.
    pub voice: String,
    /// How patiently it is asked.
    pub limits: Limits,
}

/// Why a provider cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProviderConfigError {
    /// The address is none.
    #[error("the base URL of {0} is not an address that begins with https://")]
    BaseUrl(String),
    /// No model or no voice is named.
    #[error("{0} needs a model and a voice")]
    Voice(String),
}

impl ProviderConfig {
    /// A provider with the usual limits.
    ///
    /// # Errors
    /// [`ProviderConfigError`] for an address that is none, and without a model and a voice.
    pub fn new(
        name: &str,
        base_url: &str,
        api_key: ApiKey,
        model: &str,
        voice: &str,
    ) -> Result<Self, ProviderConfigError> {
        let base_url = base_url.trim().trim_end_matches('/');
        if !reqwest::Url::parse(base_url).is_ok_and(|url| ["http", "https"].contains(&url.scheme())) {
            return Err(ProviderConfigError::BaseUrl(name.to_owned()));
        }
        let (model, voice) = (model.trim().to_owned(), voice.trim().to_owned());
        if model.is_empty() || voice.is_empty() {
            return Err(ProviderConfigError::Voice(name.to_owned()));
        }
        let (name, base_url) = (name.to_owned(), base_url.to_owned());
        Ok(Self { name, base_url, api_key, model, voice, limits: Limits::default() })
    }
}

/// How patiently a provider is asked, and how much is taken of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until a connection stands.
    pub connect: Duration,
    /// Until the answer begins: whoever waits for longer has read it by then.
    pub first: Duration,
    /// Between two pieces of it.
    pub between: Duration,
    /// The largest answer in bytes: more than half an hour of speech.
    pub largest: usize,
    /// After this many failures in a row it is left alone for a while.
    pub failures_to_open: u32,
    /// How long that is.
    pub open_for: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            first: Duration::from_secs(10),
            between: Duration::from_secs(5),
            largest: 8 << 20,
            failures_to_open: 3,
            open_for: Duration::from_secs(20),
        }
    }
}
