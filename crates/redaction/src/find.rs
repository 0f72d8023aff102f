//! What is personal in a text, and where.

mod card;
mod cue;
mod email;
mod iban;
mod phone;
mod secret;
mod ssn;

use std::ops::Range;

use crate::groups::groups;
use crate::kind::{Kind, Kinds};

pub use email::as_written as email_as_written;

/// Personal data in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// In bytes of the searched text, on character boundaries.
    pub range: Range<usize>,
}

/// Everything that is to be taken out, in order and without overlaps.
///
/// What is found parts the text, and what remains is searched again as if it stood alone: so the text with its placeholders
/// in place has nothing left to find.
pub fn find(text: &str, kinds: Kinds) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let mut open: Vec<Range<usize>> = std::iter::once(0..text.len()).collect();
    while let Some(part) = open.pop() {
        let findings = find_once(&text[part.clone()], kinds);
        let mut rest = part.start;
        for finding in findings {
            let range = part.start + finding.range.start..part.start + finding.range.end;
            open.push(rest..range.start);
            rest = range.end;
            found.push(Finding { kind: finding.kind, range });
        }
        if rest > part.start {
            open.push(rest..part.end);
        }
    }
    found.sort_by_key(|finding| finding.range.start);
    found
}

/// Compiles every pattern now instead of at its first use.
pub fn warm_up() {
    find("", Kinds::ALL);
    for compile in [email::compile, phone::compile, secret::compile, ssn::compile] {
        compile();
    }
}

fn find_once(text: &str, kinds: Kinds) -> Vec<Finding> {
    let groups = groups(text);
    let mut findings = Vec::new();
    let mut add = |kind, ranges: &mut dyn Iterator<Item = Range<usize>>| {
        if kinds.has(kind) {
            findings.extend(ranges.map(|range| Finding { kind, range }));
        }
    };
    add(Kind::Card, &mut card::find(&groups).into_iter());
    add(Kind::Iban, &mut iban::find(text).into_iter());
    add(Kind::Ssn, &mut ssn::find(text, &groups).into_iter());
    add(Kind::Secret, &mut secret::find(text, &groups).into_iter());
    add(Kind::Email, &mut email::find(text).into_iter());
    // A part of a card number must not be pulled into a phone number with digits before it: cards are gone when phones are
    // looked for, which the second round sees to.
    if findings.is_empty() && kinds.has(Kind::Phone) {
        findings.extend(phone::find(text, &groups).into_iter().map(|range| Finding { kind: Kind::Phone, range }));
    }
    without_overlaps(findings)
}

/// Of what overlaps, one piece is made, so that nothing that anybody found stays; the longest part names it.
fn without_overlaps(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| (finding.range.start, finding.kind));
    let mut apart: Vec<(Finding, usize)> = Vec::with_capacity(findings.len());
    for finding in findings {
        let length = finding.range.len();
        match apart.last_mut().filter(|(last, _)| finding.range.start < last.range.end) {
            Some((last, longest)) => {
                last.range.end = last.range.end.max(finding.range.end);
                if length > *longest {
                    (last.kind, *longest) = (finding.kind, length);
                }
            }
            None => apart.push((finding, length)),
        }
    }
    apart.into_iter().map(|(finding, _)| finding).collect()
}
