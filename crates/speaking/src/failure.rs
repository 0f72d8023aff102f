//! What can go wrong with a provider of speech.

use std::time::Duration;

use thiserror::Error;

/// Why a text was not spoken, or not to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Failure {
    /// No connection.
    #[error("it cannot be reached")]
    Unreachable,
    /// It took too long to begin, or paused for too long.
    #[error("it did not answer in time")]
    TimedOut,
    /// 429: too much was asked of it.
    #[error("it asks for a pause")]
    RateLimited {
        /// How long it wants to be left alone.
        retry_after: Option<Duration>,
    },
    /// 408 or 5xx: it may work the next time.
    #[error("it failed with status {status}")]
    ServerError {
        /// The status.
        status: u16,
        /// How long it wants to be left alone.
        retry_after: Option<Duration>,
    },
    /// Any other status: the key, the model, the voice or the request is wrong.
    #[error("it rejected the request with status {status}")]
    Rejected {
        /// The status.
        status: u16,
    },
    /// What came is no sound.
    #[error("its answer is no sound")]
    NotSound,
    /// The answer broke off.
    #[error("its answer broke off")]
    CutStream,
    /// The text or the answer is longer than any briefing.
    #[error("it is too long")]
    TooLong,
    /// It failed several times just now and is left alone.
    #[error("it is left alone after several failures")]
    CircuitOpen,
}

impl Failure {
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        if error.is_timeout() { Self::TimedOut } else { Self::Unreachable }
    }

    pub(crate) fn retry_after(self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::ServerError { retry_after, .. } => retry_after,
            _ => None,
        }
    }
}
