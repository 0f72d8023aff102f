//! Why the caller calls: the sentences in which they say what they need or what is wrong.

use baton_domain::briefing::Section;

use crate::conversation::{Conversation, Sentence};
use crate::cues::{Cue, Phrases};
use crate::key::KeyWords;
use crate::language::Tongue;

/// Who takes over reads this while it rings.
const MAX_SENTENCES: usize = 3;
/// What weighs as much as being said in the first breath.
const CUE: f64 = 3.0;
/// In how many of the caller's sentences the reason usually falls.
const EARLY: u32 = 6;
const MIN_WORDS: usize = 2;
/// What somebody's danger weighs, whenever it is said: more than everything else together.
const EMERGENCY: f64 = 10.0;
/// In danger, more has to be known at once.
const MAX_EMERGENCY_SENTENCES: usize = 6;

/// The sentences that say it best, in the order in which they were said, but danger first; the first is the one to begin with.
pub fn find<'c, 'a>(conversation: &'c Conversation<'a>, tongue: &Tongue, phrases: &Phrases) -> Vec<&'c Sentence<'a>> {
    let key_words = KeyWords::of(conversation, tongue);
    let worth = |sentence: &&Sentence<'_>| {
        let says = |cue| phrases.say(cue, sentence);
        !says(Cue::Aside) && (key_words.count(sentence) >= MIN_WORDS || says(Cue::Need) || says(Cue::Emergency))
    };
    let candidates = conversation.by_caller().filter(worth).zip(0..);
    let mut scored: Vec<_> = candidates
        .map(|(sentence, position)| (score(sentence, position, &key_words, phrases), position, sentence))
        .collect();
    if scored.iter().any(|&(score, ..)| score >= CUE) {
        scored.retain(|&(score, ..)| score >= CUE);
    }
    scored.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(&right.1)));
    let dangers = scored.iter().take_while(|&&(score, ..)| score >= EMERGENCY).count();
    scored.truncate(MAX_SENTENCES.max(dangers).min(MAX_EMERGENCY_SENTENCES));
    scored.sort_by_key(|&(score, position, _)| (score < EMERGENCY, position));
    scored.into_iter().map(|(.., sentence)| sentence).collect()
}

pub fn section(reason: &[&Sentence<'_>]) -> Section {
    reason.iter().filter_map(|sentence| sentence.statement()).collect()
}

fn score(sentence: &Sentence<'_>, position: u32, key_words: &KeyWords, phrases: &Phrases) -> f64 {
    let beside = phrases.say(Cue::SmallTalk, sentence) || phrases.ask(sentence);
    let early = f64::from(EARLY.saturating_sub(position)) / f64::from(EARLY);
    let cue = if phrases.say(Cue::Need, sentence) { CUE } else { 0.0 };
    let danger = if phrases.say(Cue::Emergency, sentence) { EMERGENCY } else { 0.0 };
    // Half a cue off: a question asks for a part, it rarely says the whole.
    danger + cue + 2.0 * early + 0.5 * key_words.weight(sentence) - if beside { CUE / 2.0 } else { 0.0 }
}
