//! What can go wrong with a provider.

use std::time::Duration;

use baton_provider::ErrorStatus;
use thiserror::Error;

/// Why a provider's answer is not used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Failure {
    /// No connection, or it broke before the answer began.
    #[error("it cannot be reached")]
    Unreachable,
    /// It took too long, as a whole or between two pieces.
    #[error("it did not answer in time")]
    TimedOut,
    /// It answered with a status that is no success.
    #[error(transparent)]
    Status(#[from] ErrorStatus),
    /// 429 of the kind that does not pass: there is no money left.
    #[error("its quota is used up")]
    QuotaUsedUp,
    /// The answer broke off.
    #[error("its answer broke off")]
    CutStream,
    /// What came is not what OpenAI's interface says.
    #[error("it does not speak the protocol")]
    NotTheProtocol,
    /// The answer went on for too long.
    #[error("its answer is too long")]
    TooLong,
    /// The model will not do it.
    #[error("the model refused")]
    Refusal,
    /// The answer is no briefing.
    #[error("its answer is not valid")]
    InvalidAnswer,
    /// The answer says nothing.
    #[error("its answer is empty")]
    Empty,
    /// Everything that the answer says rests on nothing that was said.
    #[error("its answer rests on nothing that was said")]
    Unfounded,
    /// The answer is in another language than was asked for.
    #[error("its answer is in the wrong language")]
    WrongLanguage,
    /// It failed several times just now and is left alone.
    #[error("it is left alone after several failures")]
    CircuitOpen,
    /// What it may be used for this minute is used.
    #[error("its budget for this minute is used")]
    OverBudget,
    /// What was to leave could not be written down, so it stayed.
    #[error("nothing was sent, because it could not be written down")]
    Withheld,
}

impl Failure {
    /// A stable name, for audits and metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Status(status) => status.name(),
            Self::QuotaUsedUp => "quota_used_up",
            Self::CutStream => "cut_stream",
            Self::NotTheProtocol => "not_the_protocol",
            Self::TooLong => "too_long",
            Self::Refusal => "refusal",
            Self::InvalidAnswer => "invalid_answer",
            Self::Empty => "empty",
            Self::Unfounded => "unfounded",
            Self::WrongLanguage => "wrong_language",
            Self::CircuitOpen => "circuit_open",
            Self::OverBudget => "over_budget",
            Self::Withheld => "withheld",
        }
    }

    /// Whether the same request may succeed in a moment.
    pub(crate) fn passes(&self) -> bool {
        match self {
            Self::Unreachable | Self::CutStream => true,
            Self::Status(status) => !matches!(status, ErrorStatus::Rejected { .. }),
            _ => false,
        }
    }

    /// Whether it says that the provider is not well, rather than this one answer.
    pub(crate) fn is_outage(&self) -> bool {
        matches!(self, Self::TimedOut | Self::QuotaUsedUp | Self::Status(_) | Self::NotTheProtocol) || self.passes()
    }

    /// Whether the model may do better when it is told what was wrong.
    pub(crate) fn is_repairable(&self) -> bool {
        matches!(self, Self::InvalidAnswer | Self::Empty | Self::Unfounded | Self::WrongLanguage)
    }

    /// How long the provider wants to be left alone.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status(status) => status.retry_after(),
            _ => None,
        }
    }
}
