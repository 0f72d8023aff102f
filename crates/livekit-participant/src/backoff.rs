//! How long to wait before the next attempt at getting back.

use std::time::Duration;

/// What the LiveKit clients wait before each attempt: at once, then longer and longer.
const DELAYS_MS: [u64; 5] = [0, 300, 600, 1200, 2400];

/// The longest wait, for outages that go on.
const LONGEST: Duration = Duration::from_secs(5);

/// The waits between attempts, without a clock of its own.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    attempts: usize,
}

impl Backoff {
    /// The wait before the next attempt, which is counted.
    pub(crate) fn next(&mut self) -> Duration {
        let delay = DELAYS_MS.get(self.attempts).map_or(LONGEST, |ms| Duration::from_millis(*ms));
        self.attempts += 1;
        delay
    }

    /// How many attempts were counted since the last reset.
    pub(crate) fn attempts(&self) -> usize {
        self.attempts
    }

    /// Begins again with no wait.
    pub(crate) fn reset(&mut self) {
        self.attempts = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit_and_begin_again() {
        let mut backoff = Backoff::default();
        let waits: Vec<u128> = (0..7).map(|_| backoff.next().as_millis()).collect();
        assert_eq!(waits, [0, 300, 600, 1200, 2400, 5000, 5000]);
        backoff.reset();
        assert_eq!(backoff.next(), Duration::ZERO);
    }
}
