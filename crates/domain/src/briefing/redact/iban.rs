//! International bank account numbers, known by their check digits (ISO 13616, mod 97).

use crate::briefing::redact::{Finding, PersonalData};

/// Norway's is the shortest.
const MIN_CHARS: usize = 15;
const MAX_CHARS: usize = 34;

pub(super) fn find(text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut end = 0;
    for start in word_starts(text) {
        if start < end {
            continue;
        }
        if let Some(length) = iban_length(&text[start..]) {
            end = start + length;
            findings.push(Finding { kind: PersonalData::Iban, range: start..end });
        }
    }
    findings
}

fn word_starts(text: &str) -> impl Iterator<Item = usize> {
    let mut inside = false;
    text.char_indices().filter_map(move |(at, c)| {
        let starts = !inside && c.is_ascii_alphabetic();
        inside = c.is_alphanumeric();
        starts.then_some(at)
    })
}

/// The bytes of the longest IBAN that `text` begins with, written in one piece or in groups.
fn iban_length(text: &str) -> Option<usize> {
    let mut chars = Vec::with_capacity(MAX_CHARS);
    let mut longest = None;
    let mut follow = text.char_indices().peekable();
    while let Some((at, c)) = follow.next() {
        let next = follow.peek().map(|&(_, next)| next);
        if c.is_ascii_alphanumeric() && chars.len() < MAX_CHARS {
            chars.push(c.to_ascii_uppercase());
            let group_ends = !next.is_some_and(char::is_alphanumeric);
            if group_ends && is_iban(&chars) {
                longest = Some(at + c.len_utf8());
            }
        } else if !(matches!(c, ' ' | '-' | '\u{a0}') && next.is_some_and(|next| next.is_ascii_alphanumeric())) {
            break;
        }
    }
    longest
}

fn is_iban(chars: &[char]) -> bool {
    let shaped = (MIN_CHARS..=MAX_CHARS).contains(&chars.len())
        && chars[..2].iter().all(char::is_ascii_uppercase)
        && chars[2..4].iter().all(char::is_ascii_digit);
    shaped && remainder_97(chars[4..].iter().chain(&chars[..4])) == 1
}

fn remainder_97<'a>(chars: impl Iterator<Item = &'a char>) -> u32 {
    chars.filter_map(|c| c.to_digit(36)).fold(0, |rest, value| {
        let shift = if value < 10 { 10 } else { 100 };
        (rest * shift + value) % 97
    })
}
