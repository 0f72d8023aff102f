//! A provider's clock against the stream's. A provider counts what it was sent; where the speaker paused and nothing was
//! sent, or sound was sent again after a break, the two differ.

use std::collections::VecDeque;

use crate::audio::{Position, RATE};

/// So many pauses back a provider may still speak of something.
const KEPT: usize = 512;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    sent: u64,
    position: Position,
}

/// What one connection was sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    stretches: VecDeque<Stretch>,
    sent: u64,
    end: Position,
}

impl Timeline {
    /// `samples` from `position` on have been sent.
    pub fn sent(&mut self, position: Position, samples: u64) {
        if self.stretches.is_empty() || position != self.end {
            self.stretches.push_back(Stretch { sent: self.sent, position });
            if self.stretches.len() > KEPT {
                self.stretches.pop_front();
            }
        }
        self.sent += samples;
        self.end = position.saturating_add(samples);
    }

    /// The position of what the provider calls `seconds`; never beyond what was sent, however it lies.
    pub fn position(&self, seconds: f64) -> Position {
        let sent = self.sent_at(seconds);
        let behind = self.stretches.partition_point(|stretch| stretch.sent <= sent);
        let Some(stretch) = behind.checked_sub(1).and_then(|at| self.stretches.get(at)) else {
            return self.stretches.front().map_or(self.end, |first| first.position);
        };
        stretch.position + (sent - stretch.sent)
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates, and NaN is 0")]
    fn sent_at(&self, seconds: f64) -> u64 {
        ((seconds * f64::from(RATE)).round() as u64).min(self.sent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_leap_where_nothing_was_sent() {
        let mut timeline = Timeline::default();
        timeline.sent(32_000, 16_000);
        timeline.sent(48_000, 16_000);
        timeline.sent(160_000, 16_000);
        assert_eq!(timeline.position(0.0), 32_000);
        assert_eq!(timeline.position(1.5), 56_000);
        assert_eq!(timeline.position(2.5), 168_000);
    }

    #[test]
    fn a_clock_that_lies_stays_within_what_was_sent() {
        let mut timeline = Timeline::default();
        assert_eq!(timeline.position(5.0), 0);
        timeline.sent(1_600, 1_600);
        for (seconds, position) in [(-4.0, 1_600), (f64::NAN, 1_600), (f64::INFINITY, 3_200), (1e300, 3_200)] {
            assert_eq!(timeline.position(seconds), position, "{seconds}");
        }
    }
}
