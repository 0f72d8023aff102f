//! How long the desk waits for what. The server reads these from its configuration; tests set them short.

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// The spans that the state machines go by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// How long a target rings before the transfer ends with `no_answer`.
    pub ring: Span,
    /// How long the transferring agent, or the next skilled one, rings when a blind or forced transfer was not taken.
    pub ring_back: Span,
    /// How long a target who accepted has to get their microphone into both rooms.
    pub media: Span,
    /// How long a completed transfer waits for caller and target to hear each other before the caller goes back.
    pub heard: Span,
    /// How long an agent may be missing before the call goes on without them.
    pub agent_grace: Span,
    /// How long the transferring agent must be missing before the target may take the caller.
    pub take_after: Span,
    /// How long a caller may be missing before the call ends.
    pub caller_grace: Span,
    /// How long a consult may go on after the caller has left.
    pub consult_tail: Span,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            ring: Span::seconds(30),
            ring_back: Span::seconds(10),
            media: Span::seconds(10),
            heard: Span::seconds(5),
            agent_grace: Span::seconds(20),
            take_after: Span::seconds(5),
            caller_grace: Span::seconds(60),
            consult_tail: Span::seconds(60),
        }
    }
}
