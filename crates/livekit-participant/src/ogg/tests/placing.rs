use std::time::{Duration, Instant};

use super::FRAME;
use crate::ogg::Placement;
use crate::opus::SAMPLE_RATE;
use crate::rebase::StreamId;

const MS: u64 = SAMPLE_RATE as u64 / 1000;

/// A sender whose clock is off by some parts in a million, over a network that holds packets up.
struct Sender {
    placement: Placement,
    began: Instant,
    stream: StreamId,
    ppm: i64,
    /// Microseconds by which the nth packet is late.
    jitter: fn(u64) -> u64,
}

impl Sender {
    fn new(ppm: i64, jitter: fn(u64) -> u64) -> Self {
        let began = Instant::now();
        Self { placement: Placement::new(began), began, stream: StreamId::unique(), ppm, jitter }
    }

    /// By how much the nth packet of 20 ms is placed wrongly, in samples.
    fn error(&mut self, number: u64) -> i64 {
        let true_us =
            (number * 20_000).saturating_add_signed(i64::try_from(number).unwrap() * 20_000 * -self.ppm / 1_000_000);
        let arrived = self.began + Duration::from_micros(true_us + (self.jitter)(number));
        let position = self.placement.position(self.stream, 1_000_000 + number * FRAME, arrived);
        i64::try_from(position).unwrap() - i64::try_from(true_us * MS / 1000).unwrap()
    }
}

/// Up to 30 ms late, the same each time, and now and then not at all.
fn jitter(number: u64) -> u64 {
    number.wrapping_mul(2_654_435_761) % 16 * 2_000
}

#[test]
fn jitter_is_not_recorded() {
    let mut sender = Sender::new(0, jitter);
    let errors: Vec<_> = (0..5000).map(|number| sender.error(number)).collect();
    assert!(errors.iter().all(|&error| error == errors[0]), "no seam in 100 s");
}

#[test]
fn a_late_first_packet_is_made_good() {
    let mut sender = Sender::new(0, |number| if number < 5 { 150_000 } else { jitter(number) });
    let errors: Vec<_> = (0..200).map(|number| sender.error(number).unsigned_abs()).collect();
    assert_eq!(errors[0], 150 * MS);
    assert!(errors[60..].iter().all(|&error| error < 5 * MS));
}

#[test]
fn a_clock_that_is_off_does_not_drift_away() {
    for ppm in [-200, -50, 50, 200] {
        let mut sender = Sender::new(ppm, jitter);
        let worst = (0..180_000).map(|number| sender.error(number).unsigned_abs()).max().unwrap();
        assert!(worst < 50 * MS, "{} ms in an hour at {ppm} ppm", worst / MS);
    }
}

#[test]
fn corrections_wait_for_a_pause() {
    let mut sender = Sender::new(100, jitter);
    // 100 s: 10 ms behind, and then a pause of 200 ms every second.
    let speech: Vec<_> = (0..8000).filter(|number| number % 50 < 40).collect();
    let worst = speech.iter().map(|&number| sender.error(number).unsigned_abs()).max().unwrap();
    assert!(worst < 15 * MS, "{} ms", worst / MS);
}

#[test]
fn another_stream_begins_anew() {
    let began = Instant::now();
    let mut placement = Placement::new(began);
    let (first, second) = (StreamId::unique(), StreamId::unique());
    let at = |ms| began + Duration::from_millis(ms);
    assert_eq!(placement.position(first, 77, at(1000)), 1000 * MS);
    assert_eq!(placement.position(first, 77 + FRAME, at(1050)), 1000 * MS + FRAME);
    assert_eq!(placement.position(second, 999_999, at(5000)), 5000 * MS);
    assert_eq!(placement.position_at(at(6000)), 6000 * MS);
}
