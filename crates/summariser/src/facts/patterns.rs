//! What facts look like in a text. Every function gives where in the text a fact stands, and how it is written there.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// Fewer digits are a quantity: "order 20 more" names no order.
const MIN_NUMBER_DIGITS: usize = 3;
const CURRENCY: &str = r"(?:euros?|dollars?|pounds?|cents?|francs?|eur|usd|gbp|chf|zł)\b|[€$£¥]";
const MONTH: &str = r"(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)";
const LABEL: &str = r"order|invoice|account|customer|client|ticket|case|reference|ref|contract|booking|tracking|serial|policy|claim|confirmation|membership|member|parcel|meter|licen[cs]e|bill|phone";

static LABELLED: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(
        r"(?i)\b({LABEL})(?:\s+(?:number|no\.?|nr\.?|id|code|reference))*(?:\s+(?:is|was))?\s*[:\#]?\s*([a-z]{{0,5}}[-/]?\d[\da-z]*(?:[-/][\da-z]+|\s\d{{2,}})*)(\s?(?:{CURRENCY}|[.,]\d))?"
    ))
});
static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(r"(?i)[€$£¥]\s?\d(?:[\d.,]*\d)?|\b\d(?:[\d.,]*\d)?\s?(?:{CURRENCY})(?:\s\d{{2}}\b)?"))
});
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(
        r"(?i)\b(?:(?:since|before|by|until|till|on|from|after|next|last|this|every)\s+){{0,2}}(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:\s+(?:morning|afternoon|evening|night))?\b
        |\b\d{{1,2}}(?:st|nd|rd|th)?(?:\s+of)?\s+{MONTH}\b(?:\s+\d{{4}}\b)?
        |\b{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?
        |\b\d{{4}}-\d{{2}}-\d{{2}}\b
        |\b\d{{1,2}}[./]\d{{1,2}}[./](?:\d{{4}}|\d{{2}})\b
        |\b\d{{1,2}}:\d{{2}}(?:\s?[ap]\.?m\b)?|\b\d{{1,2}}\s?[ap]m\b
        |\b(?:tomorrow|yesterday)\b"
    ))
});
static BARE_NUMBER: LazyLock<Regex> = LazyLock::new(|| regex(r"\b[A-Z]{0,5}-?\d[\dA-Z]*(?:-[\dA-Z]+)*\b"));
static ASKED_FOR: LazyLock<Regex> =
    LazyLock::new(|| regex(&format!(r"(?i)\b({LABEL})\s+(?:number|id|code|reference)\b[^.!]*\?")));
/// Who says their name, or names somebody. A capital alone is not enough: "I am German" is no name.
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    let word = r"\p{Lu}[\p{L}'’-]*\p{Ll}";
    let name = format!(r"({word}(?:\s+(?:(?:van|de|von|der|di|la)\s+)*{word}){{0,2}})");
    regex(&format!(
        r"(?:[Mm]y\s+name(?:['’]s|\s+is)|[Ss]poke\s+(?:to|with)|[Tt]alked\s+(?:to|with)|[Cc]olleague|Mr\.?|Mrs\.?|Ms\.?|Dr\.?)\s+{name}
        |(?:[Tt]his\s+is|\bI['’]m|\bI\s+am)\s+{name}(?:\s+(?:from|calling|speaking|here|again|at)\b)"
    ))
});

/// Compiles every pattern now instead of at its first use.
pub fn compile() {
    for pattern in [&LABELLED, &AMOUNT, &DATE, &BARE_NUMBER, &ASKED_FOR, &NAME] {
        LazyLock::force(pattern);
    }
}

/// Line breaks, and what the lines begin with, are for the reader of the pattern.
fn regex(pattern: &str) -> Regex {
    Regex::new(&pattern.lines().map(str::trim_start).collect::<String>()).expect("the patterns are tested")
}

/// "invoice 2026-1187": where, "Invoice", "2026-1187".
pub fn labelled_numbers(text: &str) -> impl Iterator<Item = (Range<usize>, &'static str, &str)> {
    LABELLED.captures_iter(text).filter_map(|found| {
        let (label, value) = (found.get(1)?, found.get(2)?);
        let is_amount = found.get(3).is_some();
        let enough = value.as_str().bytes().filter(u8::is_ascii_digit).count() >= MIN_NUMBER_DIGITS;
        (enough && !is_amount).then(|| (label.start()..value.end(), label_of(label.as_str()), value.as_str()))
    })
}

/// What number a question asks for.
pub fn asked_for(text: &str) -> Option<&'static str> {
    ASKED_FOR.captures(text).and_then(|found| found.get(1)).map(|label| label_of(label.as_str()))
}

pub fn amounts(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    AMOUNT.find_iter(text).map(|found| (found.range(), found.as_str()))
}

pub fn dates(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    DATE.find_iter(text).map(|found| (found.range(), found.as_str()))
}

/// Numbers long enough to be somebody's: five digits, or four with letters.
pub fn bare_numbers(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    BARE_NUMBER.find_iter(text).map(|found| (found.range(), found.as_str())).filter(|(_, number)| {
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        digits >= 5 || (digits >= 4 && number.len() > digits)
    })
}

pub fn names(text: &str) -> impl Iterator<Item = &str> {
    NAME.captures_iter(text).filter_map(|found| found.get(1).or(found.get(2))).map(|name| name.as_str())
}

fn label_of(word: &str) -> &'static str {
    match word.to_ascii_lowercase().as_str() {
        "order" => "Order",
        "invoice" => "Invoice",
        "account" => "Account",
        "customer" | "client" => "Customer",
        "ticket" => "Ticket",
        "case" => "Case",
        "contract" => "Contract",
        "booking" => "Booking",
        "tracking" => "Tracking",
        "serial" => "Serial",
        "policy" => "Policy",
        "claim" => "Claim",
        "confirmation" => "Confirmation",
        "membership" | "member" => "Membership",
        "parcel" => "Parcel",
        "meter" => "Meter",
        "license" | "licence" => "Licence",
        "bill" => "Bill",
        "phone" => "Phone",
        _ => "Reference",
    }
}
