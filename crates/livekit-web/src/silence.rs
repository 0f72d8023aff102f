//! The longest silence in a signal, in blocks of 10 ms: arithmetic only, so that it is tested without a browser.

use crate::level::rms;

/// Blocks per second: one is 10 ms long.
pub const BLOCKS_PER_SECOND: u32 = 100;
/// A block quieter than this (RMS) is silent: -65 dBFS.
pub const SILENT_BELOW: f32 = 0.000_562_341_3;

const BLOCK_MS: u64 = 1000 / BLOCKS_PER_SECOND as u64;

/// Follows a signal block by block. Blocks are counted on the signal's own clock, so that none counts twice however
/// the readings overlap, and one that no reading covered is known to be missing.
#[derive(Clone, Debug, PartialEq)]
pub struct SilenceTracker {
    sample_rate: f64,
    block_length: u64,
    next_block: u64,
    silent_run: u64,
    longest_run: u64,
    silent: u64,
    heard: u64,
    missed: u64,
}

impl SilenceTracker {
    /// Begins at this time of the signal's clock, in seconds.
    pub fn new(sample_rate: f32, now: f64) -> Self {
        let sample_rate = f64::from(sample_rate);
        let block_length = index(sample_rate / f64::from(BLOCKS_PER_SECOND)).max(1);
        let next_block = index(now * sample_rate).div_ceil(block_length);
        Self { sample_rate, block_length, next_block, silent_run: 0, longest_run: 0, silent: 0, heard: 0, missed: 0 }
    }

    /// How many of the newest samples at this time have not been examined yet.
    pub fn pending(&self, now: f64) -> u64 {
        index(now * self.sample_rate).saturating_sub(self.next_block * self.block_length)
    }

    /// Examines what is new in the newest samples of the signal, the last of which is at `now`.
    ///
    /// Blocks older than the window are missed: neither silent nor heard, they lengthen no silence and end none.
    pub fn examine(&mut self, now: f64, newest: &[f32]) {
        let end = index(now * self.sample_rate);
        let begin = end.saturating_sub(newest.len() as u64);
        let first_covered = begin.div_ceil(self.block_length);
        if first_covered > self.next_block {
            self.missed += first_covered - self.next_block;
            self.next_block = first_covered;
        }
        while (self.next_block + 1) * self.block_length <= end {
            let from = usize::try_from(self.next_block * self.block_length - begin).unwrap_or(usize::MAX);
            let to = from + usize::try_from(self.block_length).unwrap_or(usize::MAX);
            self.count(newest.get(from..to).is_none_or(|block| rms(block) < SILENT_BELOW));
            self.next_block += 1;
        }
    }

    /// The longest silence so far, the present one included.
    pub fn longest_silence_ms(&self) -> u64 {
        self.longest_run * BLOCK_MS
    }

    /// How long it has been silent up to now.
    pub fn current_silence_ms(&self) -> u64 {
        self.silent_run * BLOCK_MS
    }

    /// How much was examined.
    pub fn observed_ms(&self) -> u64 {
        (self.silent + self.heard) * BLOCK_MS
    }

    /// How much went by unexamined because nobody read in time.
    pub fn missed_ms(&self) -> u64 {
        self.missed * BLOCK_MS
    }

    fn count(&mut self, is_silent: bool) {
        if is_silent {
            self.silent += 1;
            self.silent_run += 1;
            self.longest_run = self.longest_run.max(self.silent_run);
        } else {
            self.heard += 1;
            self.silent_run = 0;
        }
    }
}

/// A position in samples. Rounded, because a clock in seconds falls a hair short of whole samples.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from f64 saturates at both ends")]
fn index(position: f64) -> u64 {
    position.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f32 = 48_000.0;
    const BLOCK: usize = 480;

    /// Ten-millisecond blocks: `#` sounds, `.` is silent.
    fn signal(blocks: &str) -> Vec<f32> {
        blocks.chars().flat_map(|block| [if block == '#' { 0.1 } else { 0.000_1 }; BLOCK]).collect()
    }

    fn at(samples: usize) -> f64 {
        f64::from(u32::try_from(samples).expect("a short test signal")) / f64::from(RATE)
    }

    #[test]
    fn the_longest_of_several_silences_counts() {
        let heard = signal("##..##...##.#");
        let mut tracker = SilenceTracker::new(RATE, 0.0);
        tracker.examine(at(heard.len()), &heard);
        assert_eq!((tracker.longest_silence_ms(), tracker.current_silence_ms()), (30, 0));
        assert_eq!((tracker.observed_ms(), tracker.missed_ms()), (130, 0));
    }

    #[test]
    fn overlapping_readings_count_nothing_twice() {
        let heard = signal("##....##....");
        let mut whole = SilenceTracker::new(RATE, 0.0);
        whole.examine(at(heard.len()), &heard);
        for step in [100, 333, 480, 1000] {
            let mut tracker = SilenceTracker::new(RATE, 0.0);
            for end in (0..heard.len()).step_by(step).chain([heard.len()]) {
                tracker.examine(at(end), &heard[end.saturating_sub(4 * BLOCK)..end]);
            }
            assert_eq!(tracker, whole, "readings every {step} samples");
        }
    }

    #[test]
    fn a_silence_across_readings_is_one() {
        let heard = signal("#.........#");
        let mut tracker = SilenceTracker::new(RATE, 0.0);
        tracker.examine(at(5 * BLOCK), &heard[..5 * BLOCK]);
        assert_eq!(tracker.current_silence_ms(), 40);
        tracker.examine(at(heard.len()), &heard);
        assert_eq!(tracker.longest_silence_ms(), 90);
    }

    #[test]
    fn what_nobody_read_in_time_is_missed_and_not_guessed() {
        let heard = signal("#..####..#");
        let mut tracker = SilenceTracker::new(RATE, 0.0);
        tracker.examine(at(3 * BLOCK), &heard[..3 * BLOCK]);
        tracker.examine(at(heard.len()), &heard[7 * BLOCK..]);
        assert_eq!((tracker.missed_ms(), tracker.observed_ms()), (40, 60));
        assert_eq!(tracker.longest_silence_ms(), 40);
    }

    #[test]
    fn counting_begins_at_the_first_whole_block() {
        let heard = signal("....####");
        let mut tracker = SilenceTracker::new(RATE, at(2 * BLOCK + 7));
        tracker.examine(at(heard.len()), &heard);
        assert_eq!((tracker.longest_silence_ms(), tracker.observed_ms()), (10, 50));
    }

    #[test]
    fn other_sample_rates_have_blocks_of_ten_milliseconds_too() {
        let mut tracker = SilenceTracker::new(44_100.0, 0.0);
        tracker.examine(1.0, &vec![0.0; 44_100]);
        assert_eq!(tracker.longest_silence_ms(), 1000);
    }

    #[test]
    fn the_limit_is_at_minus_65_dbfs() {
        for (level, silence) in [(0.000_55, 10), (0.000_57, 0)] {
            let mut tracker = SilenceTracker::new(RATE, 0.0);
            tracker.examine(at(BLOCK), &[level; BLOCK]);
            assert_eq!(tracker.longest_silence_ms(), silence, "{level}");
        }
    }

    #[test]
    fn what_is_pending_is_what_was_not_examined() {
        let heard = signal("####");
        let mut tracker = SilenceTracker::new(RATE, 0.0);
        assert_eq!(tracker.pending(at(heard.len())), 4 * BLOCK as u64);
        tracker.examine(at(heard.len()), &heard);
        assert_eq!(tracker.pending(at(heard.len())), 0);
        assert_eq!(tracker.pending(at(heard.len() + 100)), 100);
    }
}
