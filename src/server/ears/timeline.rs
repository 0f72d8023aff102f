//! Where one speaker's packets stand in time.
//!
//! Packets are numbered by their sender's clock, which runs a little fast or slow, and they come late by different amounts. A
//! recording that went by arrivals would stutter; one that went by the sender's clock alone would be out of step with the
//! other speakers after an hour. So the sender's clock leads, and is set right against ours where it is not heard: in a
//! pause, or, when it is far out, by a frame at a time.

use baton_domain::time::Timestamp;

/// Samples in a millisecond.
pub const PER_MS: i64 = 48;
/// A frame, by which a clock is set right in the middle of speech.
const FRAME: i64 = 20 * PER_MS;
/// How far a clock may be out before it is set right in the middle of speech.
const FAR: i64 = 2 * FRAME;
/// Packets that are out by this much are not late: the sender's clock has jumped, as after a suspended computer.
const JUMP: i64 = 2_000 * PER_MS;
/// How many packets are compared: some ten seconds, in which one of them will have come without delay.
const WINDOW: u32 = 500;

/// Where one speaker's packets stand in time, in samples at 48 kHz since `origin`.
#[derive(Debug)]
pub struct Timeline {
    origin: Timestamp,
    /// Where the newest packet ended.
    end: i64,
    run: Option<Run>,
}

/// A packet's times, in samples at 48 kHz.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timed {
    /// Which clock.
    pub run: u64,
    /// By the sender's clock.
    pub timestamp: i64,
    /// How long it lasts.
    pub duration: i64,
}

/// Packets that are numbered by one clock.
#[derive(Debug)]
struct Run {
    id: u64,
    /// What is added to the sender's time.
    offset: i64,
    /// The sender's time at which the newest packet ended.
    next: i64,
    /// By how much the clock is out, as far as the last whole window says; what was set right is taken off.
    out_by: i64,
    /// The least delay in this window.
    least: i64,
    seen: u32,
}

impl Timeline {
    /// Nothing was heard before `origin`.
    pub fn new(origin: Timestamp) -> Self {
        Self { origin, end: 0, run: None }
    }

    /// Where a packet begins that arrived at `arrived`.
    pub fn place(&mut self, packet: Timed, arrived: Timestamp) -> u64 {
        let expected = (arrived.0 - self.origin.0) * PER_MS - packet.duration;
        let mut run = match self.run.take() {
            Some(run) if run.goes_on_with(packet, expected) => run,
            _ => Run::beginning(packet, expected.max(self.end)),
        };
        let place = run.place(packet, expected).max(0);
        self.run = Some(run);
        self.end = self.end.max(place + packet.duration);
        place.unsigned_abs()
    }

    /// The time of a place.
    pub fn at(&self, place: u64) -> Timestamp {
        Timestamp(self.origin.0 + i64::try_from(place).unwrap_or(i64::MAX) / PER_MS)
    }
}

impl Run {
    fn beginning(packet: Timed, place: i64) -> Self {
        let offset = place - packet.timestamp;
        Self { id: packet.run, offset, next: packet.timestamp, out_by: 0, least: i64::MAX, seen: 0 }
    }

    fn goes_on_with(&self, packet: Timed, expected: i64) -> bool {
        self.id == packet.run && (expected - packet.timestamp - self.offset).abs() < JUMP
    }

    fn place(&mut self, packet: Timed, expected: i64) -> i64 {
        let pause = packet.timestamp - self.next;
        self.next = self.next.max(packet.timestamp + packet.duration);
        if pause >= FRAME {
            // Nobody hears it here. The pause may become nothing, but not less.
            self.correct(self.out_by.max(-pause));
        } else if self.out_by.abs() >= FAR {
            self.correct(self.out_by.signum() * FRAME);
            self.out_by = 0;
        }
        let place = packet.timestamp + self.offset;
        self.least = self.least.min(expected - place);
        self.seen += 1;
        if self.seen == WINDOW {
            (self.out_by, self.least, self.seen) = (self.least, i64::MAX, 0);
        }
        place
    }

    fn correct(&mut self, by: i64) {
        self.offset += by;
        self.out_by -= by;
        // What was measured so far was measured by the clock before it was set right.
        (self.least, self.seen) = (i64::MAX, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: Timestamp = Timestamp(1_000_000);

    /// Packets of 20 ms, from `first` on, by a clock that runs `parts` per million fast.
    fn hear(
        timeline: &mut Timeline,
        packets: std::ops::Range<i64>,
        parts: i64,
        delay: impl Fn(i64) -> i64,
    ) -> Vec<u64> {
        let mut place = |number: i64| {
            let timestamp = 70_000 + number * FRAME;
            let spoken = number * FRAME + number * FRAME * -parts / 1_000_000;
            let arrived = Timestamp(ORIGIN.0 + 20 + spoken / PER_MS + delay(number));
            timeline.place(Timed { run: 1, timestamp, duration: FRAME }, arrived)
        };
        packets.map(&mut place).collect()
    }

    #[test]
    fn late_packets_stand_where_they_were_spoken() {
        let mut timeline = Timeline::new(ORIGIN);
        let places = hear(&mut timeline, 0..50, 0, |number| (number * 7) % 60);
        assert_eq!(places, (0..50).map(|number| number * 960).collect::<Vec<u64>>());
        assert_eq!(timeline.at(48_000), Timestamp(ORIGIN.0 + 1_000));
    }

    #[test]
    fn an_hour_by_a_fast_or_slow_clock_is_an_hour() {
        for parts in [-150, -20, 0, 20, 150] {
            let mut timeline = Timeline::new(ORIGIN);
            let hour = 180_000;
            let places = hear(&mut timeline, 0..hour, parts, |number| (number * 13) % 30);
            for (number, place) in (0_i64..).zip(&places) {
                let spoken = number * FRAME - number * FRAME * parts / 1_000_000;
                let out_by = place.cast_signed() - spoken;
                assert!(out_by.abs() <= FAR + FRAME / 2, "{parts}: packet {number} is out by {out_by}");
            }
        }
    }

    #[test]
    fn a_pause_takes_up_what_the_clock_is_out_by() {
        let mut timeline = Timeline::new(ORIGIN);
        // The first packet was late by 30 ms, and the others were not.
        hear(&mut timeline, 0..501, 0, |number| if number == 0 { 30 } else { 0 });
        let after = hear(&mut timeline, 600..601, 0, |_| 0);
        assert_eq!(after, [600 * 960]);
    }

    #[test]
    fn another_run_begins_where_it_arrives_and_never_before_the_end_of_the_last() {
        let mut timeline = Timeline::new(ORIGIN);
        hear(&mut timeline, 0..10, 0, |_| 0);
        let at = |ms: i64| Timestamp(ORIGIN.0 + ms);
        let next = Timed { run: 2, timestamp: 5, duration: FRAME };
        assert_eq!(timeline.place(next, at(150)), 9_600);
        let later = Timed { run: 3, timestamp: 0, duration: FRAME };
        assert_eq!(timeline.place(later, at(1_020)), 48_000);
    }

    #[test]
    fn a_clock_that_jumped_begins_anew() {
        let mut timeline = Timeline::new(ORIGIN);
        hear(&mut timeline, 0..10, 0, |_| 0);
        let jumped = Timed { run: 1, timestamp: 900_000_000, duration: FRAME };
        assert_eq!(timeline.place(jumped, Timestamp(ORIGIN.0 + 5_020)), 240_000);
    }
}
