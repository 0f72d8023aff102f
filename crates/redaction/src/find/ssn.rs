//! Numbers that states give to persons: social security, tax and identity numbers.
//!
//! Where a country's number has check digits they are checked, so that an order of the same length stays. The American one has
//! none: there its groups of three, two and four are the sign, or somebody's saying what it is.

use std::ops::{Range, RangeInclusive};
use std::sync::LazyLock;

use regex::Regex;

use crate::find::cue::numbers_after;
use crate::groups::Group;
use crate::numerals::digit;

static SAID: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)\b(?:social security|social|ssn|national insurance|tax ?payer|tax id(?:entification)?|itin|sozialversicherungs\w*|rentenversicherungs\w*|steuer-? ?id\w*|steuer(?:identifikations)?nummer|sécurité sociale|sécu|seguridad social|dni|nie|ahv(?:-nummer)?)(?:[ ,:]+(?:number|no\.?|id|nummer|número|numéro|is|was|ist|lautet|es|est|it's)){0,3}[ ,:#-]*$",
    )
});
const SAID_DIGITS: RangeInclusive<usize> = 7..=15;

/// UK National Insurance number.
static UK: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?i)\b[A-CEGHJ-PR-TW-Z]{2}[ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[A-D]\b"));
/// German pension insurance number: area, birthday, letter, serial.
static GERMAN_PENSION: LazyLock<Regex> =
    LazyLock::new(|| regex(r"\b\d{2} ?(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2} ?[A-Za-z] ?\d{3}\b"));
/// French NIR: sex, year, month, department, commune, order, key.
static FRENCH: LazyLock<Regex> =
    LazyLock::new(|| regex(r"\b[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[ABab]) ?\d{3} ?\d{3} ?\d{2}\b"));
/// Spanish DNI and NIE.
static SPANISH: LazyLock<Regex> = LazyLock::new(|| regex(r"(?i)\b(?:\d{8}|[XYZ][ -]?\d{7})[ -]?[A-Z]\b"));

pub fn find(text: &str, groups: &[Group]) -> Vec<Range<usize>> {
    let mut found = numbers_after(text, groups, &SAID, &SAID_DIGITS);
    found.extend(by_groups(groups));
    for (pattern, check) in [
        (&UK, (|_| true) as fn(&str) -> bool),
        (&GERMAN_PENSION, |_| true),
        (&FRENCH, is_french),
        (&SPANISH, is_spanish),
    ] {
        let matches = pattern.find_iter(text).filter(|found| check(found.as_str()));
        found.extend(matches.map(|found| found.range()));
    }
    found
}

pub fn compile() {
    for pattern in [&SAID, &UK, &GERMAN_PENSION, &FRENCH, &SPANISH] {
        LazyLock::force(pattern);
    }
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is tested")
}

fn by_groups(groups: &[Group]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for run in groups.chunk_by(|_, group| group.gap.is_near() && !group.glued) {
        for start in (0..run.len()).filter(|&start| !run[start].glued) {
            let count = [1, 3, 4].into_iter().find(|&count| run.get(start..start + count).is_some_and(is_national));
            found.extend(count.map(|count| run[start].range.start..run[start + count - 1].range.end));
        }
    }
    found
}

fn is_national(groups: &[Group]) -> bool {
    let sizes: Vec<usize> = groups.iter().map(|group| group.digits.len()).collect();
    let digits: Vec<u8> = groups.iter().flat_map(|group| group.digits.iter().copied()).collect();
    match sizes.as_slice() {
        [3, 2, 4] => is_american(&digits),
        [11] | [2, 3, 3, 3] => is_german_tax(&digits),
        [13] | [3, 4, 4, 2] => is_swiss(&digits),
        _ => false,
    }
}

/// Numbers that were never given out stay. Those from 900 on are tax numbers of people without a social security number.
fn is_american(digits: &[u8]) -> bool {
    let (area, group, serial) = (&digits[..3], &digits[3..5], &digits[5..]);
    area != [0, 0, 0] && area != [6, 6, 6] && group != [0, 0] && serial != [0, 0, 0, 0]
}

/// ISO 7064 MOD 11,10; no leading zero; exactly one digit comes twice or three times among the first ten.
fn is_german_tax(digits: &[u8]) -> bool {
    let (check, body) = (digits[10], &digits[..10]);
    let product = body.iter().fold(10_u32, |product, &digit| {
        let sum = (u32::from(digit) + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    let mut counts = [0_u32; 10];
    for &digit in body {
        counts[usize::from(digit)] += 1;
    }
    let repeated: Vec<u32> = counts.into_iter().filter(|&count| count > 1).collect();
    body[0] != 0 && matches!(repeated.as_slice(), [2 | 3]) && (11 - product) % 10 == u32::from(check)
}

/// 756 and the check digit of EAN-13.
fn is_swiss(digits: &[u8]) -> bool {
    let sum: u32 =
        digits.iter().zip([1, 3].into_iter().cycle()).map(|(&digit, weight)| u32::from(digit) * weight).sum();
    digits[..3] == [7, 5, 6] && sum.is_multiple_of(10)
}

/// The key is 97 less the rest; Corsica's 2A and 2B count as 19 and 18.
fn is_french(text: &str) -> bool {
    let plain = text.to_ascii_uppercase().replace("2A", "19").replace("2B", "18");
    let digits: Vec<u64> = plain.chars().filter_map(digit).map(u64::from).collect();
    let number = |digits: &[u64]| digits.iter().fold(0, |number, digit| number * 10 + digit);
    digits.len() == 15 && 97 - number(&digits[..13]) % 97 == number(&digits[13..])
}

/// The letter follows from the number; X, Y and Z before it stand for 0, 1 and 2.
fn is_spanish(text: &str) -> bool {
    const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let signs: Vec<char> = text.to_uppercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let Some((&letter, number)) = signs.split_last() else {
        return false;
    };
    let value = |c: char| digit(c).map_or_else(|| u32::from(c).saturating_sub(u32::from('X')), u32::from);
    let number = number.iter().fold(0_usize, |number, &c| number * 10 + value(c) as usize);
    char::from(LETTERS[number % LETTERS.len()]) == letter
}
