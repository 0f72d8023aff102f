//! Sound that no final line covers yet, by position. It is bounded: the oldest goes first.

use std::collections::VecDeque;

use crate::audio::Position;

/// A piece of sound without a hole in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub position: Position,
    pub samples: Vec<i16>,
}

impl Span {
    pub fn end(&self) -> Position {
        self.position.saturating_add(self.samples.len() as u64)
    }
}

#[derive(Debug)]
pub struct Journal {
    spans: VecDeque<Span>,
    held: usize,
    limit: usize,
    end: Position,
}

impl Journal {
    pub fn new(limit: u64) -> Self {
        Self { spans: VecDeque::new(), held: 0, limit: usize::try_from(limit).unwrap_or(usize::MAX), end: 0 }
    }

    /// Adds sound. What is there already is passed over: packets repeat and come late. Gives the position up to which sound had
    /// to be dropped, if it did not fit.
    pub fn push(&mut self, position: Position, samples: &[i16]) -> Option<Position> {
        let known = usize::try_from(self.end.saturating_sub(position)).unwrap_or(usize::MAX);
        let fresh = samples.get(known..).unwrap_or_default();
        if fresh.is_empty() {
            return None;
        }
        let span = Span { position: position.max(self.end), samples: fresh.to_vec() };
        self.end = span.end();
        self.held += span.samples.len();
        self.spans.push_back(span);
        let mut dropped = None;
        while self.held > self.limit {
            let Some(oldest) = self.spans.pop_front() else { break };
            self.held -= oldest.samples.len();
            dropped = Some(oldest.end());
        }
        dropped
    }

    /// Forgets everything before `position`.
    pub fn forget_before(&mut self, position: Position) {
        while let Some(first) = self.spans.front_mut() {
            if first.end() <= position {
                self.held -= first.samples.len();
                self.spans.pop_front();
                continue;
            }
            let covered = usize::try_from(position.saturating_sub(first.position)).unwrap_or_default();
            first.samples.drain(..covered);
            first.position += covered as u64;
            self.held -= covered;
            return;
        }
    }

    /// Where the newest sound ends.
    pub fn end(&self) -> Position {
        self.end
    }

    /// The sound from `from` on without a hole, `most` samples at most; it begins later where there is none.
    pub fn read(&self, from: Position, most: usize) -> Option<Span> {
        let first = self.spans.partition_point(|span| span.end() <= from);
        let mut read: Option<Span> = None;
        for span in self.spans.iter().skip(first) {
            let read = read.get_or_insert_with(|| Span { position: span.position.max(from), samples: Vec::new() });
            if span.position > read.end() || read.samples.len() >= most {
                break;
            }
            let skipped = usize::try_from(read.end() - span.position).unwrap_or_default();
            let left = most - read.samples.len();
            read.samples.extend(span.samples[skipped..].iter().take(left));
        }
        read
    }

    /// All sound from `from` to `to`, with silence where there is none; at most as much as may be held.
    pub fn slice(&self, from: Position, to: Position) -> Vec<i16> {
        let wanted = usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX).min(self.limit);
        let mut slice = vec![0; wanted];
        for span in self.spans.iter().filter(|span| span.end() > from) {
            let skipped = usize::try_from(from.saturating_sub(span.position)).unwrap_or_default();
            let at = usize::try_from(span.position.saturating_sub(from)).unwrap_or(usize::MAX);
            let Some(place) = slice.get_mut(at..) else { break };
            let fitting = (span.samples.len() - skipped).min(place.len());
            place[..fitting].copy_from_slice(&span.samples[skipped..skipped + fitting]);
        }
        slice
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal(limit: u64, pushed: &[(Position, &[i16])]) -> Journal {
        let mut journal = Journal::new(limit);
        for (position, samples) in pushed {
            journal.push(*position, samples);
        }
        journal
    }

    #[test]
    fn what_comes_twice_or_late_is_passed_over() {
        let journal = journal(100, &[(0, &[1, 2, 3]), (0, &[1, 2, 3]), (2, &[3, 4]), (1, &[9])]);
        assert_eq!(journal.read(0, 10), Some(Span { position: 0, samples: vec![1, 2, 3, 4] }));
    }

    #[test]
    fn reading_stops_at_a_hole_and_goes_on_behind_it() {
        let journal = journal(100, &[(0, &[1, 2]), (2, &[3]), (10, &[4])]);
        assert_eq!(journal.read(1, 10), Some(Span { position: 1, samples: vec![2, 3] }));
        assert_eq!(journal.read(3, 10), Some(Span { position: 10, samples: vec![4] }));
        assert_eq!(journal.read(0, 1), Some(Span { position: 0, samples: vec![1] }));
        assert_eq!(journal.read(11, 10), None);
        assert_eq!(journal.slice(1, 12), [2, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0]);
    }

    #[test]
    fn the_oldest_goes_when_there_is_too_much() {
        let mut journal = Journal::new(4);
        assert_eq!(journal.push(0, &[1, 2, 3]), None);
        assert_eq!(journal.push(3, &[4, 5]), Some(3));
        assert_eq!(journal.read(0, 10), Some(Span { position: 3, samples: vec![4, 5] }));
    }

    #[test]
    fn what_is_covered_is_forgotten_to_the_sample() {
        let mut journal = journal(100, &[(0, &[1, 2, 3]), (3, &[4, 5])]);
        journal.forget_before(4);
        assert_eq!(journal.read(0, 10), Some(Span { position: 4, samples: vec![5] }));
        journal.forget_before(90);
        assert_eq!((journal.read(0, 10), journal.held, journal.end()), (None, 0, 5));
    }
}
