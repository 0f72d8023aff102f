//! The local summariser: a briefing from a transcript, offline and at once.

mod context;

use baton_domain::briefing::{Briefing, OpeningLine, Section, Source};
use baton_domain::transcript::Transcript;

pub use context::{AgentName, Context};

/// The briefing for one transfer, from what was said and nothing else.
pub fn brief(transcript: &Transcript, context: &Context) -> Briefing {
    let lines_read = transcript.final_lines().count();
    Briefing {
        source: Source::Local,
        language: None,
        lines_read: u32::try_from(lines_read).unwrap_or(u32::MAX),
        reason: Section::Unknown,
        tried: Section::Unknown,
        promised: Section::Unknown,
        mood: Section::Unknown,
        facts: Section::Unknown,
        to_decide: Section::Unknown,
        might_resolve: Section::Unknown,
        opening_line: OpeningLine::new(&format!("Hello {}.", context.caller_name.as_deref().unwrap_or("there")), []).expect("a greeting is short"),
    }
}
