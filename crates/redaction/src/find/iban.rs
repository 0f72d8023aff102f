//! International bank account numbers: the country's length (ISO 13616) and the check digits (mod 97).

use std::ops::Range;

use crate::numerals::{Numeral, digit, numeral};

/// Every country of the IBAN registry in the order of the alphabet, with the length of its numbers.
#[rustfmt::skip]
const LENGTHS: [(&str, usize); 89] = [
    ("AD", 24), ("AE", 23), ("AL", 28), ("AT", 20), ("AZ", 28), ("BA", 20), ("BE", 16), ("BG", 22), ("BH", 22), ("BI", 27),
    ("BR", 29), ("BY", 28), ("CH", 21), ("CR", 22), ("CY", 28), ("CZ", 24), ("DE", 22), ("DJ", 27), ("DK", 18), ("DO", 28),
    ("EE", 20), ("EG", 29), ("ES", 24), ("FI", 18), ("FK", 18), ("FO", 18), ("FR", 27), ("GB", 22), ("GE", 22), ("GI", 23),
    ("GL", 18), ("GR", 27), ("GT", 28), ("HN", 28), ("HR", 21), ("HU", 28), ("IE", 22), ("IL", 23), ("IQ", 23), ("IS", 26),
    ("IT", 27), ("JO", 30), ("KW", 30), ("KZ", 20), ("LB", 28), ("LC", 32), ("LI", 21), ("LT", 20), ("LU", 20), ("LV", 21),
    ("LY", 25), ("MC", 27), ("MD", 24), ("ME", 22), ("MK", 19), ("MN", 20), ("MR", 27), ("MT", 31), ("MU", 30), ("NI", 28),
    ("NL", 18), ("NO", 15), ("OM", 23), ("PK", 24), ("PL", 28), ("PS", 29), ("PT", 25), ("QA", 29), ("RO", 24), ("RS", 22),
    ("RU", 33), ("SA", 24), ("SC", 31), ("SD", 18), ("SE", 24), ("SI", 19), ("SK", 24), ("SM", 27), ("SO", 23), ("ST", 25),
    ("SV", 28), ("TL", 23), ("TN", 24), ("TR", 26), ("UA", 29), ("VA", 22), ("VG", 24), ("XK", 20), ("YE", 30),
];

/// One letter or digit of what may be a number; `None` where it cannot go on.
type Sign = Option<(char, Range<usize>)>;

pub fn find(text: &str) -> Vec<Range<usize>> {
    [written(text), spoken(text)].iter().flat_map(|signs| find_in(signs)).collect()
}

fn find_in(signs: &[Sign]) -> Vec<Range<usize>> {
    (0..signs.len()).filter_map(|at| iban_at(&signs[at..])).collect()
}

fn iban_at(signs: &[Sign]) -> Option<Range<usize>> {
    let sign = |at: usize| signs.get(at)?.as_ref();
    let [first, second, tens, units] = [sign(0)?.0, sign(1)?.0, sign(2)?.0, sign(3)?.0];
    // Almost nothing that people say goes on with two digits here: it is not looked up.
    if !(tens.is_ascii_digit() && units.is_ascii_digit()) {
        return None;
    }
    let country = LENGTHS.binary_search_by(|(code, _)| code.chars().cmp([first, second])).ok()?;
    let length = LENGTHS[country].1;
    let chars = (0..length).map(|at| sign(at).map(|(c, _)| *c)).collect::<Option<Vec<char>>>()?;
    let is_right = remainder_97(chars[4..].iter().chain(&chars[..4])) == 1;
    is_right.then_some(sign(0)?.1.start..sign(length - 1)?.1.end)
}

fn remainder_97<'a>(chars: impl Iterator<Item = &'a char>) -> u32 {
    chars.filter_map(|c| c.to_digit(36)).fold(0, |rest, value| {
        let shift = if value < 10 { 10 } else { 100 };
        (rest * shift + value) % 97
    })
}

/// Letters and digits as they stand, in any groups.
fn written(text: &str) -> Vec<Sign> {
    let mut signs = Vec::new();
    for (at, c) in text.char_indices() {
        match sign(c) {
            Some(sign) => signs.push(Some((sign, at..at + c.len_utf8()))),
            None if is_separator(c) => {}
            None => signs.push(None),
        }
    }
    signs
}

/// "D E eight nine three seven …": letters said one by one, short groups of capitals, digits in words.
fn spoken(text: &str) -> Vec<Sign> {
    let mut signs = Vec::new();
    let mut start = 0;
    for word in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let letters = word.trim_end_matches(|c: char| !c.is_alphanumeric());
        let range = start..start + letters.len();
        start += word.len();
        match numeral(&letters.to_lowercase()) {
            Some(Numeral::Digit(value)) => signs.push(Some((char::from(b'0' + value), range))),
            Some(Numeral::Teen(value)) => signs.extend(two_digits(1, value - 10, &range)),
            Some(Numeral::Tens(value)) => signs.extend(two_digits(value, 0, &range)),
            _ if letters.chars().all(|c| digit(c).is_some() || c.is_ascii_uppercase())
                || letters.chars().nth(1).is_none() =>
            {
                signs.extend(letters.char_indices().filter_map(|(at, c)| {
                    let from = range.start + at;
                    Some(Some((sign(c)?, from..from + c.len_utf8())))
                }));
            }
            _ => signs.push(None),
        }
        if word[letters.len()..].chars().any(|c| !is_separator(c)) {
            signs.push(None);
        }
    }
    signs
}

fn two_digits(first: u8, second: u8, range: &Range<usize>) -> [Sign; 2] {
    [first, second].map(|value| Some((char::from(b'0' + value), range.clone())))
}

/// A letter or digit as IBANs have it.
fn sign(c: char) -> Option<char> {
    digit(c).map(|value| char::from(b'0' + value)).or_else(|| c.is_ascii_alphabetic().then(|| c.to_ascii_uppercase()))
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '.' | ',' | '\u{200b}'..='\u{200d}' | '\u{2010}'..='\u{2015}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::LENGTHS;

    #[test]
    fn countries_stand_in_order() {
        assert!(LENGTHS.is_sorted_by(|(one, _), (next, _)| one < next), "they are found by halves");
    }
}
