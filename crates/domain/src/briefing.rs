//! The briefing: what prepares the target of a transfer.
//!
//! Whoever writes it (the local summariser or a model), every statement cites the transcript lines it rests on, and what is not
//! known is said to be unknown: an empty section cannot be built.

mod headings;
mod text;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ids::AgentId;
use crate::text::one_line;
use crate::time::Timestamp;
use crate::transcript::Transcript;

pub use headings::first_sentence_in;
pub use text::{BriefingText, BriefingTextError, MAX_BRIEFING_TEXT_CHARS};

/// The longest statement, the first sentence included: it is read while the phone rings.
pub const MAX_STATEMENT_CHARS: usize = 400;
/// The most statements in one section, for the same reason.
pub const MAX_STATEMENTS: usize = 12;
/// The most lines one statement cites.
pub const MAX_CITATIONS: usize = 16;

/// One thing that is known, and the transcript lines that say so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "UncheckedStatement")]
pub struct Statement {
    text: String,
    citations: Vec<u32>,
}

#[derive(Deserialize)]
struct UncheckedStatement {
    text: String,
    citations: Vec<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum StatementError {
    #[error("a statement needs text")]
    Empty,
    #[error("a statement has at most {MAX_STATEMENT_CHARS} characters, this one has {chars}")]
    TooLong { chars: usize },
    #[error("a statement cites at least one line")]
    Uncited,
    #[error("a statement cites at most {MAX_CITATIONS} lines, this one cites {citations}")]
    TooManyCitations { citations: usize },
}

impl Statement {
    /// Citations are sorted, and named once each.
    pub fn new(text: &str, citations: impl IntoIterator<Item = u32>) -> Result<Self, StatementError> {
        let text = statement_text(text)?;
        let citations: Vec<u32> = citations.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        match citations.len() {
            0 => Err(StatementError::Uncited),
            1..=MAX_CITATIONS => Ok(Self { text, citations }),
            citations => Err(StatementError::TooManyCitations { citations }),
        }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The numbers of the lines it rests on: rising, and at least one.
    pub fn citations(&self) -> &[u32] {
        &self.citations
    }
}

impl TryFrom<UncheckedStatement> for Statement {
    type Error = StatementError;

    fn try_from(statement: UncheckedStatement) -> Result<Self, Self::Error> {
        Self::new(&statement.text, statement.citations)
    }
}

/// What one section of a briefing says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Statement>", into = "Vec<Statement>")]
pub enum Section {
    /// The conversation does not say. On the wire: an empty list.
    #[default]
    Unknown,
    /// Never empty.
    Known(Vec<Statement>),
}

impl Section {
    pub fn statements(&self) -> &[Statement] {
        match self {
            Self::Unknown => &[],
            Self::Known(statements) => statements,
        }
    }

    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }
}

/// No statements are `Unknown`; of too many, the first are kept.
impl From<Vec<Statement>> for Section {
    fn from(mut statements: Vec<Statement>) -> Self {
        statements.truncate(MAX_STATEMENTS);
        if statements.is_empty() { Self::Unknown } else { Self::Known(statements) }
    }
}

impl From<Section> for Vec<Statement> {
    fn from(section: Section) -> Self {
        match section {
            Section::Unknown => Self::new(),
            Section::Known(statements) => statements,
        }
    }
}

impl FromIterator<Statement> for Section {
    fn from_iter<I: IntoIterator<Item = Statement>>(statements: I) -> Self {
        statements.into_iter().collect::<Vec<_>>().into()
    }
}

/// The first sentence the target may say. It rests on lines too, except when nothing was said yet: then it only greets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "UncheckedStatement")]
pub struct OpeningLine {
    text: String,
    citations: Vec<u32>,
}

impl OpeningLine {
    pub fn new(text: &str, citations: impl IntoIterator<Item = u32>) -> Result<Self, StatementError> {
        let text = statement_text(text)?;
        let citations: Vec<u32> =
            citations.into_iter().collect::<BTreeSet<_>>().into_iter().take(MAX_CITATIONS).collect();
        Ok(Self { text, citations })
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn citations(&self) -> &[u32] {
        &self.citations
    }
}

impl TryFrom<UncheckedStatement> for OpeningLine {
    type Error = StatementError;

    fn try_from(line: UncheckedStatement) -> Result<Self, Self::Error> {
        Self::new(&line.text, line.citations)
    }
}

/// Who wrote a briefing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// The summariser inside the server: offline, extractive, always there.
    Local,
    Model {
        name: String,
    },
}

/// A language by its BCP 47 tag, like `en` or `pt-BR`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a language is a tag like `en` or `pt-BR`")]
pub struct LanguageError;

impl Language {
    pub fn new(tag: &str) -> Result<Self, LanguageError> {
        let primary = tag.split('-').next().unwrap_or_default();
        let well_formed = tag.len() <= 35
            && (2..=3).contains(&primary.len())
            && primary.bytes().all(|b| b.is_ascii_alphabetic())
            && tag
                .split('-')
                .skip(1)
                .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
        if well_formed { Ok(Self(tag.to_owned())) } else { Err(LanguageError) }
    }

    pub fn english() -> Self {
        Self("en".to_owned())
    }

    pub fn tag(&self) -> &str {
        &self.0
    }

    /// Without region and script, in small letters: `pt` of `pt-BR`.
    pub fn primary(&self) -> String {
        self.0.split('-').next().unwrap_or_default().to_ascii_lowercase()
    }

    pub fn is_english(&self) -> bool {
        self.primary() == "en"
    }
}

impl TryFrom<String> for Language {
    type Error = LanguageError;

    fn try_from(tag: String) -> Result<Self, Self::Error> {
        Self::new(&tag)
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

/// What prepares the target: eight short answers, each with its proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Briefing {
    pub source: Source,
    /// The caller's language; `None` when too little was said to tell.
    pub language: Option<Language>,
    /// The language of what nobody said: headings, and the words around quotations. `None` is English.
    #[serde(default)]
    pub written_in: Option<Language>,
    /// How many final lines there were when it was written: more lines since mean that it is behind.
    pub lines_read: u32,
    pub reason: Section,
    pub tried: Section,
    pub promised: Section,
    pub mood: Section,
    pub facts: Section,
    pub to_decide: Section,
    pub might_resolve: Section,
    pub opening_line: OpeningLine,
}

/// The sections in the order in which they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionKind {
    Reason,
    Tried,
    Promised,
    Mood,
    Facts,
    ToDecide,
    MightResolve,
}

impl SectionKind {
    pub fn title(self) -> &'static str {
        match self {
            Self::Reason => "Who calls and why",
            Self::Tried => "Already tried",
            Self::Promised => "Promised",
            Self::Mood => "Mood",
            Self::Facts => "Facts",
            Self::ToDecide => "To decide",
            Self::MightResolve => "Might resolve it",
        }
    }

    /// What is shown when the section is unknown.
    pub fn unknown(self) -> &'static str {
        match self {
            Self::Reason => "Not said yet",
            Self::Tried => "Nothing was mentioned",
            Self::Promised => "No promise was heard",
            Self::Mood => "Cannot be told",
            Self::Facts => "No numbers, names or dates were heard",
            Self::ToDecide => "No open question was heard",
            Self::MightResolve => "No way was suggested yet",
        }
    }
}

/// A statement names a line that the transcript does not have, or that may still change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the briefing cites line {number}, which is not a final line of the transcript")]
pub struct UnfoundedCitation {
    pub number: u32,
}

impl Briefing {
    pub fn sections(&self) -> [(SectionKind, &Section); 7] {
        [
            (SectionKind::Reason, &self.reason),
            (SectionKind::Tried, &self.tried),
            (SectionKind::Promised, &self.promised),
            (SectionKind::Mood, &self.mood),
            (SectionKind::Facts, &self.facts),
            (SectionKind::ToDecide, &self.to_decide),
            (SectionKind::MightResolve, &self.might_resolve),
        ]
    }

    /// Whether every cited line is there. A model's briefing that fails this is not shown.
    pub fn check_citations(&self, transcript: &Transcript) -> Result<(), UnfoundedCitation> {
        let statements = self.sections().into_iter().flat_map(|(_, section)| section.statements());
        let cited = statements.flat_map(Statement::citations).chain(self.opening_line.citations());
        for &number in cited {
            if !transcript.line(number).is_some_and(|line| line.is_final) {
                return Err(UnfoundedCitation { number });
            }
        }
        Ok(())
    }

    /// Whether the conversation told anything at all.
    pub fn is_blank(&self) -> bool {
        self.sections().into_iter().all(|(_, section)| section.is_unknown())
    }
}

/// A transferring agent's own wording, shown instead of what was generated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BriefingEdit {
    pub text: BriefingText,
    pub by: AgentId,
    pub at: Timestamp,
}

/// What a transfer keeps: the briefing, and beside it the agent's edit, so that neither a late model nor the edit hides the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreparedBriefing {
    pub generated: Briefing,
    pub edit: Option<BriefingEdit>,
}

impl PreparedBriefing {
    pub fn plain_text(&self) -> String {
        self.edit.as_ref().map_or_else(|| self.generated.plain_text(), |edit| edit.text.as_str().to_owned())
    }
}

fn statement_text(text: &str) -> Result<String, StatementError> {
    let text = one_line(text);
    let chars = text.chars().count();
    match chars {
        0 => Err(StatementError::Empty),
        1..=MAX_STATEMENT_CHARS => Ok(text),
        _ => Err(StatementError::TooLong { chars }),
    }
}

#[cfg(test)]
mod tests;
