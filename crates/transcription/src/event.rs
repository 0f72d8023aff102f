//! What a session tells.

use std::time::Duration;

use crate::failure::Failure;

/// A line's own number within its session: an interim line keeps it until it is final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId(pub u64);

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Which.
    pub id: LineId,
    /// When it begins, since the stream began.
    pub started_at: Duration,
    /// When it ends; never before it begins.
    pub ended_at: Duration,
    /// One line of text, never empty.
    pub text: String,
    /// Whether it stays as it is. Each line comes so once.
    pub is_final: bool,
}

/// How far recognition is behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It keeps up.
    Live,
    /// Lines are late: no provider answers, or too slowly.
    Delayed,
}

/// What happens in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A line, or the next version of one.
    Words(Words),
    /// An interim line turned out to be nothing.
    Withdrawn(LineId),
    /// Lines are late, or no longer.
    State(State),
    /// What was said here will never be a line.
    Lost {
        /// From here on the stream's clock.
        from: Duration,
        /// To here.
        to: Duration,
        /// Why.
        failure: Failure,
    },
    /// A provider failed; another attempt follows by itself.
    Failed {
        /// Which.
        provider: String,
        /// Why.
        failure: Failure,
    },
    /// A provider is at work.
    Connected {
        /// Which.
        provider: String,
    },
}
