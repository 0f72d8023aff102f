//! Takes personal data out of everything that is said in one call.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use crate::find::{email_as_written, find};
use crate::groups::groups;
use crate::kind::{Kind, Kinds};
use crate::placeholder::{Placeholders, alike, label};
use crate::redacted::Redacted;

/// One for each call: it remembers which placeholder a value has.
///
/// The same lines in the same order give the same placeholders, so after a restart the transcript alone brings them back.
#[derive(Clone, Default)]
pub struct Redactor {
    kinds: Kinds,
    numbers: HashMap<(Option<Kind>, String), u32>,
    last: HashMap<Option<Kind>, u32>,
    placeholders: Placeholders,
}

impl Redactor {
    /// For a new call.
    pub fn new(kinds: Kinds) -> Self {
        Self { kinds, ..Self::default() }
    }

    /// One text by itself: a note, a question to the assistant.
    pub fn redact(&mut self, text: &str) -> Redacted {
        let mut lines = self.redact_lines(&[((), text)]);
        lines.pop().unwrap_or_else(Redacted::new)
    }

    /// The lines of a transcript, each with who said it. Recognition ends a line at every pause, so a number that begins at the
    /// end of one line and goes on at the beginning of the same speaker's next one is found as well, whoever says "mhm"
    /// between.
    pub fn redact_lines<S: PartialEq>(&mut self, lines: &[(S, &str)]) -> Vec<Redacted> {
        let mut found: Vec<Vec<Finding>> = lines.iter().map(|_| Vec::new()).collect();
        let mut done = vec![false; lines.len()];
        for first in 0..lines.len() {
            if !done[first] {
                let same: Vec<usize> = (first..lines.len()).filter(|&at| lines[at].0 == lines[first].0).collect();
                find_in_lines(lines, &same, self.kinds, &mut found);
                for at in same {
                    done[at] = true;
                }
            }
        }
        lines.iter().zip(found).map(|((_, text), found)| self.take_out(text, found)).collect()
    }

    /// What the placeholders stand for, for [`restore`](crate::restore).
    pub fn placeholders(&self) -> &Placeholders {
        &self.placeholders
    }

    fn take_out(&mut self, text: &str, found: Vec<Finding>) -> Redacted {
        let mut redacted = Redacted::new();
        let mut rest = 0;
        for Finding { kind, range, value, part } in found {
            let placeholder = self.placeholder(kind, value, part);
            let original = &text[range.clone()];
            self.placeholders.add(&placeholder, original);
            redacted.push(&text[rest..range.start]);
            redacted.hide(kind, &placeholder, original);
            rest = range.end;
        }
        redacted.push(&text[rest..]);
        redacted
    }

    fn placeholder(&mut self, kind: Option<Kind>, value: String, part: usize) -> String {
        let last = self.last.entry(kind).or_default();
        let number = *self.numbers.entry((kind, value)).or_insert_with(|| {
            *last += 1;
            *last
        });
        let label = label(kind);
        if part == 1 { format!("[{label} {number}]") } else { format!("[{label} {number} part {part}]") }
    }
}

/// Without the values: this ends up in logs.
impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor")
            .field("kinds", &self.kinds)
            .field("placeholders", &self.placeholders)
            .finish_non_exhaustive()
    }
}

/// What one line has of a finding: all of it, or the part that was said before or after a pause.
struct Finding {
    kind: Option<Kind>,
    range: Range<usize>,
    value: String,
    part: usize,
}

fn find_in_lines<S>(lines: &[(S, &str)], same: &[usize], kinds: Kinds, found: &mut [Vec<Finding>]) {
    let mut joined = String::new();
    let mut starts = Vec::with_capacity(same.len());
    for &at in same {
        starts.push(joined.len());
        joined.push_str(lines[at].1);
        joined.push('\n');
    }
    for (kind, range) in find_all(&joined, kinds) {
        let value = value(kind, &joined[range.clone()]);
        let first = starts.partition_point(|&start| start <= range.start) - 1;
        let mut part = 0;
        for (&at, &start) in same[first..].iter().zip(&starts[first..]).take_while(|(_, start)| **start < range.end) {
            let from = range.start.saturating_sub(start);
            let to = (range.end - start).min(lines[at].1.len());
            // A line of white space within a number has no part of it.
            if lines[at].1.get(from..to).is_some_and(|piece| !piece.trim().is_empty()) {
                part += 1;
                found[at].push(Finding { kind, range: from..to, value: value.clone(), part });
            }
        }
    }
}

/// Personal data, and what only reads like a placeholder; that counts as part of what it overlaps.
fn find_all(text: &str, kinds: Kinds) -> Vec<(Option<Kind>, Range<usize>)> {
    let mut all: Vec<(Option<Kind>, Range<usize>)> =
        find(text, kinds).into_iter().map(|finding| (Some(finding.kind), finding.range)).collect();
    all.extend(alike(text).map(|range| (None, range)));
    all.sort_by_key(|(_, range)| range.start);
    let mut apart: Vec<(Option<Kind>, Range<usize>)> = Vec::with_capacity(all.len());
    for (kind, range) in all {
        match apart.last_mut().filter(|(_, last)| range.start < last.end) {
            Some((known, last)) => {
                last.end = last.end.max(range.end);
                *known = known.or(kind);
            }
            None => apart.push((kind, range)),
        }
    }
    apart
}

/// What makes two spellings the same: the digits of a number, the letters of an address.
fn value(kind: Option<Kind>, text: &str) -> String {
    match kind {
        Some(Kind::Card | Kind::Phone) => {
            let groups = groups(text);
            let international = groups.first().is_some_and(|group| group.plus);
            let digits: String =
                groups.iter().flat_map(|group| &group.digits).map(|&digit| char::from(b'0' + digit)).collect();
            match digits.strip_prefix("00") {
                Some(rest) if kind == Some(Kind::Phone) => format!("+{rest}"),
                _ if international => format!("+{digits}"),
                _ => digits,
            }
        }
        Some(Kind::Iban | Kind::Ssn) => {
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
        }
        Some(Kind::Email) => email_as_written(text),
        Some(Kind::Secret) | None => text.to_owned(),
    }
}
