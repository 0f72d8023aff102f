//! Notices a dead media path long before ICE does.
//!
//! ICE consent (RFC 7675 §5.1) expires after 30 s and the SFU itself gives up after about 16 s; a person on the phone hangs up
//! before that. A healthy path is never silent: both sides check it several times in five seconds (STUN, RTCP).

use std::time::{Duration, Instant};

/// How long a connected path may be silent. Below five seconds, so that the loss is known within five.
pub(crate) const SILENCE_LIMIT: Duration = Duration::from_secs(4);

/// Watches for silence on the media path, without a clock of its own.
#[derive(Debug, Default)]
pub(crate) struct Watchdog {
    heard_at: Option<Instant>,
}

impl Watchdog {
    /// Something arrived; from the first time on silence counts.
    pub(crate) fn heard(&mut self, now: Instant) {
        self.heard_at = Some(now);
    }

    /// Stops watching until something arrives again.
    pub(crate) fn rest(&mut self) {
        self.heard_at = None;
    }

    /// When silence will have lasted too long; `None` while not watching.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.heard_at.map(|at| at + SILENCE_LIMIT)
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
        assert!(!watchdog.is_silent(start + SILENCE_LIMIT));
        watchdog.heard(start);
        watchdog.heard(start + Duration::from_secs(1));
        assert!(!watchdog.is_silent(start + SILENCE_LIMIT));
        assert!(watchdog.is_silent(start + SILENCE_LIMIT + Duration::from_secs(1)));
    }

    #[test]
    fn a_resting_watchdog_says_nothing() {
        let start = Instant::now();
        let mut watchdog = Watchdog::default();
        watchdog.heard(start);
        watchdog.rest();
        assert_eq!(watchdog.deadline(), None);
        assert!(!watchdog.is_silent(start + SILENCE_LIMIT * 2));
    }
}
