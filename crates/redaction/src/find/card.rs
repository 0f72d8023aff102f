//! Card numbers: 13 to 19 digits with Luhn's check, in whatever groups they are written or said.

use std::ops::{Range, RangeInclusive};

use crate::groups::{Gap, Group};

const CARD_DIGITS: RangeInclusive<usize> = 13..=19;

/// Wherever one begins: digits before a card number must not save it. Overlapping finds are one stretch.
pub fn find(groups: &[Group]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for run in groups.chunk_by(|_, group| group.gap != Gap::Apart) {
        for start in 0..run.len() {
            if let Some(length) = longest_card(&run[start..]) {
                found.push(run[start].range.start..run[start + length - 1].range.end);
            }
        }
    }
    found
}

fn longest_card(run: &[Group]) -> Option<usize> {
    let mut digits = Vec::new();
    let mut found = None;
    for (position, group) in run.iter().enumerate() {
        digits.extend_from_slice(&group.digits);
        if digits.len() > *CARD_DIGITS.end() {
            break;
        }
        if CARD_DIGITS.contains(&digits.len()) && luhn(&digits) {
            found = Some(position + 1);
        }
    }
    found
}

/// ISO/IEC 7812-1, annex B.
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
