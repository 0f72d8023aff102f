//! "End call for everyone" is asked twice: nobody takes over afterwards.

use leptos::prelude::*;

use crate::client::desk_actions::Action;
use crate::client::desk_commands::Pending;
use crate::client::desk_store::{DeskStore, OpenDialog};
use crate::ui::format;
use crate::ui::kit::button::Button;
use crate::ui::kit::dialog::Dialog;

/// The dialog that confirms it.
#[component]
pub fn EndDialog() -> impl IntoView {
    let store = DeskStore::expect();
    let live = store.live_call();
    let close = move |()| store.dialog.set(None);
    // A call that has ended meanwhile needs no answer any more.
    let open = move || {
        store.is_dialog_open(OpenDialog::EndForEveryone)
            && live.with(|call| call.as_ref().is_some_and(|call| !call.is_ended()))
    };
    view! {
        <Dialog
            title="End the call for everyone?"
            open=Signal::derive(open)
            on_close=Callback::new(close)
        >
            <div class="body">
                <p>{move || who(store)}</p>
            </div>
            <div class="foot">
                <Button label="Keep the call" class="push" on_click=Callback::new(close) />
                <Button
                    label="End for everyone"
                    class="danger"
                    busy=Signal::derive(move || store.is_pending(&Pending::Action(Action::EndForEveryone)))
                    on_click=Callback::new(move |()| {
                        store.dialog.set(None);
                        store.act_on_live(Action::EndForEveryone);
                    })
                />
            </div>
        </Dialog>
    }
}

fn who(store: DeskStore) -> Option<String> {
    let people = store.with(|data| {
        let call = &data.live()?.call;
        let others = call.agent_legs().into_iter().filter(|leg| leg.agent != data.view.me);
        let mut people = vec![call.caller.name.clone()];
        people.extend(others.map(|leg| store.name(&leg.agent)));
        people.push("you".to_owned());
        Some(people)
    })??;
    Some(format!("{} are disconnected at once. Nobody takes over.", format::names(&people)))
}
