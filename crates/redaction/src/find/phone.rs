//! Phone numbers.
//!
//! An own rule and not the `phonenumber` crate: that one judges a text which is known to be a number, of a country that is
//! known; it finds none in a sentence, knows no spoken ones, and brings 15 MB of metadata that are parsed when it is built.

use std::ops::{Range, RangeInclusive};
use std::sync::LazyLock;

use regex::Regex;

use crate::find::cue::{before, longest};
use crate::groups::{Gap, Group};

/// E.164 allows 15; below nine, a number that begins with a zero is as likely a date or an order.
const DIGITS: RangeInclusive<usize> = 9..=15;
/// With a plus before it, or when somebody says that it is one, shorter ones count too.
const CERTAIN_DIGITS: RangeInclusive<usize> = 6..=15;
/// As many digits said one by one are a number to call.
const SPOKEN_DIGITS: RangeInclusive<usize> = 10..=15;

/// What stands before a number that is to be called.
static CALLED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:phone|telephone|mobile|cell ?phone|cell|landline|fax|call(?:ed|ing)?(?: me| us| back| him| her| them)?|reach(?:ed)?(?: me| us)?|ring|dial|text me|telefon|telefonnummer|handy|handynummer|mobil|mobilnummer|rufnummer|rückruf|erreich\w*|tel\.?|teléfono|móvil|celular|llám\w+|téléphone|portable|rappel\w*|joindre|appel\w+|telefono|cellulare)(?:[ ,:]+(?:number|no\.?|nummer|número|numéro|numero|is|was|ist|lautet|es|est|è|it's|unter|at|on|under|al|el|au|le|der|die|again|back|today|tomorrow|please|bitte|me|mich|mir|us|uns)){0,4}[ ,:#]*$",
    )
    .expect("the pattern is tested")
});
/// What stands before a number that names a thing.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:order|invoice|ticket|case|reference|ref|customer|client|account|contract|booking|tracking|serial|policy|claim|member(?:ship)?|meter|parcel|part|article|version|bestell\w*|auftrag\w*|rechnung\w*|kunden\w*|vertrag\w*|vorgang\w*|zähler\w*|sendung\w*|serien\w*|pedido|factura|cliente|contrato|referencia|reserva|póliza|contador|commande|facture|client|contrat|dossier|référence|réservation|compteur|colis)(?:[ ,:#-]+(?:number|no\.?|nr\.?|id|code|nummer|número|numéro|is|was|ist|lautet|es|est|it's|de|del|der|die|le|n°)){0,4}[ ,:#-]*$",
    )
    .expect("the pattern is tested")
});
pub fn find(text: &str, groups: &[Group]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for run in groups.chunk_by(|_, group| group.gap.is_near() && !group.glued) {
        find_in(text, run, &mut found);
    }
    found
}

pub fn compile() {
    LazyLock::force(&CALLED);
    LazyLock::force(&NAMED);
}

fn find_in(text: &str, mut rest: &[Group], found: &mut Vec<Range<usize>>) {
    let mut is_first = true;
    while let Some(first) = rest.first() {
        // The cents of one amount must not begin a number with the next amount.
        let inside = first.glued || !is_first && first.gap == Gap::Point && !first.spoken;
        let phone = if inside { None } else { phone_at(rest, context(text, rest, is_first)) };
        // The end of a date, with a time after it, must not be taken for a phone number.
        let used = phone.unwrap_or(if is_date(rest) { 3 } else { 1 });
        found.extend(phone.map(|_| first.range.start..rest[used - 1].range.end));
        rest = &rest[used..];
        is_first = false;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Called,
    Named,
    Unknown,
}

/// Only the first number after the words is meant by them.
fn context(text: &str, run: &[Group], is_first: bool) -> Context {
    let before = before(text, run[0].range.start);
    match is_first {
        true if CALLED.is_match(before) => Context::Called,
        true if NAMED.is_match(before) => Context::Named,
        _ => Context::Unknown,
    }
}

fn phone_at(run: &[Group], context: Context) -> Option<usize> {
    if run[0].plus {
        return longest(run, &CERTAIN_DIGITS);
    }
    if is_date(run) {
        return None;
    }
    match context {
        Context::Called => longest(run, &CERTAIN_DIGITS),
        Context::Named => None,
        Context::Unknown => north_american(run).or_else(|| national(run)).or_else(|| spoken(run)),
    }
}

/// 0171 2345678 and 06 12 34 56 78, but not "0.50, 12.30, 11.00"; 612 345 678.
fn national(run: &[Group]) -> Option<usize> {
    let first = &run[0];
    let sizes: Vec<usize> = run.iter().take(4).map(|group| group.digits.len()).collect();
    match sizes.as_slice() {
        [3, 3, 3] if first.digits[0] >= 6 => Some(3),
        [1, 1, ..] | [2..=15, ..] if first.digits[0] == 0 => longest(run, &DIGITS),
        _ => None,
    }
}

/// 555-0134, 212 555 0134, 1 212 555 0134 and 2125550134.
fn north_american(run: &[Group]) -> Option<usize> {
    let sizes: Vec<usize> = run.iter().take(4).map(|group| group.digits.len()).collect();
    match sizes.as_slice() {
        [1, 3, 3, 4] if run[0].digits[0] == 1 => Some(4),
        [3, 3, 4, ..] => Some(3),
        [3, 4] if run[1].gap == Gap::Hyphen => Some(2),
        [10, ..] if run[0].digits[0] >= 2 && run[0].digits[3] >= 2 => Some(1),
        _ => None,
    }
}

/// Digits said one by one, with a "double" here and there.
fn spoken(run: &[Group]) -> Option<usize> {
    let count = run.iter().take_while(|group| group.spoken).count();
    let digits: usize = run[..count].iter().map(|group| group.digits.len()).sum();
    let singles = run.iter().take_while(|group| group.digits.len() == 1).count();
    if SPOKEN_DIGITS.contains(&digits) { Some(count) } else { SPOKEN_DIGITS.contains(&singles).then_some(singles) }
}

fn is_date(run: &[Group]) -> bool {
    let sizes: Vec<usize> = run.iter().take(3).map(|group| group.digits.len()).collect();
    matches!(sizes.as_slice(), [1..=2, 1..=2, 4] | [4, 2, 2])
}
