//! A question about a call, answered by a model in plain text with its lines in brackets. What is shown while it is written ends
//! with a line that was sent, so that nothing is shown that would be taken back.

use std::collections::BTreeSet;

use crate::asking::Asking;
use crate::chain::{Attempt, Chain, Sent, Task, in_background};
use crate::check::{Checker, Dropped, restored};
use crate::failure::Failure;
use crate::instructions::CHAT_TEXT;
use crate::material::Material;
use crate::prompt::Prompt;
use crate::provider::{Piece, Provider};
use crate::wire::Shape;

/// What a model says when the conversation does not tell.
const UNKNOWN: &str = "UNKNOWN";
/// And what is shown then.
const NOT_TOLD: &str = "The conversation does not tell.";
/// A longer answer is none.
const MAX_ANSWER_CHARS: usize = 4_000;

/// A question about a call.
#[derive(Clone, Debug)]
pub struct ChatTask {
    /// The call.
    pub task: Task,
    /// What was asked before, with what was answered.
    pub earlier: Vec<(String, String)>,
    /// What is asked now.
    pub question: String,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Which model.
    pub model: String,
    /// The text, in which `[12]` names a line.
    pub text: String,
    /// The lines it names.
    pub citations: Vec<u32>,
}

/// An answer while it is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatProgress {
    /// This is about to be sent to a provider.
    Sent(Sent),
    /// So far, checked.
    Draft(Answered),
    /// What came so far is void.
    StartedOver,
}

/// What became of a question.
#[derive(Clone, Debug)]
pub struct ChatOutcome {
    /// None when no model could answer, or nothing was said.
    pub answer: Option<Answered>,
    /// Every provider that was asked, in order.
    pub attempts: Vec<Attempt>,
}

impl Chain {
    /// Answers a question. `on_progress` hears it being written.
    pub async fn chat(&self, chat: ChatTask, on_progress: &mut (dyn FnMut(ChatProgress) + Send)) -> ChatOutcome {
        let ChatTask { task, earlier, question } = chat;
        let kinds = self.kinds(&task);
        let asked: Vec<String> =
            earlier.into_iter().flat_map(|(asked, answer)| [asked, answer]).chain([question]).collect();
        let material = in_background(move || Material::asking(task, kinds, &asked)).await;
        let mut attempts = Vec::new();
        if material.lines.is_empty() {
            return ChatOutcome { answer: None, attempts };
        }
        for provider in &self.providers {
            let (attempt, answer) = answer_by(provider, &material, on_progress).await;
            attempts.push(attempt);
            if answer.is_some() {
                return ChatOutcome { answer, attempts };
            }
        }
        ChatOutcome { answer: None, attempts }
    }
}

async fn answer_by(
    provider: &Provider,
    material: &Material,
    on_progress: &mut (dyn FnMut(ChatProgress) + Send),
) -> (Attempt, Option<Answered>) {
    let config = &provider.config;
    let prompt = Prompt::new(material, "question", config.limits.transcript_tokens);
    let asking = Asking::new(provider, material, &prompt, (CHAT_TEXT, Shape::Text));
    let reader =
        Reader { checker: Checker::new(material, &prompt.sent), material, sent: &prompt.sent, model: &config.model };
    let read = |text: &str| reader.answer(text);
    let (mut text, mut shown) = (String::new(), String::new());
    let mut on_piece = |piece: Piece<'_>| match piece {
        Piece::Request => on_progress(ChatProgress::Sent(asking.sent.clone())),
        Piece::Text(more) => {
            text.push_str(more);
            if let Some(draft) = reader.draft(&text).filter(|draft| draft.text.len() > shown.len()) {
                shown.clone_from(&draft.text);
                on_progress(ChatProgress::Draft(draft));
            }
        }
        Piece::Again => {
            text.clear();
            shown.clear();
            on_progress(ChatProgress::StartedOver);
        }
    };
    let (attempt, answer) = asking.ask(&read, &mut on_piece).await;
    if answer.is_none() {
        on_progress(ChatProgress::StartedOver);
    }
    (attempt, answer)
}

struct Reader<'a> {
    checker: Checker<'a>,
    material: &'a Material,
    sent: &'a BTreeSet<u32>,
    model: &'a str,
}

impl Reader<'_> {
    fn answer(&self, text: &str) -> Result<(Answered, Dropped), Failure> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Failure::Empty);
        }
        if text.trim_matches(|c: char| !c.is_alphanumeric()).eq_ignore_ascii_case(UNKNOWN) {
            return Ok((self.answered(NOT_TOLD.to_owned(), BTreeSet::new()), Dropped::default()));
        }
        if text.chars().count() > MAX_ANSWER_CHARS {
            return Err(Failure::TooLong);
        }
        let (text, citations, dropped) = self.cited(text);
        self.checked(&text, citations).map(|answer| (answer, dropped)).ok_or(Failure::Unfounded)
    }

    /// As much of an answer as ends with a line that was sent.
    fn draft(&self, text: &str) -> Option<Answered> {
        let end = text.rfind(']')? + 1;
        let (text, citations, _) = self.cited(&text[..end]);
        self.checked(text.trim(), citations)
    }

    /// Believed when it cites, and when what must be literal stands in what it cites.
    fn checked(&self, text: &str, citations: BTreeSet<u32>) -> Option<Answered> {
        if citations.is_empty() {
            return None;
        }
        let text = restored(text, self.material)?;
        let lines: Vec<u32> = citations.iter().copied().collect();
        self.checker.is_literal(&without_citations(&text), &lines).then(|| self.answered(text, citations))
    }

    fn answered(&self, text: String, citations: BTreeSet<u32>) -> Answered {
        Answered { model: self.model.to_owned(), text, citations: citations.into_iter().collect() }
    }

    /// `text` without brackets that name lines which were not sent, and the lines that it does name.
    fn cited(&self, text: &str) -> (String, BTreeSet<u32>, Dropped) {
        let (mut kept, mut citations, mut dropped) = (String::new(), BTreeSet::new(), Dropped::default());
        for piece in groups(text) {
            let Some(numbers) = numbers(piece) else {
                kept.push_str(piece);
                continue;
            };
            let known: Vec<u32> = numbers.iter().copied().filter(|number| self.sent.contains(number)).collect();
            dropped.citations += numbers.len() - known.len();
            if known.is_empty() {
                kept.truncate(kept.trim_end().len());
            } else {
                let known_words: Vec<String> = known.iter().map(u32::to_string).collect();
                kept.extend(["[", &known_words.join(", "), "]"]);
            }
            citations.extend(known);
        }
        (kept, citations, dropped)
    }
}

fn without_citations(text: &str) -> String {
    groups(text).into_iter().filter(|piece| numbers(piece).is_none()).collect()
}

/// `text` cut before each `[` and after each `]`.
fn groups(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('[') {
        let (before, group) = rest.split_at(start);
        let end = group.find(']').map_or(group.len(), |at| at + 1);
        pieces.extend([before, &group[..end]]);
        rest = &group[end..];
    }
    pieces.push(rest);
    pieces
}

/// The numbers of `[3]`, `[3, 7]` or `[line 3]`.
fn numbers(piece: &str) -> Option<Vec<u32>> {
    let inner = piece.strip_prefix('[')?.strip_suffix(']')?;
    let number = |part: &str| {
        let part = part.trim();
        part.strip_prefix("line ").or_else(|| part.strip_prefix("lines ")).unwrap_or(part).trim().parse().ok()
    };
    inner.split(',').map(number).collect()
}
