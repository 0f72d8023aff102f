//! What a file comes to: the briefing of the local summariser, and that of a model where there is one.
//!
//! Nobody tells who in a file is whom. Where voices were told apart, the first to speak is taken for whoever answered, as in
//! calls; a single voice is the caller's.

use baton_domain::briefing::Briefing;
use baton_domain::ids::{AgentId, SegmentId};
use baton_domain::spoken_file::{SpokenFile, SpokenLine};
use baton_domain::time::Timestamp;
use baton_domain::transcript::{Segment, SegmentText, Speaker, Transcript};
use baton_summariser::{AgentName, Context, brief, brief_in};

use super::SpokenFiles;
use crate::server::error::ServiceError;
use crate::server::ports::analyst::Talk;
use crate::server::ports::briefing_writer::{Order, Step};
use crate::server::random;
use crate::server::services::insight::in_background;
use crate::server::services::text_sent::in_words;

impl SpokenFiles<'_> {
    /// Writes the summary of a file, and notes in it what leaves for that.
    pub(super) async fn summarise(&self, file: &mut SpokenFile) -> Result<(), ServiceError> {
        let (transcript, context) = material(file)?;
        let language = self.0.config.models.language.clone();
        let talk = Talk {
            transcript: transcript.clone(),
            context: context.clone(),
            language: language.clone(),
            note: String::new(),
            earlier: Vec::new(),
            // A file came by no line.
            redact: true,
            is_spare: true,
        };
        let local: Briefing = in_background(move || match &language {
            Some(language) => brief_in(&transcript, &context, language),
            None => brief(&transcript, &context),
        })
        .await;
        file.summary = Some(local.clone());
        if !self.0.writer.is_there() || file.lines.is_empty() {
            return Ok(());
        }
        let mut steps = self.0.writer.write(Order { talk, local });
        while let Some(step) = steps.recv().await {
            match step {
                Step::Leaving(departure) => {
                    file.sent_to.push(in_words(&departure.sent));
                    match self.store(file.clone()).await? {
                        Some(stored) => *file = stored,
                        // It was deleted, so nothing of it leaves.
                        None => return Ok(()),
                    }
                    departure.go();
                }
                Step::Draft(_) => {}
                Step::Written(briefing) => file.summary = Some(*briefing),
            }
        }
        Ok(())
    }
}

/// The file as a conversation.
fn material(file: &SpokenFile) -> Result<(Transcript, Context), ServiceError> {
    let speakers = speakers(&file.lines);
    let answering = if speakers.len() > 1 { speakers.first().cloned() } else { None };
    let agents: Vec<AgentName> = answering.iter().filter_map(|speaker| agent(speaker)).collect();
    let segments = file.lines.iter().filter_map(|line| {
        let is_answering = answering.is_some() && line.speaker == answering;
        let agent = agents.first().filter(|_| is_answering);
        Some(Segment {
            id: SegmentId(random::id()),
            number: line.number,
            speaker: agent.map_or(Speaker::Caller, |agent| Speaker::Agent(agent.id.clone())),
            text: SegmentText::new(&line.text).ok()?,
            started_at: Timestamp(line.from.0),
            ended_at: line.to.map(|to| Timestamp(to.0)),
            is_final: true,
        })
    });
    let transcript = Transcript::new(segments.collect()).map_err(|error| ServiceError::invalid(&error))?;
    let transferring_agent = agents.first().map(|agent| agent.name.clone()).unwrap_or_default();
    Ok((transcript, Context { caller_name: None, transferring_agent, target: None, agents }))
}

/// In the order in which they are first heard.
fn speakers(lines: &[SpokenLine]) -> Vec<String> {
    let mut speakers: Vec<String> = Vec::new();
    for speaker in lines.iter().filter_map(|line| line.speaker.as_ref()) {
        if !speakers.contains(speaker) {
            speakers.push(speaker.clone());
        }
    }
    speakers
}

fn agent(speaker: &str) -> Option<AgentName> {
    let id: AgentId = format!("speaker-{}", speaker.to_ascii_lowercase()).parse().ok()?;
    Some(AgentName { id, name: format!("Speaker {speaker}") })
}
