//! Answers a question about a call without understanding it: finds the lines that have its words, and the sections that it asks
//! for by name.

use std::collections::{BTreeSet, HashSet};

use baton_domain::transcript::Transcript;

use crate::context::Context;
use crate::conversation::{Conversation, Sentence, plain};
use crate::cues::Phrases;
use crate::key::KeyWords;
use crate::language::{self, Tongue};
use crate::mood;
use crate::{reason, sections};

/// More lines than this are a transcript, not an answer.
const MAX_LINES: usize = 4;
/// Words that ask for what a section holds; a question with one of them is answered by that section.
const ASKED_FOR: [(Topic, &[&str]); 5] = [
    (Topic::Promised, &["promise", "promised", "commit", "versprochen", "zugesagt", "prometido", "promis"]),
    (Topic::Tried, &["tried", "attempted", "versucht", "probiert", "intentado", "essayé"]),
    (Topic::Mood, &["mood", "feel", "feels", "feeling", "upset", "angry", "stimmung", "humor", "humeur"]),
    (Topic::ToDecide, &["open", "decide", "undecided", "unanswered", "offen", "pendiente", "décider"]),
    (Topic::Reason, &["why", "reason", "about", "problem", "warum", "worum", "grund", "motivo", "pourquoi", "raison"]),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Topic {
    Promised,
    Tried,
    Mood,
    ToDecide,
    Reason,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// `Line 12, Carol: “…”`, one a line. Empty when nothing was found.
    pub text: String,
    /// The lines.
    pub citations: Vec<u32>,
}

/// Looks for what `question` asks.
pub fn search(question: &str, transcript: &Transcript, context: &Context) -> Found {
    let conversation = Conversation::new(transcript, context);
    let tongue = language::of(&conversation);
    let phrases = language::phrases(&conversation, &tongue);
    let asked = plain(question);
    let by_words = by_words(&asked, &conversation, &tongue);
    let mut lines = if by_words.is_empty() { by_topic(&asked, &conversation, &tongue, &phrases) } else { by_words };
    lines.dedup();
    told(&lines, &conversation)
}

/// The lines that share the most, and the rarest, meaningful words with the question.
fn by_words(asked: &str, conversation: &Conversation<'_>, tongue: &Tongue) -> Vec<u32> {
    let words = KeyWords::of(conversation, tongue);
    let wanted: HashSet<String> = words.stems_of(asked).collect();
    // A name of one who speaks stands before each of their lines; as a word it tells nothing.
    let topics: HashSet<&str> = ASKED_FOR.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    let is_topic = asked.split(|c: char| !c.is_alphanumeric()).any(|word| topics.contains(word));
    let mut found: Vec<(usize, &Sentence<'_>)> = conversation
        .sentences
        .iter()
        .filter_map(|sentence| {
            let shared = words.stems_of(&sentence.plain).collect::<HashSet<_>>().intersection(&wanted).count();
            (shared > 0).then_some((shared, sentence))
        })
        .collect();
    let best = found.iter().map(|(shared, _)| *shared).max().unwrap_or_default();
    // One word of several in common is chance, unless the question has no more.
    if best * 2 < wanted.len().min(4) || (is_topic && best < 2) {
        return Vec::new();
    }
    found.retain(|(shared, _)| *shared == best);
    let latest: BTreeSet<u32> = found.iter().rev().map(|(_, sentence)| sentence.line).take(MAX_LINES).collect();
    latest.into_iter().collect()
}

fn by_topic(asked: &str, conversation: &Conversation<'_>, tongue: &Tongue, phrases: &Phrases) -> Vec<u32> {
    let words: HashSet<&str> = asked.split(|c: char| !c.is_alphanumeric()).collect();
    let topic = ASKED_FOR.iter().find(|(_, names)| names.iter().any(|name| words.contains(name)));
    let Some((topic, _)) = topic else { return Vec::new() };
    let section = match topic {
        Topic::Promised => sections::promised(conversation, phrases),
        Topic::Tried => sections::tried(conversation, phrases),
        Topic::Mood => mood::section(conversation, phrases),
        Topic::ToDecide => sections::to_decide(conversation, phrases),
        Topic::Reason => reason::section(&reason::find(conversation, tongue, phrases)),
    };
    let lines: BTreeSet<u32> = section.statements().iter().flat_map(|said| said.citations().iter().copied()).collect();
    let skipped = lines.len().saturating_sub(MAX_LINES);
    lines.into_iter().skip(skipped).collect()
}

fn told(lines: &[u32], conversation: &Conversation<'_>) -> Found {
    let found = conversation.lines.iter().filter(|line| lines.contains(&line.number));
    let told: Vec<String> = found.map(|line| format!("Line {}, {}: “{}”", line.number, line.name, line.text)).collect();
    Found { text: told.join("\n"), citations: lines.to_vec() }
}
