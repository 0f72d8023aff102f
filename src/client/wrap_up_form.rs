//! The form of the work after a call. All tabs of an agent show the same: what is written in one of them stands in the others, unless
//! somebody is writing there as well.

use std::time::Duration;

use baton_domain::ids::CallId;
use baton_domain::wrap_up::{Disposition, Draft, WrapUp};
use leptos::prelude::*;

use super::desk_store::DeskStore;

/// How soon what was typed is on the server.
const SAVE_AFTER: Duration = Duration::from_millis(400);

/// What this form and the server agreed on last.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Agreed {
    draft: Draft,
    revision: u32,
}

impl Agreed {
    /// What another tab has written, if it is newer and nothing else was written here.
    fn take_over(&mut self, here: &Draft, theirs: &WrapUp) -> Option<Draft> {
        if theirs.revision <= self.revision || *here != self.draft {
            return None;
        }
        *self = Self { draft: theirs.draft.clone(), revision: theirs.revision };
        Some(self.draft.clone())
    }
}

/// The form in this tab.
#[derive(Clone, Copy)]
pub struct WrapUpForm {
    store: DeskStore,
    call: CallId,
    /// What came of the call.
    pub disposition: RwSignal<Disposition>,
    /// What is written about it.
    pub notes: RwSignal<String>,
    agreed: StoredValue<Agreed>,
    waiting: StoredValue<Option<TimeoutHandle>>,
}

impl WrapUpForm {
    /// Begins with what is written already, and ends with the component around it.
    pub fn begin(store: DeskStore, wrap_up: &WrapUp) -> Self {
        let call = wrap_up.call;
        let unsaved = store.drafts().with_untracked(|drafts| drafts.of(call).cloned());
        let draft = unsaved.unwrap_or_else(|| wrap_up.draft.clone());
        let form = Self {
            store,
            call,
            disposition: RwSignal::new(draft.disposition),
            notes: RwSignal::new(draft.notes.clone()),
            agreed: StoredValue::new(Agreed { draft, revision: wrap_up.revision }),
            waiting: StoredValue::new(None),
        };
        Effect::watch(move || form.written(), move |written, _, _| form.changed(written), false);
        form.follow(wrap_up.clone());
        // What was typed in the last moment is kept as well.
        on_cleanup(move || form.save_now());
        form
    }

    fn follow(self, which: WrapUp) {
        let (known, drafts) = (self.store.wrap_up(), self.store.drafts());
        Effect::new(move || {
            let (is_unsaved, saved) = drafts.with(|drafts| (drafts.of(self.call).is_some(), drafts.saved(self.call)));
            let Some(theirs) = known.get().filter(|known| known.is_same(&which) && !is_unsaved) else { return };
            let here = self.written_now();
            let news = self.agreed.try_update_value(|agreed| {
                agreed.revision = agreed.revision.max(saved);
                agreed.take_over(&here?, &theirs)
            });
            if let Some(Draft { disposition, notes }) = news.flatten() {
                self.disposition.set(disposition);
                self.notes.set(notes);
            }
        });
    }

    fn written(self) -> Draft {
        Draft { disposition: self.disposition.get(), notes: self.notes.get() }
    }

    fn written_now(self) -> Option<Draft> {
        Some(Draft { disposition: self.disposition.try_get_untracked()?, notes: self.notes.try_get_untracked()? })
    }

    /// What was taken over from another tab is no change.
    fn changed(self, written: &Draft) {
        let is_known = self.agreed.with_value(|agreed| agreed.draft == *written);
        if !is_known && self.waiting.get_value().is_none() {
            self.waiting.set_value(set_timeout_with_handle(move || self.save_now(), SAVE_AFTER).ok());
        }
    }

    /// What waits to be sent is sent now: whoever leaves the field may take the next call with their next click.
    pub fn save_now(self) {
        if let Some(written) = self.stop().then(|| self.written_now()).flatten() {
            self.agree(written.clone());
            self.store.save_wrap_up_draft(self.call, written);
        }
    }

    /// Finishes with what stands there.
    pub fn finish(self) {
        self.stop();
        if let Some(written) = self.written_now() {
            self.agree(written.clone());
            self.store.finish_wrap_up(self.call, written);
        }
    }

    fn agree(self, draft: Draft) {
        self.agreed.update_value(|agreed| agreed.draft = draft);
    }

    /// Whether something was waiting to be sent.
    fn stop(self) -> bool {
        let waiting = self.waiting.try_update_value(Option::take).flatten();
        waiting.inspect(TimeoutHandle::clear).is_some()
    }
}

#[cfg(test)]
mod tests {
    use baton_domain::time::Timestamp;

    use super::*;
    use crate::client::desk_fixtures::{agent, call_id};

    fn draft(notes: &str) -> Draft {
        Draft { disposition: Disposition::Resolved, notes: notes.to_owned() }
    }

    fn theirs(revision: u32, notes: &str) -> WrapUp {
        WrapUp {
            call: call_id(1),
            caller_name: "Carol".to_owned(),
            agent: agent("alice"),
            started_at: Timestamp(0),
            ends_at: Timestamp(120_000),
            draft: draft(notes),
            revision,
        }
    }

    #[test]
    fn an_untouched_form_takes_over_what_another_tab_has_written() {
        let mut agreed = Agreed { draft: draft(""), revision: 0 };
        assert_eq!(agreed.take_over(&draft(""), &theirs(1, "a")), Some(draft("a")));
        assert_eq!(agreed.take_over(&draft("a"), &theirs(1, "a")), None, "nothing new");
        assert_eq!(agreed.take_over(&draft("a"), &theirs(2, "ab")), Some(draft("ab")));
    }

    #[test]
    fn what_is_being_written_here_is_not_overwritten() {
        let mut agreed = Agreed { draft: draft("a"), revision: 1 };
        assert_eq!(agreed.take_over(&draft("a and"), &theirs(2, "b")), None);
        assert_eq!(agreed, Agreed { draft: draft("a"), revision: 1 }, "it is looked at again when this is saved");
    }

    #[test]
    fn an_older_word_of_this_tab_takes_nothing_back() {
        let mut agreed = Agreed { draft: draft(""), revision: 2 };
        assert_eq!(agreed.take_over(&draft(""), &theirs(1, "typed and deleted again")), None);
    }
}
