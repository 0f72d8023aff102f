//! From what a provider says to lines: each has one number, interim versions replace each other, and none is final twice.

use std::time::Duration;

use tokio::time::Instant;

use crate::audio::{Position, span};
use crate::event::{Event, LineId, Words};

/// The longest line that is believed. Nobody says more between two pauses.
const MAX_CHARS: usize = 2_000;

/// A part of what was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeardWord {
    pub from: Position,
    pub to: Position,
    pub text: String,
}

/// What a provider says it heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub from: Position,
    pub to: Position,
    pub text: String,
    /// The same word by word, where the provider says so.
    pub words: Vec<HeardWord>,
    pub is_final: bool,
}

/// The lines of one session.
#[derive(Debug)]
pub struct Lines {
    next: u64,
    /// The interim line that is to be seen.
    shown: Option<Words>,
    shown_at: Option<Instant>,
    /// Where the last final line ends: what lies before is known.
    until: Position,
    has_final: bool,
    interim_every: Duration,
}

impl Lines {
    pub fn new(interim_every: Duration) -> Self {
        Self { next: 0, shown: None, shown_at: None, until: 0, has_final: false, interim_every }
    }

    /// Up to where everything is known.
    pub fn until(&self) -> Position {
        self.until
    }

    /// What changes by what was heard.
    pub fn hear(&mut self, heard: &Heard, now: Instant) -> Option<Event> {
        let text = self.new_text(heard)?;
        let from = heard.from.max(self.until);
        let words = Words {
            id: LineId(self.next),
            started_at: span(from),
            ended_at: span(heard.to.max(from)),
            text,
            is_final: heard.is_final,
        };
        if heard.is_final { self.end(words, heard.to.max(from)) } else { self.show(words, now) }
    }

    /// Nothing better will come for what lies before `position`: what is shown there stays as it is.
    pub fn settle(&mut self, position: Position) -> Option<Event> {
        let is_there = self.shown.as_ref().is_some_and(|shown| shown.started_at < span(position));
        let shown = self.shown.take_if(|_| is_there);
        self.until = self.until.max(position);
        self.has_final = true;
        let words = Words { is_final: true, ..shown? };
        self.next += 1;
        Some(Event::Words(words))
    }

    /// The text without what is known already; `None` when all of it is.
    fn new_text(&self, heard: &Heard) -> Option<String> {
        if !self.has_final {
            return Some(one_line(&heard.text));
        }
        let is_new = |word: &HeardWord| word.from / 2 + word.to / 2 > self.until;
        let old = heard.words.iter().filter(|word| !is_new(word)).count();
        let reaches_back = self.until.saturating_sub(heard.from);
        match old {
            _ if heard.to <= self.until => None,
            0 if heard.words.is_empty() && reaches_back > (heard.to - heard.from) / 2 => None,
            0 => Some(one_line(&heard.text)),
            _ if old == heard.words.len() => None,
            _ => {
                let new: Vec<&str> =
                    heard.words.iter().filter(|word| is_new(word)).map(|word| word.text.as_str()).collect();
                Some(one_line(&new.join(" ")))
            }
        }
    }

    fn end(&mut self, words: Words, until: Position) -> Option<Event> {
        (self.until, self.has_final) = (until, true);
        let shown = self.shown.take();
        match (words.text.is_empty(), shown) {
            (true, None) => None,
            (true, Some(shown)) => {
                self.next += 1;
                Some(Event::Withdrawn(shown.id))
            }
            (false, _) => {
                self.next += 1;
                Some(Event::Words(words))
            }
        }
    }

    fn show(&mut self, words: Words, now: Instant) -> Option<Event> {
        let is_soon = self.shown_at.is_some_and(|at| now.saturating_duration_since(at) < self.interim_every);
        let is_same = self.shown.as_ref().is_some_and(|shown| shown.text == words.text);
        if words.text.is_empty() || is_soon || is_same {
            return None;
        }
        (self.shown, self.shown_at) = (Some(words.clone()), Some(now));
        Some(Event::Words(words))
    }
}

/// `text` as one line, not longer than anybody speaks.
fn one_line(text: &str) -> String {
    let mut line = String::new();
    let mut left = MAX_CHARS;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        let space = usize::from(!line.is_empty());
        if left <= space {
            break;
        }
        if space == 1 {
            line.push(' ');
        }
        let fitting: String = word.chars().take(left - space).collect();
        left -= space + fitting.chars().count();
        line.push_str(&fitting);
    }
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn heard(from: Position, to: Position, text: &str, is_final: bool) -> Heard {
        Heard { from, to, text: text.to_owned(), words: Vec::new(), is_final }
    }

    fn told(events: &[Option<Event>]) -> Vec<(u64, &str, bool)> {
        let words = events.iter().flatten().filter_map(|event| match event {
            Event::Words(words) => Some((words.id.0, words.text.as_str(), words.is_final)),
            _ => None,
        });
        words.collect()
    }

    #[tokio::test(start_paused = true)]
    async fn interim_versions_have_one_number_and_are_not_too_many() {
        let mut lines = Lines::new(Duration::from_millis(250));
        let now = Instant::now();
        let at = |ms| now + Duration::from_millis(ms);
        let events = [
            lines.hear(&heard(0, 10, "my", false), at(0)),
            lines.hear(&heard(0, 20, "my rou", false), at(100)),
            lines.hear(&heard(0, 30, "my router", false), at(300)),
            lines.hear(&heard(0, 30, "my router", false), at(900)),
            lines.hear(&heard(0, 40, "My router.", true), at(901)),
            lines.hear(&heard(0, 40, "My router.", true), at(902)),
            lines.hear(&heard(0, 40, "My rooter.", true), at(903)),
            lines.hear(&heard(50, 60, "Died.", true), at(904)),
        ];
        let expected = [(0, "my", false), (0, "my router", false), (0, "My router.", true), (1, "Died.", true)];
        assert_eq!(told(&events), expected);
    }

    #[tokio::test(start_paused = true)]
    async fn of_a_line_that_reaches_back_only_what_is_new_is_taken() {
        let mut lines = Lines::new(Duration::ZERO);
        let now = Instant::now();
        let word = |from, to, text: &str| HeardWord { from, to, text: text.to_owned() };
        lines.hear(&heard(0, 100, "one two", true), now);
        let again = Heard {
            words: vec![word(0, 50, "one"), word(50, 100, "two"), word(100, 150, "three")],
            ..heard(0, 150, "one two three", true)
        };
        assert_eq!(told(&[lines.hear(&again, now)]), [(1, "three", true)]);
        assert_eq!(lines.hear(&heard(20, 160, "without times of words", true), now), None);
        assert_eq!(lines.until(), 150);
    }

    #[tokio::test(start_paused = true)]
    async fn an_interim_line_that_was_nothing_is_withdrawn_and_one_that_never_ends_stays() {
        let mut lines = Lines::new(Duration::ZERO);
        let now = Instant::now();
        lines.hear(&heard(0, 10, "uh", false), now);
        assert_eq!(lines.hear(&heard(0, 12, "", true), now), Some(Event::Withdrawn(LineId(0))));
        lines.hear(&heard(20, 30, "help", false), now);
        assert_eq!(told(&[lines.settle(40)]), [(1, "help", true)]);
        assert_eq!(lines.hear(&heard(20, 38, "help me", true), now), None);
        assert_eq!(lines.settle(50), None);
    }

    proptest! {
        /// However a provider orders, repeats and revises: positions of final lines rise, and no number is final twice.
        #[test]
        fn final_lines_never_overlap(said in prop::collection::vec((0_u64..500, 0_u64..80, "[a-z ]{0,6}", any::<bool>()), 0..60)) {
            let mut lines = Lines::new(Duration::ZERO);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
            let now = runtime.block_on(async { Instant::now() });
            let mut end = Duration::ZERO;
            let mut last = None;
            for (from, long, text, is_final) in said {
                if let Some(Event::Words(words)) = lines.hear(&heard(from, from + long, &text, is_final), now) {
                    prop_assert!(!words.text.is_empty());
                    prop_assert!(words.ended_at >= words.started_at);
                    prop_assert!(words.started_at >= end);
                    if words.is_final {
                        prop_assert!(last < Some(words.id));
                        (end, last) = (words.ended_at, Some(words.id));
                    }
                }
            }
        }
    }

    #[test]
    fn a_huge_text_is_cut() {
        assert_eq!(one_line(&"words ".repeat(5_000)).chars().count(), MAX_CHARS);
        assert_eq!(one_line(&"ä".repeat(5_000)).chars().count(), MAX_CHARS);
        assert_eq!(one_line(" a\u{0}\n b\t"), "a b");
    }
}
