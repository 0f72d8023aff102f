//! One continuous RTP stream out of packets that come from changing sources.
//!
//! A subscriber must see one stream per track: sequence numbers without a jump and timestamps that follow the clock, whatever
//! plays into it (RFC 3550 §5.1). Gaps *inside* one source stay as they are, because they mean something: loss, or silence that
//! was not sent (DTX).

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Samples of 20 ms at 48 kHz, the RTP clock of Opus (RFC 7587 §4.1): what a step between sources is rounded to.
const FRAME: u64 = 960;

/// Names one run of packets whose sequence numbers and timestamps belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StreamId(u64);

impl StreamId {
    /// A name that no other stream of this process has.
    pub fn unique() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// The same as a number, for whoever keeps names of streams in other places.
    pub fn number(self) -> u64 {
        self.0
    }
}

/// Where a packet stands in the stream that leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// The sequence number, extended beyond 16 bits.
    pub(crate) sequence: u64,
    /// The timestamp at 48 kHz; the wire takes its low 32 bits.
    pub(crate) timestamp: u64,
    /// Whether a new run of sound begins here (the RTP marker bit, RFC 3551 §4.1).
    pub(crate) starts: bool,
}

#[derive(Debug)]
struct Source {
    stream: StreamId,
    first_sequence: u64,
    // What is added to the source's numbers, modulo 2^64.
    sequence_offset: u64,
    timestamp_offset: u64,
}

#[derive(Debug, Clone, Copy)]
struct Sent {
    place: Place,
    at: Instant,
}

/// Gives packets of any source their place in one stream. It has no clock of its own.
#[derive(Debug)]
pub(crate) struct Rebaser {
    source: Option<Source>,
    newest: Option<Sent>,
    first: Place,
}

impl Rebaser {
    /// A stream that begins at the given numbers. The sequence number is kept to 16 bits: a first one beyond would need its
    /// rollover count told to the receiver (SRTP, RFC 3711 §3.3.1).
    pub(crate) fn new(sequence: u16, timestamp: u32) -> Self {
        let first = Place { sequence: sequence.into(), timestamp: timestamp.into(), starts: true };
        Self { source: None, newest: None, first }
    }

    /// The place of a packet that its source numbers `sequence` and `timestamp` (48 kHz), sent at `now`. `None` for a packet
    /// that is older than the beginning of its source here and therefore has no place any more.
    pub(crate) fn place(&mut self, stream: StreamId, sequence: u64, timestamp: u64, now: Instant) -> Option<Place> {
        let is_same = self.source.as_ref().is_some_and(|source| source.stream == stream);
        if !is_same {
            return Some(self.switch(stream, sequence, timestamp, now));
        }
        let source = self.source.as_ref()?;
        let place = Place {
            sequence: sequence.wrapping_add(source.sequence_offset),
            timestamp: timestamp.wrapping_add(source.timestamp_offset),
            starts: false,
        };
        let first_sequence = source.first_sequence;
        self.keep(place, first_sequence, now)
    }

    fn switch(&mut self, stream: StreamId, sequence: u64, timestamp: u64, now: Instant) -> Place {
        let place = self.newest.map_or(self.first, |sent| {
            let silent = now.saturating_duration_since(sent.at);
            Place {
                sequence: sent.place.sequence + 1,
                timestamp: sent.place.timestamp + whole_frames(silent).max(FRAME),
                starts: true,
            }
        });
        self.source = Some(Source {
            stream,
            first_sequence: place.sequence,
            sequence_offset: place.sequence.wrapping_sub(sequence),
            timestamp_offset: place.timestamp.wrapping_sub(timestamp),
        });
        self.newest = Some(Sent { place, at: now });
        place
    }

    /// A late packet keeps its place while it is near; anything else must be ahead.
    fn keep(&mut self, place: Place, first_sequence: u64, now: Instant) -> Option<Place> {
        /// How far back a late packet may be: half a second of 20 ms frames.
        const REORDER_LIMIT: i64 = 25;
        /// A leap of 2^15 or more would confuse the receiver's rollover count (RFC 3711 §3.3.1).
        const LEAP: i64 = 1 << 15;
        let newest = self.newest?.place.sequence;
        let ahead = place.sequence.wrapping_sub(newest).cast_signed();
        if ahead >= LEAP {
            self.source = None;
            return None;
        }
        if ahead > 0 {
            self.newest = Some(Sent { place, at: now });
            return Some(place);
        }
        let is_of_this_source = place.sequence.wrapping_sub(first_sequence).cast_signed() >= 0;
        (ahead >= -REORDER_LIMIT && is_of_this_source).then_some(place)
    }
}

/// A time in samples at 48 kHz, rounded to whole 20 ms frames.
fn whole_frames(time: Duration) -> u64 {
    let samples = u64::try_from(time.as_micros()).unwrap_or(u64::MAX / 48).saturating_mul(48) / 1000;
    (samples + FRAME / 2) / FRAME * FRAME
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    #[test]
    fn gaps_inside_one_source_stay() {
        let start = Instant::now();
        let stream = StreamId::unique();
        let mut rebaser = Rebaser::new(100, 5000);
        let first = rebaser.place(stream, 70_000, 1_000_000, start);
        let second = rebaser.place(stream, 70_003, 1_009_600, start + ms(200));
        assert_eq!(first, Some(Place { sequence: 100, timestamp: 5000, starts: true }));
        assert_eq!(second, Some(Place { sequence: 103, timestamp: 14_600, starts: false }));
    }

    #[test]
    fn a_new_source_continues_after_the_time_that_passed() {
        let start = Instant::now();
        let mut rebaser = Rebaser::new(65_535, u32::MAX);
        rebaser.place(StreamId::unique(), 7, 0, start);
        let next = rebaser.place(StreamId::unique(), 3, 99, start + ms(51));
        let timestamp = u64::from(u32::MAX) + 3 * FRAME;
        assert_eq!(next, Some(Place { sequence: 65_536, timestamp, starts: true }));
    }

    #[test]
    fn a_new_source_at_the_same_moment_takes_the_next_frame() {
        let start = Instant::now();
        let mut rebaser = Rebaser::new(0, 0);
        rebaser.place(StreamId::unique(), 7, 0, start);
        let next = rebaser.place(StreamId::unique(), 9, 0, start);
        assert_eq!(next.map(|place| place.timestamp), Some(FRAME));
    }

    #[test]
    fn a_late_packet_keeps_its_place_and_a_stale_one_has_none() {
        let start = Instant::now();
        let stream = StreamId::unique();
        let mut rebaser = Rebaser::new(1000, 0);
        rebaser.place(stream, 10, 0, start);
        rebaser.place(stream, 12, 1920, start);
        let late = rebaser.place(stream, 11, 960, start);
        assert_eq!(late, Some(Place { sequence: 1001, timestamp: 960, starts: false }));
        rebaser.place(stream, 100, 86_400, start);
        assert_eq!(rebaser.place(stream, 11, 960, start), None);
        assert_eq!(rebaser.place(stream, 9, 0, start), None);
    }

    #[test]
    fn a_source_that_leaps_is_begun_anew() {
        let start = Instant::now();
        let stream = StreamId::unique();
        let mut rebaser = Rebaser::new(0, 0);
        rebaser.place(stream, 0, 0, start);
        assert_eq!(rebaser.place(stream, 40_000, 0, start), None);
        let again = rebaser.place(stream, 40_001, 960, start + ms(20));
        assert_eq!(again, Some(Place { sequence: 1, timestamp: FRAME, starts: true }));
    }
}
