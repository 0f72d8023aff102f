//! Words that say what the number after them is.

use std::ops::{Range, RangeInclusive};

use regex::Regex;

use crate::groups::Group;

/// Longer before a number, nobody speaks of it any more.
const CONTEXT_BYTES: usize = 60;

/// The text directly before `end`.
pub fn before(text: &str, end: usize) -> &str {
    let start = (end.saturating_sub(CONTEXT_BYTES)..=end).find(|&at| text.is_char_boundary(at)).unwrap_or(end);
    &text[start..end]
}

/// Numbers of an allowed length that stand directly after what `cue` matches at its end.
pub fn numbers_after(text: &str, groups: &[Group], cue: &Regex, allowed: &RangeInclusive<usize>) -> Vec<Range<usize>> {
    let runs = groups.chunk_by(|_, group| group.gap.is_near() && !group.glued);
    let announced = runs.filter(|run| !run[0].glued && cue.is_match(before(text, run[0].range.start)));
    announced
        .filter_map(|run| longest(run, allowed).map(|count| run[0].range.start..run[count - 1].range.end))
        .collect()
}

/// How many groups make the longest number of an allowed length.
pub fn longest(run: &[Group], allowed: &RangeInclusive<usize>) -> Option<usize> {
    let mut digits = 0;
    let mut found = None;
    for (position, group) in run.iter().enumerate() {
        digits += group.digits.len();
        if digits > *allowed.end() {
            break;
        }
        if allowed.contains(&digits) {
            found = Some(position + 1);
        }
    }
    found
}
