//! What can go wrong with a provider of speech.

use std::time::Duration;

use baton_provider::ErrorStatus;
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
    /// It answered with a status that is no success.
    #[error(transparent)]
    Status(#[from] ErrorStatus),
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
            Self::Status(status) => status.retry_after(),
            _ => None,
        }
    }
}
