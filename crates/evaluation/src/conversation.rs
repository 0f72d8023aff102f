//! A written conversation, and what is expected of its briefing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use baton_domain::briefing::SectionKind;
use baton_domain::ids::{AgentId, SegmentId};
use baton_domain::time::Timestamp;
use baton_domain::transcript::{Segment, SegmentText, Speaker, Transcript};
use baton_summariser::{AgentName, Context};
use serde::Deserialize;
use thiserror::Error;
use uuid::Uuid;

/// How the caller is called in a conversation's file.
const CALLER: &str = "Caller";

/// A conversation, ready to be briefed.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// The file's name without its ending.
    pub name: String,
    /// What the report adds it up under.
    pub category: String,
    /// The caller's language, when it can be told.
    pub language: Option<String>,
    /// What was said.
    pub transcript: Transcript,
    /// Who is who.
    pub context: Context,
    /// What must be in the briefing.
    pub facts: Vec<Expected>,
    /// What must not be in it.
    pub never: Vec<Forbidden>,
}

/// Something that whoever takes over has to know.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// For the reader of the report.
    pub what: String,
    /// Where it belongs; anywhere when empty.
    #[serde(default)]
    pub sections: Vec<SectionKind>,
    /// What one statement says, all of it, in one of the spellings: `"debit card|bank card"`.
    pub says: Vec<String>,
    /// Every line that says so.
    pub lines: Vec<u32>,
}

/// Something that would be wrong to state.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forbidden {
    /// For the reader of the report.
    pub what: String,
    /// Where it would be wrong; anywhere when empty.
    #[serde(default)]
    pub sections: Vec<SectionKind>,
    /// The words that no statement may have together; an empty one forbids every statement.
    pub says: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "title")]
    _title: String,
    category: String,
    language: Option<String>,
    caller: String,
    from: String,
    to: String,
    transcript: String,
    #[serde(default)]
    facts: Vec<Expected>,
    #[serde(default)]
    never: Vec<Forbidden>,
}

/// A file of the evaluation is not what it should be.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The folder or a file cannot be read.
    #[error("could not read {}", path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no conversation.
    #[error("{name} is not written as a conversation")]
    Written {
        /// Which one.
        name: String,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A line is not `number time speaker: text`, or not the next one.
    #[error("{name}: line {number} must be `{number} 0:00 Speaker: text`, but is `{line}`")]
    Line {
        /// Which file.
        name: String,
        /// The number it must have.
        number: u32,
        /// What stands there.
        line: String,
    },
}

/// Every conversation in a folder, by name.
pub fn load_all(folder: &Path) -> Result<Vec<Conversation>, LoadError> {
    let unreadable = |source| LoadError::Read { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    paths.sort();
    paths.iter().map(|path| load(path)).collect()
}

fn load(path: &Path) -> Result<Conversation, LoadError> {
    let text = fs::read_to_string(path).map_err(|source| LoadError::Read { path: path.to_owned(), source })?;
    let name = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    Conversation::parse(&name, &text)
}

impl Conversation {
    /// From a file's text.
    pub fn parse(name: &str, text: &str) -> Result<Self, LoadError> {
        let file: File = toml::from_str(text)
            .map_err(|source| LoadError::Written { name: name.to_owned(), source: Box::new(source) })?;
        let written = file.transcript.lines().filter(|line| !line.trim().is_empty());
        let segments = written
            .zip(1..)
            .map(|(line, number)| {
                segment(number, line).ok_or_else(|| LoadError::Line {
                    name: name.to_owned(),
                    number,
                    line: line.trim().to_owned(),
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            name: name.to_owned(),
            category: file.category,
            language: file.language,
            context: context(&segments, &file.caller, &file.from, &file.to),
            transcript: Transcript::new(segments).expect("the lines are numbered from 1"),
            facts: file.facts,
            never: file.never,
        })
    }
}

/// ` 7  0:31  Alice: text`.
fn segment(number: u32, line: &str) -> Option<Segment> {
    let (written_number, rest) = line.trim().split_once(' ')?;
    let (time, rest) = rest.trim().split_once(' ')?;
    let (speaker, text) = rest.trim().split_once(": ")?;
    let (minutes, seconds) = time.split_once(':')?;
    let started_at = minutes.parse::<i64>().ok()? * 60 + seconds.parse::<i64>().ok()?;
    (written_number.parse() == Ok(number)).then_some(())?;
    Some(Segment {
        id: SegmentId(Uuid::from_u128(u128::from(number))),
        number,
        speaker: if speaker == CALLER { Speaker::Caller } else { Speaker::Agent(agent_id(speaker)?) },
        text: SegmentText::new(text).ok()?,
        started_at: Timestamp(started_at * 1_000),
        ended_at: None,
        is_final: true,
    })
}

fn agent_id(name: &str) -> Option<AgentId> {
    let id: String = name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { 'x' }).collect();
    id.parse().ok()
}

fn context(segments: &[Segment], caller: &str, from: &str, to: &str) -> Context {
    // The names of those who spoke before are on no line; their ids are names in small letters.
    let mut agents: Vec<AgentName> = Vec::new();
    for segment in segments {
        if let Speaker::Agent(id) = &segment.speaker
            && agents.iter().all(|known| known.id != *id)
        {
            let mut name = id.as_str().to_owned();
            name[..1].make_ascii_uppercase();
            agents.push(AgentName { id: id.clone(), name });
        }
    }
    Context {
        caller_name: Some(caller.to_owned()),
        agents,
        transferring_agent: from.to_owned(),
        target: Some(to.to_owned()),
    }
}
