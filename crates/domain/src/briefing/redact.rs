//! Takes personal data out of a text before it leaves for a provider: card numbers, IBANs, e-mail addresses, phone numbers.
//!
//! Cards and IBANs are known by their check digits, so an order number of the same length stays. Digits spoken one by one
//! ("four two four two …") count as digits, because that is how speech recognition writes them. In doubt a phone number goes.

mod digits;
mod email;
mod iban;

use std::ops::Range;

/// A kind of personal data that is taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PersonalData {
    CardNumber,
    Iban,
    Email,
    PhoneNumber,
}

impl PersonalData {
    /// What stands in the text instead.
    pub fn placeholder(self) -> &'static str {
        match self {
            Self::CardNumber => "[card number]",
            Self::Iban => "[IBAN]",
            Self::Email => "[e-mail]",
            Self::PhoneNumber => "[phone number]",
        }
    }
}

/// Personal data in a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub kind: PersonalData,
    /// In bytes of the searched text, on character boundaries.
    pub range: Range<usize>,
}

/// Everything that `redact` would take out, in order and without overlaps.
pub fn find(text: &str) -> Vec<Finding> {
    let mut findings = email::find(text);
    findings.extend(iban::find(text));
    findings.extend(digits::find(text));
    // Digits inside an address or an IBAN are a part of it, so of two that overlap the one that begins first and reaches further stays.
    findings.sort_by_key(|finding| (finding.range.start, std::cmp::Reverse(finding.range.end)));
    let mut end = 0;
    findings.retain(|finding| {
        let apart = finding.range.start >= end;
        end = end.max(finding.range.end);
        apart
    });
    findings
}

/// `text` with a placeholder for every piece of personal data.
pub fn redact(text: &str) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut rest = 0;
    for Finding { kind, range } in find(text) {
        redacted.push_str(&text[rest..range.start]);
        redacted.push_str(kind.placeholder());
        rest = range.end;
    }
    redacted.push_str(&text[rest..]);
    redacted
}

#[cfg(test)]
mod tests;
