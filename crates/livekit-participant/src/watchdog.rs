//! Notices a dead media path long before ICE does.
//!
//! ICE consent (RFC 7675 §5.1) expires after 30 s and the SFU itself gives up after about 16 s; a person on the phone hangs up
//! before that. A healthy path is never silent: both sides check it several times in five seconds (STUN, RTCP).

use std::time::{Duration, Instant};

/// How long a connected path may be silent. Below five seconds, so that the loss is known within five.
pub(crate) const SILENCE_LIMIT: Duration = Duration::from_secs(4);
const _: () = assert!(SILENCE_LIMIT.as_millis() < 5_000, "a loss is promised to be known within five seconds");

/// A path on which something arrived so recently is taken for alive without being tried.
const FRESH: Duration = Duration::from_secs(2);

/// Watches for silence on the media path, without a clock of its own.
#[derive(Debug, Default)]
pub(crate) struct Watchdog {
    heard_at: Option<Instant>,
    is_watching: bool,
}

impl Watchdog {
    /// Something arrived.
    pub(crate) fn heard(&mut self, now: Instant) {
        self.heard_at = Some(now);
    }

    /// From now on silence counts, also what there was of it before.
    pub(crate) fn watch(&mut self, now: Instant) {
        self.is_watching = true;
        self.heard_at.get_or_insert(now);
    }

    /// Stops watching.
    pub(crate) fn rest(&mut self) {
        self.is_watching = false;
    }

    /// Whether something arrived a moment ago.
    pub(crate) fn is_fresh(&self, now: Instant) -> bool {
        self.heard_at.is_some_and(|at| now < at + FRESH)
    }

    /// When silence will have lasted too long; `None` while not watching.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.heard_at.filter(|_| self.is_watching).map(|at| at + SILENCE_LIMIT)
    }

    /// Whether silence has lasted too long.
    pub(crate) fn is_silent(&self, now: Instant) -> bool {
        self.deadline().is_some_and(|deadline| now >= deadline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_counts_from_the_last_packet() {
        let start = Instant::now();
        let mut watchdog = Watchdog::default();
        watchdog.watch(start);
        watchdog.heard(start + Duration::from_secs(1));
        assert!(!watchdog.is_silent(start + SILENCE_LIMIT));
        assert!(watchdog.is_silent(start + SILENCE_LIMIT + Duration::from_secs(1)));
    }

    #[test]
    fn a_resting_watchdog_says_nothing() {
        let start = Instant::now();
        let mut watchdog = Watchdog::default();
        watchdog.heard(start);
        assert_eq!(watchdog.deadline(), None);
        watchdog.watch(start);
        watchdog.rest();
        assert_eq!(watchdog.deadline(), None);
        assert!(!watchdog.is_silent(start + SILENCE_LIMIT * 2));
    }

    #[test]
    fn silence_before_the_watch_counts_too() {
        let start = Instant::now();
        let mut watchdog = Watchdog::default();
        assert!(!watchdog.is_fresh(start));
        watchdog.heard(start);
        watchdog.watch(start + Duration::from_secs(3));
        assert!(watchdog.is_fresh(start + Duration::from_secs(1)) && !watchdog.is_fresh(start + FRESH));
        assert_eq!(watchdog.deadline(), Some(start + SILENCE_LIMIT));
    }
}
