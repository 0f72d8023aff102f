//! Where packets from the network belong in a recording.

use std::time::{Duration, Instant};

use crate::opus::SAMPLE_RATE;
use crate::rebase::StreamId;

/// How long arrivals are watched before they are believed; shorter at the beginning, where one late packet decides.
const WATCHED: u64 = 10 * SAMPLE_RATE as u64;
const WATCHED_FIRST: u64 = SAMPLE_RATE as u64;

/// An error that is not worth a seam: 10 ms.
const TOLERATED: u64 = SAMPLE_RATE as u64 / 100;

/// An error that is put right even while somebody speaks: 40 ms, with which two people still do not seem to interrupt each
/// other.
const CORRECTED: u64 = SAMPLE_RATE as u64 / 25;

/// A pause in which a correction is not heard: 100 ms without packets.
const PAUSE: u64 = SAMPLE_RATE as u64 / 10;

/// Turns the timestamps of one speaker's packets into positions in a recording.
///
/// Within a stream, timestamps alone say where packets belong: the network's jitter is not recorded. But a sender's clock is
/// not ours: at 50 parts in a million two speakers drift apart by 180 ms in an hour, and their words no longer meet. So the
/// packets that travelled fastest are watched, and when they come consistently earlier or later than their timestamps say,
/// positions are moved, in a pause if there is one.
#[derive(Debug, Clone)]
pub struct Placement {
    began: Instant,
    run: Option<Run>,
}

/// One stream: its timestamps can be compared with each other.
#[derive(Debug, Clone)]
struct Run {
    stream: StreamId,
    /// From timestamps to positions.
    offset: i64,
    newest: u64,
    watched: u64,
    since: u64,
    /// The smallest lag of an arrival behind its position since then.
    least: i64,
    /// By how much positions are to be moved.
    error: i64,
}

impl Placement {
    /// The recording began then.
    pub fn new(began: Instant) -> Self {
        Self { began, run: None }
    }

    /// The position of a moment, in samples of 48 kHz: for [`Writer::advance`](super::Writer::advance) and
    /// [`Writer::finish`](super::Writer::finish).
    pub fn position_at(&self, moment: Instant) -> u64 {
        samples(moment.saturating_duration_since(self.began))
    }

    /// The position of a packet with this timestamp, in samples of 48 kHz, that arrived then.
    pub fn position(&mut self, stream: StreamId, timestamp: u64, arrived: Instant) -> u64 {
        let arrival = self.position_at(arrived);
        let run = match &mut self.run {
            Some(run) if run.stream == stream => run,
            run => run.insert(Run::begin(stream, timestamp, arrival)),
        };
        run.watch(timestamp, arrival);
        run.correct(timestamp);
        run.newest = run.newest.max(timestamp);
        run.place(timestamp)
    }
}

impl Run {
    fn begin(stream: StreamId, timestamp: u64, arrival: u64) -> Self {
        let offset = difference(arrival, timestamp);
        Self { stream, offset, newest: timestamp, watched: WATCHED_FIRST, since: arrival, least: i64::MAX, error: 0 }
    }

    fn place(&self, timestamp: u64) -> u64 {
        timestamp.saturating_add_signed(self.offset)
    }

    fn watch(&mut self, timestamp: u64, arrival: u64) {
        self.least = self.least.min(difference(arrival, self.place(timestamp)));
        if arrival.saturating_sub(self.since) >= self.watched {
            self.error = self.least;
            (self.since, self.watched, self.least) = (arrival, WATCHED, i64::MAX);
        }
    }

    fn correct(&mut self, timestamp: u64) {
        let worth_it = if timestamp.saturating_sub(self.newest) > PAUSE { TOLERATED } else { CORRECTED };
        if self.error.unsigned_abs() > worth_it {
            self.offset = self.offset.saturating_add(self.error);
            (self.error, self.least) = (0, i64::MAX);
        }
    }
}

fn difference(a: u64, b: u64) -> i64 {
    i64::try_from(i128::from(a) - i128::from(b)).unwrap_or(0)
}

fn samples(time: Duration) -> u64 {
    u64::try_from(time.as_micros() * u128::from(SAMPLE_RATE) / 1_000_000).unwrap_or(u64::MAX)
}
