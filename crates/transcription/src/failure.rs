//! What can go wrong with a provider.

use std::time::Duration;

use baton_provider::ErrorStatus;
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
    /// It answered with a status that is no success, or closed a WebSocket with a code that says as much.
    #[error(transparent)]
    Status(#[from] ErrorStatus),
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
            Self::Status(status) => status.name(),
            Self::Cut => "cut",
            Self::NotTheProtocol => "not_the_protocol",
            Self::Overflow => "overflow",
        }
    }

    /// How long the provider wants to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status(status) => status.retry_after(),
            _ => None,
        }
    }

    /// There is no use in asking again; also for a request that cannot even be written down with what it is made of.
    pub(crate) fn rejected(status: u16) -> Self {
        Self::Status(ErrorStatus::Rejected { status })
    }

    /// Whether the key, the account, the model or the request is wrong.
    pub(crate) fn is_rejection(&self) -> bool {
        matches!(self, Self::Status(ErrorStatus::Rejected { .. }))
    }
}
