//! What a call comes to while it goes on, offline and at once: how the caller feels, what they want, what matters, what is to be
//! done, and what might be said next. Like the briefing it quotes and never concludes; only the suggested replies are words of
//! our own, and those come from a short list.

mod curve;
mod replies;
mod search;

use baton_domain::briefing::{Section, Source, Statement};
use baton_domain::insight::{Insight, MAX_REPLIES};
use baton_domain::transcript::Transcript;

pub use search::{Found, search};

use crate::context::Context;
use crate::conversation::Conversation;
use crate::facts;
use crate::{language, reason, sections};

/// Who joins a call reads this in one glance.
const MAX_KEY_POINTS: usize = 6;
const MAX_ACTIONS: usize = 8;
const MAX_INTENTS: usize = 2;

/// What was said so far comes to this. Interim lines are not read.
pub fn analyse(transcript: &Transcript, context: &Context) -> Insight {
    let conversation = Conversation::new(transcript, context);
    let tongue = language::of(&conversation);
    let phrases = language::phrases(&conversation, &tongue);
    let reasons = reason::find(&conversation, &tongue, &phrases);
    let tried = sections::tried(&conversation, &phrases);
    let promised = sections::promised(&conversation, &phrases);
    let to_decide = sections::to_decide(&conversation, &phrases);
    let might_resolve = sections::might_resolve(&conversation, &phrases);
    let (intents, other_reasons) = reasons.split_at(reasons.len().min(MAX_INTENTS));
    let intent = reason::section(intents);
    let other_reasons = reason::section(other_reasons);
    let stated = [&intent, &other_reasons, &tried, &promised, &to_decide];
    let facts = facts::section(&conversation, &phrases, &stated, context);
    let mood = curve::of(&conversation, &phrases);
    let replies = replies::suggest(&conversation, &phrases, &tongue, &mood);
    Insight {
        source: Source::Local,
        lines_read: u32::try_from(transcript.final_lines().count()).unwrap_or(u32::MAX),
        key_points: by_line([&other_reasons, &tried, &might_resolve, &facts], MAX_KEY_POINTS),
        actions: by_line([&promised, &to_decide], MAX_ACTIONS),
        replies: replies.into_iter().take(MAX_REPLIES).collect(),
        intent,
        mood,
    }
}

/// Several sections as one, in the order in which it was said; of too many, the latest.
fn by_line<const N: usize>(sections: [&Section; N], at_most: usize) -> Section {
    let mut all: Vec<&Statement> = sections.iter().flat_map(|section| section.statements()).collect();
    all.sort_by_key(|statement| statement.citations().to_vec());
    all.dedup_by(|left, right| left.text() == right.text());
    let skipped = all.len().saturating_sub(at_most);
    all.into_iter().skip(skipped).cloned().collect()
}
