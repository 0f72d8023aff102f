//! Conversations to brief from, written as they are spoken.

use baton_domain::briefing::{Briefing, Section};
use baton_domain::ids::SegmentId;
use baton_domain::time::Timestamp;
use baton_domain::transcript::{Segment, SegmentText, Speaker, Transcript};
use baton_summariser::{AgentName, Context};
use uuid::Uuid;

/// Carol called, Alice hands over, Bob takes over.
pub fn context() -> Context {
    Context {
        caller_name: Some("Carol".to_owned()),
        agents: vec![AgentName { id: "alice".parse().expect("a valid id"), name: "Alice".to_owned() }],
        transferring_agent: "Alice".to_owned(),
        target: Some("Bob".to_owned()),
    }
}

/// One final line for each; "C: " is the caller, everything else Alice.
pub fn transcript(lines: &[&str]) -> Transcript {
    let segments = lines.iter().zip(1..).map(|(line, number)| segment(number, line)).collect();
    Transcript::new(segments).expect("a valid transcript")
}

pub fn segment(number: u32, line: &str) -> Segment {
    let (speaker, text) = match line.strip_prefix("C: ") {
        Some(text) => (Speaker::Caller, text),
        None => (Speaker::Agent("alice".parse().expect("a valid id")), line),
    };
    Segment {
        id: SegmentId(Uuid::from_u128(u128::from(number))),
        number,
        speaker,
        text: SegmentText::new(text).expect("a valid text"),
        started_at: Timestamp(i64::from(number) * 3_000),
        ended_at: None,
        is_final: true,
    }
}

pub fn brief(lines: &[&str]) -> Briefing {
    baton_summariser::brief(&transcript(lines), &context())
}

/// Every statement with the lines it cites.
pub fn statements(section: &Section) -> Vec<(&str, &[u32])> {
    section.statements().iter().map(|statement| (statement.text(), statement.citations())).collect()
}
