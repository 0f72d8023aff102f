//! What a screen shows while a model writes.

use baton_domain::briefing::{Briefing, SectionKind};

use crate::chain::Progress;
use crate::sections;

/// The local briefing, in which each section gives way as soon as the model has written something for it.
#[derive(Clone, Debug)]
pub struct Draft {
    local: Briefing,
    now: Briefing,
    begun: Vec<SectionKind>,
}

impl Draft {
    /// Nothing is written yet.
    pub fn new(local: Briefing) -> Self {
        Self { now: local.clone(), local, begun: Vec::new() }
    }

    /// The briefing after one more step, when the step changes it.
    pub fn after(&mut self, progress: Progress) -> Option<&Briefing> {
        match progress {
            Progress::Sent(_) => return None,
            Progress::StartedOver if self.now == self.local => return None,
            Progress::StartedOver => *self = Self::new(self.local.clone()),
            Progress::OpeningLine(line) => self.now.opening_line = line,
            Progress::Statement(kind, statement) => {
                if !self.begun.contains(&kind) {
                    self.begun.push(kind);
                    *sections::of(&mut self.now, kind) = baton_domain::briefing::Section::Unknown;
                }
                sections::add(&mut self.now, kind, statement);
            }
        }
        Some(&self.now)
    }
}

#[cfg(test)]
mod tests {
    use baton_domain::briefing::Statement;
    use baton_domain::transcript::Transcript;

    use super::*;

    #[test]
    fn what_the_model_has_begun_replaces_the_local_words_and_they_come_back_when_it_fails() {
        let mut local = baton_summariser::brief(&Transcript::default(), &baton_summariser::Context::default());
        let said = |text| Statement::new(text, [1]).expect("a statement");
        for kind in [SectionKind::Reason, SectionKind::Mood] {
            sections::add(&mut local, kind, said("local"));
        }
        let mut draft = Draft::new(local.clone());
        assert_eq!(draft.after(Progress::StartedOver), None);
        for text in ["first", "second"] {
            draft.after(Progress::Statement(SectionKind::Reason, said(text))).expect("a change");
        }
        let texts: Vec<&str> = draft.now.reason.statements().iter().map(Statement::text).collect();
        assert_eq!(texts, ["first", "second"]);
        assert_eq!(draft.now.mood, local.mood);
        assert_eq!(draft.after(Progress::StartedOver), Some(&local));
    }
}
