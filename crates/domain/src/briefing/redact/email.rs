//! E-mail addresses.

use crate::briefing::redact::{Finding, PersonalData};

pub(super) fn find(text: &str) -> Vec<Finding> {
    text.match_indices('@').filter_map(|(at, _)| address_around(text, at)).collect()
}

fn address_around(text: &str, at: usize) -> Option<Finding> {
    let start = start_of_name(&text[..at]);
    let domain = &text[at + 1..];
    let length = domain.find(|c: char| !is_domain_char(c)).unwrap_or(domain.len());
    let domain = domain[..length].trim_end_matches(['.', '-']);
    let (host, top) = domain.rsplit_once('.')?;
    let is_address = start < at && !host.is_empty() && top.chars().count() >= 2 && top.chars().all(char::is_alphabetic);
    is_address.then(|| Finding { kind: PersonalData::Email, range: start..at + 1 + domain.len() })
}

fn start_of_name(before: &str) -> usize {
    let name_chars = before.char_indices().rev().take_while(|&(_, c)| is_name_char(c));
    name_chars.last().map_or(before.len(), |(start, _)| start)
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || "._%+-'".contains(c)
}

fn is_domain_char(c: char) -> bool {
    c.is_alphanumeric() || ".-".contains(c)
}
