//! Packets that wait for an earlier one.

use std::collections::BTreeMap;

/// However small the packets are, no more than so many wait: 100 ms of 2.5 ms.
const MOST_WAITING: usize = 40;

#[derive(Debug)]
pub(super) struct Reorder {
    waiting: BTreeMap<u64, Waiting>,
    window: u64,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    pub duration: u32,
    pub data: Vec<u8>,
}

impl Reorder {
    pub fn new(window: u32) -> Self {
        Self { waiting: BTreeMap::new(), window: u64::from(window) }
    }

    /// Takes a packet, unless one is there for its position.
    pub fn hold(&mut self, position: u64, duration: u32, data: &[u8]) -> bool {
        let vacant = !self.waiting.contains_key(&position);
        if vacant {
            self.waiting.insert(position, Waiting { duration, data: data.to_vec() });
        }
        vacant
    }

    /// The next packet, when nothing is missing before it (the recording reaches to `end`) or what is missing has been
    /// waited for long enough.
    pub fn release(&mut self, end: u64) -> Option<(u64, Waiting)> {
        let (&first, _) = self.waiting.first_key_value()?;
        let (&newest, _) = self.waiting.last_key_value()?;
        let waited = newest - first >= self.window || self.waiting.len() > MOST_WAITING;
        if first <= end || waited { self.waiting.pop_first() } else { None }
    }

    /// The next packet that begins before a position, whatever is missing.
    pub fn release_before(&mut self, until: u64) -> Option<(u64, Waiting)> {
        let (&first, _) = self.waiting.first_key_value()?;
        if first < until { self.waiting.pop_first() } else { None }
    }
}
