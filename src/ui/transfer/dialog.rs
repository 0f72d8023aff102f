//! The dialog "Transfer call".

use baton_domain::ids::CallId;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::dialog_form::TransferForm;
use crate::api::desk::{TransferOptions, transfer_options};
use crate::api::error::ApiError;
use crate::client::desk_actions::Action;
use crate::client::desk_store::{DeskStore, OpenDialog};
use crate::client::tell::{ANSWER_LIMIT_MS, answered_within};
use crate::ui::kit::button::Button;
use crate::ui::kit::dialog::Dialog;

/// The dialog, open while a transfer could be started.
#[component]
pub fn TransferDialog() -> impl IntoView {
    let store = DeskStore::expect();
    let live = store.live_call();
    let controls = store.controls(live);
    let call = Memo::new(move |_| {
        let may_start = controls.read().iter().any(|control| control.action == Action::Transfer);
        live.with(|call| call.as_ref().map(|call| call.id).filter(|call| may_start && !store.has_left(*call)))
    });
    // A call that has ended meanwhile, or rings elsewhere already, cannot be handed over.
    let open = move || store.is_dialog_open(OpenDialog::Transfer) && call.get().is_some();
    view! {
        <Dialog
            title="Transfer call"
            class="wide transfer-dialog"
            open=Signal::derive(open)
            on_close=Callback::new(move |()| store.dialog.set(None))
        >
            {move || call.get().map(|call| view! { <Content call /> })}
        </Dialog>
    }
}

#[component]
fn Content(call: CallId) -> impl IntoView {
    let options = RwSignal::new(None::<Result<TransferOptions, ApiError>>);
    let load = move || {
        options.set(None);
        spawn_local(async move {
            let answer = answered_within(ANSWER_LIMIT_MS, transfer_options(call)).await;
            // The dialog may be closed by now.
            options.try_set(Some(answer));
        });
    };
    Effect::new(load);
    move || match options.get() {
        None => view! {
            <div class="body">
                <p role="status">"Looking who is free …"</p>
            </div>
        }
        .into_any(),
        Some(Err(error)) => view! {
            <div class="body">
                <p role="alert">{error.message}</p>
                <Button label="Try again" on_click=Callback::new(move |()| load()) />
            </div>
        }
        .into_any(),
        Some(Ok(options)) => view! { <TransferForm call options /> }.into_any(),
    }
}
