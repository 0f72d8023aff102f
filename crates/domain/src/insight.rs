//! What the agent sees of a call while it goes on: how the caller feels, what they want, what matters, what is to be done, what
//! might be said next, and what was asked about it.
//!
//! As in a briefing, whatever is claimed names the lines it rests on; the browser and the server compile the same rules.

mod carry_on;
mod chat;
mod mood;

use serde::{Deserialize, Serialize};

use crate::briefing::{OpeningLine, Section, Source, Statement};
use crate::ids::AgentId;
use crate::time::Timestamp;

pub use chat::{ChatAnswer, ChatText, ChatTextError, ChatTurn, MAX_CHAT_CHARS, MAX_TURNS};
pub use mood::{MoodCurve, MoodLevel, MoodPoint, MoodWord};

/// More suggestions than this are no help in the middle of a sentence.
pub const MAX_REPLIES: usize = 4;

/// What a call comes to so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insight {
    /// Who wrote it.
    pub source: Source,
    /// How many final lines were read.
    pub lines_read: u32,
    /// How the caller feels, line by line.
    pub mood: MoodCurve,
    /// What the caller wants.
    pub intent: Section,
    /// What whoever joins now must know.
    pub key_points: Section,
    /// What somebody has to do.
    pub actions: Section,
    /// What might be said next.
    pub replies: Vec<SuggestedReply>,
}

impl Insight {
    /// Whether there is anything to show.
    pub fn is_blank(&self) -> bool {
        self.mood.points().is_empty()
            && self.intent.is_unknown()
            && self.key_points.is_unknown()
            && self.actions.is_unknown()
            && self.replies.is_empty()
    }
}

/// A sentence that the agent might say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuggestedReply {
    /// The words, with the lines they answer: like a briefing's first sentence, they may rest on none.
    pub words: OpeningLine,
    /// Why now.
    pub why: ReplyReason,
}

/// Why something might be said now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyReason {
    /// Somebody is in danger.
    Danger,
    /// The caller asked, and nobody answered.
    OpenQuestion,
    /// The caller is upset, and nobody has said a word to it.
    Upset,
    /// Something was promised: said once more, it is remembered by both.
    Promise,
    /// It was not asked yet what the caller has tried.
    NothingTried,
    /// A model found it fitting.
    Fitting,
}

impl ReplyReason {
    /// The words on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Danger => "Danger was mentioned",
            Self::OpenQuestion => "Open question",
            Self::Upset => "The caller is upset",
            Self::Promise => "Repeat the promise",
            Self::NothingTried => "Not asked yet",
            Self::Fitting => "Fits now",
        }
    }
}

/// An action item that an agent has ticked off. The item itself is kept with it: a later analysis may word it otherwise, or
/// mention it no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// What was done.
    pub item: Statement,
    /// Who says so.
    pub by: AgentId,
    /// When.
    pub at: Timestamp,
}

impl Tick {
    /// Whether it is this item that was done: the same words, or other words for the same lines.
    pub fn is_of(&self, item: &Statement) -> bool {
        same_words(&self.item, item) || (self.item.citations() == item.citations() && !is_quoted(item))
    }
}

/// Quotations are word for word, and so two of them from one line are two items.
fn is_quoted(item: &Statement) -> bool {
    item.text().contains('“')
}

fn same_words(left: &Statement, right: &Statement) -> bool {
    left.text().to_lowercase() == right.text().to_lowercase()
}

/// One row of the list of things to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionItem {
    /// What.
    pub item: Statement,
    /// Who has done it, if somebody has.
    pub done: Option<AgentId>,
}

/// All that is kept of a call for its agents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallInsight {
    /// The newest analysis; none before anything was said.
    pub analysis: Option<Insight>,
    /// What was ticked off, oldest first.
    #[serde(default)]
    pub ticks: Vec<Tick>,
    /// What was asked about the call, oldest first.
    #[serde(default)]
    pub chat: Vec<ChatTurn>,
}

impl CallInsight {
    /// What is to be done, and what was done: what is open first, then what is done. Nothing stands there twice, though a model may
    /// say it twice.
    pub fn action_items(&self) -> Vec<ActionItem> {
        let found = self.analysis.as_ref().map_or(&[][..], |analysis| analysis.actions.statements());
        let is_done = |item: &&Statement| self.ticks.iter().any(|tick| tick.is_of(item));
        let is_first = |at: usize, item: &Statement| found[..at].iter().all(|known| known.text() != item.text());
        let open = found.iter().enumerate().filter(|(at, item)| !is_done(item) && is_first(*at, item));
        let open = open.map(|(_, item)| ActionItem { item: item.clone(), done: None });
        let done = self.ticks.iter().map(|tick| ActionItem { item: tick.item.clone(), done: Some(tick.by.clone()) });
        open.chain(done).collect()
    }

    /// Takes in one change.
    pub fn apply(&mut self, change: InsightChange) {
        match change {
            InsightChange::Analysed { analysis } => self.analysis = Some(*analysis),
            InsightChange::Ticked { ticks } => self.ticks = ticks,
            InsightChange::Chatted { turn } => match self.chat.iter_mut().find(|known| known.number == turn.number) {
                Some(known) => *known = *turn,
                None => self.chat.push(*turn),
            },
        }
    }
}

/// A change of what is kept of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum InsightChange {
    /// It was analysed anew.
    Analysed {
        /// All of it.
        analysis: Box<Insight>,
    },
    /// Something was ticked off, or is open again.
    Ticked {
        /// All that is ticked off.
        ticks: Vec<Tick>,
    },
    /// Something was asked, or an answer goes on.
    Chatted {
        /// The question with what is answered so far.
        turn: Box<ChatTurn>,
    },
}

#[cfg(test)]
mod tests;
