//! The form of the work after a call. All tabs of an agent show the same: what is written in one of them stands in the others, unless
//! somebody is writing there as well.

use std::time::Duration;

use baton_domain::wrap_up::{Disposition, Draft, WrapUp, WrapUpId, Written};
use leptos::prelude::*;

use super::desk_store::DeskStore;
use super::desk_wrap_up::UnsavedDrafts;

/// How soon what was typed is on the server.
const SAVE_AFTER: Duration = Duration::from_millis(400);

/// What this form and the server agreed on last.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Agreed {
    draft: Draft,
    revision: u32,
}

impl Agreed {
    /// What another tab has written, if it is newer and nothing else was written here. What is on its way from here is looked at
    /// when it has arrived.
    fn take_over(&mut self, here: &Draft, theirs: &WrapUp, drafts: &UnsavedDrafts) -> Option<Draft> {
        if drafts.of(theirs.id()).is_some() {
            return None;
        }
        self.revision = self.revision.max(drafts.saved(theirs.id()));
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
    wrap_up: WrapUpId,
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
        let known = || Written { wrap_up: wrap_up.id(), over: wrap_up.revision, draft: wrap_up.draft.clone() };
        let unsaved = store.drafts().with_untracked(|drafts| drafts.of(wrap_up.id()).cloned());
        let Written { draft, over: revision, .. } = unsaved.unwrap_or_else(known);
        let form = Self {
            store,
            wrap_up: wrap_up.id(),
            disposition: RwSignal::new(draft.disposition),
            notes: RwSignal::new(draft.notes.clone()),
            agreed: StoredValue::new(Agreed { draft, revision }),
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
            let Some(theirs) = known.get().filter(|known| known.is_same(&which)) else { return };
            let here = self.written_now();
            let news =
                drafts.with(|drafts| self.agreed.try_update_value(|agreed| agreed.take_over(&here?, &theirs, drafts)));
            if let Some(Draft { disposition, notes }) = news.flatten() {
                self.disposition.set(disposition);
                self.notes.set(notes);
            }
        });
    }

    /// Whether what is written here is not on the server, though it was sent some time ago.
    pub fn is_late(self) -> Memo<bool> {
        let drafts = self.store.drafts();
        Memo::new(move |_| drafts.with(|drafts| drafts.is_late(self.wrap_up)))
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
            self.store.save_wrap_up_draft(self.agree(written));
        }
    }

    /// Finishes with what stands there.
    pub fn finish(self) {
        self.stop();
        if let Some(written) = self.written_now() {
            self.store.finish_wrap_up(self.agree(written));
        }
    }

    /// What is sent is what this form will have agreed on with the server.
    fn agree(self, draft: Draft) -> Written {
        self.agreed.update_value(|agreed| agreed.draft.clone_from(&draft));
        Written { wrap_up: self.wrap_up, over: self.agreed.with_value(|agreed| agreed.revision), draft }
    }

    /// Whether something was waiting to be sent.
    fn stop(self) -> bool {
        let waiting = self.waiting.try_update_value(Option::take).flatten();
        waiting.inspect(TimeoutHandle::clear).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::desk_fixtures::{draft, wrap_up, written};

    fn theirs(revision: u32, notes: &str) -> WrapUp {
        wrap_up(1, revision, notes)
    }

    fn take_over(agreed: &mut Agreed, here: &str, theirs: &WrapUp) -> Option<Draft> {
        agreed.take_over(&draft(here), theirs, &UnsavedDrafts::default())
    }

    #[test]
    fn an_untouched_form_takes_over_what_another_tab_has_written() {
        let mut agreed = Agreed { draft: draft(""), revision: 0 };
        assert_eq!(take_over(&mut agreed, "", &theirs(1, "a")), Some(draft("a")));
        assert_eq!(take_over(&mut agreed, "a", &theirs(1, "a")), None, "nothing new");
        assert_eq!(take_over(&mut agreed, "a", &theirs(2, "ab")), Some(draft("ab")));
    }

    #[test]
    fn what_is_being_written_here_is_not_overwritten() {
        let mut agreed = Agreed { draft: draft("a"), revision: 1 };
        assert_eq!(take_over(&mut agreed, "a and", &theirs(2, "b")), None);
        assert_eq!(agreed, Agreed { draft: draft("a"), revision: 1 }, "it is looked at again when this is saved");
    }

    #[test]
    fn an_older_word_of_this_tab_takes_nothing_back() {
        let mut agreed = Agreed { draft: draft(""), revision: 2 };
        assert_eq!(take_over(&mut agreed, "", &theirs(1, "typed and deleted again")), None);
        let mut drafts = UnsavedDrafts::default();
        let mut agreed = Agreed { draft: draft(""), revision: 0 };
        drafts.put(written(theirs(0, "").id(), 0, ""));
        assert_eq!(agreed.take_over(&draft(""), &theirs(1, "typed"), &drafts), None, "deleted, and on its way");
        drafts.arrived(&written(theirs(0, "").id(), 0, ""), 2);
        assert_eq!(agreed.take_over(&draft(""), &theirs(1, "typed"), &drafts), None);
    }

    /// The call came back to the same agent: its drafts are numbered from the start.
    #[test]
    fn what_was_saved_in_an_earlier_wrap_up_of_the_call_hides_nothing() {
        let first = theirs(0, "");
        let second = WrapUp { started_at: first.ends_at, ..theirs(1, "Written in another tab") };
        let mut drafts = UnsavedDrafts::default();
        drafts.arrived(&written(first.id(), 19, "The first time"), 20);
        drafts.put(written(first.id(), 20, "Never sent"));
        let mut agreed = Agreed { draft: draft(""), revision: 0 };
        assert_eq!(agreed.take_over(&draft(""), &second, &drafts), Some(second.draft.clone()));
    }
}
