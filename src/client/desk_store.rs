//! The desk's state in the browser: what the server said, what is on its way, and what went wrong. Components read its
//! signals and call its methods; they hold no rule.

use std::time::Duration;

use baton_domain::agent::{AgentView, PresenceChoice};
use baton_domain::call::Call;
use baton_domain::desk_event::{DeskCall, DeskEvent, DeskView, WaitingCall};
use baton_domain::ids::{AgentId, CallId, TransferId};
use baton_domain::rules::Rules;
use baton_domain::time::Timestamp;
use baton_domain::wrap_up::WrapUp;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::clock::Clock;
use super::desk_actions::{Control, controls};
use super::desk_commands::Pending;
use super::desk_endings::ending;
use super::desk_media::place;
use super::desk_part::agent_name;
use super::desk_words::Knowledge;
use super::desk_wrap_up::{UnsavedDrafts, kept_drafts};
use super::media::Media;
use super::reduce::{DeskData, reduce};
use super::speech_state::SpeechState;
use super::stream_status::StreamStatus;
use super::unsent_transfer::UnsentTransfer;
use crate::api::desk;
use crate::api::error::ApiError;

/// A short notice for the person at the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its colour.
    pub tone: &'static str,
    /// In a few words.
    pub title: String,
    /// What it means, or what to do.
    pub text: String,
}

/// A dialog of the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenDialog {
    /// "Transfer call".
    Transfer,
    /// "End the call for everyone?"
    EndForEveryone,
}

/// What was filled in and is not on the server.
#[derive(Clone, Copy)]
struct Unsent {
    transfer: UnsentTransfer,
    drafts: RwSignal<UnsavedDrafts>,
}

/// One agent's desk. A handle: copies mean the same.
#[derive(Clone, Copy)]
pub struct DeskStore {
    /// Whose desk.
    pub me: StoredValue<AgentId>,
    /// What the server said; none before the first view.
    pub(super) data: RwSignal<Option<DeskData>>,
    /// Whether its events arrive.
    pub stream: RwSignal<StreamStatus>,
    /// Why there is no desk: the first view could not be had, or the sign-in of this tab is no longer known.
    pub trouble: RwSignal<Option<ApiError>>,
    /// Whether this tab went on with the microphone that was chosen before.
    pub begun: RwSignal<bool>,
    /// The server's time.
    pub clock: Clock,
    media: StoredValue<Media>,
    pub(super) say: Callback<Notice>,
    pub(super) pending: RwSignal<Vec<Pending>>,
    /// Which call was left while the server was away, and is to hear of it.
    pub(super) left: RwSignal<Option<CallId>>,
    /// Which dialog is open.
    pub dialog: RwSignal<Option<OpenDialog>>,
    unsent: StoredValue<Unsent>,
    /// How it stands with recognising what this agent says.
    pub speech: RwSignal<SpeechState>,
    /// Whether lone letters do something.
    pub shortcuts: RwSignal<bool>,
    /// The ended transfer whose card was put away.
    put_away: RwSignal<Option<TransferId>>,
}

impl DeskStore {
    /// A desk that knows nothing yet; `say` shows short notices.
    pub fn new(me: AgentId, media: Media, say: Callback<Notice>) -> Self {
        Self {
            me: StoredValue::new(me),
            data: RwSignal::new(None),
            stream: RwSignal::default(),
            trouble: RwSignal::new(None),
            begun: RwSignal::new(false),
            clock: Clock::start(Timestamp::default()),
            media: StoredValue::new(media),
            say,
            pending: RwSignal::default(),
            left: RwSignal::new(None),
            dialog: RwSignal::new(None),
            unsent: StoredValue::new(Unsent { transfer: UnsentTransfer::empty(), drafts: kept_drafts() }),
            speech: RwSignal::default(),
            shortcuts: RwSignal::new(true),
            put_away: RwSignal::new(None),
        }
    }

    /// The desk around this component.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Rooms, microphone, sound.
    pub fn media(&self) -> Media {
        self.media.get_value()
    }

    /// What was filled in to hand a call over and is not sent yet.
    pub fn unsent(&self) -> UnsentTransfer {
        self.unsent.with_value(|unsent| unsent.transfer)
    }

    /// What was written in wrap-ups and is not on the server yet.
    pub(super) fn drafts(&self) -> RwSignal<UnsavedDrafts> {
        self.unsent.with_value(|unsent| unsent.drafts)
    }

    /// Takes in what the server said.
    pub fn receive(&self, event: DeskEvent) {
        if let DeskEvent::View { view } = &event {
            self.clock.set(view.now);
            self.trouble.set(None);
        }
        let is_move = matches!(event, DeskEvent::Moved { .. });
        let Some(place) = self.data.try_update_untracked(|data| {
            *data = reduce(data.take(), event);
            data.as_ref().map(place)
        }) else {
            return;
        };
        // Voices first. What is on screen is drawn when the browser has passed them on.
        if let Some(place) = place {
            self.media().follow(self.unless_left(place));
        }
        if is_move {
            let data = self.data;
            set_timeout(move || data.notify(), Duration::ZERO);
        } else {
            self.data.notify();
        }
    }

    /// What the server has answered: its event about it may come a moment later.
    pub(super) fn know_my_choice(&self, choice: PresenceChoice) {
        self.data.update(|data| {
            let Some(data) = data.as_mut() else { return };
            data.missed.forget();
            let view = &mut data.view;
            if let Some(mine) = view.agents.iter_mut().find(|known| known.agent.id == view.me) {
                mine.agent.choice = choice;
            }
        });
    }

    /// Asks for everything once: for the first paint, and to find out why events do not arrive.
    pub fn refresh(&self) {
        let store = *self;
        spawn_local(async move {
            match desk::desk_view().await {
                Ok(view) => store.receive_view(view),
                Err(error) if error.status == 401 || store.data.with_untracked(Option::is_none) => {
                    store.trouble.set(Some(error));
                }
                // The bar at the top says it already.
                Err(_) => {}
            }
        });
    }

    /// Events that arrived meanwhile know better.
    fn receive_view(&self, view: DeskView) {
        if self.stream.get_untracked() != StreamStatus::Live || self.data.with_untracked(Option::is_none) {
            self.receive(DeskEvent::View { view: Box::new(view) });
        }
    }

    /// A part of what the server said; `None` before the first view.
    pub fn select<T: PartialEq + Send + Sync + 'static>(
        &self,
        part: impl Fn(&DeskData) -> T + Send + Sync + 'static,
    ) -> Memo<Option<T>> {
        let data = self.data;
        Memo::new(move |_| data.with(|data| data.as_ref().map(&part)))
    }

    /// Whether the sign-in of this tab is no longer known, tracked.
    pub fn is_signed_out(&self) -> bool {
        self.trouble.read().as_ref().is_some_and(|error| error.status == 401)
    }

    /// Whether this dialog is open, tracked.
    pub fn is_dialog_open(&self, dialog: OpenDialog) -> bool {
        self.dialog.get() == Some(dialog)
    }

    /// Looks at everything, tracked.
    pub fn with<T>(&self, look: impl FnOnce(&DeskData) -> T) -> Option<T> {
        self.data.with(|data| data.as_ref().map(look))
    }

    /// Looks at everything, not tracked.
    pub fn peek<T>(&self, look: impl FnOnce(&DeskData) -> T) -> Option<T> {
        self.data.with_untracked(|data| data.as_ref().map(look))
    }

    /// Whether there is something to show.
    pub fn is_open(&self) -> Memo<bool> {
        let data = self.data;
        Memo::new(move |_| data.with(Option::is_some))
    }

    /// Who waits.
    pub fn waiting(&self) -> Memo<Vec<WaitingCall>> {
        let data = self.data;
        Memo::new(move |_| data.with(|data| data.as_ref().map(|data| data.view.waiting.clone()).unwrap_or_default()))
    }

    /// Everybody.
    pub fn agents(&self) -> Memo<Vec<AgentView>> {
        let data = self.data;
        Memo::new(move |_| data.with(|data| data.as_ref().map(|data| data.view.agents.clone()).unwrap_or_default()))
    }

    /// Oneself, as others see one.
    pub fn myself(&self) -> Memo<Option<AgentView>> {
        let (data, me) = (self.data, self.me.get_value());
        Memo::new(move |_| {
            data.with(|data| data.as_ref()?.view.agents.iter().find(|view| view.agent.id == me).cloned())
        })
    }

    /// The call this agent is in.
    pub fn live(&self) -> Memo<Option<DeskCall>> {
        let data = self.data;
        Memo::new(move |_| data.with(|data| data.as_ref()?.live().cloned()))
    }

    /// The same without transcript, timeline and briefings, which change far more often.
    pub fn live_call(&self) -> Memo<Option<Call>> {
        let data = self.data;
        Memo::new(move |_| data.with(|data| Some(data.as_ref()?.live()?.call.clone())))
    }

    /// This agent's buttons in `call`.
    pub fn controls(&self, call: Memo<Option<Call>>) -> Memo<Vec<Control>> {
        let (store, rules, clock, me) = (*self, self.rules(), self.clock, self.me.get_value());
        Memo::new(move |_| {
            let call = call.read();
            let Some(call) = call.as_ref() else { return Vec::new() };
            // Whoever has left does nothing more in it, whatever the server still says.
            let has_left = store.has_left(call.id);
            let all = controls(call, &me, clock.now(), &rules.read()).into_iter();
            all.map(|control| Control { enabled: control.enabled && !has_left, ..control }).collect()
        })
    }

    /// The call that rings here.
    pub fn ringing(&self) -> Memo<Option<DeskCall>> {
        let data = self.data;
        Memo::new(move |_| data.with(|data| data.as_ref()?.ringing().cloned()))
    }

    /// The call to look back on: while it is being finished, or as long as the card of its transfer is there.
    pub fn finished(&self) -> Memo<Option<DeskCall>> {
        let store = *self;
        Memo::new(move |_| {
            store.with(|data| {
                let finished = data.finished.as_ref()?;
                let id = finished.call.id;
                let in_wrap_up = data.view.wrap_up.as_ref().is_some_and(|wrap_up| wrap_up.call == id);
                let card = ending(&finished.call, &data.view.me);
                let has_card = card.is_some_and(|ending| !store.is_put_away(ending.transfer));
                (in_wrap_up || has_card).then(|| finished.clone())
            })?
        })
    }

    /// The call that is talked about on screen.
    pub fn shown(&self) -> Memo<Option<DeskCall>> {
        let (live, ringing, finished) = (self.live(), self.ringing(), self.finished());
        Memo::new(move |_| live.get().or_else(|| ringing.get()).or_else(|| finished.get()))
    }

    /// The call being finished.
    pub fn wrap_up(&self) -> Memo<Option<WrapUp>> {
        let data = self.data;
        Memo::new(move |_| data.with(|data| data.as_ref()?.view.wrap_up.clone()))
    }

    /// How long the desk waits for what.
    pub fn rules(&self) -> Memo<Rules> {
        let data = self.data;
        Memo::new(move |_| data.with(|data| data.as_ref().map(|data| data.view.rules.clone()).unwrap_or_default()))
    }

    /// What an agent is called just now, not tracked.
    pub fn name_now(&self, agent: &AgentId) -> String {
        self.peek(|data| agent_name(&data.view.agents, agent)).unwrap_or_else(|| agent.to_string())
    }

    /// What an agent is called, tracked.
    pub fn name(&self, agent: &AgentId) -> String {
        self.with(|data| agent_name(&data.view.agents, agent)).unwrap_or_else(|| agent.to_string())
    }

    /// With names and spans, tracked.
    pub fn knowing<T>(&self, say: impl FnOnce(Knowledge<'_>) -> T) -> Option<T> {
        self.with(|data| {
            let view = &data.view;
            say(Knowledge { me: &view.me, agents: &view.agents, rules: &view.rules })
        })
    }

    /// Puts the card of an ended transfer away.
    pub fn put_transfer_away(&self, transfer: TransferId) {
        self.put_away.set(Some(transfer));
    }

    /// Whether the card of this transfer was put away, tracked.
    pub fn is_put_away(&self, transfer: TransferId) -> bool {
        self.put_away.get() == Some(transfer)
    }
}
