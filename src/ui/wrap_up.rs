//! The region "Wrap-up": the work after a call. It may end by itself at any moment, by time or with the next call: what is
//! chosen and typed is on the server soon after, and nothing of it is lost. What the server takes no more can be copied.

use baton_domain::wrap_up::{Disposition, NOTES_MAX, WrapUp};
use leptos::prelude::*;

use crate::client::desk_commands::Pending;
use crate::client::desk_store::DeskStore;
use crate::client::wrap_up_form::WrapUpForm;
use crate::ui::desk::timers::Ring;
use crate::ui::kit::button::Button;
use crate::ui::kit::select::{Choice, Select};

const KEPT: &str = "It ends by itself. What you write is kept.";
/// No longer than the other, so that nothing moves.
const NOT_SAVED: &str = "Not saved yet. Keep this page open.";

/// The region "Wrap-up", as long as there is something to finish.
#[component]
pub fn WrapUpPanel() -> impl IntoView {
    let wrap_up = DeskStore::expect().wrap_up();
    // The draft comes back from the server while it is typed: that is no reason to draw the form anew.
    let which = Memo::new(move |_| wrap_up.read().as_ref().map(|wrap_up| (wrap_up.call, wrap_up.started_at)));
    let form = move || {
        which.get()?;
        wrap_up.get_untracked().map(|wrap_up| view! { <Finishing wrap_up /> })
    };
    view! {
        <LostNotes />
        {form}
    }
}

/// Notes that came too late, or were written on a page that was away while others were written elsewhere.
#[component]
fn LostNotes() -> impl IntoView {
    let store = DeskStore::expect();
    let lost = store.lost_notes();
    let area = |notes: String| view! { <textarea readonly prop:value=notes aria-label="Your words"></textarea> };
    move || {
        let lost = lost.get();
        (!lost.is_empty()).then(|| {
            view! {
                <section class="panel lost-notes" aria-labelledby="lost-notes-h">
                    <header>
                        <h2 id="lost-notes-h">"Notes that were not kept"</h2>
                    </header>
                    <div class="body">
                        <p>
                            "The wrap-up was finished, or has newer notes from another page of yours. Copy what is still needed."
                        </p>
                        {lost.into_iter().map(area).collect_view()}
                        <div class="actions">
                            <Button
                                label="Discard these notes"
                                on_click=Callback::new(move |()| store.discard_lost_notes())
                            />
                        </div>
                    </div>
                </section>
            }
        })
    }
}

#[component]
fn Finishing(wrap_up: WrapUp) -> impl IntoView {
    let store = DeskStore::expect();
    let form = WrapUpForm::begin(store, &wrap_up);
    let is_late = form.is_late();
    let whole = wrap_up.ends_at.since(wrap_up.started_at);
    let choose = Callback::new(move |value: String| {
        if let Some(disposition) = Disposition::ALL.into_iter().find(|known| known.name() == value) {
            form.disposition.set(disposition);
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
                    chosen=Signal::derive(move || form.disposition.get().name().to_owned())
                    on_choose=choose
                />
                <div class="field">
                    <label for="wrap-up-notes">"Notes"</label>
                    <textarea
                        id="wrap-up-notes"
                        maxlength=NOTES_MAX
                        // It is finished with what stands there.
                        readonly=move || store.is_pending(&Pending::FinishWrapUp)
                        placeholder="What the next person should know"
                        bind:value=form.notes
                        on:change=move |_| form.save_now()
                    ></textarea>
                </div>
                <div class="actions">
                    <Button
                        label="Finish wrap-up"
                        icon="check"
                        class="primary"
                        on_click=Callback::new(move |()| form.finish())
                        busy=Signal::derive(move || store.is_pending(&Pending::FinishWrapUp))
                    />
                    <span class="muted small" role="status">
                        {move || if is_late.get() { NOT_SAVED } else { KEPT }}
                    </span>
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
