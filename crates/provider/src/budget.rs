//! What a provider may be used for in a minute, so that one busy hour does not eat the day's quota, nor ask for 429s.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

const MINUTE: Duration = Duration::from_secs(60);

/// So many requests and tokens a minute, shared by all who ask one provider.
#[derive(Debug)]
pub struct Budget {
    requests: u32,
    tokens: u32,
    /// The last minute's.
    used: Mutex<Used>,
}

/// When, and how many tokens.
type Used = VecDeque<(Instant, u32)>;

impl Budget {
    /// So many of both.
    pub fn new(requests: u32, tokens: u32) -> Self {
        Self { requests, tokens, used: Mutex::default() }
    }

    /// So many requests, whatever is in them: each takes no token.
    pub fn of_requests(requests: u32) -> Self {
        Self::new(requests, u32::MAX)
    }

    /// Takes a request of so many tokens, or says how long until there may be room. A request that is larger than the whole
    /// budget goes when nothing else is under way: it would never go otherwise.
    pub fn take(&self, tokens: u32, now: Instant) -> Result<(), Duration> {
        let mut used = self.last_minute(now);
        let spent = spent(&used);
        let has_room = u32::try_from(used.len()).is_ok_and(|count| count < self.requests)
            && spent + u64::from(tokens) <= u64::from(self.tokens);
        match used.front() {
            Some((oldest, _)) if !has_room => Err(*oldest + MINUTE - now),
            _ => {
                used.push_back((now, tokens));
                Ok(())
            }
        }
    }

    /// Takes a request that can wait for another time: only when half of the budget is left afterwards, for those that cannot.
    pub fn take_spare(&self, tokens: u32, now: Instant) -> bool {
        let mut used = self.last_minute(now);
        let has_room = u32::try_from(used.len()).is_ok_and(|count| count < self.requests / 2)
            && spent(&used) + u64::from(tokens) <= u64::from(self.tokens / 2);
        if has_room {
            used.push_back((now, tokens));
        }
        has_room
    }

    fn last_minute(&self, now: Instant) -> MutexGuard<'_, Used> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        while used.front().is_some_and(|(at, _)| *at + MINUTE <= now) {
            used.pop_front();
        }
        used
    }
}

fn spent(used: &Used) -> u64 {
    used.iter().map(|(_, tokens)| u64::from(*tokens)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, SystemClock};

    #[tokio::test(start_paused = true)]
    async fn requests_and_tokens_come_back_after_a_minute() {
        let (budget, now) = (Budget::new(2, 1_000), SystemClock.now());
        assert_eq!(budget.take(400, now), Ok(()));
        let later = now + Duration::from_secs(20);
        assert_eq!(budget.take(700, later), Err(Duration::from_secs(40)), "tokens");
        assert_eq!(budget.take(100, later), Ok(()));
        assert_eq!(budget.take(1, later), Err(Duration::from_secs(40)), "requests");
        assert_eq!(budget.take(700, now + MINUTE), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn requests_alone_are_counted_by_the_minute() {
        let (budget, now) = (Budget::of_requests(2), SystemClock.now());
        assert_eq!(budget.take(0, now), Ok(()));
        assert_eq!(budget.take(0, now + Duration::from_secs(10)), Ok(()));
        assert_eq!(budget.take(0, now + Duration::from_secs(20)), Err(Duration::from_secs(40)));
        assert_eq!(budget.take(0, now + MINUTE), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn what_can_wait_leaves_half_of_the_budget() {
        let (budget, now) = (Budget::new(10, 1_000), SystemClock.now());
        assert!(budget.take_spare(400, now));
        assert!(!budget.take_spare(200, now));
        assert_eq!(budget.take(600, now), Ok(()), "what cannot wait has the rest");
        assert!(budget.take_spare(500, now + MINUTE));
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_larger_than_the_budget_goes_alone() {
        let (budget, now) = (Budget::new(2, 1_000), SystemClock.now());
        assert_eq!(budget.take(5_000, now), Ok(()));
        assert_eq!(budget.take(5_000, now), Err(MINUTE));
    }
}
