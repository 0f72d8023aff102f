//! A briefing as plain text: for copying, for an agent's edit, for reading aloud.

use std::fmt::Write;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::briefing::{Briefing, Language, Section, SectionKind, first_sentence_in};
use crate::text::plain;

/// The longest text an agent may make of a briefing.
pub const MAX_BRIEFING_TEXT_CHARS: usize = 8_000;

/// A briefing in an agent's own words: several lines, never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BriefingText(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BriefingTextError {
    #[error("an edited briefing needs text")]
    Empty,
    #[error("a briefing has at most {MAX_BRIEFING_TEXT_CHARS} characters, this one has {chars}")]
    TooLong { chars: usize },
}

impl BriefingText {
    /// Line breaks and tabs stay, every other control character goes: the text is shown as it is.
    pub fn new(text: &str) -> Result<Self, BriefingTextError> {
        let text = plain(text);
        let text = text.trim();
        let chars = text.chars().count();
        match chars {
            0 => Err(BriefingTextError::Empty),
            1..=MAX_BRIEFING_TEXT_CHARS => Ok(Self(text.to_owned())),
            _ => Err(BriefingTextError::TooLong { chars }),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for BriefingText {
    type Error = BriefingTextError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<BriefingText> for String {
    fn from(text: BriefingText) -> Self {
        text.0
    }
}

impl Briefing {
    /// What to say first of a briefing that knows nothing: seven times "unknown" would read like a failure.
    pub fn remark(&self) -> Option<&'static str> {
        match (self.is_blank(), self.lines_read) {
            (false, _) => None,
            (true, 0) => Some("Nothing was said yet"),
            (true, _) => Some("Too little was said yet to tell anything"),
        }
    }

    /// Every section with its title, its statements with their line numbers, and "unknown" in words.
    pub fn plain_text(&self) -> String {
        let mut text = String::new();
        if let Some(remark) = self.remark() {
            push_line(&mut text, remark);
            text.push('\n');
        }
        for (kind, section) in self.sections() {
            write_section(&mut text, kind, section, self.written_in.as_ref());
        }
        push_line(&mut text, first_sentence_in(self.written_in.as_ref()));
        push_line(&mut text, &format!("- {}", self.opening_line.text()));
        text
    }
}

fn write_section(text: &mut String, kind: SectionKind, section: &Section, language: Option<&Language>) {
    push_line(text, kind.title_in(language));
    match section {
        Section::Unknown => push_line(text, &format!("- {}", kind.unknown_in(language))),
        Section::Known(statements) => {
            for statement in statements {
                push_line(text, &format!("- {} ({})", statement.text(), cited(statement.citations())));
            }
        }
    }
    text.push('\n');
}

fn push_line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn cited(lines: &[u32]) -> String {
    let mut words = String::from(if lines.len() == 1 { "line " } else { "lines " });
    for (position, line) in lines.iter().enumerate() {
        let separator = if position == 0 { "" } else { ", " };
        write!(words, "{separator}{line}").expect("writing to a string cannot fail");
    }
    words
}
