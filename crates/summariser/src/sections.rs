//! What was tried, what was promised, what is open and what might help: sentences found by their turn of phrase.

use std::collections::HashSet;

use baton_domain::briefing::{Section, Statement};

use crate::conversation::{Conversation, Sentence};
use crate::cues::{Cue, Phrases};

/// More than this is not read while a phone rings; of more, the latest are kept.
const MAX_STATEMENTS: usize = 8;

pub fn tried(conversation: &Conversation<'_>, phrases: &Phrases) -> Section {
    let statements = conversation.sentences.iter().enumerate().filter_map(|(at, sentence)| {
        if !phrases.say(Cue::Tried, sentence) || phrases.say(Cue::Hypothetical, sentence) {
            None
        } else if phrases.ask(sentence) {
            confirmed(conversation, phrases, at)
        } else {
            sentence.statement()
        }
    });
    latest(statements)
}

pub fn promised(conversation: &Conversation<'_>, phrases: &Phrases) -> Section {
    let promises = conversation.sentences.iter().filter(|sentence| {
        phrases.say(Cue::Promise, sentence)
            && !phrases.say(Cue::SmallPromise, sentence)
            && !phrases.say(Cue::Aside, sentence)
            && !phrases.ask(sentence)
    });
    latest(promises.filter_map(Sentence::statement))
}

/// What the caller asked or wants and nobody settled, and what an agent left to somebody else.
pub fn to_decide(conversation: &Conversation<'_>, phrases: &Phrases) -> Section {
    let matters: Vec<Matter> = (0..conversation.sentences.len())
        .filter_map(|at| open_matter(conversation, phrases, at).or_else(|| left_open(conversation, phrases, at)))
        .collect();
    // "I can't decide that" after "Can I get a refund?" is stated with the question.
    let answers: HashSet<usize> = matters.iter().filter_map(|matter| matter.deferral).collect();
    let alone = matters.into_iter().filter(|matter| matter.asked || !answers.contains(&matter.at));
    latest(alone.map(|matter| matter.statement).collect::<Vec<_>>().into_iter())
}

pub fn might_resolve(conversation: &Conversation<'_>, phrases: &Phrases) -> Section {
    let ways = conversation.sentences.iter().filter(|sentence| {
        phrases.say(Cue::MightResolve, sentence) && !phrases.say(Cue::NoWayOut, sentence) && !phrases.ask(sentence)
    });
    latest(ways.filter_map(Sentence::statement))
}

/// An agent's "Have you restarted it?" is something tried once the caller says yes.
fn confirmed(conversation: &Conversation<'_>, phrases: &Phrases, at: usize) -> Option<Statement> {
    let question = &conversation.sentences[at];
    let answer = conversation.reply_to(at).first()?;
    let says_yes = !question.by_caller && phrases.say(Cue::Yes, answer);
    says_yes.then(|| exchange(question, answer)).flatten()
}

/// Something that is open: the sentence that says so, and the one in which an agent left it to somebody else.
struct Matter {
    at: usize,
    asked: bool,
    deferral: Option<usize>,
    statement: Statement,
}

fn open_matter(conversation: &Conversation<'_>, phrases: &Phrases, at: usize) -> Option<Matter> {
    let sentence = &conversation.sentences[at];
    if !sentence.by_caller || phrases.say(Cue::SmallTalk, sentence) || phrases.say(Cue::Aside, sentence) {
        return None;
    }
    let reply = conversation.reply_to(at);
    let first = conversation.reply_start(at);
    let deferral = reply.iter().position(|reply| phrases.say(Cue::Deferred, reply));
    let (asks, wishes) = (phrases.ask(sentence), phrases.say(Cue::Wish, sentence));
    let statement = match deferral {
        Some(deferral) if asks || wishes && !asks_next(conversation, phrases, at) => {
            exchange(sentence, &reply[deferral])
        }
        // A question back is no answer.
        None if asks && reply.iter().all(|reply| phrases.ask(reply)) => sentence.statement(),
        _ if wishes && !asks => sentence.statement(),
        _ => None,
    };
    let stated = |statement| Matter { at, asked: true, deferral: deferral.map(|place| first + place), statement };
    statement.map(stated)
}

fn left_open(conversation: &Conversation<'_>, phrases: &Phrases, at: usize) -> Option<Matter> {
    let sentence = &conversation.sentences[at];
    let defers = !sentence.by_caller && phrases.say(Cue::Deferred, sentence) && !phrases.ask(sentence);
    let stated = |statement| Matter { at, asked: false, deferral: None, statement };
    if defers { sentence.statement().map(stated) } else { None }
}

/// Whether the caller goes on with a question: then the reply is to that.
fn asks_next(conversation: &Conversation<'_>, phrases: &Phrases, at: usize) -> bool {
    conversation.sentences.get(at + 1).is_some_and(|next| next.by_caller && phrases.ask(next))
}

fn exchange(first: &Sentence<'_>, second: &Sentence<'_>) -> Option<Statement> {
    let both = Statement::new(&format!("{} {}", first.quote(), second.quote()), [first.line, second.line]).ok();
    both.or_else(|| first.statement())
}

/// The last few, each said once.
fn latest(statements: impl DoubleEndedIterator<Item = Statement>) -> Section {
    let mut seen = HashSet::new();
    let mut last: Vec<_> = statements
        .rev()
        .filter(|statement| seen.insert(statement.text().to_lowercase()))
        .take(MAX_STATEMENTS)
        .collect();
    last.reverse();
    last.into()
}
