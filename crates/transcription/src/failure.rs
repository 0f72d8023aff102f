//! What can go wrong with a provider.

use std::time::Duration;

use thiserror::Error;

/// Why a provider is of no use just now. Nothing of what it said is kept: that might quote what was spoken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Failure {
    /// No connection.
    #[error("it cannot be reached")]
    Unreachable,
    /// The connection did not stand in time, or a request took too long.
    #[error("it did not answer in time")]
    TimedOut,
    /// It is connected and says nothing about what it was sent.
    #[error("it says nothing")]
    Silent,
    /// It does not take what it is sent.
    #[error("it takes nothing more")]
    Stuck,
    /// Too much was asked of it.
    #[error("it asks for a pause")]
    RateLimited {
        /// How long it wants to be left alone.
        retry_after: Option<Duration>,
    },
    /// It failed itself, and may work the next time.
    #[error("it failed with status {status}")]
    ServerError {
        /// The status, or the code that a WebSocket was closed with.
        status: u16,
        /// How long it wants to be left alone.
        retry_after: Option<Duration>,
    },
    /// The key, the account, the model or the request is wrong.
    #[error("it rejected the request with status {status}")]
    Rejected {
        /// The status, or the code that a WebSocket was closed with.
        status: u16,
    },
    /// The connection broke.
    #[error("the connection broke")]
    Cut,
    /// What came is not what its interface says.
    #[error("it does not speak the protocol")]
    NotTheProtocol,
    /// There was more than fits while nobody took it.
    #[error("too much was waiting")]
    Overflow,
}

impl Failure {
    /// A stable name for logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Silent => "silent",
            Self::Stuck => "stuck",
            Self::RateLimited { .. } => "rate_limited",
            Self::ServerError { .. } => "server_error",
            Self::Rejected { .. } => "rejected",
            Self::Cut => "cut",
            Self::NotTheProtocol => "not_the_protocol",
            Self::Overflow => "overflow",
        }
    }

    /// How long the provider wants to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::ServerError { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// What an HTTP status says.
    pub(crate) fn of_status(status: u16, retry_after: Option<Duration>) -> Self {
        match status {
            429 => Self::RateLimited { retry_after },
            408 | 500.. => Self::ServerError { status, retry_after },
            _ => Self::Rejected { status },
        }
    }
}
