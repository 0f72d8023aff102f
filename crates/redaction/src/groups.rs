//! The numbers of a text as groups of digits, written or spoken, and what holds the groups together.

use std::ops::Range;

use crate::numerals::{Numeral, digit, is_filler, is_link, numeral};

/// Digits without a gap, or one spoken number.
#[derive(Debug)]
pub struct Group {
    pub digits: Vec<u8>,
    /// In bytes of the text, a leading "+" or "(" included.
    pub range: Range<usize>,
    /// Whether a plus stands before it.
    pub plus: bool,
    /// Whether it was said in words.
    pub spoken: bool,
    /// Whether a letter touches it, as in "INV2024": then only a whole card number counts.
    pub glued: bool,
    pub gap: Gap,
}

/// What parts a group from the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// Words, brackets of placeholders, currency signs: another number begins.
    Apart,
    /// Any signs and white space, or a hesitation: a card number can go on.
    Loose,
    /// At most three signs that phone numbers are written with.
    Near,
    /// One hyphen.
    Hyphen,
    /// One dot or comma, as in an amount.
    Point,
}

impl Gap {
    pub fn is_near(self) -> bool {
        matches!(self, Self::Near | Self::Hyphen | Self::Point)
    }
}

enum Word<'t> {
    Digits(Vec<u8>),
    Letters(&'t str),
}

/// Every group of digits in `text`, in order.
pub fn groups(text: &str) -> Vec<Group> {
    let words = words(text);
    let mut groups: Vec<Group> = Vec::new();
    let mut said = Said::default();
    for (at, (range, word)) in words.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| words[at].0.end);
        let after = words.get(at + 1).map(|(range, _)| range.start);
        let glued = before == Some(range.start) || after == Some(range.end);
        match word {
            Word::Digits(digits) => {
                groups.push(said.group(text, groups.last(), range.clone(), digits.clone(), glued));
                said = Said::default();
            }
            Word::Letters(_) if glued => said = Said::default(),
            Word::Letters(letters) => said.hear(text, &mut groups, range.clone(), &letters.to_lowercase()),
        }
    }
    groups
}

/// What was said before a number and belongs to it.
#[derive(Default)]
struct Said {
    times: Option<(usize, usize)>,
    plus: Option<usize>,
}

impl Said {
    fn hear(&mut self, text: &str, groups: &mut Vec<Group>, range: Range<usize>, word: &str) {
        if is_filler(word) || is_link(word) {
            return;
        }
        let digits = match numeral(word) {
            Some(Numeral::Times(times)) => return self.times = Some((times, range.start)),
            Some(Numeral::Plus) => return self.plus = Some(range.start),
            Some(Numeral::Digit(unit)) => match tens_before(text, groups, range.start, unit) {
                // "forty two" is one number.
                Some(tens) => {
                    tens.digits[1] = unit;
                    tens.range.end = range.end;
                    return;
                }
                None => vec![unit],
            },
            Some(Numeral::Teen(value)) => vec![1, value - 10],
            Some(Numeral::Tens(value)) => vec![value, 0],
            None => return *self = Self::default(),
        };
        let mut group = self.group(text, groups.last(), range, digits, false);
        group.spoken = true;
        groups.push(group);
        *self = Self::default();
    }

    fn group(&self, text: &str, last: Option<&Group>, range: Range<usize>, mut digits: Vec<u8>, glued: bool) -> Group {
        let mut start = self.plus.unwrap_or(range.start);
        if let (Some((times, said_at)), [digit]) = (self.times, digits.as_slice()) {
            digits = vec![*digit; times];
            start = start.min(said_at);
        }
        let from = last.map_or(0, |last| last.range.end);
        let between = &text[from.min(start)..start];
        let opening = between.len() - between.trim_end_matches(['+', '(', '＋']).len();
        let plus = self.plus.is_some() || between[between.len() - opening..].contains(['+', '＋']);
        let gap = if last.is_none() || plus { Gap::Apart } else { gap(between) };
        Group { digits, range: start - opening..range.end, plus, spoken: false, glued, gap }
    }
}

/// The "forty" directly before a "two".
fn tens_before<'g>(text: &str, groups: &'g mut [Group], start: usize, unit: u8) -> Option<&'g mut Group> {
    let last = groups.last_mut()?;
    let is_tens = last.spoken && matches!(last.digits.as_slice(), [2..=9, 0]) && unit > 0;
    (is_tens && matches!(&text[last.range.end..start], " " | "-")).then_some(last)
}

fn gap(between: &str) -> Gap {
    let signs = between.chars().filter(|c| !c.is_alphanumeric());
    if signs.clone().any(|c| ENDS_A_NUMBER.contains(c)) {
        return Gap::Apart;
    }
    let lower = between.to_lowercase();
    let words = || lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    if !words().all(|word| is_filler(word) || is_link(word)) {
        Gap::Apart
    } else if matches!(between, "-" | "\u{2011}") {
        Gap::Hyphen
    } else if matches!(between, "." | ",") {
        Gap::Point
    } else if words().any(is_link) {
        Gap::Loose
    } else if words().next().is_some() || signs.clone().count() <= 3 && signs.clone().all(|c| NEAR.contains(c)) {
        Gap::Near
    } else {
        Gap::Loose
    }
}

/// Brackets are placeholders', an at sign is an address's, and an amount is no part of another number.
const ENDS_A_NUMBER: &str = "[]@$€£¥%+＋";
const NEAR: &str = " -.,/()\u{a0}\u{2011}\u{202f}\u{2009}";

/// Runs of digits, and runs of letters.
fn words(text: &str) -> Vec<(Range<usize>, Word<'_>)> {
    #[derive(PartialEq)]
    enum Class {
        Digit,
        Letter,
        Sign,
    }
    let class = |c: char| match digit(c) {
        Some(_) => Class::Digit,
        None if c.is_alphanumeric() => Class::Letter,
        None => Class::Sign,
    };
    let mut words = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        let kind = class(first);
        let mut end = start + first.len_utf8();
        while let Some((at, c)) = chars.next_if(|&(_, c)| class(c) == kind) {
            end = at + c.len_utf8();
        }
        let word = &text[start..end];
        match kind {
            Class::Digit => words.push((start..end, Word::Digits(word.chars().filter_map(digit).collect()))),
            Class::Letter => words.push((start..end, Word::Letters(word))),
            Class::Sign => {}
        }
    }
    words
}

/// Fewer digits in words are a quantity: "two or three".
const MIN_SPOKEN_DIGITS: usize = 5;

/// Numbers that were said digit by digit, each as its digits: "four four nine, uh, two two one seven" is 4492217.
pub fn spoken_numbers(text: &str) -> Vec<(Range<usize>, String)> {
    let groups = groups(text);
    let runs = groups.chunk_by(|before, group| before.spoken && group.spoken && group.gap.is_near());
    runs.filter(|run| run[0].spoken)
        .map(|run| {
            let digits: String =
                run.iter().flat_map(|group| &group.digits).map(|digit| char::from(b'0' + digit)).collect();
            (run[0].range.start..run[run.len() - 1].range.end, digits)
        })
        .filter(|(_, digits)| digits.len() >= MIN_SPOKEN_DIGITS)
        .collect()
}
