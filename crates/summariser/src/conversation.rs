//! A transcript as the rules read it: names instead of ids, sentences instead of lines, and nothing that must not be copied.

use std::ops::Range;

use baton_domain::briefing::Statement;
use baton_domain::transcript::{Segment, Speaker, Transcript};
use baton_redaction::{Kind, Kinds};
use unicode_segmentation::UnicodeSegmentation;

use crate::context::Context;
use crate::cues::{Cue, Phrases};

/// A call of many hours is read at its beginning, where the reason is, and at its end, where it stands now.
const FIRST_LINES: usize = 400;
const LAST_LINES: usize = 2_600;
/// The longest quotation; a speaker without a full stop goes on for minutes.
const MAX_QUOTE_CHARS: usize = 220;

/// Who has talked for longer answers something else by now.
const MAX_REPLY_SENTENCES: usize = 12;
/// Nobody needs them to take over, and a briefing is copied and sent on.
const NEVER_QUOTED: Kinds = Kinds::ALL.without(Kind::Email).without(Kind::Phone);

pub struct Conversation<'a> {
    pub lines: Vec<Line<'a>>,
    pub sentences: Vec<Sentence<'a>>,
    /// For every sentence, where the next change of speaker is.
    turns: Vec<usize>,
}

/// One final line of the transcript.
pub struct Line<'a> {
    pub number: u32,
    /// Without account numbers and secrets.
    pub text: String,
    pub by_caller: bool,
    pub name: &'a str,
}

/// One sentence of a line.
pub struct Sentence<'a> {
    pub line: u32,
    pub by_caller: bool,
    pub name: &'a str,
    pub text: String,
    /// The text in small letters and with plain apostrophes, for matching.
    pub plain: String,
}

impl<'a> Conversation<'a> {
    pub fn new(transcript: &'a Transcript, context: &'a Context) -> Self {
        let phrases = Phrases::all();
        let lines = read_lines(transcript).map(|segment| Line::new(segment, context));
        // What a caller dictates to the machine that listens would stand in the briefing as if it had been said to the agent.
        let lines: Vec<_> =
            lines.filter(|line| !(line.by_caller && phrases.find(Cue::Dictated, &plain(&line.text)))).collect();
        let sentences: Vec<Sentence<'a>> = lines.iter().flat_map(Line::sentences).collect();
        let turns = turns(&sentences);
        Self { lines, sentences, turns }
    }

    pub fn by_caller(&self) -> impl DoubleEndedIterator<Item = &Sentence<'a>> {
        self.sentences.iter().filter(|sentence| sentence.by_caller)
    }

    /// What the other side says directly after the sentence at `at`, up to the next change of speaker.
    pub fn reply_to(&self, at: usize) -> &[Sentence<'a>] {
        let start = self.reply_start(at);
        let end = self.turns.get(start).copied().unwrap_or(start);
        &self.sentences[start..end.min(start + MAX_REPLY_SENTENCES)]
    }

    /// Where the reply to the sentence at `at` begins.
    pub fn reply_start(&self, at: usize) -> usize {
        self.turns[at]
    }
}

/// For every sentence, where the next change of speaker is.
fn turns(sentences: &[Sentence<'_>]) -> Vec<usize> {
    let mut turns = vec![sentences.len(); sentences.len()];
    for at in (1..sentences.len()).rev() {
        let same = sentences[at - 1].by_caller == sentences[at].by_caller;
        turns[at - 1] = if same { turns[at] } else { at };
    }
    turns
}

impl<'a> Line<'a> {
    fn new(segment: &'a Segment, context: &'a Context) -> Self {
        Self {
            number: segment.number,
            text: without_account_numbers(segment.text.as_str()),
            by_caller: segment.speaker.is_caller(),
            name: name_of(&segment.speaker, context),
        }
    }

    fn sentences(&self) -> impl Iterator<Item = Sentence<'a>> {
        let texts = self.text.unicode_sentences().map(str::trim).filter(|text| !text.is_empty());
        texts.map(|text| Sentence {
            line: self.number,
            by_caller: self.by_caller,
            name: self.name,
            text: text.to_owned(),
            plain: plain(text),
        })
    }
}

impl Sentence<'_> {
    /// What was said, word for word, and by whom.
    pub fn quote(&self) -> String {
        format!("{}: “{}”", self.name, shortened(&self.text, MAX_QUOTE_CHARS))
    }

    pub fn statement(&self) -> Option<Statement> {
        // A name of several hundred characters leaves no room to quote; then the statement is left out.
        Statement::new(&self.quote(), [self.line]).ok()
    }
}

/// For matching: small letters, plain apostrophes.
pub fn plain(text: &str) -> String {
    text.to_lowercase().replace(['\u{2019}', '\u{2bc}'], "'")
}

/// `text`, or as many of its first words as fit.
pub fn shortened(text: &str, max_chars: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(max_chars) else {
        return text.to_owned();
    };
    let kept = &text[..end];
    let kept = kept.rfind(char::is_whitespace).map_or(kept, |space| &kept[..space]);
    format!("{}…", kept.trim_end_matches(|c: char| !c.is_alphanumeric()))
}

fn read_lines(transcript: &Transcript) -> impl Iterator<Item = &Segment> {
    let count = transcript.final_lines().count();
    let left_out: Range<usize> = FIRST_LINES..count.saturating_sub(LAST_LINES).max(FIRST_LINES);
    transcript.final_lines().enumerate().filter(move |(at, _)| !left_out.contains(at)).map(|(_, segment)| segment)
}

fn name_of<'a>(speaker: &'a Speaker, context: &'a Context) -> &'a str {
    match speaker {
        Speaker::Caller => context.caller_name.as_deref().unwrap_or("Caller"),
        Speaker::Agent(id) => {
            let known = context.agents.iter().find(|agent| agent.id == *id);
            known.map_or(id.as_str(), |agent| agent.name.as_str())
        }
    }
}

fn without_account_numbers(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = 0;
    for finding in baton_redaction::find(text, NEVER_QUOTED) {
        kept.push_str(&text[rest..finding.range.start]);
        kept.push_str(match finding.kind {
            Kind::Card => "[card number]",
            Kind::Iban => "[IBAN]",
            Kind::Ssn => "[personal number]",
            Kind::Secret | Kind::Email | Kind::Phone => "[secret]",
        });
        rest = finding.range.end;
    }
    kept.push_str(&text[rest..]);
    kept
}
