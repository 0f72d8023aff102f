//! What is written in the work after a call, on its way to the server. It is kept however long the server is away, and whatever
//! becomes of the wrap-up and of its form meanwhile. What the server takes no more is there to be copied.

use std::cell::Cell;

use baton_domain::wrap_up::{WrapUpId, Written};
use leptos::prelude::*;

use super::closing::ask_before_closing;
use super::desk_commands::Pending;
use super::desk_endings::ending;
use super::desk_store::{DeskStore, Notice};
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
    /// Which wrap-up is being finished here: what it was to be finished with is newer than any draft.
    finishing: Option<WrapUpId>,
    /// The notes that the server takes no more, and that nobody has put away.
    lost: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Unsaved {
    written: Written,
    /// Whether it, or an older one before it, is on its way.
    is_sent: bool,
    /// Whether the server did not take it at once.
    is_late: bool,
}

/// What follows an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Rest,
    /// Something newer is to be sent.
    SendNewer,
    /// Notes were lost.
    TellOfLoss,
}

impl UnsavedDrafts {
    /// What is not saved yet of this wrap-up.
    pub fn of(&self, wrap_up: WrapUpId) -> Option<&Written> {
        self.unsaved.iter().map(|unsaved| &unsaved.written).find(|written| written.wrap_up == wrap_up)
    }

    /// Whether what is written in this wrap-up has been on its way for longer than usual.
    pub fn is_late(&self, wrap_up: WrapUpId) -> bool {
        self.unsaved.iter().any(|unsaved| unsaved.written.wrap_up == wrap_up && unsaved.is_late)
    }

    /// The notes that the server takes no more.
    pub fn lost(&self) -> &[String] {
        &self.lost
    }

    /// Whether something stands on this page alone.
    fn has_any(&self) -> bool {
        !self.unsaved.is_empty() || !self.lost.is_empty()
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
            self.unsaved.push(Unsaved { written, is_sent: true, is_late: false });
            return true;
        };
        written.over = written.over.max(unsaved.written.over);
        unsaved.written = written;
        !std::mem::replace(&mut unsaved.is_sent, true)
    }

    fn answered(&mut self, sent: &Written, answer: &Result<u32, ApiError>) -> Next {
        match answer {
            Ok(revision) if self.arrived(sent, *revision) => Next::SendNewer,
            Ok(_) => Next::Rest,
            Err(error) => self.refused(sent, error),
        }
    }

    /// `sent` is on the server. `true` when something newer is not.
    pub(super) fn arrived(&mut self, sent: &Written, revision: u32) -> bool {
        self.saved = Some((sent.wrap_up, revision));
        let Some(unsaved) = self.find(sent.wrap_up) else { return false };
        unsaved.written.over = revision;
        unsaved.is_late = false;
        let is_newer = unsaved.written.draft != sent.draft;
        if !is_newer {
            self.forget(sent.wrap_up);
        }
        is_newer
    }

    /// `sent` was not taken at the first try.
    fn is_tried_again(&mut self, sent: &Written) {
        if let Some(unsaved) = self.find(sent.wrap_up) {
            unsaved.is_late = true;
        }
    }

    /// The server does not take `sent`. What it may take later stays, and goes on its way with what is typed next.
    fn refused(&mut self, sent: &Written, error: &ApiError) -> Next {
        if is_over(error) {
            return self.lose(sent.wrap_up);
        }
        let Some(unsaved) = self.find(sent.wrap_up) else { return Next::Rest };
        unsaved.is_late = true;
        unsaved.is_sent = unsaved.written.draft != sent.draft;
        if unsaved.is_sent { Next::SendNewer } else { Next::Rest }
    }

    /// The server takes nothing more of what was written here in this wrap-up.
    fn lose(&mut self, wrap_up: WrapUpId) -> Next {
        let newest = self.of(wrap_up).map(|written| written.draft.notes.clone());
        self.forget(wrap_up);
        match newest {
            Some(notes) if self.finishing != Some(wrap_up) => self.keep_to_copy(notes),
            _ => Next::Rest,
        }
    }

    fn keep_to_copy(&mut self, notes: String) -> Next {
        if notes.trim().is_empty() {
            return Next::Rest;
        }
        if !self.lost.contains(&notes) {
            self.lost.push(notes);
        }
        Next::TellOfLoss
    }

    /// How the server has answered when a wrap-up was to be finished.
    fn finished(&mut self, outcome: &Written, answer: Result<(), &ApiError>) -> Next {
        self.finishing = None;
        match answer {
            Ok(()) => self.forget(outcome.wrap_up),
            Err(error) if is_over(error) => {
                self.forget(outcome.wrap_up);
                return self.keep_to_copy(outcome.draft.notes.clone());
            }
            Err(_) => {}
        }
        Next::Rest
    }

    /// What is not on its way, and is from now on.
    fn resume(&mut self) -> Vec<WrapUpId> {
        // Whoever was signed out while they finished did not hear how that went.
        self.finishing = None;
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

/// Begins to keep what is written, for the desks that are opened in here: each ends with the sign-in of its tab. The tab is not
/// closed unasked while it stands nowhere else.
pub fn keep_drafts() {
    let drafts = RwSignal::new(UnsavedDrafts::default());
    provide_context(drafts);
    ask_before_closing(move || drafts.with(UnsavedDrafts::has_any));
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
        let (again, was_asked) = (sent.clone(), Cell::new(false));
        let ask = move || -> Answer<u32> {
            if was_asked.replace(true) {
                let _ = drafts.try_update(|drafts| drafts.is_tried_again(&again));
            }
            // The same until it is answered: the server may have it, and knows it by that. Nothing more when the desk was left.
            match drafts.try_with_untracked(|_| again.clone()) {
                Some(written) => Box::pin(desk::draft_wrap_up(written)),
                None => Box::pin(async { Ok(0) }),
            }
        };
        ask_until_answered(ask, move |answer| {
            let next = drafts.try_update(|drafts| drafts.answered(&sent, &answer)).unwrap_or(Next::Rest);
            // The desk may have been left, for good or to be opened anew.
            let is_here = !store.data.is_disposed();
            match answer {
                Err(error) if is_here && !is_over(&error) => store.refused(&error),
                _ if is_here && next == Next::TellOfLoss => store.tell_of_lost_notes(),
                _ => {}
            }
            if next == Next::SendNewer {
                store.send_draft(drafts, wrap_up);
            }
        });
    }

    fn tell_of_lost_notes(&self) {
        self.say.run(Notice {
            tone: "danger",
            title: "Notes were not kept".to_owned(),
            text: "They stand above the wrap-up. Copy what is still needed.".to_owned(),
        });
    }

    /// Which notes the server takes no more.
    pub fn lost_notes(&self) -> Memo<Vec<String>> {
        let drafts = self.drafts();
        Memo::new(move |_| drafts.with(|drafts| drafts.lost().to_vec()))
    }

    /// Whoever has read them needs them no more.
    pub fn discard_lost_notes(&self) {
        self.drafts().update(|drafts| drafts.lost.clear());
    }

    /// Finishes the work after a call.
    pub fn finish_wrap_up(&self, outcome: Written) {
        let store = *self;
        let transfer = self.peek(|data| Some(ending(&data.finished.as_ref()?.call, &data.view.me)?.transfer)).flatten();
        let asked = desk::finish_wrap_up(outcome.clone());
        let drafts = self.drafts();
        drafts.update(|drafts| drafts.finishing = Some(outcome.wrap_up));
        let given = outcome.clone();
        let then = move |()| {
            drafts.update(|drafts| {
                drafts.finished(&given, Ok(()));
            });
            // Whoever has finished is done with the card, too.
            if let Some(transfer) = transfer {
                store.put_transfer_away(transfer);
            }
        };
        self.ask_or(Pending::FinishWrapUp, asked, then, move |error| {
            if drafts.try_update(|drafts| drafts.finished(&outcome, Err(&error))) == Some(Next::TellOfLoss) {
                return store.tell_of_lost_notes();
            }
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
            let next = drafts.refused(&sent, &ApiError::new(status, "refused", "No."));
            assert_eq!(next, if stays { Next::Rest } else { Next::TellOfLoss }, "not again by itself");
            assert_eq!(drafts.is_late(id), stays, "{status}");
            assert_eq!(drafts.of(id), stays.then_some(&sent), "{status}");
            assert_eq!(drafts.clone().resume(), if stays { vec![id] } else { vec![] }, "with the next sign-in");
            assert!(drafts.put(written(id, 0, "ab")), "what is typed next goes at once");
            assert_eq!(drafts.resume(), [], "it is on its way");
        }
        let mut drafts = UnsavedDrafts::default();
        drafts.put(written(id, 0, "much too long"));
        drafts.put(written(id, 0, "shorter"));
        let refused = ApiError::new(422, "invalid", "Too long.");
        assert_eq!(drafts.refused(&written(id, 0, "much too long"), &refused), Next::SendNewer, "it may be taken");
    }

    fn gone() -> ApiError {
        ApiError::new(404, "not_found", "There is no such open wrap-up of this call.")
    }

    #[test]
    fn the_newest_of_what_is_taken_no_more_can_be_copied() {
        let id = wrap_up(1, 0, "").id();
        let mut drafts = UnsavedDrafts::default();
        assert!(!drafts.has_any(), "the tab may be closed");
        drafts.put(written(id, 0, "a"));
        drafts.put(written(id, 0, "ab"));
        assert!(drafts.has_any() && !drafts.is_late(id), "it has just been sent");
        drafts.is_tried_again(&written(id, 0, "a"));
        drafts.put(written(id, 0, "abc"));
        assert!(drafts.is_late(id), "also of what was typed since");
        assert_eq!(drafts.answered(&written(id, 0, "a"), &Err(gone())), Next::TellOfLoss);
        assert_eq!((drafts.of(id), drafts.lost()), (None, ["abc".to_owned()].as_slice()));
        assert!(drafts.has_any() && !drafts.is_late(id), "it stands on this page alone");

        drafts.put(written(id, 0, " \n"));
        assert_eq!(drafts.answered(&written(id, 0, " \n"), &Err(gone())), Next::Rest, "nothing was written");
        assert_eq!(drafts.lost().len(), 1);
    }

    #[test]
    fn what_was_finished_with_something_newer_is_not_lost() {
        let id = wrap_up(1, 0, "").id();
        let (draft, outcome) = (written(id, 0, "a"), written(id, 0, "ab"));
        let finishing = || {
            let mut drafts = UnsavedDrafts::default();
            drafts.put(draft.clone());
            drafts.finishing = Some(id);
            drafts
        };
        let mut draft_first = finishing();
        assert_eq!(draft_first.refused(&draft, &gone()), Next::Rest);
        assert_eq!(draft_first.finished(&outcome, Ok(())), Next::Rest);
        let mut outcome_first = finishing();
        assert_eq!(outcome_first.finished(&outcome, Ok(())), Next::Rest);
        assert_eq!(outcome_first.refused(&draft, &gone()), Next::Rest);
        assert!(!draft_first.has_any() && !outcome_first.has_any());

        let mut refused = finishing();
        assert_eq!(refused.finished(&outcome, Err(&gone())), Next::TellOfLoss, "it was finished in another tab");
        assert_eq!(refused.refused(&draft, &gone()), Next::Rest, "it is older");
        assert_eq!(refused.lost(), ["ab".to_owned()]);
    }
}
