//! Card and phone numbers: runs of digits, written or spoken.

use std::ops::Range;

use crate::briefing::redact::{Finding, PersonalData};

const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;
/// E.164 allows 15; below nine, a number that begins with a zero is as likely a date or an order.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 9..=15;
/// With a plus sign in front, shorter ones are phone numbers too.
const MIN_INTERNATIONAL_DIGITS: usize = 7;

/// Digits without a gap, or one spoken digit.
#[derive(Debug)]
struct Group {
    digits: Vec<u8>,
    range: Range<usize>,
    /// Whether a plus sign stands directly before it.
    plus: bool,
    /// Whether it belongs to the same number as the group before it.
    joined: bool,
    /// Whether a hyphen or dot alone parts it from the group before it.
    hyphen: bool,
}

/// Cards first, wherever they begin: digits before them must not pull a part of a card into a date or a phone number.
pub(super) fn find(text: &str) -> Vec<Finding> {
    let groups = groups(text);
    let mut findings = Vec::new();
    for run in groups.chunk_by(|_, group| group.joined) {
        let is_card = card_groups(run);
        let mut start = 0;
        for part in is_card.chunk_by(|before, after| before == after) {
            let groups = &run[start..start + part.len()];
            if part[0] {
                findings.push(finding(PersonalData::CardNumber, groups));
            } else {
                find_phones(groups, &mut findings);
            }
            start += part.len();
        }
    }
    findings
}

/// Which groups belong to a card number, however one looks at them.
fn card_groups(run: &[Group]) -> Vec<bool> {
    let mut is_card = vec![false; run.len()];
    for start in 0..run.len() {
        if let Some(length) = longest(&run[start..], CARD_DIGITS, luhn) {
            is_card[start..start + length].fill(true);
        }
    }
    is_card
}

fn find_phones(mut rest: &[Group], findings: &mut Vec<Finding>) {
    while !rest.is_empty() {
        let phone = phone_at(rest);
        // The end of a date, with a time after it, must not be taken for a phone number.
        let used = phone.unwrap_or(if is_date(rest) { 3 } else { 1 });
        findings.extend(phone.map(|_| finding(PersonalData::PhoneNumber, &rest[..used])));
        rest = &rest[used..];
    }
}

fn finding(kind: PersonalData, groups: &[Group]) -> Finding {
    Finding { kind, range: groups[0].range.start..groups[groups.len() - 1].range.end }
}

fn longest(run: &[Group], allowed: std::ops::RangeInclusive<usize>, fits: impl Fn(&[u8]) -> bool) -> Option<usize> {
    let mut digits = Vec::new();
    let mut found = None;
    for (position, group) in run.iter().enumerate() {
        digits.extend_from_slice(&group.digits);
        if digits.len() > *allowed.end() {
            break;
        }
        if allowed.contains(&digits.len()) && fits(&digits) {
            found = Some(position + 1);
        }
    }
    found
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| match (place % 2, u32::from(digit)) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    // A row of zeros satisfies the sum and is no card.
    sum > 0 && sum.is_multiple_of(10)
}

fn phone_at(run: &[Group]) -> Option<usize> {
    if run[0].plus {
        return longest(run, MIN_INTERNATIONAL_DIGITS..=*PHONE_DIGITS.end(), |_| true);
    }
    if is_date(run) {
        return None;
    }
    north_american(run).or_else(|| national(run)).or_else(|| spoken(run))
}

fn national(run: &[Group]) -> Option<usize> {
    if run[0].digits[0] == 0 { longest(run, PHONE_DIGITS, |_| true) } else { None }
}

/// 555-0134, 212 555 0134, 1 212 555 0134 and 2125550134.
fn north_american(run: &[Group]) -> Option<usize> {
    let sizes: Vec<usize> = run.iter().take(4).map(|group| group.digits.len()).collect();
    match sizes.as_slice() {
        [1, 3, 3, 4] if run[0].digits[0] == 1 => Some(4),
        [3, 3, 4, ..] => Some(3),
        [3, 4] if run[1].hyphen => Some(2),
        [10, ..] if run[0].digits[0] >= 2 && run[0].digits[3] >= 2 => Some(1),
        _ => None,
    }
}

/// Ten or more digits said one by one are a number to call, if they are no card.
fn spoken(run: &[Group]) -> Option<usize> {
    let singles = run.iter().take_while(|group| group.digits.len() == 1).count();
    (10..=*PHONE_DIGITS.end()).contains(&singles).then_some(singles)
}

fn is_date(run: &[Group]) -> bool {
    let sizes: Vec<usize> = run.iter().take(3).map(|group| group.digits.len()).collect();
    matches!(sizes.as_slice(), [1..=2, 1..=2, 4] | [4, 2, 2])
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (range, digits) in digit_words(text) {
        let between = &text[groups.last().map_or(0, |group| group.range.end)..range.start];
        let plus = between.ends_with('+') || between.ends_with("+(");
        let opening = between.len() - between.trim_end_matches(['+', '(']).len();
        groups.push(Group {
            digits,
            range: range.start - opening..range.end,
            plus,
            joined: !groups.is_empty() && !plus && is_gap(between),
            hyphen: matches!(between, "-" | "."),
        });
    }
    groups
}

/// What may stand between two groups of one number: a few separators and nothing else.
fn is_gap(between: &str) -> bool {
    between.chars().count() <= 3
        && between.chars().all(|c| matches!(c, ' ' | '-' | '.' | ',' | '/' | '(' | ')' | '\u{a0}' | '\u{2011}'))
}

/// Every word that is digits, or the English name of one digit.
fn digit_words(text: &str) -> Vec<(Range<usize>, Vec<u8>)> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, c.is_alphanumeric()) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                words.extend(digits_of(&text[from..at]).map(|digits| (from..at, digits)));
                start = None;
            }
            _ => {}
        }
    }
    words
}

fn digits_of(word: &str) -> Option<Vec<u8>> {
    if word.bytes().all(|b| b.is_ascii_digit()) {
        return Some(word.bytes().map(|b| b - b'0').collect());
    }
    let spoken = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let value = spoken.iter().position(|name| word.eq_ignore_ascii_case(name));
    let digit = if word.eq_ignore_ascii_case("oh") { Some(0) } else { value };
    digit.and_then(|digit| u8::try_from(digit).ok()).map(|digit| vec![digit])
}
