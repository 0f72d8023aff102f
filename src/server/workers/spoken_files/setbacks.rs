//! Files with which something of ours failed, and when each is tried again.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use baton_domain::ids::SpokenFileId;

/// After a failure of our own; twice as long after each one more with the same file.
const WAIT: Duration = Duration::from_secs(5);
/// No file waits longer than this.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// Those files.
#[derive(Debug, Default)]
pub struct Setbacks(HashMap<SpokenFileId, Setback>);

/// A file with which something of ours failed.
#[derive(Clone, Copy, Debug)]
struct Setback {
    /// How often in a row.
    count: u32,
    /// When it is tried again.
    again_at: Instant,
}

impl Setbacks {
    /// One more with this file, now.
    pub fn add(&mut self, id: SpokenFileId, now: Instant) {
        let count = self.0.get(&id).map_or(0, |before| before.count);
        let wait = WAIT.saturating_mul(2_u32.saturating_pow(count)).min(LONGEST_WAIT);
        self.0.insert(id, Setback { count: count.saturating_add(1), again_at: now + wait });
    }

    /// Nothing of ours failed with this file the last time.
    pub fn forget(&mut self, id: SpokenFileId) {
        self.0.remove(&id);
    }

    /// Only these files are still to be worked on.
    pub fn keep(&mut self, is_wanted: impl Fn(SpokenFileId) -> bool) {
        self.0.retain(|id, _| is_wanted(*id));
    }

    /// Whether a file is not tried yet at this moment.
    pub fn hold_back(&self, id: SpokenFileId, now: Instant) -> bool {
        self.0.get(&id).is_some_and(|setback| setback.again_at > now)
    }

    /// When the first of those is tried again that are held back at this moment.
    pub fn next(&self, now: Instant) -> Option<Instant> {
        self.0.values().map(|setback| setback.again_at).filter(|at| *at > now).min()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::server::clock;

    fn id(number: u128) -> SpokenFileId {
        SpokenFileId(Uuid::from_u128(number))
    }

    #[test]
    fn a_file_that_fails_again_and_again_waits_longer_and_longer() {
        let now = clock::monotonic();
        let mut setbacks = Setbacks::default();
        let waits: Vec<u64> = std::iter::repeat_with(|| {
            setbacks.add(id(1), now);
            (setbacks.next(now).expect("it waits") - now).as_secs()
        })
        .take(12)
        .collect();
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600]);
        setbacks.forget(id(1));
        setbacks.add(id(1), now);
        assert_eq!(setbacks.next(now), Some(now + WAIT), "it begins anew after a try that did not fail");
    }

    #[test]
    fn at_every_moment_a_file_may_be_tried_or_its_time_is_awaited() {
        let begin = clock::monotonic();
        let after = |ms| begin + Duration::from_millis(ms);
        let mut setbacks = Setbacks::default();
        let failed = [(id(1), begin), (id(2), after(1_000))];
        for (id, at) in failed {
            setbacks.add(id, at);
        }
        for ms in (0..=6_000).step_by(500) {
            let held_back = failed.into_iter().filter(|(id, _)| setbacks.hold_back(*id, after(ms)));
            assert_eq!(setbacks.next(after(ms)), held_back.map(|(_, at)| at + WAIT).min(), "after {ms} ms");
        }
        assert!(!setbacks.hold_back(id(1), begin + WAIT), "its time has come");
    }

    #[test]
    fn what_is_not_to_be_worked_on_any_more_is_not_awaited() {
        let now = clock::monotonic();
        let mut setbacks = Setbacks::default();
        setbacks.add(id(1), now);
        setbacks.keep(|wanted| wanted != id(1));
        assert_eq!(setbacks.next(now), None);
    }
}
