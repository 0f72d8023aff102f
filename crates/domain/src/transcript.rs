//! All that was said in a call, line by line.
//!
//! A line's number is what a briefing cites, so it never changes: an interim line is replaced by its final one under the same
//! number, and a final line stays as it is.

pub mod export;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ids::{AgentId, CallId, SegmentId, TransferId};
use crate::text::one_line;
use crate::time::Timestamp;

/// The longest line that is kept; speech recognition ends a line long before.
pub const MAX_SEGMENT_CHARS: usize = 2_000;
/// The longest transcript of one call: some twenty hours of talk.
pub const MAX_SEGMENTS: usize = 20_000;

/// Who said a line.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Speaker {
    Caller,
    Agent(AgentId),
}

impl Speaker {
    pub fn is_caller(&self) -> bool {
        matches!(self, Self::Caller)
    }

    /// The agent, if it is one.
    pub fn agent(&self) -> Option<&AgentId> {
        match self {
            Self::Caller => None,
            Self::Agent(agent) => Some(agent),
        }
    }
}

/// What was said in one line: never empty, never longer than [`MAX_SEGMENT_CHARS`], free of line breaks and control characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SegmentText(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SegmentTextError {
    #[error("a transcript line needs text")]
    Empty,
    #[error("a transcript line has at most {MAX_SEGMENT_CHARS} characters, this one has {chars}")]
    TooLong { chars: usize },
}

impl SegmentText {
    /// Runs of white space and control characters become one space, because the text is shown, read aloud and cited as one line.
    pub fn new(text: &str) -> Result<Self, SegmentTextError> {
        let line = one_line(text);
        let chars = line.chars().count();
        match chars {
            0 => Err(SegmentTextError::Empty),
            1..=MAX_SEGMENT_CHARS => Ok(Self(line)),
            _ => Err(SegmentTextError::TooLong { chars }),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SegmentText {
    type Error = SegmentTextError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<SegmentText> for String {
    fn from(text: SegmentText) -> Self {
        text.0
    }
}

impl std::fmt::Display for SegmentText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One line of a transcript, interim or final.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    pub id: SegmentId,
    /// The line's number within its call, from 1: what a citation names.
    pub number: u32,
    pub speaker: Speaker,
    pub text: SegmentText,
    pub started_at: Timestamp,
    /// Unknown while the line is being spoken, and for lines that were typed.
    pub ended_at: Option<Timestamp>,
    pub is_final: bool,
}

/// What two agents said to each other in private about a call. Nobody but they gets it, and it is no part of the call's own
/// transcript.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsultTranscript {
    /// About which call.
    pub call: CallId,
    /// In which transfer.
    pub transfer: TransferId,
    /// What was said.
    pub lines: Vec<Segment>,
}

/// The lines of one call, by rising number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Segment>", into = "Vec<Segment>")]
pub struct Transcript(Vec<Segment>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RecordSegmentError {
    #[error("a transcript has at most {MAX_SEGMENTS} lines")]
    TranscriptFull,
    #[error("lines are numbered from 1")]
    NumberedZero,
    #[error("line {number} is final already")]
    AlreadyFinal { number: u32 },
    #[error("line {number} was begun by another speaker or under another id")]
    AnotherLine { number: u32 },
}

impl Transcript {
    pub fn new(segments: Vec<Segment>) -> Result<Self, RecordSegmentError> {
        let mut transcript = Self::default();
        for segment in segments {
            transcript.record(segment)?;
        }
        Ok(transcript)
    }

    /// Adds a line, or replaces the interim line of the same id. The same final line twice is no error: deliveries repeat.
    pub fn record(&mut self, segment: Segment) -> Result<(), RecordSegmentError> {
        let number = segment.number;
        if number == 0 {
            return Err(RecordSegmentError::NumberedZero);
        }
        match self.0.binary_search_by_key(&number, |line| line.number) {
            Ok(at) => replace(&mut self.0[at], segment),
            Err(_) if self.0.len() >= MAX_SEGMENTS => Err(RecordSegmentError::TranscriptFull),
            Err(at) => {
                self.0.insert(at, segment);
                Ok(())
            }
        }
    }

    /// Every line, interim ones too: what is shown live.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// The lines that no longer change: all that a briefing may rest on.
    pub fn final_lines(&self) -> impl DoubleEndedIterator<Item = &Segment> {
        self.0.iter().filter(|line| line.is_final)
    }

    pub fn line(&self, number: u32) -> Option<&Segment> {
        let at = self.0.binary_search_by_key(&number, |line| line.number).ok()?;
        self.0.get(at)
    }

    /// The number of the next new line.
    pub fn next_number(&self) -> u32 {
        self.0.last().map_or(1, |line| line.number.saturating_add(1))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<Vec<Segment>> for Transcript {
    type Error = RecordSegmentError;

    fn try_from(segments: Vec<Segment>) -> Result<Self, Self::Error> {
        Self::new(segments)
    }
}

impl From<Transcript> for Vec<Segment> {
    fn from(transcript: Transcript) -> Self {
        transcript.0
    }
}

fn replace(line: &mut Segment, with: Segment) -> Result<(), RecordSegmentError> {
    let number = line.number;
    if line.id != with.id || line.speaker != with.speaker {
        return Err(RecordSegmentError::AnotherLine { number });
    }
    if line.is_final {
        return if *line == with { Ok(()) } else { Err(RecordSegmentError::AlreadyFinal { number }) };
    }
    *line = with;
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn line(number: u32, text: &str, is_final: bool) -> Segment {
        Segment {
            id: SegmentId(Uuid::from_u128(u128::from(number))),
            number,
            speaker: Speaker::Caller,
            text: SegmentText::new(text).expect("a valid text"),
            started_at: Timestamp(i64::from(number) * 1_000),
            ended_at: None,
            is_final,
        }
    }

    #[test]
    fn a_line_is_one_line_and_has_text() {
        assert_eq!(SegmentText::new(" my\r\n\trouter\u{0} died ").map(String::from), Ok("my router died".to_owned()));
        assert_eq!(SegmentText::new(" \u{7}\n"), Err(SegmentTextError::Empty));
        let chars = MAX_SEGMENT_CHARS + 1;
        assert_eq!(SegmentText::new(&"ä".repeat(chars)), Err(SegmentTextError::TooLong { chars }));
    }

    #[test]
    fn lines_stand_by_number_whatever_order_they_come_in() {
        let transcript =
            Transcript::new(vec![line(3, "c", true), line(1, "a", true), line(2, "b", false)]).expect("valid");
        assert_eq!(transcript.segments().iter().map(|line| line.number).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(transcript.final_lines().map(|line| line.number).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(transcript.next_number(), 4);
    }

    #[test]
    fn an_interim_line_is_replaced_and_a_final_one_stays() {
        let mut transcript = Transcript::default();
        for step in [line(1, "my", false), line(1, "my router", false), line(1, "my router died", true)] {
            assert_eq!(transcript.record(step), Ok(()));
        }
        assert_eq!(transcript.record(line(1, "my router died", true)), Ok(()));
        assert_eq!(transcript.record(line(1, "my", false)), Err(RecordSegmentError::AlreadyFinal { number: 1 }));
        assert_eq!(transcript.line(1).map(|line| line.text.as_str()), Some("my router died"));
    }

    #[test]
    fn another_line_under_the_same_number_is_refused() {
        let mut transcript = Transcript::new(vec![line(1, "a", false)]).expect("valid");
        let other = Segment { id: SegmentId(Uuid::from_u128(9)), ..line(1, "b", true) };
        assert_eq!(transcript.record(other), Err(RecordSegmentError::AnotherLine { number: 1 }));
        assert_eq!(transcript.record(line(0, "a", true)), Err(RecordSegmentError::NumberedZero));
    }

    #[test]
    fn speakers_are_named_on_the_wire() {
        let agent = Speaker::Agent("alice".parse().expect("a valid id"));
        assert_eq!(serde_json::to_string(&agent).expect("serialises"), r#"{"kind":"agent","id":"alice"}"#);
        assert_eq!(serde_json::to_string(&Speaker::Caller).expect("serialises"), r#"{"kind":"caller"}"#);
    }
}
