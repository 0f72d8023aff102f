//! The providers' interfaces.

mod answer;
pub mod assemblyai;
pub mod deepgram;
pub mod deepgram_file;
pub mod openai;
pub mod recording;

use baton_provider::ErrorStatus;
use reqwest::Url;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::AUTHORIZATION;
use tokio_tungstenite::tungstenite::http::{HeaderValue, Request};

use crate::config::{ProviderConfig, Service};
use crate::failure::Failure;
use assemblyai::AssemblyAi;
use deepgram::Deepgram;

/// What a streaming provider says it heard, by its own clock.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// Seconds since the connection's first sample.
    pub from: f64,
    pub to: f64,
    pub text: String,
    pub words: Vec<SaidWord>,
    pub is_final: bool,
}

/// One word of it.
#[derive(Clone, Debug, PartialEq)]
pub struct SaidWord {
    pub from: f64,
    pub to: f64,
    pub text: String,
}

/// What a message means.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    Said(Said),
    /// Everything has been said; the connection may close.
    Done,
}

/// Why a message ends a connection, or is passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It is no such message.
    Garbage,
    Failure(Failure),
}

impl From<serde_json::Error> for Trouble {
    fn from(_: serde_json::Error) -> Self {
        Self::Garbage
    }
}

/// One connection to a streaming provider.
#[derive(Debug)]
pub enum Streaming {
    Deepgram(Deepgram),
    AssemblyAi(AssemblyAi),
}

impl Streaming {
    /// `None` for one that takes utterances.
    pub fn new(service: Service) -> Option<Self> {
        match service {
            Service::Deepgram => Some(Self::Deepgram(Deepgram::default())),
            Service::AssemblyAi => Some(Self::AssemblyAi(AssemblyAi::default())),
            Service::OpenAi => None,
        }
    }

    /// Says what has been said; `Err` ends the connection, or is counted.
    pub fn read(&mut self, text: &str, now: Instant) -> Result<Vec<Reading>, Trouble> {
        match self {
            Self::Deepgram(deepgram) => deepgram.read(text),
            Self::AssemblyAi(assemblyai) => assemblyai.read(text, now),
        }
    }

    /// What the provider has not ended and will not any more.
    pub fn settled(&mut self, now: Instant) -> Option<Said> {
        match self {
            Self::Deepgram(_) => None,
            Self::AssemblyAi(assemblyai) => assemblyai.settled(now),
        }
    }

    /// Asks for final lines now.
    pub fn flush(&self) -> &'static str {
        match self {
            Self::Deepgram(_) => deepgram::FINALIZE,
            Self::AssemblyAi(_) => assemblyai::FORCE_ENDPOINT,
        }
    }

    /// Keeps a connection that is sent nothing, where that is needed.
    pub fn keep_alive(&self) -> Option<&'static str> {
        match self {
            Self::Deepgram(_) => Some(deepgram::KEEP_ALIVE),
            Self::AssemblyAi(_) => None,
        }
    }

    /// Says that there will be nothing more.
    pub fn close(&self) -> &'static str {
        match self {
            Self::Deepgram(_) => deepgram::CLOSE_STREAM,
            Self::AssemblyAi(_) => assemblyai::TERMINATE,
        }
    }
}

/// What a code means that a WebSocket is closed with.
pub fn closed(code: u16, reason: &str) -> Failure {
    let is_too_many = reason.to_ascii_lowercase().contains("too many");
    match code {
        // AssemblyAI: too many sessions, or sound faster than it may come.
        3009 | 3007 => ErrorStatus::RateLimited { retry_after: None }.into(),
        1008 | 4029 if is_too_many => ErrorStatus::RateLimited { retry_after: None }.into(),
        1008 | 4001..=4003 => Failure::rejected(code),
        1000 | 1001 | 1006 | 3008 => Failure::Cut,
        _ => ErrorStatus::ServerError { status: code, retry_after: None }.into(),
    }
}

/// The request that opens a connection.
pub fn request(config: &ProviderConfig) -> Result<Request<()>, Failure> {
    let invalid = || Failure::rejected(400);
    let (url, key) = match config.service {
        Service::AssemblyAi => (assemblyai::url(config), assemblyai::authorization(&config.api_key)),
        Service::Deepgram | Service::OpenAi => (deepgram::url(config), deepgram::authorization(&config.api_key)),
    };
    let mut request = url.ok_or_else(invalid)?.as_str().into_client_request().map_err(|_| invalid())?;
    if let Some(key) = key {
        let mut value = HeaderValue::try_from(key).map_err(|_| Failure::rejected(401))?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    Ok(request)
}

/// `path` below the provider's address, with these parameters.
fn address(config: &ProviderConfig, path: &str, parameters: &[(&str, &str)]) -> Option<Url> {
    let mut url = Url::parse(&format!("{}{path}", config.base_url)).ok()?;
    url.query_pairs_mut().extend_pairs(parameters);
    Some(url)
}

/// `path` below the address of the interface that takes files, at the same provider: `https` where streams are `wss`, and
/// AssemblyAI's `api.` where its streams are at `streaming.`.
pub fn http_address(config: &ProviderConfig, path: &str) -> Option<Url> {
    let address = match config.base_url.split_once("://")? {
        ("ws" | "http", rest) => format!("http://{rest}"),
        (_, rest) => format!("https://{}", at_api(rest)),
    };
    Url::parse(&format!("{address}{path}")).ok()
}

fn at_api(host: &str) -> String {
    host.strip_prefix("streaming.").map_or_else(|| host.to_owned(), |rest| format!("api.{rest}"))
}
