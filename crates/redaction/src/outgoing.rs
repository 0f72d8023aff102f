//! A message to a provider.

use std::fmt;

use crate::redacted::Redacted;

/// A message of our own fixed words and of redacted text, and of nothing else: what provider code takes.
///
/// ```
/// use baton_redaction::{Kinds, Outgoing, Redactor};
///
/// let mut redactor = Redactor::new(Kinds::ALL);
/// let line = redactor.redact("Write to carol@example.com");
/// let message = Outgoing::ours("Line ").number(7).and(": ").redacted(&line);
/// assert_eq!(message.as_str(), "Line 7: Write to [email 1]");
/// ```
///
/// A text that was not redacted does not fit in:
///
/// ```compile_fail
/// let said = String::from("carol@example.com");
/// baton_redaction::Outgoing::ours(&said);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outgoing(String);

impl Outgoing {
    /// Begins with words of the program: `'static`, so that they cannot come from a call.
    #[must_use]
    pub fn ours(words: &'static str) -> Self {
        Self(words.to_owned())
    }

    /// More of our own words.
    #[must_use]
    pub fn and(mut self, words: &'static str) -> Self {
        self.0.push_str(words);
        self
    }

    /// A line's number, or any other that we counted ourselves.
    #[must_use]
    pub fn number(mut self, number: u32) -> Self {
        self.0.push_str(&number.to_string());
        self
    }

    /// What somebody said.
    #[must_use]
    pub fn redacted(mut self, text: &Redacted) -> Self {
        self.0.push_str(text.as_str());
        self
    }

    /// Another message behind this one.
    #[must_use]
    pub fn then(mut self, other: &Self) -> Self {
        self.0.push_str(&other.0);
        self
    }

    /// What is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Redacted> for Outgoing {
    fn from(text: Redacted) -> Self {
        Self(text.as_str().to_owned())
    }
}

impl fmt::Display for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
