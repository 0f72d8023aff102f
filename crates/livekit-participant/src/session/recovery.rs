//! How to get back after a loss: what to try next, when, and when to give up. Without a clock of its own.

use std::time::{Duration, Instant};

use crate::backoff::Backoff;

/// How often going on as the same presence is tried before a new one is begun.
const MOST_RESUMES: usize = 5;

/// A connection that held this long was a good one: the next loss has nothing to do with the last. Without this, a server that
/// takes us in and throws us out again would be asked a hundred times a second.
const STABLE: Duration = Duration::from_secs(10);

/// A way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Go on as the same presence: a new signalling connection, and ICE anew where the path is lost.
    Resume,
    /// Join again under the same identity.
    Rejoin,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Try this way at this time.
    Try(Way, Instant),
    /// It has taken too long.
    GiveUp,
}

/// The attempts at getting back.
#[derive(Debug)]
pub(crate) struct Recovery {
    limit: Duration,
    lost_at: Option<Instant>,
    restored_at: Option<Instant>,
    resume: Backoff,
    rejoin: Backoff,
}

impl Recovery {
    /// Nothing is lost yet. `limit` is how long a loss may last.
    pub(crate) fn new(limit: Duration) -> Self {
        Self { limit, lost_at: None, restored_at: None, resume: Backoff::default(), rejoin: Backoff::default() }
    }

    /// The connection is lost, or an attempt at restoring it has failed; this way is wished for next.
    pub(crate) fn next(&mut self, wish: Way, now: Instant) -> Step {
        if self.lost_at.is_none() && self.restored_at.is_none_or(|at| now.duration_since(at) >= STABLE) {
            self.resume.reset();
            self.rejoin.reset();
        }
        let lost_at = *self.lost_at.get_or_insert(now);
        let way = if self.resume.attempts() < MOST_RESUMES { wish } else { Way::Rejoin };
        let backoff = match way {
            Way::Resume => &mut self.resume,
            Way::Rejoin => &mut self.rejoin,
        };
        let at = now + backoff.next();
        if at >= lost_at + self.limit { Step::GiveUp } else { Step::Try(way, at) }
    }

    /// The connection stands again.
    pub(crate) fn restored(&mut self, now: Instant) {
        self.lost_at = None;
        self.restored_at = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn resuming_is_tried_with_growing_waits_and_then_joining_anew() {
        let now = Instant::now();
        let mut recovery = Recovery::new(seconds(60));
        let steps: Vec<Step> = (0..7).map(|_| recovery.next(Way::Resume, now)).collect();
        let wait = |way, ms| Step::Try(way, now + Duration::from_millis(ms));
        let resumes = [0, 300, 600, 1200, 2400].map(|ms| wait(Way::Resume, ms));
        assert_eq!(steps[..5], resumes);
        assert_eq!(steps[5..], [wait(Way::Rejoin, 0), wait(Way::Rejoin, 300)]);
    }

    #[test]
    fn a_server_that_orders_a_new_presence_gets_it_at_once() {
        let now = Instant::now();
        let mut recovery = Recovery::new(seconds(60));
        recovery.next(Way::Resume, now);
        assert_eq!(recovery.next(Way::Rejoin, now), Step::Try(Way::Rejoin, now));
    }

    #[test]
    fn a_loss_that_lasts_too_long_is_given_up() {
        let now = Instant::now();
        let mut recovery = Recovery::new(seconds(60));
        recovery.next(Way::Rejoin, now);
        assert!(matches!(recovery.next(Way::Rejoin, now + seconds(59)), Step::Try(..)));
        assert_eq!(recovery.next(Way::Rejoin, now + seconds(60)), Step::GiveUp);
    }

    #[test]
    fn waits_begin_anew_only_after_a_stable_time() {
        let now = Instant::now();
        let mut recovery = Recovery::new(seconds(60));
        recovery.next(Way::Rejoin, now);
        recovery.restored(now);
        let hasty = now + seconds(1);
        assert_eq!(recovery.next(Way::Rejoin, hasty), Step::Try(Way::Rejoin, hasty + Duration::from_millis(300)));
        recovery.restored(hasty);
        let later = hasty + STABLE;
        assert_eq!(recovery.next(Way::Rejoin, later), Step::Try(Way::Rejoin, later));
    }
}
