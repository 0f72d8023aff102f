//! E-mail addresses, written and spoken.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

static WRITTEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[\p{L}\p{N}._%+'’-]+ ?@ ?[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}")
        .expect("the pattern is tested")
});

/// "carol dot jensen at example dot com"; the same in German, Spanish, French and Italian.
static SPOKEN: LazyLock<Regex> = LazyLock::new(|| {
    let dot = r"(?: (?:dot|punkt|punto|point) |\.)";
    let joint = r"(?: (?:dot|punkt|punto|point|underscore|unterstrich|minus|dash|hyphen|bindestrich|guion|tiret|trattino) |[._-])";
    Regex::new(&format!(
        r"(?i)([\p{{L}}\p{{N}}]+(?:{joint}[\p{{L}}\p{{N}}]+)*),? (?:at|ät|et|arroba|arobase|chiocciola|klammeraffe) ([\p{{L}}\p{{N}}-]+(?:{dot}[\p{{L}}\p{{N}}-]+)*{dot}\p{{L}}{{2,}})"
    ))
    .expect("the pattern is tested")
});

/// "We looked at example.com" is no address: before "at" stands a word that people say there.
const BEFORE_A_PLACE: [&str; 36] = [
    "look", "looked", "looking", "looks", "order", "ordered", "ordering", "shop", "shopped", "shopping", "buy",
    "bought", "book", "booked", "is", "was", "are", "be", "been", "were", "it", "them", "that", "this", "there",
    "here", "see", "saw", "find", "found", "me", "us", "account", "page", "site", "website",
];

pub fn find(text: &str) -> Vec<Range<usize>> {
    let written = WRITTEN.find_iter(text).map(|found| found.range());
    let spoken = SPOKEN.captures_iter(text).filter_map(|found| {
        let (all, name) = (found.get(0)?, found.get(1)?);
        let is_word = BEFORE_A_PLACE.iter().any(|word| name.as_str().eq_ignore_ascii_case(word));
        (!is_word).then(|| all.range())
    });
    written.chain(spoken).collect()
}

pub fn compile() {
    LazyLock::force(&WRITTEN);
    LazyLock::force(&SPOKEN);
}

/// How an address is written, however it was said.
pub fn as_written(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for word in text.to_lowercase().split_whitespace() {
        written.push_str(match word.trim_end_matches(',') {
            "dot" | "punkt" | "punto" | "point" => ".",
            "at" | "ät" | "et" | "arroba" | "arobase" | "chiocciola" | "klammeraffe" => "@",
            "underscore" | "unterstrich" => "_",
            "minus" | "dash" | "hyphen" | "bindestrich" | "guion" | "tiret" | "trattino" => "-",
            _ => word,
        });
    }
    written
}
