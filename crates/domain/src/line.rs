//! Lines, the published ways in, and the queues behind them.

use serde::{Deserialize, Serialize};

use crate::ids::{LineId, QueueId};
use crate::listening::ListeningPolicy;

/// A published way in: a join link, with the queue it leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Handle.
    pub id: LineId,
    /// Name on screen.
    pub name: String,
    /// The queue its callers wait in.
    pub queue: QueueId,
    /// The secret part of the join link; `None` once revoked.
    pub join_code: Option<String>,
    /// Whether calls are taken just now.
    pub open: bool,
    /// How many callers may wait at once.
    pub capacity: u32,
    /// What is done with what its callers and agents say.
    pub listening: ListeningPolicy,
    /// Whether the personal data that the installation takes out of a text before it leaves is taken out of this line's texts.
    pub redact: bool,
}

/// A queue of waiting calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Handle.
    pub id: QueueId,
    /// Name on screen, for instance "Billing queue".
    pub name: String,
}

/// Why a caller cannot come in by a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum LineRefusal {
    /// No line has this code: mistyped, or revoked.
    #[error("This link does not lead anywhere any more.")]
    DeadLink,
    /// Outside its hours, or switched off.
    #[error("This line is closed at the moment.")]
    Closed,
    /// As many are waiting as may.
    #[error("Everybody is busy and the line is full.")]
    Full,
}

impl LineRefusal {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::DeadLink, Self::Closed, Self::Full];

    /// The stable code, for programs and for the caller's page.
    pub const fn code(self) -> &'static str {
        match self {
            Self::DeadLink => "dead_link",
            Self::Closed => "line_closed",
            Self::Full => "line_full",
        }
    }

    /// The refusal of a stable code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.code() == code)
    }
}
