//! The region "Wrap-up": the work after a call.

use baton_domain::call::{CallState, EndReason};
use baton_domain::ids::CallId;
use baton_domain::transfer::Outcome;
use baton_domain::wrap_up::{Disposition, NOTES_MAX, WrapUp};
use leptos::prelude::*;

use crate::client::desk_commands::Pending;
use crate::client::desk_store::DeskStore;
use crate::client::reduce::DeskData;
use crate::ui::desk::timers::Ring;
use crate::ui::kit::button::Button;
use crate::ui::kit::select::{Choice, Select};

/// What probably came of the call, so that one click is enough most of the time.
fn likely(data: &DeskData, call: CallId) -> Disposition {
    let Some(finished) = data.finished.as_ref().filter(|finished| finished.call.id == call) else {
        return Disposition::Resolved;
    };
    let call = &finished.call;
    let handed_over = call
        .last_transfer
        .as_ref()
        .is_some_and(|last| last.transferring == data.view.me && matches!(last.outcome, Outcome::Completed { .. }));
    match &call.state {
        CallState::Ended { reason: EndReason::CallerLost, .. } => Disposition::Dropped,
        CallState::Transferring(_) => Disposition::HandedOver,
        _ if handed_over => Disposition::HandedOver,
        _ => Disposition::Resolved,
    }
}

/// The region "Wrap-up", as long as there is something to finish.
#[component]
pub fn WrapUpPanel() -> impl IntoView {
    let wrap_up = DeskStore::expect().wrap_up();
    move || wrap_up.get().map(|wrap_up| view! { <Finishing wrap_up /> })
}

#[component]
fn Finishing(wrap_up: WrapUp) -> impl IntoView {
    let store = DeskStore::expect();
    let call = wrap_up.call;
    let chosen = RwSignal::new(store.peek(|data| likely(data, call)).unwrap_or(Disposition::Resolved));
    let notes = RwSignal::new(String::new());
    let whole = wrap_up.ends_at.since(wrap_up.started_at);
    let finish = Callback::new(move |()| store.finish_wrap_up(call, chosen.get_untracked(), notes.get_untracked()));
    let choose = Callback::new(move |value: String| {
        if let Some(disposition) = Disposition::ALL.into_iter().find(|known| known.name() == value) {
            chosen.set(disposition);
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
                    chosen=Signal::derive(move || chosen.get().name().to_owned())
                    on_choose=choose
                />
                <div class="field">
                    <label for="wrap-up-notes">"Notes"</label>
                    <textarea
                        id="wrap-up-notes"
                        maxlength=NOTES_MAX
                        placeholder="What the next person should know"
                        bind:value=notes
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
                    <span class="muted small">"It ends by itself."</span>
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
