//! Whoever writes briefings.

use std::error::Error;

use baton_domain::briefing::Briefing;
use baton_domain::transcript::Transcript;
use baton_summariser::Context;

/// Writes a briefing from a transcript. A provider's waits for its answer here; its failures are counted, not thrown.
pub trait Briefer {
    /// What the report calls it.
    fn name(&self) -> &str;

    /// The briefing, or why there is none.
    fn brief(&self, transcript: &Transcript, context: &Context) -> Result<Briefing, Box<dyn Error>>;
}

/// The summariser inside the server.
#[derive(Debug)]
pub struct Local;

impl Briefer for Local {
    fn name(&self) -> &'static str {
        "local summariser"
    }

    fn brief(&self, transcript: &Transcript, context: &Context) -> Result<Briefing, Box<dyn Error>> {
        Ok(baton_summariser::brief(transcript, context))
    }
}
