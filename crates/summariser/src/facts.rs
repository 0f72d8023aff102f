//! Numbers, amounts, names, dates and ways to reach somebody, each with the lines in which it was said.

mod patterns;

use std::collections::BTreeSet;
use std::ops::Range;

use baton_domain::briefing::redact::{self, PersonalData};
use baton_domain::briefing::{MAX_CITATIONS, Section, Statement};

use crate::context::Context;
use crate::conversation::{Conversation, Line};

pub use patterns::compile;

/// A long call names many days; the numbers come first.
const MAX_OF_A_KIND: usize = 4;
/// A number in a longer line is not the answer to the question before it.
const MAX_ANSWER_WORDS: usize = 12;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Number,
    Amount,
    Contact,
    Name,
    Date,
}

struct Fact {
    kind: Kind,
    text: String,
    lines: BTreeSet<u32>,
}

pub fn section(conversation: &Conversation<'_>, context: &Context) -> Section {
    let mut facts: Vec<Fact> = Vec::new();
    let mut asked = None;
    for line in &conversation.lines {
        for (kind, text, lines) in facts_in(line, asked, context) {
            add(&mut facts, kind, text, lines);
        }
        asked = patterns::asked_for(&line.text).map(|label| (label, line.number)).filter(|_| !line.by_caller);
    }
    let mut chosen: Vec<_> = [Kind::Number, Kind::Amount, Kind::Contact, Kind::Name, Kind::Date]
        .into_iter()
        .flat_map(|kind| facts.iter().filter(move |fact| fact.kind == kind).take(MAX_OF_A_KIND))
        .collect();
    chosen.sort_by_key(|fact| fact.kind);
    chosen
        .into_iter()
        .filter_map(|fact| Statement::new(&fact.text, fact.lines.iter().copied().take(MAX_CITATIONS)).ok())
        .collect()
}

fn add(facts: &mut Vec<Fact>, kind: Kind, text: String, lines: Vec<u32>) {
    match facts.iter_mut().find(|fact| fact.kind == kind && fact.text.eq_ignore_ascii_case(&text)) {
        Some(fact) => fact.lines.extend(lines),
        None => facts.push(Fact { kind, text, lines: lines.into_iter().collect() }),
    }
}

type Found = (Kind, String, Vec<u32>);

/// What one line tells. A stretch of text is one fact only: a phone number is not an order number too.
fn facts_in(line: &Line<'_>, asked: Option<(&'static str, u32)>, context: &Context) -> Vec<Found> {
    let mut taken: Vec<Range<usize>> = Vec::new();
    let mut found = Vec::new();
    let mut take = |range: Range<usize>| {
        let free = taken.iter().all(|other| range.end <= other.start || other.end <= range.start);
        if free {
            taken.push(range);
        }
        free
    };
    for (range, label, value) in patterns::labelled_numbers(&line.text) {
        if take(range) {
            found.push((Kind::Number, format!("{label} number {value}"), vec![line.number]));
        }
    }
    for finding in redact::find(&line.text) {
        let label = match finding.kind {
            PersonalData::PhoneNumber => "Phone number",
            PersonalData::Email => "E-mail address",
            PersonalData::CardNumber | PersonalData::Iban => continue,
        };
        if take(finding.range.clone()) {
            found.push((Kind::Contact, format!("{label} {}", line.text[finding.range].trim()), vec![line.number]));
        }
    }
    for (range, amount) in patterns::amounts(&line.text) {
        if take(range) {
            found.push((Kind::Amount, format!("Amount {amount}"), vec![line.number]));
        }
    }
    for (range, date) in patterns::dates(&line.text) {
        if take(range) {
            found.push((Kind::Date, format!("Time: {date}"), vec![line.number]));
        }
    }
    for (range, number) in patterns::bare_numbers(&line.text) {
        if take(range) {
            found.push(bare_number(line, number, asked));
        }
    }
    let names = patterns::names(&line.text).filter(|name| !is_known(name, context));
    found.extend(names.map(|name| (Kind::Name, format!("Name {name}"), vec![line.number])));
    found
}

/// "482137" is a customer number when that was asked for just before.
fn bare_number(line: &Line<'_>, number: &str, asked: Option<(&'static str, u32)>) -> Found {
    let short = line.text.split_whitespace().nth(MAX_ANSWER_WORDS).is_none();
    match asked.filter(|_| line.by_caller && short) {
        Some((label, question)) => (Kind::Number, format!("{label} number {number}"), vec![question, line.number]),
        None => (Kind::Number, format!("Number {number}"), vec![line.number]),
    }
}

/// Those whose names stand on the screen anyway.
fn is_known(name: &str, context: &Context) -> bool {
    let agents = context.agents.iter().map(|agent| agent.name.as_str());
    let known = [context.caller_name.as_deref(), context.target.as_deref(), Some(context.transferring_agent.as_str())];
    agents.chain(known.into_iter().flatten()).any(|other| other.eq_ignore_ascii_case(name))
}
