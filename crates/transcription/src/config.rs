//! Which providers are asked, and how patiently.

use std::time::Duration;

use baton_provider::{ApiKey, Endpoint, ProviderConfigError, Scheme};

/// The interface that a provider speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Deepgram's live streaming, `wss://api.deepgram.com/v1/listen`.
    Deepgram,
    /// AssemblyAI's universal streaming, `wss://streaming.assemblyai.com/v3/ws`.
    AssemblyAi,
    /// OpenAI's `/audio/transcriptions`, which takes one utterance at a time: OpenAI, Groq, or a server of one's own.
    OpenAi,
}

/// One provider.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// What people read: `groq`.
    pub name: String,
    /// What it speaks.
    pub service: Service,
    /// Where its interface begins: `wss://api.deepgram.com`, `https://api.openai.com/v1`.
    pub base_url: String,
    /// Its key.
    pub api_key: ApiKey,
    /// Which of its models listens.
    pub model: String,
    /// The language that is spoken, as a tag; `None` lets the model find out.
    pub language: Option<String>,
    /// How patiently it is asked.
    pub limits: Limits,
}

impl ProviderConfig {
    /// A provider with the usual limits.
    pub fn new(
        name: &str,
        service: Service,
        base_url: &str,
        api_key: ApiKey,
        model: &str,
    ) -> Result<Self, ProviderConfigError> {
        let scheme = match service {
            Service::Deepgram | Service::AssemblyAi => Scheme::WebSocket,
            Service::OpenAi => Scheme::Http,
        };
        let Endpoint { base_url, model } = Endpoint::new(name, scheme, base_url, model)?;
        let (name, limits) = (name.to_owned(), Limits::default());
        Ok(Self { name, service, base_url, api_key, model, language: None, limits })
    }
}

/// How patiently a provider is asked, and how much of it is used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Until a connection stands.
    pub connect: Duration,
    /// Until something is said about an utterance that was sent, or a request is answered.
    pub answer: Duration,
    /// After this long without a line for what was said, lines are late.
    pub late: Duration,
    /// The longest wait before the second attempt; it doubles each time.
    pub backoff: Duration,
    /// After this many failures in a row a provider is left alone for a while.
    pub failures_to_open: u32,
    /// How long that is. Then one attempt tries.
    pub open_for: Duration,
    /// How long a provider is left alone that rejected the key, the account or the model.
    pub rejected_for: Duration,
    /// After this many attempts an utterance is lost.
    pub tries: u32,
    /// How much sound is kept while nobody takes it.
    pub buffer: Duration,
    /// How much faster than it was spoken kept sound is sent: providers close connections that send much faster.
    pub catch_up: f64,
    /// The shortest time between two versions of an interim line.
    pub interim_every: Duration,
    /// How many streams at once are open at a provider.
    pub streams: usize,
    /// How many requests a minute are sent to one that takes utterances.
    pub requests_per_minute: u32,
    /// Between two looks at a file that is not done.
    pub poll: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(12),
            late: Duration::from_secs(4),
            backoff: Duration::from_millis(500),
            failures_to_open: 3,
            open_for: Duration::from_secs(20),
            rejected_for: Duration::from_secs(300),
            tries: 5,
            buffer: Duration::from_secs(120),
            catch_up: 1.25,
            interim_every: Duration::from_millis(250),
            streams: 100,
            requests_per_minute: 300,
            poll: Duration::from_secs(3),
        }
    }
}
