//! Numbers, amounts, names, dates, places and ways to reach somebody, each with the lines in which it was said; and what the
//! caller said of their circumstances, in their words.

mod patterns;

use std::collections::BTreeSet;
use std::ops::Range;

use baton_domain::briefing::{MAX_CITATIONS, MAX_STATEMENTS, Section, Statement};
use baton_redaction::{Kind as Personal, Kinds, spoken_numbers};

use crate::context::Context;
use crate::conversation::{Conversation, Line, Sentence};
use crate::cues::{Cue, Phrases};

pub use patterns::compile;

/// A long call names many days; the numbers come first.
const MAX_OF_A_KIND: usize = 4;
/// A number in a longer line is not the answer to the question before it.
const MAX_ANSWER_WORDS: usize = 12;
/// A number read out digit by digit has a word for each.
const MAX_SPOKEN_ANSWER_WORDS: usize = 20;
const CONTACTS: Kinds = Kinds::NONE.with(Personal::Email).with(Personal::Phone);

/// In the order in which they are read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Number,
    Amount,
    Contact,
    Address,
    Name,
    Date,
    Circumstance,
}

/// Where there is no room for all, every kind has its turn.
const TURNS: [Kind; 7] =
    [Kind::Number, Kind::Contact, Kind::Amount, Kind::Address, Kind::Circumstance, Kind::Name, Kind::Date];

struct Fact {
    kind: Kind,
    text: String,
    /// What makes two mentions the same: a number's digits, everything else's letters.
    value: String,
    lines: BTreeSet<u32>,
}

pub fn section(conversation: &Conversation<'_>, phrases: &Phrases, stated: &[&Section], context: &Context) -> Section {
    let mut facts: Vec<Fact> = Vec::new();
    let mut asked = None;
    for line in &conversation.lines {
        for (kind, text, lines) in facts_in(line, asked.as_ref(), context) {
            add(&mut facts, kind, text, lines);
        }
        asked = patterns::asked_for(&line.text).map(|label| (label, line.number)).filter(|_| !line.by_caller);
    }
    for sentence in circumstances(conversation, phrases) {
        let quote = sentence.quote();
        if !is_stated(&quote, stated) {
            add(&mut facts, Kind::Circumstance, quote, vec![sentence.line]);
        }
    }
    let mut chosen = chosen(&facts);
    chosen.sort_by_key(|fact| fact.kind);
    chosen
        .into_iter()
        .filter_map(|fact| Statement::new(&fact.text, fact.lines.iter().copied().take(MAX_CITATIONS)).ok())
        .collect()
}

/// One of each kind, then another of each, as long as there is room.
fn chosen(facts: &[Fact]) -> Vec<&Fact> {
    let of_turn =
        |turn: usize| TURNS.into_iter().filter_map(move |kind| facts.iter().filter(|fact| fact.kind == kind).nth(turn));
    (0..MAX_OF_A_KIND).flat_map(of_turn).take(MAX_STATEMENTS).collect()
}

/// What the caller said of themselves and their time.
fn circumstances<'c, 'a>(
    conversation: &'c Conversation<'a>,
    phrases: &'c Phrases,
) -> impl Iterator<Item = &'c Sentence<'a>> {
    conversation.by_caller().filter(move |sentence| {
        let told = phrases.say(Cue::Circumstance, sentence) || phrases.say(Cue::Emergency, sentence);
        told && !phrases.ask(sentence) && !phrases.say(Cue::Aside, sentence)
    })
}

/// Whether another section quotes it already.
fn is_stated(quote: &str, stated: &[&Section]) -> bool {
    stated.iter().flat_map(|section| section.statements()).any(|statement| statement.text().contains(quote))
}

fn add(facts: &mut Vec<Fact>, kind: Kind, text: String, lines: Vec<u32>) {
    let value = match kind {
        Kind::Number => text.chars().filter(char::is_ascii_digit).collect(),
        _ => text.to_lowercase(),
    };
    match facts.iter_mut().find(|fact| fact.kind == kind && fact.value == value) {
        Some(fact) => {
            fact.lines.extend(lines);
            // "Number 48213" and "Order number 48213": the one that says more.
            if text.len() > fact.text.len() {
                fact.text = text;
            }
        }
        None => facts.push(Fact { kind, text, value, lines: lines.into_iter().collect() }),
    }
}

type Found = (Kind, String, Vec<u32>);

/// What one line tells. A stretch of text is one fact only: a phone number is not an order number too.
fn facts_in(line: &Line<'_>, asked: Option<&(String, u32)>, context: &Context) -> Vec<Found> {
    let mut taken: Vec<Range<usize>> = Vec::new();
    let mut found = Vec::new();
    let mut take = |range: Range<usize>| {
        let free = taken.iter().all(|other| range.end <= other.start || other.end <= range.start);
        if free {
            taken.push(range);
        }
        free
    };
    let mut add = |kind, text: String| found.push((kind, text, vec![line.number]));
    for (range, text) in patterns::labelled_numbers(&line.text) {
        if take(range) {
            add(Kind::Number, text);
        }
    }
    for finding in baton_redaction::find(&line.text, CONTACTS) {
        let label = if finding.kind == Personal::Email { "E-mail address" } else { "Phone number" };
        if take(finding.range.clone()) {
            add(Kind::Contact, format!("{label} {}", line.text[finding.range].trim()));
        }
    }
    for (range, address) in patterns::addresses(&line.text) {
        if take(range) {
            add(Kind::Address, format!("Address {address}"));
        }
    }
    for (range, amount) in patterns::amounts(&line.text) {
        if take(range) {
            add(Kind::Amount, format!("Amount {amount}"));
        }
    }
    for (range, date) in patterns::dates(&line.text) {
        if take(range) {
            add(Kind::Date, format!("Time: {date}"));
        }
    }
    let names = patterns::names(&line.text).filter(|name| !is_known(name, context));
    found.extend(names.map(|name| (Kind::Name, format!("Name {name}"), vec![line.number])));
    found.extend(numbers(line, asked, take));
    found
}

/// Numbers without a label. "482137" is a customer number when that was asked for just before.
fn numbers(line: &Line<'_>, asked: Option<&(String, u32)>, mut take: impl FnMut(Range<usize>) -> bool) -> Vec<Found> {
    let mut found = Vec::new();
    let answers = |max_words| asked.filter(|_| line.by_caller && line.text.split_whitespace().nth(max_words).is_none());
    if let Some((label, question)) = answers(MAX_ANSWER_WORDS) {
        for (range, number) in patterns::answered_numbers(&line.text) {
            if take(range) {
                found.push((Kind::Number, format!("{label} {number}"), vec![*question, line.number]));
            }
        }
    }
    for (range, number) in spoken_numbers(&line.text) {
        if take(range) {
            found.push(match answers(MAX_SPOKEN_ANSWER_WORDS) {
                Some((label, question)) => (Kind::Number, format!("{label} {number}"), vec![*question, line.number]),
                None => (Kind::Number, format!("Number {number}"), vec![line.number]),
            });
        }
    }
    for (range, number) in patterns::bare_numbers(&line.text) {
        if take(range) {
            found.push((Kind::Number, format!("Number {number}"), vec![line.number]));
        }
    }
    found
}

/// Those whose names stand on the screen anyway, or a part of their names.
fn is_known(name: &str, context: &Context) -> bool {
    let agents = context.agents.iter().map(|agent| agent.name.as_str());
    let known = [context.caller_name.as_deref(), context.target.as_deref(), Some(context.transferring_agent.as_str())];
    let words = |name: &str| name.to_lowercase().split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    agents.chain(known.into_iter().flatten()).any(|other| {
        let other = words(other);
        words(name).iter().all(|word| other.contains(word))
    })
}
