//! Whoever writes better briefings than the local summariser, when there is one.

use baton_domain::briefing::Briefing;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;

use super::analyst::{Analyst, Talk};

/// A writer of briefings, who understands calls in other ways, too. Nothing waits for it.
pub trait BriefingWriter: Analyst {
    /// Whether there is anybody to ask.
    fn is_there(&self) -> bool;
    /// Begins to write; the steps end with [`Step::Written`], or without it when nobody could.
    fn write(&self, order: Order) -> UnboundedReceiver<Step>;
}

/// What a briefing is written from.
#[derive(Clone, Debug)]
pub struct Order {
    /// The call.
    pub talk: Talk,
    /// The briefing that is there already.
    pub local: Briefing,
}

/// Text that is about to leave. It waits here until it may, and does not leave when this is dropped.
#[derive(Debug)]
pub struct Departure {
    /// To whom, and how much.
    pub sent: Sent,
    leave: oneshot::Sender<()>,
}

impl Departure {
    /// With what whoever sends it waits for: an error there is a no.
    pub fn new(sent: Sent) -> (Self, oneshot::Receiver<()>) {
        let (leave, may_leave) = oneshot::channel();
        (Self { sent, leave }, may_leave)
    }

    /// It is written down, and may leave.
    pub fn go(self) {
        // Whoever wanted to send it may have given up meanwhile.
        let _ = self.leave.send(());
    }
}

/// How the writing goes on.
#[derive(Debug)]
pub enum Step {
    /// Something is about to leave, and waits.
    Leaving(Departure),
    /// The briefing as far as it is written, and where it is not, the one that was there.
    Draft(Box<Briefing>),
    /// It is complete.
    Written(Box<Briefing>),
}

/// What leaves: how much, never what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// To which provider.
    pub provider: String,
    /// To which of its models.
    pub model: String,
    /// How many transcript lines.
    pub lines: usize,
    /// Whether personal data is taken out at all.
    pub is_redacted: bool,
    /// How many pieces of it were taken out of them.
    pub taken_out: usize,
}
