//! A file of sound that somebody had transcribed: what is said in it, and what it comes to. It belongs to no call, and to nobody
//! but whoever brought it.

use serde::{Deserialize, Serialize};

use crate::briefing::Briefing;
use crate::ids::SpokenFileId;
use crate::time::{Span, Timestamp};
use crate::transcript::MAX_SEGMENT_CHARS;

/// The longest name that is kept.
pub const MAX_NAME_CHARS: usize = 200;

/// A file, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpokenFile {
    pub id: SpokenFileId,
    /// What whoever brought it calls it.
    pub name: String,
    pub media_type: String,
    /// How large it is; while it is received, how much of it is there.
    pub bytes: u64,
    pub state: SpokenFileState,
    /// So much of it was listened to, where that can be told.
    pub heard: Option<Span>,
    /// How long it is, where it says so itself.
    pub duration: Option<Span>,
    /// What is said in it, in order.
    pub lines: Vec<SpokenLine>,
    /// What that comes to.
    pub summary: Option<Briefing>,
    /// What left for whom: to which provider and model, and how much.
    pub sent_to: Vec<String>,
    pub failure: Option<SpokenFileFailure>,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// Counts every change, so that whoever waits for the next knows that it has come.
    pub revision: u32,
}

/// How far a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpokenFileState {
    Receiving,
    Transcribing,
    Summarising,
    Done,
    Failed,
}

impl SpokenFileState {
    pub const ALL: [Self; 5] = [Self::Receiving, Self::Transcribing, Self::Summarising, Self::Done, Self::Failed];

    /// The word that is stored and told.
    pub fn name(self) -> &'static str {
        match self {
            Self::Receiving => "receiving",
            Self::Transcribing => "transcribing",
            Self::Summarising => "summarising",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// Whether nothing more comes of it.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed)
    }
}

/// Why there is no transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpokenFileFailure {
    Unreadable,
    TooLong,
    ProviderFailed,
    NoProvider,
    Interrupted,
}

impl SpokenFileFailure {
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::TooLong => "too_long",
            Self::ProviderFailed => "provider_failed",
            Self::NoProvider => "no_provider",
            Self::Interrupted => "interrupted",
        }
    }

    /// In a sentence, with what to do.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Unreadable => {
                "No speech recognition could make anything of this file. It may be damaged, or no sound."
            }
            Self::TooLong => "The file is longer than a day.",
            Self::ProviderFailed => "Speech recognition failed. Try again later.",
            Self::NoProvider => "No speech recognition is set up any more.",
            Self::Interrupted => "The desk was interrupted while it worked on this file. Send it again.",
        }
    }
}

/// One line of what is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpokenLine {
    /// What the summary cites it by, from 1.
    pub number: u32,
    /// `A`, `B` …, where voices were told apart.
    pub speaker: Option<String>,
    pub text: String,
    /// Since the beginning of the file.
    pub from: Span,
    pub to: Option<Span>,
}

impl SpokenFile {
    /// A file of which nothing is there yet.
    pub fn begun(id: SpokenFileId, name: &str, media_type: &str, now: Timestamp) -> Self {
        Self {
            id,
            name: name.chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect(),
            media_type: media_type.to_owned(),
            bytes: 0,
            state: SpokenFileState::Receiving,
            heard: None,
            duration: None,
            lines: Vec::new(),
            summary: None,
            sent_to: Vec::new(),
            failure: None,
            created_at: now,
            ended_at: None,
            revision: 0,
        }
    }

    /// How much of it was listened to, of a hundred, where that can be told.
    pub fn percent(&self) -> Option<u8> {
        match (self.state, self.heard, self.duration) {
            (SpokenFileState::Done | SpokenFileState::Summarising, ..) => Some(100),
            (_, Some(heard), Some(duration)) if duration.0 > 0 => {
                u8::try_from((heard.0.max(0).saturating_mul(100) / duration.0).min(99)).ok()
            }
            _ => None,
        }
    }

    /// Nothing more comes of it.
    pub fn fail(&mut self, failure: SpokenFileFailure, now: Timestamp) {
        self.state = SpokenFileState::Failed;
        self.failure = Some(failure);
        self.ended_at = Some(now);
    }

    /// All of it as text: a line each, with when and who.
    pub fn plain_text(&self) -> String {
        let line = |line: &SpokenLine| {
            let seconds = line.from.0.max(0) / 1000;
            let time = format!("[{:02}:{:02}:{:02}]", seconds / 3600, seconds / 60 % 60, seconds % 60);
            let speaker = line.speaker.as_ref().map(|name| format!(" Speaker {name}:")).unwrap_or_default();
            format!("{time}{speaker} {}\n", line.text)
        };
        self.lines.iter().map(line).collect()
    }
}

/// A text in pieces that fit a transcript's line each, cut between words.
pub fn in_lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let mut letters: Vec<char> = word.chars().collect();
        if length > 0 && length + 1 + letters.len() > MAX_SEGMENT_CHARS {
            lines.push(std::mem::take(&mut line));
            length = 0;
        }
        // A word that fills a line by itself is none, and is cut anywhere.
        while letters.len() > MAX_SEGMENT_CHARS {
            let rest = letters.split_off(MAX_SEGMENT_CHARS);
            lines.push(letters.into_iter().collect());
            letters = rest;
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        length += letters.len();
        line.extend(letters);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn file() -> SpokenFile {
        SpokenFile::begun(SpokenFileId(Uuid::nil()), "visit\n.wav", "audio/wav", Timestamp(1))
    }

    #[test]
    fn states_have_the_names_that_serde_writes() {
        for state in SpokenFileState::ALL {
            assert_eq!(serde_json::to_string(&state).ok(), Some(format!("\"{}\"", state.name())));
        }
    }

    #[test]
    fn how_far_it_is_is_told_where_it_is_known() {
        let mut file = SpokenFile { heard: Some(Span(500)), ..file() };
        assert_eq!((file.name.as_str(), file.percent()), ("visit.wav", None));
        file.duration = Some(Span(2_000));
        assert_eq!(file.percent(), Some(25));
        file.heard = Some(Span(2_100));
        assert_eq!(file.percent(), Some(99), "it is not over before it is");
        file.state = SpokenFileState::Done;
        assert_eq!(file.percent(), Some(100));
    }

    #[test]
    fn long_texts_are_cut_between_words() {
        assert_eq!(in_lines(" a \n b "), ["a b"]);
        assert_eq!(in_lines(" "), [] as [&str; 0]);
        let (long, word) = ("ab ".repeat(1_500), "x".repeat(4_500));
        let lines = in_lines(&long);
        assert_eq!(lines.iter().map(|line| line.chars().count()).collect::<Vec<_>>(), [2_000, 2_000, 497]);
        assert_eq!(lines.join(" "), long.trim());
        assert_eq!(in_lines(&word).iter().map(String::len).collect::<Vec<_>>(), [2_000, 2_000, 500]);
    }

    #[test]
    fn the_text_says_when_and_who() {
        let line = |number, speaker: Option<&str>, text: &str, from| SpokenLine {
            number,
            speaker: speaker.map(str::to_owned),
            text: text.to_owned(),
            from: Span(from),
            to: None,
        };
        let lines = vec![line(1, None, "Hello.", 500), line(2, Some("B"), "Hi.", 3_661_000)];
        let text = SpokenFile { lines, ..file() }.plain_text();
        assert_eq!(text, "[00:00:00] Hello.\n[01:01:01] Speaker B: Hi.\n");
    }
}
