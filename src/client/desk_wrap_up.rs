//! What is written in the work after a call, on its way to the server. It is kept however long the server is away, and whatever
//! becomes of the wrap-up and of its form meanwhile.

use std::cell::RefCell;
use std::rc::Rc;

use baton_domain::ids::CallId;
use baton_domain::wrap_up::Draft;
use leptos::prelude::*;

use super::desk_commands::Pending;
use super::desk_endings::ending;
use super::desk_store::DeskStore;
use super::media_state::Answer;
use super::tell::ask_until_answered;
use crate::api::desk;

/// What was written and is not on the server yet: of each call the newest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnsavedDrafts {
    unsaved: Vec<(CallId, Draft)>,
    /// The call of the draft that was saved last, and its revision.
    saved: Option<(CallId, u32)>,
}

impl UnsavedDrafts {
    /// What is not saved yet of this call.
    pub fn of(&self, call: CallId) -> Option<&Draft> {
        self.unsaved.iter().find(|(of, _)| *of == call).map(|(_, draft)| draft)
    }

    /// The revision that this tab saved last; 0 before the first.
    pub fn saved(&self, call: CallId) -> u32 {
        self.saved.filter(|(of, _)| *of == call).map_or(0, |(_, revision)| revision)
    }

    /// `true` when nothing of this call is on its way yet.
    fn put(&mut self, call: CallId, draft: Draft) -> bool {
        let is_first = self.of(call).is_none();
        self.forget(call);
        self.unsaved.push((call, draft));
        is_first
    }

    /// `sent` is on the server. `true` when something newer is not.
    fn arrived(&mut self, call: CallId, sent: &Draft, revision: u32) -> bool {
        self.saved = Some((call, revision));
        if self.of(call) == Some(sent) {
            self.forget(call);
        }
        self.of(call).is_some()
    }

    fn forget(&mut self, call: CallId) {
        self.unsaved.retain(|(of, _)| *of != call);
    }
}

impl DeskStore {
    /// Keeps what was written, until the server has it. One draft of a call is on its way at a time, and the newest follows it: of
    /// two at once the older could arrive last.
    pub fn save_wrap_up_draft(&self, call: CallId, draft: Draft) {
        if self.drafts().try_update(|drafts| drafts.put(call, draft)) == Some(true) {
            self.send_draft(call);
        }
    }

    fn send_draft(&self, call: CallId) {
        let (store, drafts) = (*self, self.drafts());
        let sent = Rc::new(RefCell::new(None));
        let sending = Rc::clone(&sent);
        let ask = move || -> Answer<u32> {
            // The newest by then. None when the desk was left.
            match drafts.try_with_untracked(|drafts| drafts.of(call).cloned()).flatten() {
                Some(draft) => {
                    sending.replace(Some(draft.clone()));
                    Box::pin(desk::draft_wrap_up(call, draft))
                }
                None => Box::pin(async { Ok(0) }),
            }
        };
        ask_until_answered(ask, move |answer| {
            let goes_on = drafts.try_update(|drafts| match (answer, sent.take()) {
                (Ok(revision), Some(sent)) => drafts.arrived(call, &sent, revision),
                (Ok(_), None) => false,
                (Err(error), _) => {
                    // It was finished meanwhile, here or in another tab.
                    leptos::logging::warn!("the server takes no more notes of this call: {error}");
                    drafts.forget(call);
                    false
                }
            });
            if goes_on == Some(true) {
                store.send_draft(call);
            }
        });
    }

    /// Finishes the work after a call.
    pub fn finish_wrap_up(&self, call: CallId, outcome: Draft) {
        let store = *self;
        let transfer = self.peek(|data| Some(ending(&data.finished.as_ref()?.call, &data.view.me)?.transfer)).flatten();
        let asked = desk::finish_wrap_up(call, outcome.clone());
        let then = move |()| {
            // Whoever has finished is done with the card, too.
            if let Some(transfer) = transfer {
                store.put_transfer_away(transfer);
            }
        };
        self.ask_or(Pending::FinishWrapUp, asked, then, move |error| {
            if error.is_passing() {
                // It may end by itself before they try again.
                store.save_wrap_up_draft(call, outcome);
            }
            store.refused(&error);
        });
    }
}

#[cfg(test)]
mod tests {
    use baton_domain::wrap_up::Disposition;

    use super::*;
    use crate::client::desk_fixtures::call_id;

    fn draft(notes: &str) -> Draft {
        Draft { disposition: Disposition::Resolved, notes: notes.to_owned() }
    }

    #[test]
    fn one_draft_of_a_call_is_on_its_way_and_the_newest_follows_it() {
        let (call, other) = (call_id(1), call_id(2));
        let mut drafts = UnsavedDrafts::default();
        assert!(drafts.put(call, draft("a")), "it is sent at once");
        assert!(!drafts.put(call, draft("ab")) && !drafts.put(call, draft("abc")), "one is on its way");
        assert!(drafts.put(other, draft("x")), "another call waits for nothing");
        assert!(drafts.arrived(call, &draft("a"), 1), "the newest goes on");
        assert_eq!((drafts.of(call), drafts.saved(call)), (Some(&draft("abc")), 1));
        assert!(!drafts.arrived(call, &draft("abc"), 2));
        assert_eq!((drafts.of(call), drafts.saved(call), drafts.saved(other)), (None, 2, 0));
        assert_eq!(drafts.of(other), Some(&draft("x")));
    }
}
