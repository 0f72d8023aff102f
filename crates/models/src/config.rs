//! Which providers are asked, and how patiently.

use std::time::Duration;

use baton_provider::{ApiKey, Endpoint, ProviderConfigError, Scheme};

/// One server that speaks OpenAI's chat completions: OpenAI itself, Groq, or any that is compatible.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// What people read: `groq`.
    pub name: String,
    /// Where its interface begins, without `/chat/completions`: `https://api.openai.com/v1`.
    pub base_url: String,
    /// Its key.
    pub api_key: ApiKey,
    /// Which of its models writes.
    pub model: String,
    /// How patiently it is asked.
    pub limits: Limits,
}

impl ProviderConfig {
    /// A provider with the usual limits.
    pub fn new(name: &str, base_url: &str, api_key: ApiKey, model: &str) -> Result<Self, ProviderConfigError> {
        let Endpoint { base_url, model } = Endpoint::new(name, Scheme::Http, base_url, model)?;
        Ok(Self { name: name.to_owned(), base_url, api_key, model, limits: Limits::default() })
    }
}

/// How patiently a provider is asked, and how much of it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until the connection stands.
    pub connect: Duration,
    /// Between two pieces of the answer, the first included.
    pub stall: Duration,
    /// For everything: waits, retries and the repair as well.
    pub total: Duration,
    /// How often a request that failed in passing is sent again.
    pub retries: u32,
    /// The longest wait before the first of these; it doubles each time.
    pub backoff: Duration,
    /// After this many failures in a row nothing is sent for a while.
    pub failures_to_open: u32,
    /// How long that is. Then one request tries.
    pub open_for: Duration,
    /// How many requests a minute are sent.
    pub requests_per_minute: u32,
    /// How many tokens a minute are used, as far as they can be estimated.
    pub tokens_per_minute: u32,
    /// How much of a transcript is sent, in tokens.
    pub transcript_tokens: u32,
    /// The longest answer, in tokens.
    pub answer_tokens: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            stall: Duration::from_secs(10),
            total: Duration::from_secs(25),
            retries: 2,
            backoff: Duration::from_millis(500),
            failures_to_open: 4,
            open_for: Duration::from_secs(30),
            requests_per_minute: 60,
            tokens_per_minute: 200_000,
            transcript_tokens: 24_000,
            // Those that think before they write count their thoughts in.
            answer_tokens: 4_096,
        }
    }
}
