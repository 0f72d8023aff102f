//! Whoever understands more of a call than the local rules, when there is somebody.

use baton_domain::briefing::Language;
use baton_domain::insight::Insight;
use baton_domain::transcript::Transcript;
use baton_summariser::Context;
use tokio::sync::mpsc::UnboundedReceiver;

use super::briefing_writer::Departure;

/// An analyst of calls. Nothing waits for them.
pub trait Analyst: Send + Sync {
    /// Begins to analyse; the steps end with [`AnalysisStep::Analysed`], or without it when nobody could.
    fn analyse(&self, talk: Talk) -> UnboundedReceiver<AnalysisStep>;
    /// Begins to answer; the steps end with [`AnswerStep::Answered`], or without it when nobody could.
    fn answer(&self, talk: Talk, asked: AskedAbout) -> UnboundedReceiver<AnswerStep>;
}

/// A call, for whoever is to understand it.
#[derive(Clone, Debug)]
pub struct Talk {
    /// All that was said.
    pub transcript: Transcript,
    /// Who is who.
    pub context: Context,
    /// The language to write in; `None` is the conversation's.
    pub language: Option<Language>,
    /// What the agent who hands over has typed.
    pub note: String,
    /// The briefings of earlier transfers, oldest first, as plain text.
    pub earlier: Vec<String>,
    /// Whether personal data is taken out of all of it, as the installation says.
    pub redact: bool,
    /// Nobody waits for it: it takes only what is spare.
    pub is_spare: bool,
}

/// A question about a call.
#[derive(Clone, Debug)]
pub struct AskedAbout {
    /// What was asked before, with what was answered.
    pub earlier: Vec<(String, String)>,
    /// What is asked now.
    pub question: String,
}

/// How an analysis goes on.
#[derive(Debug)]
pub enum AnalysisStep {
    /// Something is about to leave, and waits.
    Leaving(Departure),
    /// It is complete.
    Analysed(Box<Insight>),
}

/// How an answer goes on.
#[derive(Debug)]
pub enum AnswerStep {
    /// Something is about to leave, and waits.
    Leaving(Departure),
    /// As far as it is written; nothing when what came is void.
    Draft(Option<Answer>),
    /// It is complete.
    Answered(Answer),
}

/// An answer about a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Which model answers.
    pub model: String,
    /// The text, in which `[12]` names a line.
    pub text: String,
    /// The lines it names.
    pub citations: Vec<u32>,
}
