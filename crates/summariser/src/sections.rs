//! What was tried, what was promised, what is open and what might help: sentences found by their turn of phrase.

use std::collections::HashSet;

use baton_domain::briefing::{Section, Statement};

use crate::conversation::{Conversation, Sentence};
use crate::cues;

/// More than this is not read while a phone rings; of more, the latest are kept.
const MAX_STATEMENTS: usize = 6;

pub fn tried(conversation: &Conversation<'_>) -> Section {
    let statements = conversation.sentences.iter().enumerate().filter_map(|(at, sentence)| {
        if !cues::TRIED.is_match(&sentence.plain) || cues::HYPOTHETICAL.is_match(&sentence.plain) {
            None
        } else if cues::is_question(sentence) {
            confirmed(conversation, at)
        } else {
            sentence.statement()
        }
    });
    latest(statements)
}

pub fn promised(conversation: &Conversation<'_>) -> Section {
    let promises = conversation.sentences.iter().filter(|sentence| {
        cues::PROMISE.is_match(&sentence.plain)
            && !cues::SMALL_PROMISE.is_match(&sentence.plain)
            && !cues::is_question(sentence)
    });
    latest(promises.filter_map(Sentence::statement))
}

pub fn to_decide(conversation: &Conversation<'_>) -> Section {
    let sentences = conversation.sentences.iter().enumerate();
    latest(sentences.filter_map(|(at, sentence)| open_matter(conversation, at, sentence)))
}

pub fn might_resolve(conversation: &Conversation<'_>) -> Section {
    let ways = conversation.sentences.iter().filter(|sentence| {
        cues::MIGHT_RESOLVE.is_match(&sentence.plain)
            && !cues::NO_WAY_OUT.is_match(&sentence.plain)
            && !cues::is_question(sentence)
    });
    latest(ways.filter_map(Sentence::statement))
}

/// An agent's "Have you restarted it?" is something tried once the caller says yes.
fn confirmed(conversation: &Conversation<'_>, at: usize) -> Option<Statement> {
    let question = &conversation.sentences[at];
    let answer = conversation.reply_to(at).first()?;
    let says_yes = !question.by_caller && cues::YES.is_match(&answer.plain);
    says_yes.then(|| exchange(question, answer)).flatten()
}

fn open_matter(conversation: &Conversation<'_>, at: usize, sentence: &Sentence<'_>) -> Option<Statement> {
    if !sentence.by_caller || cues::SMALL_TALK.is_match(&sentence.plain) {
        return None;
    }
    let reply = conversation.reply_to(at);
    let deferral = reply.iter().find(|reply| cues::DEFERRED.is_match(&reply.plain));
    let (asks, wishes) = (cues::is_question(sentence), cues::WISH.is_match(&sentence.plain));
    match deferral {
        Some(deferral) if asks || wishes && !asks_next(conversation, at) => exchange(sentence, deferral),
        // A question back is no answer.
        None if asks && reply.iter().all(cues::is_question) => sentence.statement(),
        _ if wishes && !asks => sentence.statement(),
        _ => None,
    }
}

/// Whether the caller goes on with a question: then the reply is to that.
fn asks_next(conversation: &Conversation<'_>, at: usize) -> bool {
    conversation.sentences.get(at + 1).is_some_and(|next| next.by_caller && cues::is_question(next))
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
