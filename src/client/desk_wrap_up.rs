//! What is written in the work after a call, on its way to the server. It is kept however long the server is away, and whatever
//! becomes of the wrap-up and of its form meanwhile.

use baton_domain::wrap_up::{WrapUpId, Written};
use leptos::prelude::*;

use super::desk_commands::Pending;
use super::desk_endings::ending;
use super::desk_store::DeskStore;
use super::media_state::Answer;
use super::tell::ask_until_answered;
use crate::api::desk;
use crate::api::error::ApiError;

/// What was written and is not on the server yet: of each wrap-up the newest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnsavedDrafts {
    unsaved: Vec<Unsaved>,
    /// The wrap-up of the draft that was saved last, and its revision.
    saved: Option<(WrapUpId, u32)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Unsaved {
    written: Written,
    /// Whether it, or an older one before it, is on its way.
    is_sent: bool,
}

impl UnsavedDrafts {
    /// What is not saved yet of this wrap-up.
    pub fn of(&self, wrap_up: WrapUpId) -> Option<&Written> {
        self.unsaved.iter().map(|unsaved| &unsaved.written).find(|written| written.wrap_up == wrap_up)
    }

    /// The revision that this tab saved last; 0 before the first.
    pub fn saved(&self, wrap_up: WrapUpId) -> u32 {
        self.saved.filter(|(of, _)| *of == wrap_up).map_or(0, |(_, revision)| revision)
    }

    /// `true` when nothing of this wrap-up is on its way yet.
    pub(super) fn put(&mut self, mut written: Written) -> bool {
        let known = self.saved(written.wrap_up);
        written.over = written.over.max(known);
        let Some(unsaved) = self.find(written.wrap_up) else {
            self.unsaved.push(Unsaved { written, is_sent: true });
            return true;
        };
        written.over = written.over.max(unsaved.written.over);
        unsaved.written = written;
        !std::mem::replace(&mut unsaved.is_sent, true)
    }

    /// `sent` is on the server. `true` when something newer is not.
    pub(super) fn arrived(&mut self, sent: &Written, revision: u32) -> bool {
        self.saved = Some((sent.wrap_up, revision));
        let Some(unsaved) = self.find(sent.wrap_up) else { return false };
        unsaved.written.over = revision;
        let is_newer = unsaved.written.draft != sent.draft;
        if !is_newer {
            self.forget(sent.wrap_up);
        }
        is_newer
    }

    /// The server does not take `sent`. What it may take later stays, and goes on its way with what is typed next. `true` when
    /// there is something newer already.
    fn refused(&mut self, sent: &Written, error: &ApiError) -> bool {
        if is_over(error) {
            self.forget(sent.wrap_up);
            return false;
        }
        let Some(unsaved) = self.find(sent.wrap_up) else { return false };
        unsaved.is_sent = unsaved.written.draft != sent.draft;
        unsaved.is_sent
    }

    /// What is not on its way, and is from now on.
    fn resume(&mut self) -> Vec<WrapUpId> {
        let stays = self.unsaved.iter_mut().filter(|unsaved| !unsaved.is_sent);
        let resumed = stays.map(|unsaved| {
            unsaved.is_sent = true;
            unsaved.written.wrap_up
        });
        resumed.collect()
    }

    fn find(&mut self, wrap_up: WrapUpId) -> Option<&mut Unsaved> {
        self.unsaved.iter_mut().find(|unsaved| unsaved.written.wrap_up == wrap_up)
    }

    fn forget(&mut self, wrap_up: WrapUpId) {
        self.unsaved.retain(|unsaved| unsaved.written.wrap_up != wrap_up);
    }
}

/// Begins to keep what is written, for the desks that are opened in here: each ends with the sign-in of its tab.
pub fn keep_drafts() {
    provide_context(RwSignal::new(UnsavedDrafts::default()));
}

pub(super) fn kept_drafts() -> RwSignal<UnsavedDrafts> {
    use_context().unwrap_or_default()
}

/// Whether the wrap-up was finished meanwhile, here or in another tab, or has something newer.
fn is_over(error: &ApiError) -> bool {
    matches!(error.status, 404 | 409)
}

impl DeskStore {
    /// Keeps what was written, until the server has it. One draft of a wrap-up is on its way at a time, and the newest follows it:
    /// of two at once the older could arrive last.
    pub fn save_wrap_up_draft(&self, written: Written) {
        let wrap_up = written.wrap_up;
        if self.drafts().try_update(|drafts| drafts.put(written)) == Some(true) {
            self.send_draft(self.drafts(), wrap_up);
        }
    }

    /// What was kept of an earlier sign-in goes on its way again.
    pub fn send_kept_drafts(&self) {
        let drafts = self.drafts();
        for wrap_up in drafts.try_update(UnsavedDrafts::resume).unwrap_or_default() {
            self.send_draft(drafts, wrap_up);
        }
    }

    fn send_draft(&self, drafts: RwSignal<UnsavedDrafts>, wrap_up: WrapUpId) {
        let store = *self;
        let Some(sent) = drafts.with_untracked(|drafts| drafts.of(wrap_up).cloned()) else { return };
        let again = sent.clone();
        let ask = move || -> Answer<u32> {
            // The same until it is answered: the server may have it, and knows it by that. Nothing more when the desk was left.
            match drafts.try_with_untracked(|_| again.clone()) {
                Some(written) => Box::pin(desk::draft_wrap_up(written)),
                None => Box::pin(async { Ok(0) }),
            }
        };
        ask_until_answered(ask, move |answer| {
            let goes_on = drafts.try_update(|drafts| match &answer {
                Ok(revision) => drafts.arrived(&sent, *revision),
                Err(error) => drafts.refused(&sent, error),
            });
            match answer {
                // The desk was left, for good or to be opened anew.
                _ if store.data.is_disposed() => {}
                Err(error) if is_over(&error) => {
                    leptos::logging::warn!("the server takes no more notes of this call: {error}");
                }
                Err(error) => store.refused(&error),
                Ok(_) => {}
            }
            if goes_on == Some(true) {
                store.send_draft(drafts, wrap_up);
            }
        });
    }

    /// Finishes the work after a call.
    pub fn finish_wrap_up(&self, outcome: Written) {
        let store = *self;
        let transfer = self.peek(|data| Some(ending(&data.finished.as_ref()?.call, &data.view.me)?.transfer)).flatten();
        let asked = desk::finish_wrap_up(outcome.clone());
        let then = move |()| {
            // Whoever has finished is done with the card, too.
            if let Some(transfer) = transfer {
                store.put_transfer_away(transfer);
            }
        };
        self.ask_or(Pending::FinishWrapUp, asked, then, move |error| {
            if error.is_passing() {
                // It may end by itself before they try again.
                store.save_wrap_up_draft(outcome);
            }
            store.refused(&error);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::desk_fixtures::{wrap_up, written};

    #[test]
    fn one_draft_of_a_wrap_up_is_on_its_way_and_the_newest_follows_it() {
        let [first, other] = [1, 2].map(|call| wrap_up(call, 0, "").id());
        let mut drafts = UnsavedDrafts::default();
        assert!(drafts.put(written(first, 0, "a")), "it is sent at once");
        assert!(!drafts.put(written(first, 0, "ab")) && !drafts.put(written(first, 0, "abc")), "one is on its way");
        assert!(drafts.put(written(other, 0, "x")), "another waits for nothing");
        assert!(drafts.arrived(&written(first, 0, "a"), 1), "the newest goes on");
        assert_eq!(drafts.of(first), Some(&written(first, 1, "abc")), "over what this tab has saved itself");
        assert!(!drafts.arrived(&written(first, 1, "abc"), 2));
        assert_eq!((drafts.of(first), drafts.saved(first), drafts.saved(other)), (None, 2, 0));
        assert_eq!(drafts.of(other), Some(&written(other, 0, "x")));
        assert!(drafts.put(written(first, 1, "abcd")));
        assert_eq!(drafts.of(first), Some(&written(first, 2, "abcd")), "its form may not have heard of it yet");
    }

    #[test]
    fn what_is_refused_is_kept_unless_the_wrap_up_takes_no_more() {
        let id = wrap_up(1, 0, "").id();
        for (status, stays) in [(401, true), (422, true), (404, false), (409, false)] {
            let mut drafts = UnsavedDrafts::default();
            let sent = written(id, 0, "a");
            drafts.put(sent.clone());
            assert!(!drafts.refused(&sent, &ApiError::new(status, "refused", "No.")), "not again by itself");
            assert_eq!(drafts.of(id), stays.then_some(&sent), "{status}");
            assert_eq!(drafts.clone().resume(), if stays { vec![id] } else { vec![] }, "with the next sign-in");
            assert!(drafts.put(written(id, 0, "ab")), "what is typed next goes at once");
            assert_eq!(drafts.resume(), [], "it is on its way");
        }
        let mut drafts = UnsavedDrafts::default();
        drafts.put(written(id, 0, "much too long"));
        drafts.put(written(id, 0, "shorter"));
        let refused = ApiError::new(422, "invalid", "Too long.");
        assert!(drafts.refused(&written(id, 0, "much too long"), &refused), "the newest may be taken");
    }
}
