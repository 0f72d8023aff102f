//! The local summariser: a briefing from a transcript, offline and at once.
//!
//! It only quotes. Every statement is a sentence that somebody said, or a number, name or date out of one, with the line it
//! stands in; it never concludes, so it cannot invent. What it looks for (a request, a promise, an open question) it finds by
//! turns of phrase, which it knows for English. In other languages it keeps to what needs no phrases: key sentences and facts.

mod context;
mod conversation;
mod cues;
mod facts;
mod key;
mod language;
mod mood;
mod opening;
mod reason;
mod sections;

use baton_domain::briefing::{Briefing, Language, Section, Source};
use baton_domain::transcript::Transcript;

pub use context::{AgentName, Context};

use crate::conversation::Conversation;

/// The briefing for one transfer, from what was said and nothing else. Interim lines are not read: they may still change.
pub fn brief(transcript: &Transcript, context: &Context) -> Briefing {
    let conversation = Conversation::new(transcript, context);
    let tongue = language::of(&conversation);
    let has_phrases = tongue.has_phrases();
    let phrases =
        |find: fn(&Conversation<'_>) -> Section| if has_phrases { find(&conversation) } else { Section::Unknown };
    let reason = reason::find(&conversation, &tongue);
    let lines_read = transcript.final_lines().count();
    Briefing {
        source: Source::Local,
        lines_read: u32::try_from(lines_read).unwrap_or(u32::MAX),
        opening_line: opening::line(reason.first(), &tongue, context),
        reason: reason::section(&reason),
        tried: phrases(sections::tried),
        promised: phrases(sections::promised),
        mood: phrases(mood::section),
        facts: facts::section(&conversation, context),
        to_decide: phrases(sections::to_decide),
        might_resolve: phrases(sections::might_resolve),
        language: tongue.language(),
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
}
