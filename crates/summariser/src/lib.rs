//! The local summariser: a briefing from a transcript, offline and at once.
//!
//! It only quotes. Every statement is a sentence that somebody said, or a number, name or date out of one, with the line it
//! stands in; it never concludes, so it cannot invent. What it looks for (a request, a promise, an open question) it finds by
//! turns of phrase, which it knows for English, German, Spanish and French. In other languages it keeps to what needs no phrases:
//! key sentences and facts.

mod context;
mod conversation;
mod cues;
mod facts;
mod insight;
mod key;
mod language;
mod mood;
mod opening;
mod own_words;
mod reason;
mod sections;

use baton_domain::briefing::{Briefing, Language, Section, Source};
use baton_domain::transcript::Transcript;

pub use context::{AgentName, Context};
pub use insight::{Found, analyse, search};
pub use own_words::brief_in;

use crate::conversation::Conversation;
use crate::cues::Phrases;

/// The briefing for one transfer, from what was said and nothing else. Interim lines are not read: they may still change.
pub fn brief(transcript: &Transcript, context: &Context) -> Briefing {
    let conversation = Conversation::new(transcript, context);
    let tongue = language::of(&conversation);
    let spoken = language::phrases(&conversation, &tongue);
    let phrases = |find: fn(&Conversation<'_>, &Phrases) -> Section| {
        if spoken.are_none() { Section::Unknown } else { find(&conversation, &spoken) }
    };
    let reasons = reason::find(&conversation, &tongue, &spoken);
    let reason = reason::section(&reasons);
    let tried = phrases(sections::tried);
    let promised = phrases(sections::promised);
    let mood = phrases(mood::section);
    let to_decide = phrases(sections::to_decide);
    let stated = [&reason, &tried, &promised, &mood, &to_decide];
    let lines_read = transcript.final_lines().count();
    Briefing {
        source: Source::Local,
        lines_read: u32::try_from(lines_read).unwrap_or(u32::MAX),
        opening_line: opening::line(reasons.first(), &tongue, &spoken, context),
        facts: facts::section(&conversation, &spoken, &stated, context),
        reason,
        tried,
        promised,
        mood,
        to_decide,
        might_resolve: phrases(sections::might_resolve),
        language: tongue.language(),
        written_in: None,
    }
}

/// The language a text is written in, when it is long and clear enough to tell.
pub fn detect_language(text: &str) -> Option<Language> {
    language::of_text(text).language()
}

/// Gets ready what the first briefing would otherwise wait for: some ten milliseconds of compiling patterns and word lists.
pub fn warm_up() {
    cues::compile();
    facts::compile();
    mood::compile();
    baton_redaction::warm_up();
}
