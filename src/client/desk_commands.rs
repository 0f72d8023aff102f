//! What an agent does at the desk, on its way to the server. What was asked is shown as pending, never its outcome in
//! advance; a refusal is shown in the server's words.

use std::future::Future;

use baton_domain::agent::PresenceChoice;
use baton_domain::call::{CallState, Engagement};
use baton_domain::desk_event::{DeskCall, DeskEvent, WaitingCall};
use baton_domain::ids::{AgentId, CallId, TransferId};
use baton_domain::machine::TransferKind;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::desk_actions::Action;
use super::desk_endings::next_best;
use super::desk_session;
use super::desk_store::{DeskStore, Notice, OpenDialog};
use super::media_state::{MicrophoneChoice, MicrophoneState};
use super::ring_notification::Notification;
use super::tell::{ANSWER_LIMIT_MS, answered_within};
use crate::api::desk::{self, Asked, DeskCommand, TransferRequest, TransferTarget};
use crate::api::error::ApiError;

/// How long whoever leaves a call is heard by it, when the server does not answer.
const LEAVE_LIMIT_MS: u32 = 1_500;

/// Something that was asked of the server and not answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pending {
    /// A button of a call.
    Action(Action),
    /// A row of the queue.
    Answer(CallId),
    /// "Answer next".
    AnswerNext,
    /// The presence that was chosen last.
    Presence(PresenceChoice),
    /// The language of briefings.
    Language,
    /// The dialog "Transfer call".
    StartTransfer,
    /// An edited briefing.
    EditBriefing,
    /// Wrap-up.
    FinishWrapUp,
    /// The sample conversation.
    Sample,
    /// An action item, by its words.
    Tick(String),
    /// A question about the call.
    AskAboutCall,
}

fn wanted_presence(pending: &[Pending]) -> Option<PresenceChoice> {
    pending.iter().find_map(|pending| match pending {
        Pending::Presence(choice) => Some(*choice),
        _ => None,
    })
}

impl DeskStore {
    /// Whether the browser wants a click before it rings and talks, or the microphone was never asked for, tracked.
    pub fn needs_click(&self) -> bool {
        let state = self.media().state;
        let asked = self.begun.get() || state.microphone.get() != MicrophoneState::NotAsked;
        !asked || state.sound_blocked.get()
    }

    /// From a click: the browser may make sound from now on, and the microphone is asked for. Every click that leads to
    /// a call begins, so that nobody needs a click for it alone.
    pub fn begin(&self) {
        let state = self.media().state;
        if !self.has_begun() {
            self.begin_with(state.choice.get_untracked());
        } else if state.sound_blocked.get_untracked() {
            self.media().turn_sound_on();
            Notification::ask();
        }
    }

    /// From a click: speaks with something else from now on. Whoever has not begun yet begins with it.
    pub fn choose_microphone(&self, choice: MicrophoneChoice) {
        if self.has_begun() {
            self.media().choose_microphone(choice);
        } else {
            self.begin_with(choice);
        }
    }

    fn has_begun(&self) -> bool {
        self.begun.get_untracked() || self.media().state.microphone.get_untracked() != MicrophoneState::NotAsked
    }

    /// Opens the microphone, and asks for notifications: whoever is rung wants to see it behind other windows, too.
    fn begin_with(&self, choice: MicrophoneChoice) {
        self.media().unlock(choice);
        Notification::ask();
    }

    /// Whether this was asked and not answered yet, tracked.
    pub fn is_pending(&self, what: &Pending) -> bool {
        self.pending.read().contains(what)
    }

    /// Which presence was asked for and not answered yet, tracked.
    pub fn pending_presence(&self) -> Option<PresenceChoice> {
        wanted_presence(&self.pending.read())
    }

    /// Asks once: the same again before the answer is ignored. `then` gets what was answered; a refusal is shown.
    pub(super) fn ask<T: 'static>(
        &self,
        what: Pending,
        request: impl Future<Output = Result<T, ApiError>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        let store = *self;
        self.ask_or(what, request, then, move |error| store.refused(&error));
    }

    pub(super) fn ask_or<T: 'static>(
        &self,
        what: Pending,
        request: impl Future<Output = Result<T, ApiError>> + 'static,
        then: impl FnOnce(T) + 'static,
        refuse: impl FnOnce(ApiError) + 'static,
    ) {
        if self.pending.with_untracked(|pending| pending.contains(&what)) {
            return;
        }
        self.pending.update(|pending| pending.push(what.clone()));
        let pending = self.pending;
        spawn_local(async move {
            let answer = answered_within(ANSWER_LIMIT_MS, request).await;
            // The desk may have been left meanwhile: then there is nobody to tell.
            if pending.try_update(|pending| pending.retain(|known| *known != what)).is_none() {
                return;
            }
            match answer {
                Ok(value) => then(value),
                Err(error) => refuse(error),
            }
        });
    }

    pub(super) fn refused(&self, error: &ApiError) {
        if error.status == 401 {
            self.trouble.set(Some(error.clone()));
            return;
        }
        // It may have been carried out all the same: the answer may have been lost, or cut off by something in between.
        let title = if error.is_offline() { "No answer" } else { "That did not work" };
        self.say.run(Notice { tone: "danger", title: title.to_owned(), text: error.message.clone() });
    }

    /// Chooses the language of one's briefings; an empty tag is the conversation's.
    pub fn choose_language(&self, tag: String) {
        self.ask(Pending::Language, desk::set_language(tag), |()| {});
    }

    /// Chooses a presence. One choice is on its way at a time, and the newest follows it: of two at once the older could
    /// arrive last.
    pub fn choose_presence(&self, choice: PresenceChoice) {
        let before = self.pending.with_untracked(|pending| wanted_presence(pending));
        self.want_presence(Some(choice));
        if before.is_none() {
            spawn_local(self.tell_presence());
        }
    }

    async fn tell_presence(self) {
        // Of a desk that was left meanwhile nothing is wanted any more.
        let wanted = || self.pending.try_with_untracked(|pending| wanted_presence(pending)).flatten();
        while let Some(choice) = wanted() {
            let answer = answered_within(ANSWER_LIMIT_MS, desk::set_presence(choice)).await;
            if wanted() != Some(choice) {
                continue;
            }
            match answer {
                Ok(()) => self.know_my_choice(choice),
                Err(error) => self.refused(&error),
            }
            self.want_presence(None);
        }
    }

    fn want_presence(&self, choice: Option<PresenceChoice>) {
        self.pending.update(|pending| {
            pending.retain(|known| !matches!(known, Pending::Presence(_)));
            pending.extend(choice.map(Pending::Presence));
        });
    }

    /// Answers a waiting call.
    pub fn answer(&self, call: CallId) {
        self.ask(Pending::Answer(call), desk::answer_call(call), |()| {});
    }

    /// Answers whoever has waited longest.
    pub fn answer_next(&self) {
        let say = self.say;
        self.ask(Pending::AnswerNext, desk::answer_next(), move |call| {
            if call.is_none() {
                let title = "Nobody is waiting any more".to_owned();
                say.run(Notice { tone: "accent", title, text: "Somebody else was faster.".to_owned() });
            }
        });
    }

    /// Does to the live call what a button says.
    pub fn act_on_live(&self, action: Action) {
        if let Some(call) = self.peek(|data| data.live().cloned()).flatten() {
            self.act(&call, action);
        }
    }

    /// Does to `call` what a button says.
    pub fn act(&self, call: &DeskCall, action: Action) {
        match action.command() {
            Some(command) => self.command(call, action, command),
            None => self.open_transfer_dialog(),
        }
    }

    fn command(&self, call: &DeskCall, action: Action, command: DeskCommand) {
        let limit_ms = if action.leaves() { LEAVE_LIMIT_MS } else { ANSWER_LIMIT_MS };
        let (store, asked) = (*self, asked(call));
        let again = (asked.clone(), command.clone());
        let refuse = move |error: ApiError| {
            if error.is_offline() && action.leaves() {
                store.leave_untold(action, again.0, again.1);
            } else {
                store.refused(&error);
            }
        };
        self.ask_or(Pending::Action(action), answered_within(limit_ms, desk::command(asked, command)), |()| {}, refuse);
    }

    /// Opens the dialog "Transfer call".
    pub fn open_transfer_dialog(&self) {
        self.unsent().trouble.set(None);
        self.dialog.set(Some(OpenDialog::Transfer));
    }

    /// Begins to hand the live call over as the dialog says, which closes when it has begun.
    pub fn start_transfer(&self, request: TransferRequest) {
        let unsent = self.unsent();
        self.start(request, move |call| unsent.forget(call));
    }

    fn start(&self, request: TransferRequest, then: impl FnOnce(CallId) + 'static) {
        let Some(call) = self.peek(|data| data.live().cloned()).flatten() else { return };
        let id = call.call.id;
        self.unsent().asked(id, request.clone());
        let store = *self;
        self.ask_or(
            Pending::StartTransfer,
            desk::start_transfer(asked(&call), request),
            move |_| {
                then(id);
                store.dialog.set(None);
            },
            move |error| {
                // The dialog covers the notices.
                if store.dialog.get_untracked() == Some(OpenDialog::Transfer) {
                    store.unsent().trouble.set(Some(error.message));
                } else {
                    store.refused(&error);
                }
            },
        );
    }

    /// Offers the live call to somebody else, with the same words as before.
    pub fn offer_to(&self, agent: AgentId) {
        let Some(call) = self.peek(|data| data.live().map(|live| live.call.id)).flatten() else { return };
        let target = TransferTarget::Agent(agent);
        let request = match self.unsent().last(call) {
            Some(last) => TransferRequest { target, ..last },
            None => TransferRequest {
                target,
                kind: TransferKind::Warm,
                reason: String::new(),
                note: String::new(),
                hold: false,
                briefing_edit: None,
            },
        };
        // What stands in the dialog was not sent by this.
        self.start(request, |_| {});
    }

    /// What the key for answering does: takes the call that rings here, else whoever has waited longest. In a call it does
    /// nothing.
    pub fn answer_by_key(&self) {
        let nobody_else_rung = |waiting: &WaitingCall| waiting.offered_to.is_none();
        match self.peek(|data| (data.engaged(), data.view.waiting.iter().any(nobody_else_rung))) {
            Some((Some(Engagement::Offer), _)) => self.accept_ringing(),
            Some((None, true)) => {
                self.begin();
                self.answer_next();
            }
            _ => {}
        }
    }

    /// From a click: takes the call that rings here.
    pub fn accept_ringing(&self) {
        let Some(call) = self.peek(|data| data.ringing().cloned()).flatten() else { return };
        self.begin();
        match call.call.state {
            CallState::Offered { .. } => self.answer(call.call.id),
            _ => self.act(&call, Action::Accept),
        }
    }

    /// Refuses the call that rings here, and says why.
    pub fn decline_ringing(&self, reason: String) {
        if let Some(call) = self.peek(|data| data.ringing().cloned()).flatten() {
            self.command(&call, Action::Decline, DeskCommand::Decline { reason });
        }
    }

    /// Whom the live call could be offered to, now that `not` has not taken it.
    pub fn next_best(&self, not: AgentId) -> Memo<Option<(AgentId, String)>> {
        let data = self.data;
        Memo::new(move |_| data.with(|data| next_best(data.as_ref()?, &not)))
    }

    /// Replaces the briefing of an open transfer by the agent's own words.
    pub fn edit_briefing(&self, call: CallId, transfer: TransferId, text: String, then: impl FnOnce() + 'static) {
        let store = *self;
        self.ask(Pending::EditBriefing, desk::edit_briefing(call, transfer, text), move |briefing| {
            store.receive(DeskEvent::Briefed { call, briefing: Box::new(briefing) });
            then();
        });
    }

    /// Has the sample conversation typed into the transcript; `then` plays it.
    pub fn play_sample(&self, call: CallId, then: impl FnOnce() + 'static) {
        self.ask(Pending::Sample, desk::play_sample(call), move |()| then());
    }

    /// The offer is on this screen: from now on the target counts as rung.
    pub fn offer_shown(&self, call: CallId) {
        // Whoever misses it only counts as rung a little later.
        spawn_local(async move { drop(desk::offer_shown(call).await) });
    }
}

pub(super) fn asked(call: &DeskCall) -> Asked {
    Asked { call: call.call.id, seen_version: call.call.version, key: desk_session::command_key() }
}
