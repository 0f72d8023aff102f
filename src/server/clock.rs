//! The only place that asks for the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use baton_domain::time::{Span, Timestamp};

/// A clock: the system's, or one that a test sets.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's.
    System,
    /// Stands still until it is moved.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at`.
    pub fn set_to(at: Timestamp) -> Self {
        Self::Set(Arc::new(AtomicI64::new(at.0)))
    }

    /// Moves a set clock on; the system's goes by itself.
    pub fn advance(&self, span: Span) {
        if let Self::Set(now) = self {
            now.fetch_add(span.0, Ordering::SeqCst);
        }
    }

    /// This moment.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp(system_now()),
            Self::Set(now) => Timestamp(now.load(Ordering::SeqCst)),
        }
    }
}

/// A moment to measure spans from, which no correction of the time of day moves.
pub fn monotonic() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "this is the place")]
fn system_now() -> i64 {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since_epoch.map_or(0, |span| i64::try_from(span.as_millis()).unwrap_or(i64::MAX))
}
