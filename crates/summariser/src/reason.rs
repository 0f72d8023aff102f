//! Why the caller calls: the sentences in which they say what they need or what is wrong.

use baton_domain::briefing::Section;

use crate::conversation::{Conversation, Sentence};
use crate::cues;
use crate::key::KeyWords;
use crate::language::Tongue;

/// Who takes over reads this while it rings.
const MAX_SENTENCES: usize = 3;
/// What weighs as much as being said in the first breath.
const CUE: f64 = 3.0;
/// In how many of the caller's sentences the reason usually falls.
const EARLY: u32 = 6;
const MIN_WORDS: usize = 2;

/// The sentences that say it best, in the order in which they were said; the first is the one to begin with.
pub fn find<'c, 'a>(conversation: &'c Conversation<'a>, tongue: &Tongue) -> Vec<&'c Sentence<'a>> {
    let key_words = KeyWords::of(conversation, tongue);
    let mut scored: Vec<_> = conversation
        .by_caller()
        .filter(|sentence| key_words.count(sentence) >= MIN_WORDS || needs(sentence, tongue))
        .zip(0..)
        .map(|(sentence, position)| (score(sentence, position, &key_words, tongue), position, sentence))
        .collect();
    if scored.iter().any(|&(score, ..)| score >= CUE) {
        scored.retain(|&(score, ..)| score >= CUE);
    }
    scored.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(&right.1)));
    scored.truncate(MAX_SENTENCES);
    scored.sort_by_key(|&(_, position, _)| position);
    scored.into_iter().map(|(.., sentence)| sentence).collect()
}

pub fn section(reason: &[&Sentence<'_>]) -> Section {
    reason.iter().filter_map(|sentence| sentence.statement()).collect()
}

fn score(sentence: &Sentence<'_>, position: u32, key_words: &KeyWords, tongue: &Tongue) -> f64 {
    let beside = tongue.has_phrases() && (cues::SMALL_TALK.is_match(&sentence.plain) || cues::is_question(sentence));
    let early = f64::from(EARLY.saturating_sub(position)) / f64::from(EARLY);
    let cue = if needs(sentence, tongue) { CUE } else { 0.0 };
    // Half a cue off: a question asks for a part, it rarely says the whole.
    cue + 2.0 * early + 0.5 * key_words.weight(sentence) - if beside { CUE / 2.0 } else { 0.0 }
}

fn needs(sentence: &Sentence<'_>, tongue: &Tongue) -> bool {
    tongue.has_phrases() && cues::NEED.is_match(&sentence.plain)
}
