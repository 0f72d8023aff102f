//! A model's analysis while the call goes on: what it wrote stays, and what was said since is added by the local rules, so that
//! nothing on screen flickers between two voices.

use crate::briefing::{Briefing, MAX_STATEMENTS, Section, Statement};

use super::{Insight, MoodCurve};

impl Insight {
    /// This analysis, which read up to line `read_to`, with what `local` says of the lines after it.
    #[must_use]
    pub fn carried_on(&self, local: &Self, read_to: u32) -> Self {
        let mine = self.mood.points().iter().filter(|point| point.line <= read_to);
        let since = local.mood.points().iter().filter(|point| point.line > read_to);
        let mood: Vec<_> = mine.chain(since).copied().collect();
        let is_new = |lines: &[u32]| lines.iter().any(|line| *line > read_to);
        let answers_the_last = local.replies.iter().any(|reply| is_new(reply.words.citations()));
        Self {
            mood: MoodCurve::from(mood),
            key_points: with_later(&self.key_points, &local.key_points, read_to),
            actions: with_later(&self.actions, &local.actions, read_to),
            intent: if self.intent.is_unknown() { local.intent.clone() } else { self.intent.clone() },
            replies: if answers_the_last { local.replies.clone() } else { self.replies.clone() },
            lines_read: self.lines_read,
            source: self.source.clone(),
        }
    }
}

impl Briefing {
    /// This briefing, which read up to line `read_to`, with what `local`, which has read everything, says of the lines after
    /// it. The first sentence is `local`'s: it knows who will say it.
    #[must_use]
    pub fn carried_on(&self, local: &Self, read_to: u32) -> Self {
        let later = |mine: &Section, theirs: &Section| with_later(mine, theirs, read_to);
        Self {
            lines_read: local.lines_read,
            language: self.language.clone().or_else(|| local.language.clone()),
            reason: later(&self.reason, &local.reason),
            tried: later(&self.tried, &local.tried),
            promised: later(&self.promised, &local.promised),
            mood: later(&self.mood, &local.mood),
            facts: later(&self.facts, &local.facts),
            to_decide: later(&self.to_decide, &local.to_decide),
            might_resolve: later(&self.might_resolve, &local.might_resolve),
            opening_line: local.opening_line.clone(),
            ..self.clone()
        }
    }

    /// What `earlier`, a briefing of the same call, knew of lines of which this one is silent: promises, facts, and what was
    /// tried stay true, while a mood or an open question may have passed.
    #[must_use]
    pub fn after(self, earlier: &Self) -> Self {
        Self {
            tried: with_forgotten(&self.tried, &earlier.tried),
            promised: with_forgotten(&self.promised, &earlier.promised),
            facts: with_forgotten(&self.facts, &earlier.facts),
            ..self
        }
    }
}

fn with_later(mine: &Section, theirs: &Section, read_to: u32) -> Section {
    let is_later = |statement: &&Statement| statement.citations().iter().all(|line| *line > read_to);
    // What was added before is added anew: the local rules may see it otherwise by now.
    let mine = mine.statements().iter().filter(|statement| !is_later(statement));
    let later = theirs.statements().iter().filter(is_later);
    newest_of(mine.cloned().collect(), later.cloned().collect())
}

/// The older first: they were said first.
pub(super) fn with_forgotten(now: &Section, before: &Section) -> Section {
    let is_told = |statement: &&Statement| {
        now.statements().iter().any(|known| known.citations().iter().any(|line| statement.citations().contains(line)))
    };
    let forgotten = before.statements().iter().filter(|statement| !is_told(statement)).cloned();
    newest_of(forgotten.collect(), now.statements().to_vec())
}

/// Of too many a section keeps the first, but what is new must not be among those that go.
fn newest_of(older: Vec<Statement>, newer: Vec<Statement>) -> Section {
    let too_many = (older.len() + newer.len()).saturating_sub(MAX_STATEMENTS).min(older.len());
    older.into_iter().skip(too_many).chain(newer).collect()
}
