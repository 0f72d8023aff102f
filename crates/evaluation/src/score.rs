//! One briefing against what is expected of it.

use std::collections::BTreeSet;
use std::ops::AddAssign;

use baton_domain::briefing::{Briefing, SectionKind, Statement};
use baton_redaction::spoken_numbers;

use crate::conversation::{Conversation, Expected, Forbidden};
use crate::text::{contains_all, plain, words};

/// A statement of whose words fewer are in the lines it cites rests on something else. Paraphrases share about half of theirs.
const MIN_SHARED_WORDS: f64 = 0.3;

/// What one briefing got right and wrong. The lists are for those who want to make it better.
#[derive(Clone, Debug, Default)]
pub struct Score {
    /// The numbers.
    pub total: Total,
    /// Facts that are nowhere in the briefing.
    pub missed: Vec<String>,
    /// Facts that are there, but under another heading.
    pub misplaced: Vec<String>,
    /// Statements whose words are not in the lines they cite.
    pub unsupported: Vec<String>,
    /// Statements that must not be made.
    pub forbidden: Vec<String>,
    /// Cited lines that do not say what the statement says.
    pub wrong_citations: Vec<String>,
}

/// Counts, which add up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// Briefings asked for.
    pub conversations: usize,
    /// Briefings that did not come.
    pub failed: usize,
    /// Facts expected.
    pub facts: usize,
    /// Facts stated somewhere.
    pub found: usize,
    /// Facts stated where they belong.
    pub in_place: usize,
    /// Statements made.
    pub statements: usize,
    /// Statements that state an expected fact.
    pub relevant: usize,
    /// Lines cited by those.
    pub citations: usize,
    /// Of these, lines that say the fact.
    pub right_citations: usize,
    /// Statements whose words are not in the lines they cite.
    pub unsupported: usize,
    /// Statements that must not be made.
    pub forbidden: usize,
    /// Briefings in whose conversation the language can be told.
    pub languages: usize,
    /// Those that told it.
    pub right_languages: usize,
}

impl AddAssign for Total {
    fn add_assign(&mut self, other: Self) {
        self.conversations += other.conversations;
        self.failed += other.failed;
        self.facts += other.facts;
        self.found += other.found;
        self.in_place += other.in_place;
        self.statements += other.statements;
        self.relevant += other.relevant;
        self.citations += other.citations;
        self.right_citations += other.right_citations;
        self.unsupported += other.unsupported;
        self.forbidden += other.forbidden;
        self.languages += other.languages;
        self.right_languages += other.right_languages;
    }
}

struct Stated<'b> {
    section: SectionKind,
    statement: &'b Statement,
    plain: String,
}

/// `None` is a briefing that did not come: everything is missed.
pub fn score(conversation: &Conversation, briefing: Option<&Briefing>) -> Score {
    let stated = briefing.map(all_stated).unwrap_or_default();
    let mut score = Score::default();
    score.total.conversations = 1;
    score.total.failed = usize::from(briefing.is_none());
    score.total.facts = conversation.facts.len();
    for fact in &conversation.facts {
        look_for(fact, &stated, &mut score);
    }
    for one in &stated {
        judge(one, conversation, &mut score);
    }
    for forbidden in &conversation.never {
        look_for_forbidden(forbidden, &stated, briefing, &mut score);
    }
    if let (Some(expected), Some(briefing)) = (&conversation.language, briefing) {
        score.total.languages = 1;
        let told = briefing.language.as_ref().is_some_and(|language| language.tag() == expected);
        score.total.right_languages = usize::from(told);
    }
    score
}

fn all_stated(briefing: &Briefing) -> Vec<Stated<'_>> {
    let sections = briefing.sections().into_iter();
    sections
        .flat_map(|(section, known)| {
            let stated = move |statement| Stated { section, statement, plain: plain(Statement::text(statement)) };
            known.statements().iter().map(stated)
        })
        .collect()
}

fn look_for(fact: &Expected, stated: &[Stated<'_>], score: &mut Score) {
    let mut saying = stated.iter().filter(|one| contains_all(&one.plain, &fact.says)).peekable();
    if saying.peek().is_none() {
        score.missed.push(fact.what.clone());
        return;
    }
    score.total.found += 1;
    if saying.any(|one| fact.sections.is_empty() || fact.sections.contains(&one.section)) {
        score.total.in_place += 1;
    } else {
        score.misplaced.push(fact.what.clone());
    }
}

fn judge(one: &Stated<'_>, conversation: &Conversation, score: &mut Score) {
    score.total.statements += 1;
    let facts = conversation.facts.iter().filter(|fact| contains_all(&one.plain, &fact.says));
    let supporting: BTreeSet<u32> = facts.flat_map(|fact| fact.lines.iter().copied()).collect();
    if !supporting.is_empty() {
        score.total.relevant += 1;
        for line in one.statement.citations() {
            score.total.citations += 1;
            if supporting.contains(line) {
                score.total.right_citations += 1;
            } else {
                score.wrong_citations.push(format!("line {line}: {}", one.statement.text()));
            }
        }
    }
    if !is_supported(one, conversation) {
        score.total.unsupported += 1;
        score.unsupported.push(one.statement.text().to_owned());
    }
}

/// Whether the cited lines say it: every number in it, and enough of its words. Names of those who speak need not be said, and a
/// mood is a judgement about words and need not repeat them. Measured by letters, so it holds for briefings in the language
/// of the call.
fn is_supported(one: &Stated<'_>, conversation: &Conversation) -> bool {
    let cited: Vec<String> = one
        .statement
        .citations()
        .iter()
        .filter_map(|&number| conversation.transcript.line(number))
        .map(|line| plain(line.text.as_str()))
        .collect();
    let said = cited.join(" ");
    // Line by line, since two who read out the same number do not say one long one; and "oh" is said as often as "zero".
    let spoken: Vec<String> = cited
        .iter()
        .flat_map(|line| spoken_numbers(&line.replace(" oh ", " zero ")))
        .map(|(_, digits)| digits)
        .collect();
    let context = &conversation.context;
    let names = context.agents.iter().map(|agent| agent.name.as_str()).chain(context.caller_name.as_deref());
    let names = plain(&names.collect::<Vec<_>>().join(" "));
    let known: BTreeSet<&str> = words(&said).chain(words(&names)).chain(spoken.iter().map(String::as_str)).collect();
    let mut numbers = words(&one.plain).filter(|word| word.chars().all(char::is_numeric));
    let shared = words(&one.plain).filter(|word| known.contains(word)).count();
    let all = words(&one.plain).count().max(1);
    numbers.all(|number| known.contains(number))
        && (one.section == SectionKind::Mood || share(shared, all) >= MIN_SHARED_WORDS)
}

fn look_for_forbidden(forbidden: &Forbidden, stated: &[Stated<'_>], briefing: Option<&Briefing>, score: &mut Score) {
    let somewhere = forbidden.sections.is_empty();
    let wrong = stated.iter().filter(|one| somewhere || forbidden.sections.contains(&one.section));
    let mut wrong: Vec<&str> =
        wrong.filter(|one| contains_all(&one.plain, &forbidden.says)).map(|one| one.statement.text()).collect();
    let opening = briefing.map_or("", |briefing| briefing.opening_line.text());
    let anything = forbidden.says.iter().any(String::is_empty);
    if somewhere && !anything && contains_all(&plain(opening), &forbidden.says) {
        wrong.push(opening);
    }
    score.total.forbidden += wrong.len();
    score.forbidden.extend(wrong.into_iter().map(|text| format!("{} ({})", text, forbidden.what)));
}

/// How many of all, from 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "counts of lines and words are far below 2^52")]
pub fn share(part: usize, all: usize) -> f64 {
    if all == 0 { 1.0 } else { part as f64 / all as f64 }
}
