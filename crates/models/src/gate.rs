//! Nothing leaves before it is written down.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::chain::Sent;
use crate::failure::Failure;

/// Whether something may leave, as soon as that is known.
pub type Passage = Pin<Box<dyn Future<Output = bool> + Send>>;

/// Whoever is told of all that is about to leave. It waits for them, and stays here when they say no.
#[derive(Clone)]
pub struct Gate(Arc<dyn Fn(Sent) -> Passage + Send + Sync>);

impl Gate {
    /// `ask` is told what is about to leave, once for each provider that is asked for something.
    pub fn new(ask: impl Fn(Sent) -> Passage + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    /// Lets everything pass: for whoever measures what providers do with what is nobody's secret.
    pub fn open() -> Self {
        Self::new(|_| Box::pin(std::future::ready(true)))
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}

/// One thing that is asked of one provider, on its way out.
pub struct Departure<'a> {
    gate: &'a Gate,
    sent: &'a Sent,
    has_passed: AtomicBool,
}

impl<'a> Departure<'a> {
    pub fn new(gate: &'a Gate, sent: &'a Sent) -> Self {
        Self { gate, sent, has_passed: AtomicBool::new(false) }
    }

    /// Waits at the gate; only the first time, since what is repeated or repaired has left already.
    pub async fn pass(&self) -> Result<(), Failure> {
        let may = self.has_passed.load(Ordering::Relaxed) || (self.gate.0)(self.sent.clone()).await;
        self.has_passed.store(may, Ordering::Relaxed);
        if may { Ok(()) } else { Err(Failure::Withheld) }
    }
}
