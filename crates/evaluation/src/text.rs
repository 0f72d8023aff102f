//! Comparing what people write with what was said.

/// Small letters, plain apostrophes, single spaces: how something is written must not decide whether it was said.
pub fn plain(text: &str) -> String {
    let text = text.to_lowercase().replace(['\u{2019}', '\u{2bc}'], "'");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether `plain` says all of `says`, each of which may have alternatives: `"debit card|bank card"`.
pub fn contains_all(plain: &str, says: &[String]) -> bool {
    says.iter().all(|alternatives| alternatives.split('|').any(|words| plain.contains(&self::plain(words))))
}

/// The words that carry something: three letters or more, or a digit in them.
pub fn words(plain: &str) -> impl Iterator<Item = &str> {
    plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().nth(2).is_some() || word.contains(|c: char| c.is_numeric()))
}
