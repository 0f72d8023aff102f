//! What agents ask about a call, and what is answered.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::briefing::Source;
use crate::ids::AgentId;
use crate::text::plain;
use crate::time::{Span, Timestamp};

/// The longest question.
pub const MAX_CHAT_CHARS: usize = 1_000;
/// Of one call so many questions are kept; the oldest go first.
pub const MAX_TURNS: usize = 50;

/// What has no answer after so long gets none.
const GIVEN_UP: Span = Span::seconds(120);

/// A question: never empty, never longer than [`MAX_CHAT_CHARS`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ChatText(String);

/// Why a text is no question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ChatTextError {
    /// There is nothing in it.
    #[error("a question needs words")]
    Empty,
    /// It goes on and on.
    #[error("a question has at most {MAX_CHAT_CHARS} characters, this one has {chars}")]
    TooLong {
        /// How many.
        chars: usize,
    },
}

impl ChatText {
    /// Line breaks and tabs stay, other control characters go.
    pub fn new(text: &str) -> Result<Self, ChatTextError> {
        let text = plain(text);
        let text = text.trim();
        match text.chars().count() {
            0 => Err(ChatTextError::Empty),
            chars if chars > MAX_CHAT_CHARS => Err(ChatTextError::TooLong { chars }),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ChatText {
    type Error = ChatTextError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<ChatText> for String {
    fn from(text: ChatText) -> Self {
        text.0
    }
}

/// An answer, or as much of it as there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatAnswer {
    /// Who answers.
    pub source: Source,
    /// What.
    pub text: String,
    /// The lines it rests on.
    pub citations: Vec<u32>,
    /// Whether nothing more comes.
    pub is_complete: bool,
}

/// A question with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatTurn {
    /// Counts from 1 in each call.
    pub number: u32,
    /// Who asked.
    pub by: AgentId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub question: ChatText,
    /// None while nothing has come.
    pub answer: Option<ChatAnswer>,
}

impl ChatTurn {
    /// Whether more is to come.
    pub fn is_open(&self) -> bool {
        self.answer.as_ref().is_none_or(|answer| !answer.is_complete)
    }

    /// Whether nobody answers any more: the process was ended meanwhile. Then the next question may be asked.
    pub fn is_given_up(&self, now: Timestamp) -> bool {
        self.is_open() && now >= self.at.plus(GIVEN_UP)
    }
}
