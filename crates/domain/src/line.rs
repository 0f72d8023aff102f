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
