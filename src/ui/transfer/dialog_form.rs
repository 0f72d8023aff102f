//! What is asked before a call is handed over.

use baton_domain::briefing::{MAX_BRIEFING_TEXT_CHARS, PreparedBriefing};
use baton_domain::ids::CallId;
use baton_domain::machine::TransferKind;
use baton_domain::transfer::{NOTE_MAX, REASON_MAX};
use leptos::prelude::*;

use super::dialog_targets::{TargetRow, Targets, chosen_now, is_available, live_rows, name_of, prospect};
use crate::api::desk::{TransferOptions, TransferTarget};
use crate::client::desk_commands::Pending;
use crate::client::desk_store::DeskStore;
use crate::client::desk_words::is_held;
use crate::client::unsent_transfer::UnsentTransfer;
use crate::ui::kit::button::Button;
use crate::ui::transcript::briefing_text::briefing_text;

/// Target, kind, reason, note, briefing.
#[component]
pub fn TransferForm(
    /// Which call is handed over.
    call: CallId,
    /// To whom it could be, and with which briefing.
    options: TransferOptions,
) -> impl IntoView {
    let store = DeskStore::expect();
    let TransferOptions { people, briefing } = options;
    let rows = live_rows(people);
    let form = store.unsent();
    form.begin(call);
    let chosen = chosen(form, rows);
    let name = Memo::new(move |_| name_of(&rows.read(), chosen.read().as_ref()));
    let is_possible = Memo::new(move |_| is_available(&rows.read(), chosen.read().as_ref()));
    let start = Callback::new(move |()| {
        if let Some(target) = chosen.get_untracked() {
            store.start_transfer(form.request(target));
        }
    });
    view! {
        <div class="body">
            <div class="side">
                <Targets rows chosen choose=form.target />
                <Kinds form name />
                <HoldChoice form />
            </div>
            <div class="side">
                <Words form />
                <Preview form briefing />
            </div>
        </div>
        <div class="foot">
            <Trouble />
            <p class="muted small" role="status">
                {move || prospect(&rows.read(), chosen.read().as_ref(), form.kind.get())}
            </p>
            <Button
                label="Start transfer"
                icon="transfer"
                class="primary push"
                on_click=start
                disabled=Signal::derive(move || !is_possible.get())
                busy=Signal::derive(move || store.is_pending(&Pending::StartTransfer))
            />
        </div>
    }
}

/// Who is chosen. Whoever was chosen before the dialog was closed, and cannot take over any more, is not.
fn chosen(form: UnsentTransfer, rows: Memo<Vec<TargetRow>>) -> Memo<Option<TransferTarget>> {
    if !is_available(&rows.read_untracked(), form.target.read_untracked().as_ref()) {
        form.target.set(None);
    }
    Memo::new(move |before: Option<&Option<TransferTarget>>| {
        chosen_now(form.target.get(), before.and_then(Option::as_ref), &rows.read())
    })
}

#[component]
fn Trouble() -> impl IntoView {
    let trouble = DeskStore::expect().unsent().trouble;
    view! {
        <div role="alert">
            {move || {
                trouble
                    .get()
                    .map(|words| {
                        view! {
                            <p class="notice" data-tone="danger">
                                {words}
                            </p>
                        }
                    })
            }}
        </div>
    }
}

#[component]
fn Kinds(form: UnsentTransfer, name: Memo<String>) -> impl IntoView {
    let live = DeskStore::expect().live_call();
    let caller = Memo::new(move |_| live.with(|call| call.as_ref().map(|call| call.caller.name.clone())));
    let warm = move || format!("Talk to {} first; {} hears music.", name.read(), caller.get().unwrap_or_default());
    view! {
        <fieldset class="choices pair">
            <legend>"How"</legend>
            <label class="choice">
                <input
                    type="radio"
                    name="kind"
                    aria-label="Warm transfer"
                    aria-describedby="warm-d"
                    prop:checked=move || form.kind.get() == TransferKind::Warm
                    on:change=move |_| form.kind.set(TransferKind::Warm)
                />
                <span>"Warm transfer"</span>
                <span class="hint" id="warm-d">
                    {warm}
                </span>
            </label>
            <label class="choice">
                <input
                    type="radio"
                    name="kind"
                    aria-label="Cold transfer"
                    aria-describedby="cold-d"
                    prop:checked=move || form.kind.get() == TransferKind::Cold
                    on:change=move |_| form.kind.set(TransferKind::Cold)
                />
                <span>"Cold transfer"</span>
                <span class="hint" id="cold-d">
                    "Hand over at once."
                </span>
            </label>
        </fieldset>
    }
}

/// Only a warm transfer leaves the choice, and only to whoever is not on hold already.
#[component]
fn HoldChoice(form: UnsentTransfer) -> impl IntoView {
    let live = DeskStore::expect().live_call();
    let is_choice = move || {
        form.kind.get() == TransferKind::Warm && live.with(|call| call.as_ref().is_some_and(|call| !is_held(call)))
    };
    view! {
        <Show when=is_choice>
            <label class="choice">
                <input
                    type="checkbox"
                    aria-label="Hold while it rings"
                    prop:checked=move || form.hold.get()
                    on:change=move |event| form.hold.set(event_target_checked(&event))
                />
                <span>"Hold while it rings"</span>
            </label>
        </Show>
    }
}

#[component]
fn Words(form: UnsentTransfer) -> impl IntoView {
    view! {
        <div class="field">
            <label for="transfer-reason">"Reason"</label>
            <input
                id="transfer-reason"
                maxlength=REASON_MAX
                placeholder="Billing, technical, complaint …"
                autocomplete="off"
                bind:value=form.reason
            />
        </div>
        <div class="field">
            <label for="transfer-note">"Note for the next agent"</label>
            <textarea id="transfer-note" maxlength=NOTE_MAX bind:value=form.note></textarea>
        </div>
    }
}

/// The briefing as it would be now, to be changed before anybody reads it.
#[component]
fn Preview(form: UnsentTransfer, briefing: PreparedBriefing) -> impl IntoView {
    let generated = StoredValue::new(briefing);
    let is_edited = Memo::new(move |_| form.edit.read().is_some());
    let edit = Callback::new(move |()| form.edit.set(Some(generated.with_value(PreparedBriefing::plain_text))));
    let discard = Callback::new(move |()| form.edit.set(None));
    view! {
        <section class="preview" aria-labelledby="preview-h">
            <h3 id="preview-h" class="visually-hidden">
                "Briefing preview"
            </h3>
            <Show
                when=move || is_edited.get()
                fallback=move || {
                    view! {
                        <div class="side">
                            {generated.with_value(|briefing| briefing_text(&briefing.generated))}
                            <div class="actions">
                                <Button label="Edit briefing" icon="edit" class="small" on_click=edit />
                            </div>
                        </div>
                    }
                }
            >
                <div class="field">
                    <label for="transfer-briefing">"Briefing in your words"</label>
                    <textarea
                        id="transfer-briefing"
                        maxlength=MAX_BRIEFING_TEXT_CHARS
                        prop:value=move || form.edit.get().unwrap_or_default()
                        on:input=move |event| form.edit.set(Some(event_target_value(&event)))
                    ></textarea>
                </div>
                <Button label="Discard changes" class="quiet small" on_click=discard />
            </Show>
        </section>
    }
}
