//! Believes of an answer what can be checked, and counts the rest.
//!
//! A statement stays when it cites lines that were sent and when what must be literal stands in them: addresses, and long
//! numbers where the recognition writes digits. So a model that was talked into something by the transcript can at most repeat
//! what was said there, with the line beside it.

use std::collections::BTreeSet;

use baton_domain::briefing::{Briefing, MAX_CITATIONS, OpeningLine, Section, Source, Statement};
use baton_redaction::{Kind, restore};
use serde_json::Value;

use crate::answer::{Answer, Place, RawStatement};
use crate::failure::Failure;
use crate::material::Material;
use crate::sections;

/// Below this a language is a guess.
const MIN_LANGUAGE_CHARS: usize = 80;
/// Shorter numbers are counts, years and times, which may be said in other words.
const MIN_LITERAL_DIGITS: usize = 5;

/// What was left out of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Citations that point nowhere.
    pub citations: usize,
    /// Statements without form, without a citation, with something that was never said, or too long.
    pub statements: usize,
}

pub struct Checker<'a> {
    material: &'a Material,
    sent: &'a BTreeSet<u32>,
}

impl<'a> Checker<'a> {
    pub fn new(material: &'a Material, sent: &'a BTreeSet<u32>) -> Self {
        Self { material, sent }
    }

    /// The statement with personal data put back, when it rests on something.
    pub fn statement(&self, raw: &RawStatement, dropped: &mut Dropped) -> Option<Statement> {
        let citations = self.citations(raw, dropped);
        let text = restored(&raw.text, self.material).filter(|text| self.is_literal(text, &citations));
        let statement = text.and_then(|text| Statement::new(&text, citations).ok());
        dropped.statements += usize::from(statement.is_none());
        statement
    }

    /// The first sentence. Only greeting, it rests on nothing.
    pub fn opening_line(&self, raw: &RawStatement, dropped: &mut Dropped) -> Option<OpeningLine> {
        let citations = self.citations(raw, dropped);
        let text = restored(&raw.text, self.material).filter(|text| self.is_literal(text, &citations));
        let line = text.and_then(|text| OpeningLine::new(&text, citations).ok());
        dropped.statements += usize::from(line.is_none());
        line
    }

    /// The briefing that an answer comes to.
    pub fn briefing(&self, answer: &Answer, model: &str) -> Result<(Briefing, Dropped), Failure> {
        let mut dropped = Dropped { statements: answer.malformed, ..Dropped::default() };
        let mut briefing = Briefing {
            source: Source::Model { name: model.to_owned() },
            reason: Section::Unknown,
            tried: Section::Unknown,
            promised: Section::Unknown,
            mood: Section::Unknown,
            facts: Section::Unknown,
            to_decide: Section::Unknown,
            might_resolve: Section::Unknown,
            written_in: self.material.language.clone(),
            ..self.material.local.clone()
        };
        for (place, raw) in &answer.statements {
            match place {
                Place::Section(kind) => {
                    if let Some(statement) = self.statement(raw, &mut dropped) {
                        sections::add(&mut briefing, *kind, statement);
                    }
                }
                Place::OpeningLine => {
                    if let Some(line) = self.opening_line(raw, &mut dropped) {
                        briefing.opening_line = line;
                    }
                }
            }
        }
        if briefing.is_blank() {
            return Err(if dropped.statements > 0 { Failure::Unfounded } else { Failure::Empty });
        }
        let statements = briefing.sections().into_iter().flat_map(|(_, section)| section.statements());
        self.check_language(&statements.flat_map(|statement| [statement.text(), " "]).collect::<String>())?;
        Ok((briefing, dropped))
    }

    fn citations(&self, raw: &RawStatement, dropped: &mut Dropped) -> Vec<u32> {
        let line = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
        let mut citations: BTreeSet<u32> = raw.citations.iter().filter_map(line).collect();
        citations.retain(|number| self.sent.contains(number));
        let kept: Vec<u32> = citations.into_iter().take(MAX_CITATIONS).collect();
        dropped.citations += raw.citations.len().saturating_sub(kept.len());
        kept
    }

    /// Whether addresses and long numbers in `text` stand in the lines that it cites.
    pub fn is_literal(&self, text: &str, citations: &[u32]) -> bool {
        let cited = citations.iter().filter_map(|number| self.material.task.transcript.line(*number));
        let said: String = cited.flat_map(|line| [line.text.as_str(), " "]).collect();
        let digits: String = said.chars().filter(char::is_ascii_digit).collect();
        let letters = plain_letters(&said);
        let addresses = text.split_whitespace().filter_map(address);
        let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() >= MIN_LITERAL_DIGITS);
        // A line without digits spells its numbers out, in any language.
        let numbers_stand = digits.is_empty() || numbers.into_iter().all(|run| digits.contains(run));
        numbers_stand && addresses.into_iter().all(|address| letters.contains(&address))
    }

    /// Whether a text is in the language that was asked for, as far as that can be told.
    pub fn check_language(&self, text: &str) -> Result<(), Failure> {
        let Some(wanted) = &self.material.language else { return Ok(()) };
        if text.chars().count() < MIN_LANGUAGE_CHARS {
            return Ok(());
        }
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        match baton_summariser::detect_language(text) {
            Some(found) if primary(found.tag()) != primary(wanted.tag()) => Err(Failure::WrongLanguage),
            _ => Ok(()),
        }
    }
}

/// `text` with the placeholders turned back that the next agent needs. Cards, IBANs, national numbers and secrets stay hidden,
/// as in the local briefing: nobody needs them to take over, and a briefing is copied and sent on. `None` when the model made
/// one up.
pub fn restored(text: &str, material: &Material) -> Option<String> {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(end) = rest.find(']').map(|at| at + 1) {
        let start = rest[..end].rfind('[').unwrap_or(end);
        let group = &rest[start..end];
        whole.push_str(&rest[..start]);
        match placeholder(group) {
            None => whole.push_str(group),
            Some(hidden) => {
                let original = restore(group, &material.placeholders);
                if original == group {
                    return None;
                }
                whole.push_str(if hidden { group } else { &original });
            }
        }
        rest = &rest[end..];
    }
    whole.push_str(rest);
    Some(whole)
}

/// Whether `group` reads like a placeholder, and if so, whether it is one that stays.
fn placeholder(group: &str) -> Option<bool> {
    let mut words = group.strip_prefix('[')?.strip_suffix(']')?.split(' ');
    let (word, number) = (words.next()?, words.next()?);
    number.parse::<u32>().ok()?;
    match word.parse::<Kind>() {
        Ok(kind) => Some(!matches!(kind, Kind::Email | Kind::Phone)),
        Err(_) => word.eq_ignore_ascii_case("said").then_some(false),
    }
}

/// The letters and digits of a word that is an address in the net, without what stands before every one of them.
fn address(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let is_url = word.contains("://") || word.starts_with("www.") || word.contains('@');
    if !is_url && !is_host(&word) {
        return None;
    }
    let rest = word.split_once("://").map_or(word.as_str(), |(_, rest)| rest);
    Some(plain_letters(rest.strip_prefix("www.").unwrap_or(rest)))
}

/// `example.com`, but neither `p.m` nor `3.50`.
fn is_host(word: &str) -> bool {
    let host = word.split('/').next().unwrap_or_default();
    let mut labels = host.split('.');
    let (first, last) = (labels.next().unwrap_or_default(), host.rsplit('.').next().unwrap_or_default());
    host.contains('.')
        && first.len() >= 2
        && last.len() >= 2
        && last.bytes().all(|b| b.is_ascii_lowercase())
        && host
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
}

/// Letters and digits only, and an address that was spoken as one that is written.
fn plain_letters(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let spoken = ["dot", "at", "slash", "dash", "punkt", "point", "punto"];
    words.map(str::to_lowercase).filter(|word| !spoken.contains(&word.as_str())).collect()
}

#[cfg(test)]
mod tests;
