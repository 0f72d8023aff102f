//! A call as long as one likes: too long to be written, and to be kept in the repository.

use std::fmt::Write;

use baton_domain::ids::{AgentId, SegmentId};
use baton_domain::time::Timestamp;
use baton_domain::transcript::{Segment, SegmentText, Speaker, Transcript};
use uuid::Uuid;

use crate::conversation::Conversation;

const SECONDS_A_LINE: i64 = 3;

/// The conversations one after the other, again and again, until there are so many lines. Numbers of four digits and more are
/// others in every round, so that nothing is said twice.
pub fn long_call(conversations: &[Conversation], lines: u32) -> Transcript {
    let said: Vec<&Segment> = conversations.iter().flat_map(|one| one.transcript.final_lines()).collect();
    let agent: AgentId = "alice".parse().expect("a valid id");
    let segments = (1..=lines).zip(said.iter().cycle()).map(|(number, line)| Segment {
        id: SegmentId(Uuid::from_u128(u128::from(number))),
        number,
        speaker: if line.speaker.is_caller() { Speaker::Caller } else { Speaker::Agent(agent.clone()) },
        text: SegmentText::new(&renumbered(line.text.as_str(), number)).expect("as long as the line it was made of"),
        started_at: Timestamp(i64::from(number) * SECONDS_A_LINE * 1_000),
        ended_at: None,
        is_final: true,
    });
    Transcript::new(segments.collect()).expect("the lines are numbered from 1")
}

fn renumbered(text: &str, number: u32) -> String {
    let mut renumbered = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| !c.is_ascii_digit()) {
        let digits = piece.trim_end_matches(|c: char| !c.is_ascii_digit());
        if digits.len() >= 4 {
            let seed = digits.parse::<u64>().unwrap_or_default() + u64::from(number) * 7_919;
            let width = digits.len();
            let modulus = 10_u64.pow(u32::try_from(width.min(18)).unwrap_or(18));
            write!(renumbered, "{:0width$}", seed % modulus).expect("writing to a string cannot fail");
        } else {
            renumbered.push_str(digits);
        }
        renumbered.push_str(&piece[digits.len()..]);
    }
    renumbered
}
