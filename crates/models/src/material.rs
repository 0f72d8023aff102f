//! What a briefing is written from, ready to leave: everything that people said or typed is redacted here, once for all
//! providers.

use std::collections::{BTreeSet, HashMap};

use baton_domain::briefing::{Briefing, Language, Statement};
use baton_domain::ids::AgentId;
use baton_domain::transcript::Speaker;
use baton_redaction::{Kind, Kinds, Placeholders, Redacted, Redactor};
use serde::Serialize;

use crate::cache::{self, Key};
use crate::chain::Task;
use crate::window;

pub struct Material {
    pub task: Task,
    /// The local summariser's briefing: the last link, and a hint at which lines matter.
    pub local: Briefing,
    /// The language to write in, when it is known.
    pub language: Option<Language>,
    /// The final lines.
    pub lines: Vec<Line>,
    /// The positions of the lines that the local briefing cites.
    pub key_lines: BTreeSet<usize>,
    pub caller_name: Option<Redacted>,
    pub transferring_agent: Redacted,
    pub target: Option<Redacted>,
    pub note: Redacted,
    /// The briefings of earlier transfers.
    pub earlier: Vec<Redacted>,
    /// What was asked about the call and answered, in turn.
    pub asked: Vec<Redacted>,
    pub placeholders: Placeholders,
    /// Whether anything was looked for that must not leave.
    pub is_redacted: bool,
    /// A hash of all of it.
    pub hash: Key,
}

/// One final line as it may leave.
pub struct Line {
    pub number: u32,
    /// `None` is the caller.
    pub agent: Option<Redacted>,
    pub text: Redacted,
    /// What it costs, in tokens.
    pub cost: u32,
}

impl Material {
    pub fn new(task: Task, kinds: Kinds) -> Self {
        Self::asking(task, kinds, &[])
    }

    /// The same with what was `asked` and answered about it.
    pub fn asking(task: Task, kinds: Kinds, asked: &[String]) -> Self {
        let local = baton_summariser::brief(&task.transcript, &task.context);
        let mut redactor = Redactor::new(kinds);
        let lines = lines(&task, &mut redactor);
        let cited = cited(&local);
        let key_lines = (0..lines.len()).filter(|at| cited.contains(&lines[*at].number)).collect();
        let mut redacted = |text: &str| redactor.redact(text);
        Self {
            language: task.language.clone().or_else(|| local.language.clone()),
            caller_name: task.context.caller_name.as_deref().map(&mut redacted),
            transferring_agent: redacted(&task.context.transferring_agent),
            target: task.context.target.as_deref().map(&mut redacted),
            note: redacted(&task.note),
            earlier: task.earlier.iter().map(|briefing| redacted(briefing)).collect(),
            asked: asked.iter().map(|text| redacted(text)).collect(),
            hash: hash(&task),
            is_redacted: kinds != Kinds::NONE,
            placeholders: redactor.placeholders().clone(),
            local,
            lines,
            key_lines,
            task,
        }
    }

    /// How many pieces of each kind were taken out of these lines.
    pub fn taken_out(&self, sent: &BTreeSet<u32>) -> Vec<(Kind, usize)> {
        let lines = self.lines.iter().filter(|line| sent.contains(&line.number));
        let texts: Vec<&Redacted> =
            lines.map(|line| &line.text).chain([&self.note]).chain(&self.earlier).chain(&self.asked).collect();
        let count = |kind| {
            let counts = texts.iter().flat_map(|text| text.taken_out()).filter(|(found, _)| *found == kind);
            counts.map(|(_, count)| count).sum()
        };
        Kind::ALL.into_iter().map(|kind| (kind, count(kind))).filter(|(_, count)| *count > 0).collect()
    }
}

fn lines(task: &Task, redactor: &mut Redactor) -> Vec<Line> {
    let said: Vec<(&Speaker, &str)> =
        task.transcript.final_lines().map(|line| (&line.speaker, line.text.as_str())).collect();
    let texts = redactor.redact_lines(&said);
    // A long call has thousands of lines and two or three agents.
    let mut names: HashMap<&AgentId, Redacted> = HashMap::new();
    let mut name = |id| names.entry(id).or_insert_with(|| redactor.redact(name_of(task, id))).clone();
    let lines = task.transcript.final_lines().zip(texts);
    lines
        .map(|(line, text)| Line {
            number: line.number,
            agent: match &line.speaker {
                Speaker::Caller => None,
                Speaker::Agent(id) => Some(name(id)),
            },
            cost: window::line_tokens(text.as_str()),
            text,
        })
        .collect()
}

fn name_of<'a>(task: &'a Task, id: &'a AgentId) -> &'a str {
    let known = task.context.agents.iter().find(|agent| agent.id == *id);
    known.map_or(id.as_str(), |agent| agent.name.as_str())
}

fn cited(briefing: &Briefing) -> BTreeSet<u32> {
    let statements = briefing.sections().into_iter().flat_map(|(_, section)| section.statements());
    statements.flat_map(Statement::citations).chain(briefing.opening_line.citations()).copied().collect()
}

/// Of the words as they were said: two calls that differ only in what is redacted are two calls.
fn hash(task: &Task) -> Key {
    #[derive(Serialize)]
    struct Hashed<'a> {
        lines: Vec<(u32, &'a Speaker, &'a str)>,
        names: Vec<Option<&'a str>>,
        language: Option<&'a str>,
        earlier: &'a [String],
    }
    let context = &task.context;
    let names = [Some(context.transferring_agent.as_str()), context.caller_name.as_deref(), context.target.as_deref()];
    let hashed = Hashed {
        lines: task.transcript.final_lines().map(|line| (line.number, &line.speaker, line.text.as_str())).collect(),
        names: names
            .into_iter()
            .chain(context.agents.iter().map(|agent| Some(agent.name.as_str())))
            .chain([Some(task.note.as_str())])
            .collect(),
        language: task.language.as_ref().map(Language::tag),
        earlier: &task.earlier,
    };
    let json = serde_json::to_vec(&hashed).expect("strings and numbers always serialise");
    cache::key([json.as_slice()])
}
