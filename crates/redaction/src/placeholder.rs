//! What stands in a text instead of personal data, and the way back.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::kind::Kind;

/// Instead of a placeholder that somebody *said*: the caller's words must not read like ours.
const SAID: &str = "said";

/// What is one, in the exact form in which we write it; models change capitals.
static OURS: LazyLock<Regex> = LazyLock::new(|| {
    let words = words();
    Regex::new(&format!(r"(?i)\[(?:{words}) [0-9]{{1,9}}(?: part [0-9]{{1,9}})?\]")).expect("the pattern is tested")
});
/// What could be taken for one, in any form.
static ALIKE: LazyLock<Regex> = LazyLock::new(|| {
    let words = words();
    Regex::new(&format!(r"(?i)\[\s*(?:{words})[\s_-]*\d+(?:\s*part\s*\d+)?\s*\]")).expect("the pattern is tested")
});

fn words() -> String {
    Kind::ALL.map(Kind::word).join("|") + "|" + SAID
}

/// Where `text` has something that reads like a placeholder.
pub fn alike(text: &str) -> impl Iterator<Item = std::ops::Range<usize>> {
    ALIKE.find_iter(text).map(|found| found.range())
}

/// What a piece that was taken out is called; `None` is something that only reads like a placeholder.
pub fn label(kind: Option<Kind>) -> &'static str {
    kind.map_or(SAID, Kind::word)
}

/// What every placeholder of a call stands for. It stays on our side: it cannot be written out, only used.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Placeholders(HashMap<String, String>);

impl Placeholders {
    /// The first spelling of a value stays: all of them mean the same.
    pub(crate) fn add(&mut self, placeholder: &str, original: &str) {
        self.0.entry(placeholder.to_owned()).or_insert_with(|| original.to_owned());
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was taken out.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Placeholders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Placeholders").field(&self.len()).finish()
    }
}

/// `text` with every placeholder of `map` turned back. One that a provider made up stays as it is, and what is put in is not
/// read again.
pub fn restore(text: &str, map: &Placeholders) -> String {
    let original = |found: &Captures<'_>| {
        let placeholder = &found[0];
        map.0.get(&placeholder.to_ascii_lowercase()).map_or_else(|| placeholder.to_owned(), Clone::clone)
    };
    OURS.replace_all(text, original).into_owned()
}
