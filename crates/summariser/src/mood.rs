//! How the caller sounds, by their own words.
//!
//! VADER's lexicon alone calls every broken router sad, so it only confirms what a word of feeling says; and the sentence stands
//! beside the judgement, so that whoever reads it can disagree.

use std::sync::LazyLock;

use baton_domain::briefing::{MAX_CITATIONS, Section, Statement};
use vader_sentimental::SentimentIntensityAnalyzer;

use crate::conversation::{Conversation, Sentence};
use crate::cues::{Cue, Phrases};

/// VADER's own thresholds are ±0.05; these leave a doubt to the calm side.
const UNPLEASANT: f64 = -0.2;
const PLEASANT: f64 = 0.4;
/// Upset without any word of feeling takes very strong words.
const VERY_UNPLEASANT: f64 = -0.75;
/// From so many sentences on, the absence of strong words says something.
const ENOUGH_SENTENCES: usize = 4;

static VADER: LazyLock<SentimentIntensityAnalyzer<'static>> = LazyLock::new(SentimentIntensityAnalyzer::new);

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Upset,
    Worried,
    Pleased,
}

/// Loads the lexicon now instead of at its first use.
pub fn compile() {
    LazyLock::force(&VADER);
}

pub fn section(conversation: &Conversation<'_>, phrases: &Phrases) -> Section {
    let felt: Vec<_> =
        conversation.by_caller().filter_map(|sentence| Some((of_sentence(sentence, phrases)?, sentence))).collect();
    let first_upset = felt.iter().find(|(mood, _)| *mood == Mood::Upset);
    let last_upset = felt.iter().rfind(|(mood, _)| *mood == Mood::Upset);
    let worried = felt.iter().rfind(|(mood, _)| *mood == Mood::Worried);
    let pleased = felt.iter().rfind(|(mood, _)| *mood == Mood::Pleased);
    let mut found: Vec<_> = [first_upset, last_upset, worried, pleased].into_iter().flatten().collect();
    found.sort_by_key(|(_, sentence)| sentence.line);
    found.dedup_by_key(|(_, sentence)| (sentence.line, sentence.text.as_str()));
    if found.is_empty() {
        return calm(conversation);
    }
    found.into_iter().filter_map(|(mood, sentence)| stated(*mood, sentence)).collect()
}

/// What a sentence tells of the caller's mood, when it tells it.
pub fn of_sentence(sentence: &Sentence<'_>, phrases: &Phrases) -> Option<Mood> {
    let says = |cue| phrases.say(cue, sentence);
    if says(Cue::Aside) {
        return None;
    }
    let negated = says(Cue::Not);
    let feeling = VADER.polarity_scores(&sentence.text).compound;
    // The lexicon is English: of other languages it knows nothing, and a word of feeling has to do.
    let (unpleasant, pleasant) =
        if phrases.know_english() { (feeling <= UNPLEASANT, feeling >= PLEASANT) } else { (!negated, true) };
    let upset = says(Cue::Upset) && unpleasant || says(Cue::Outraged) && !negated;
    if upset || phrases.know_english() && feeling <= VERY_UNPLEASANT {
        Some(Mood::Upset)
    } else if says(Cue::Worried) && !negated {
        Some(Mood::Worried)
    } else if says(Cue::Pleased) && !negated && pleasant {
        Some(Mood::Pleased)
    } else {
        None
    }
}

fn stated(mood: Mood, sentence: &Sentence<'_>) -> Option<Statement> {
    let sounds = match mood {
        Mood::Upset => "Sounds upset",
        Mood::Worried => "Sounds worried or pressed for time",
        Mood::Pleased => "Sounds pleased",
    };
    Statement::new(&format!("{sounds}. {}", sentence.quote()), [sentence.line]).ok()
}

fn calm(conversation: &Conversation<'_>) -> Section {
    if conversation.by_caller().count() < ENOUGH_SENTENCES {
        return Section::Unknown;
    }
    let mut lines: Vec<u32> = conversation.by_caller().rev().map(|sentence| sentence.line).collect();
    lines.dedup();
    lines.truncate(MAX_CITATIONS);
    Statement::new("No strong words so far", lines).into_iter().collect()
}
