//! The providers in order, and what all sessions know of them together.

use std::sync::Arc;

use baton_provider::Budget;
use baton_provider::breaker::Breaker;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_tungstenite::Connector;

use crate::config::{ProviderConfig, Service};
use crate::session::Session;
use crate::wire::openai::OpenAi;

/// Whoever turns speech into text.
pub trait Recogniser: Send + Sync {
    /// Whether there is anybody to ask.
    fn is_there(&self) -> bool;
    /// Their names, in the order in which they are asked.
    fn names(&self) -> Vec<String>;
    /// Begins to listen to one speaker. It must be called within a Tokio runtime, and ends with the session.
    fn open(&self) -> Session;
}

/// Providers in the order in which they are asked.
#[derive(Debug)]
pub struct Providers {
    pub(crate) all: Arc<[Provider]>,
}

impl Providers {
    /// Asks the first; the next when that one fails.
    pub fn new(providers: Vec<ProviderConfig>) -> Self {
        Self { all: providers.into_iter().map(Provider::new).collect() }
    }
}

impl Recogniser for Providers {
    fn is_there(&self) -> bool {
        !self.all.is_empty()
    }

    fn names(&self) -> Vec<String> {
        self.all.iter().map(|provider| provider.config.name.clone()).collect()
    }

    fn open(&self) -> Session {
        Session::begin(Arc::clone(&self.all))
    }
}

/// One provider and its limits, shared by all sessions.
pub struct Provider {
    pub config: ProviderConfig,
    pub breaker: Breaker,
    streams: Semaphore,
    pub budget: Budget,
    /// For one that takes utterances.
    pub openai: Option<OpenAi>,
    pub connector: Connector,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Provider {
    fn new(config: ProviderConfig) -> Self {
        let limits = &config.limits;
        Self {
            breaker: Breaker::new(limits.failures_to_open, limits.open_for),
            streams: Semaphore::new(limits.streams),
            budget: Budget::of_requests(limits.requests_per_minute),
            openai: (config.service == Service::OpenAi).then(|| OpenAi::new(&config)),
            connector: Connector::Rustls(Arc::new(baton_provider::tls_config())),
            config,
        }
    }

    /// A place for one more speaker; `None` while all that we allow ourselves are taken.
    pub fn place(&self) -> Option<Place<'_>> {
        match &self.openai {
            // It is sent files, of which only so many a minute may be.
            Some(_) => Some(Place(None)),
            None => self.streams.try_acquire().ok().map(|stream| Place(Some(stream))),
        }
    }
}

/// One of the streams that may be open at a provider, for as long as this lives; where files are sent, it takes none.
#[derive(Debug)]
pub struct Place<'a>(#[expect(dead_code, reason = "it is given back when it goes")] Option<SemaphorePermit<'a>>);
