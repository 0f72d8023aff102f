//! What was filled in to hand a call over and is not sent yet. It outlives the dialog, so that a key that closes it costs
//! nobody a word.

use baton_domain::ids::CallId;
use baton_domain::machine::TransferKind;
use leptos::prelude::*;

use crate::api::desk::{TransferRequest, TransferTarget};

/// The form of the dialog "Transfer call", for one call at a time.
#[derive(Clone, Copy)]
pub struct UnsentTransfer {
    of: RwSignal<Option<CallId>>,
    /// Whom the agent chose by hand.
    pub target: RwSignal<Option<TransferTarget>>,
    /// Warm or cold.
    pub kind: RwSignal<TransferKind>,
    /// Why, in a few words.
    pub reason: RwSignal<String>,
    /// For the next agent.
    pub note: RwSignal<String>,
    /// Whether the caller is on hold while it rings.
    pub hold: RwSignal<bool>,
    /// The agent's own wording of the briefing; none while the generated one is kept.
    pub edit: RwSignal<Option<String>>,
    /// Why it could not be sent: said in the dialog, which covers everything else.
    pub trouble: RwSignal<Option<String>>,
    /// What was asked for last, and for which call.
    last: RwSignal<Option<(CallId, TransferRequest)>>,
}

impl UnsentTransfer {
    /// Nothing is filled in.
    pub fn empty() -> Self {
        Self {
            of: RwSignal::new(None),
            target: RwSignal::new(None),
            kind: RwSignal::new(TransferKind::Warm),
            reason: RwSignal::default(),
            note: RwSignal::default(),
            hold: RwSignal::new(false),
            edit: RwSignal::new(None),
            trouble: RwSignal::new(None),
            last: RwSignal::new(None),
        }
    }

    /// What was asked for last in this call.
    pub fn last(&self, call: CallId) -> Option<TransferRequest> {
        self.last.with_untracked(|last| last.as_ref().filter(|(of, _)| *of == call).map(|(_, request)| request.clone()))
    }

    /// This is on its way to the server.
    pub fn asked(&self, call: CallId, request: TransferRequest) {
        self.trouble.set(None);
        self.last.set(Some((call, request)));
    }

    /// Goes on where this call's form was left; else it begins with the words of the last attempt, if there was one.
    pub fn begin(&self, call: CallId) {
        if self.of.get_untracked() == Some(call) {
            return;
        }
        let last = self.last(call);
        let last = last.as_ref();
        self.of.set(Some(call));
        self.target.set(None);
        self.kind.set(last.map_or(TransferKind::Warm, |last| last.kind));
        self.reason.set(last.map(|last| last.reason.clone()).unwrap_or_default());
        self.note.set(last.map(|last| last.note.clone()).unwrap_or_default());
        self.hold.set(last.is_some_and(|last| last.hold));
        self.edit.set(last.and_then(|last| last.briefing_edit.clone()));
    }

    /// What it asks for, with this target.
    pub fn request(&self, target: TransferTarget) -> TransferRequest {
        TransferRequest {
            target,
            kind: self.kind.get_untracked(),
            reason: self.reason.get_untracked(),
            note: self.note.get_untracked(),
            hold: self.hold.get_untracked(),
            briefing_edit: self.edit.get_untracked(),
        }
    }

    /// It was sent: the next one of this call begins anew. What is on screen stays until the dialog has closed.
    pub fn forget(&self, call: CallId) {
        if self.of.get_untracked() == Some(call) {
            self.of.set(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::desk_fixtures::{agent, call_id};

    fn target(handle: &str) -> TransferTarget {
        TransferTarget::Agent(agent(handle))
    }

    fn filled_in(call: CallId) -> UnsentTransfer {
        let form = UnsentTransfer::empty();
        form.begin(call);
        form.target.set(Some(target("carla")));
        form.kind.set(TransferKind::Cold);
        form.reason.set("Billing".to_owned());
        form.note.set("Charged twice.".to_owned());
        form.edit.set(Some("In my words.".to_owned()));
        form
    }

    #[test]
    fn what_was_typed_is_there_when_the_dialog_opens_again() {
        Owner::new().with(|| {
            let form = filled_in(call_id(1));
            form.begin(call_id(1));
            assert_eq!(form.target.get_untracked(), Some(target("carla")));
            let typed = TransferRequest {
                target: target("bob"),
                kind: TransferKind::Cold,
                reason: "Billing".to_owned(),
                note: "Charged twice.".to_owned(),
                hold: false,
                briefing_edit: Some("In my words.".to_owned()),
            };
            assert_eq!(form.request(target("bob")), typed);
        });
    }

    #[test]
    fn another_call_begins_with_an_empty_form() {
        Owner::new().with(|| {
            let form = filled_in(call_id(1));
            form.begin(call_id(2));
            assert_eq!(form.target.get_untracked(), None);
            let empty = TransferRequest {
                target: target("bob"),
                kind: TransferKind::Warm,
                reason: String::new(),
                note: String::new(),
                hold: false,
                briefing_edit: None,
            };
            assert_eq!(form.request(target("bob")), empty);
        });
    }

    #[test]
    fn what_was_sent_is_where_the_next_attempt_begins_but_for_its_target() {
        Owner::new().with(|| {
            let form = filled_in(call_id(1));
            let sent = form.request(target("carla"));
            form.asked(call_id(1), sent.clone());
            form.forget(call_id(1));
            form.note.set("Typed while it was on its way.".to_owned());
            form.begin(call_id(1));
            assert_eq!(form.target.get_untracked(), None);
            assert_eq!(form.request(target("carla")), sent);
            form.note.set("Another call's end is not this one's.".to_owned());
            form.forget(call_id(2));
            form.begin(call_id(1));
            assert_eq!(form.note.get_untracked(), "Another call's end is not this one's.");
        });
    }
}
