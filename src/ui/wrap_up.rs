//! The region "Wrap-up": the work after a call. It may end by itself at any moment, by time or with the next call: what is
//! chosen and typed is on the server soon after, and nothing of it is lost.

use std::time::Duration;

use baton_domain::call::{CallState, EndReason};
use baton_domain::ids::CallId;
use baton_domain::transfer::Outcome;
use baton_domain::wrap_up::{Disposition, Draft, NOTES_MAX, WrapUp};
use leptos::prelude::*;

use crate::client::desk_commands::Pending;
use crate::client::desk_store::DeskStore;
use crate::client::reduce::DeskData;
use crate::ui::desk::timers::Ring;
use crate::ui::kit::button::Button;
use crate::ui::kit::select::{Choice, Select};

/// How soon what was typed is on the server.
const SAVE_AFTER: Duration = Duration::from_millis(400);

/// What probably came of the call, so that one click is enough most of the time. Nothing, until this desk is told that the
/// call has left it.
fn likely(data: &DeskData, call: CallId) -> Option<Disposition> {
    let call = &data.finished.as_ref().filter(|finished| finished.call.id == call)?.call;
    let handed_over = call
        .last_transfer
        .as_ref()
        .is_some_and(|last| last.transferring == data.view.me && matches!(last.outcome, Outcome::Completed { .. }));
    Some(match &call.state {
        CallState::Ended { reason: EndReason::CallerLost, .. } => Disposition::Dropped,
        CallState::Transferring(_) => Disposition::HandedOver,
        _ if handed_over => Disposition::HandedOver,
        _ => Disposition::Resolved,
    })
}

/// The region "Wrap-up", as long as there is something to finish.
#[component]
pub fn WrapUpPanel() -> impl IntoView {
    let wrap_up = DeskStore::expect().wrap_up();
    // The draft comes back from the server while it is typed: that is no reason to draw the form anew.
    let which = Memo::new(move |_| wrap_up.read().as_ref().map(|wrap_up| (wrap_up.call, wrap_up.started_at)));
    move || {
        which.get()?;
        wrap_up.get_untracked().map(|wrap_up| view! { <Finishing wrap_up /> })
    }
}

/// Sends what is on the form to the server, a little after it changed, and at most once in that time.
#[derive(Clone, Copy)]
struct Drafts {
    store: DeskStore,
    call: CallId,
    form: Signal<Draft>,
    waiting: StoredValue<Option<TimeoutHandle>>,
}

impl Drafts {
    /// `touched` is what the agent may change of it.
    fn follow(store: DeskStore, call: CallId, form: Signal<Draft>, touched: impl Fn() + 'static) -> Self {
        let drafts = Self { store, call, form, waiting: StoredValue::new(None) };
        Effect::watch(touched, move |(), _, _| drafts.changed(), false);
        on_cleanup(move || {
            drafts.stop();
        });
        drafts
    }

    fn changed(self) {
        if self.waiting.get_value().is_none() {
            self.waiting.set_value(set_timeout_with_handle(move || self.save_now(), SAVE_AFTER).ok());
        }
    }

    /// What waits to be sent is sent now: whoever leaves the field may take the next call with their next click.
    fn save_now(self) {
        if self.stop() {
            self.store.save_wrap_up_draft(self.call, self.form);
        }
    }

    /// Whether something was waiting to be sent.
    fn stop(self) -> bool {
        let waiting = self.waiting.try_update_value(Option::take).flatten();
        waiting.inspect(TimeoutHandle::clear).is_some()
    }
}

#[component]
fn Finishing(wrap_up: WrapUp) -> impl IntoView {
    let store = DeskStore::expect();
    let call = wrap_up.call;
    let chosen = RwSignal::new(wrap_up.draft.as_ref().map(|draft| draft.disposition));
    let notes = RwSignal::new(wrap_up.draft.map(|draft| draft.notes).unwrap_or_default());
    // The wrap-up may begin a moment before. What became of the call later is not this agent's to say.
    let likely = Memo::new(move |known: Option<&Option<Disposition>>| {
        known.copied().flatten().or_else(|| store.with(|data| likely(data, call)).flatten())
    });
    let disposition = Signal::derive(move || chosen.get().or_else(|| likely.get()).unwrap_or(Disposition::Resolved));
    let form = Signal::derive(move || Draft { disposition: disposition.get(), notes: notes.get() });
    let drafts = Drafts::follow(store, call, form, move || {
        chosen.track();
        notes.track();
    });
    let whole = wrap_up.ends_at.since(wrap_up.started_at);
    let finish = Callback::new(move |()| {
        drafts.stop();
        store.finish_wrap_up(call, disposition.get_untracked(), notes.get_untracked());
    });
    let choose = Callback::new(move |value: String| {
        if let Some(disposition) = Disposition::ALL.into_iter().find(|known| known.name() == value) {
            chosen.set(Some(disposition));
        }
    });
    view! {
        <section class="panel wrap-up" aria-labelledby="wrap-h" data-state="wrap_up">
            <header>
                <h2 id="wrap-h">"Wrap-up"</h2>
                <span class="muted small">{wrap_up.caller_name}</span>
            </header>
            <div class="body">
                <Select
                    label="Disposition"
                    id="disposition"
                    choices=choices()
                    chosen=Signal::derive(move || disposition.get().name().to_owned())
                    on_choose=choose
                />
                <div class="field">
                    <label for="wrap-up-notes">"Notes"</label>
                    <textarea
                        id="wrap-up-notes"
                        maxlength=NOTES_MAX
                        placeholder="What the next person should know"
                        bind:value=notes
                        on:change=move |_| drafts.save_now()
                    ></textarea>
                </div>
                <div class="actions">
                    <Button
                        label="Finish wrap-up"
                        icon="check"
                        class="primary"
                        on_click=finish
                        busy=Signal::derive(move || store.is_pending(&Pending::FinishWrapUp))
                    />
                    <span class="muted small">"It ends by itself. What you write is kept."</span>
                    <span class="push"></span>
                    <Ring until=wrap_up.ends_at whole label="Seconds left in wrap-up" />
                </div>
            </div>
        </section>
    }
}

fn choices() -> Vec<Choice> {
    let choice = |one: Disposition| Choice { value: one.name().to_owned(), label: one.label().to_owned() };
    Disposition::ALL.map(choice).to_vec()
}
