//! Which provider is asked, and how patiently.

use std::time::Duration;

use baton_provider::{ApiKey, Endpoint, Scheme};
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
    /// The address or the model is none.
    #[error(transparent)]
    Endpoint(#[from] baton_provider::ProviderConfigError),
    /// No voice is named.
    #[error("no voice is named for {0}")]
    Voice(String),
}

impl ProviderConfig {
    /// A provider with the usual limits.
    ///
    /// # Errors
    /// [`ProviderConfigError`] for an address that is none, and without a model or a voice.
    pub fn new(
        name: &str,
        base_url: &str,
        api_key: ApiKey,
        model: &str,
        voice: &str,
    ) -> Result<Self, ProviderConfigError> {
        let Endpoint { base_url, model } = Endpoint::new(name, Scheme::Http, base_url, model)?;
        let (name, voice) = (name.to_owned(), voice.trim().to_owned());
        if voice.is_empty() {
            return Err(ProviderConfigError::Voice(name));
        }
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
