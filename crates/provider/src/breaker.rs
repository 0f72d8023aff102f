//! A circuit breaker: who fails again and again is left alone for a while, and then tried with one request.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Shared by all who ask one provider.
#[derive(Debug)]
pub struct Breaker {
    failures_to_open: u32,
    open_for: Duration,
    state: Mutex<State>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed {
        failures: u32,
    },
    Open {
        until: Instant,
    },
    /// One request is under way and decides.
    Trying,
}

/// The right to send one request. Dropped without a word it counts as not sent.
#[derive(Debug)]
#[must_use]
pub struct Permit<'a> {
    breaker: &'a Breaker,
    tries_since: Option<Instant>,
}

impl Breaker {
    /// Opens for this long after so many failures in a row.
    pub fn new(failures_to_open: u32, open_for: Duration) -> Self {
        Self { failures_to_open, open_for, state: Mutex::new(State::Closed { failures: 0 }) }
    }

    /// `None` while the provider is left alone.
    pub fn admit(&self, now: Instant) -> Option<Permit<'_>> {
        let mut state = self.lock();
        match *state {
            State::Closed { .. } => Some(Permit { breaker: self, tries_since: None }),
            State::Open { until } if now >= until => {
                *state = State::Trying;
                Some(Permit { breaker: self, tries_since: Some(until) })
            }
            State::Open { .. } | State::Trying => None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Plain values, right at every moment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit<'_> {
    /// The provider answered.
    pub fn succeeded(mut self) {
        self.tries_since = None;
        *self.breaker.lock() = State::Closed { failures: 0 };
    }

    /// `asked` is how long the provider itself wants to be left alone.
    pub fn failed(mut self, now: Instant, asked: Option<Duration>) {
        let tried = self.tries_since.take().is_some();
        let open = State::Open { until: now + self.breaker.open_for.max(asked.unwrap_or_default()) };
        let mut state = self.breaker.lock();
        *state = match *state {
            State::Closed { failures } if !tried && failures + 1 < self.breaker.failures_to_open => {
                State::Closed { failures: failures + 1 }
            }
            // One that was sent before the circuit opened says nothing about the one that tries.
            State::Trying if !tried => State::Trying,
            State::Closed { .. } | State::Open { .. } | State::Trying => open,
        };
    }

    /// There is no use in asking again before `span` has passed: the key is wrong, or the provider said so.
    pub fn leave_alone(mut self, now: Instant, span: Duration) {
        self.tries_since = None;
        *self.breaker.lock() = State::Open { until: now + span };
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if let Some(since) = self.tries_since {
            *self.breaker.lock() = State::Open { until: since };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, SystemClock};

    const OPEN_FOR: Duration = Duration::from_secs(30);

    fn opened(now: Instant) -> Breaker {
        let breaker = Breaker::new(2, OPEN_FOR);
        for _ in 0..2 {
            breaker.admit(now).expect("closed").failed(now, None);
        }
        breaker
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_after_failures_in_a_row_only() {
        let (breaker, now) = (Breaker::new(2, OPEN_FOR), SystemClock.now());
        for _ in 0..5 {
            breaker.admit(now).expect("closed").failed(now, None);
            breaker.admit(now).expect("closed").succeeded();
        }
        assert!(breaker.admit(now).is_some());
        assert!(opened(now).admit(now).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn then_one_request_tries_and_decides() {
        let now = SystemClock.now();
        let breaker = opened(now);
        assert!(breaker.admit(now + OPEN_FOR - Duration::from_millis(1)).is_none());
        let later = now + OPEN_FOR;
        let trying = breaker.admit(later).expect("one may try");
        assert!(breaker.admit(later).is_none(), "and only one");
        trying.failed(later, None);
        assert!(breaker.admit(later).is_none());
        breaker.admit(later + OPEN_FOR).expect("one may try").succeeded();
        assert!(breaker.admit(later + OPEN_FOR).is_some());
        assert!(breaker.admit(later + OPEN_FOR).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_try_that_is_given_up_leaves_room_for_the_next() {
        let now = SystemClock.now();
        let breaker = opened(now);
        drop(breaker.admit(now + OPEN_FOR).expect("one may try"));
        assert!(breaker.admit(now + OPEN_FOR).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_left_alone_is_so_at_once() {
        let (breaker, now) = (Breaker::new(5, OPEN_FOR), SystemClock.now());
        breaker.admit(now).expect("closed").leave_alone(now, OPEN_FOR * 2);
        assert!(breaker.admit(now + OPEN_FOR).is_none());
        assert!(breaker.admit(now + OPEN_FOR * 2).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_longer_pause_that_was_asked_for_is_kept() {
        let (breaker, now) = (Breaker::new(1, OPEN_FOR), SystemClock.now());
        breaker.admit(now).expect("closed").failed(now, Some(OPEN_FOR * 3));
        assert!(breaker.admit(now + OPEN_FOR * 2).is_none());
        assert!(breaker.admit(now + OPEN_FOR * 3).is_some());
    }
}
