//! How the caller feels, line by line: a word of feeling moves the curve, and what is said calmly lets it come back slowly.
//!
//! The judgement is `mood`'s, where VADER's English lexicon only confirms what a word of feeling says.

use baton_domain::insight::{MoodCurve, MoodLevel, MoodPoint};

use crate::conversation::{Conversation, Sentence};
use crate::cues::Phrases;
use crate::mood::{self, Mood};

/// How much of the mood before is left after a calm line.
const MEMORY: f64 = 0.75;
/// How far a word of feeling takes the mood towards itself.
const PULL: f64 = 0.7;
/// A change that is worth a look at the line.
const MOVE: i64 = 15;

pub fn of(conversation: &Conversation<'_>, phrases: &Phrases) -> MoodCurve {
    let mut points = Vec::new();
    let mut level = 0.0_f64;
    let mut sentences = conversation.by_caller().peekable();
    while let Some(first) = sentences.next() {
        let mut felt = felt_in(first, phrases);
        // One point a line: its strongest words.
        while let Some(next) = sentences.next_if(|next| next.line == first.line) {
            felt = stronger(felt, felt_in(next, phrases));
        }
        let before = rounded(level);
        level = match felt {
            Some(felt) => level + (felt - level) * PULL,
            None => level * MEMORY,
        };
        let now = rounded(level);
        let moved = felt.is_some() && (now - before).abs() >= MOVE;
        points.push(MoodPoint { line: first.line, level: MoodLevel::new(now), moved });
    }
    MoodCurve::from(points)
}

fn felt_in(sentence: &Sentence<'_>, phrases: &Phrases) -> Option<f64> {
    if phrases.are_none() {
        return None;
    }
    mood::of_sentence(sentence, phrases).map(|mood| match mood {
        Mood::Upset => -85.0,
        Mood::Worried => -45.0,
        Mood::Pleased => 65.0,
    })
}

fn stronger(left: Option<f64>, right: Option<f64>) -> Option<f64> {
    match (left, right) {
        (Some(left), Some(right)) => Some(if right.abs() > left.abs() { right } else { left }),
        (one, other) => one.or(other),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "between -100 and 100")]
fn rounded(level: f64) -> i64 {
    level.round() as i64
}
