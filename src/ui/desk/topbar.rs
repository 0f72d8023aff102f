//! The desk's head: who this is, what they are, and whether the desk hears from the server.

use leptos::prelude::*;

use super::frame::Brand;
use crate::client::desk_store::DeskStore;
use crate::client::stream_status::StreamStatus;
use crate::ui::agents::language::BriefingLanguage;
use crate::ui::agents::presence::PresenceChoices;
use crate::ui::call::devices::DeviceChoices;
use crate::ui::format;
use crate::ui::kit::theme::ThemeMenu;

/// The desk's head.
#[component]
pub fn Topbar() -> impl IntoView {
    let store = DeskStore::expect();
    let me = store.me.get_value();
    let name = Memo::new(move |_| store.name(&me));
    view! {
        <header class="topbar">
            <Brand new_tab=true />
            <PresenceChoices />
            <Connection />
            <button
                type="button"
                class="me quiet"
                popovertarget="my-settings"
                title="Your settings"
                on:click=move |_| store.media().refresh_devices()
            >
                <span class="avatar agent" aria-hidden="true">
                    {move || format::initial(&name.read())}
                </span>
                {name}
            </button>
            <div popover="auto" id="my-settings" role="group" aria-label="Your settings">
                <BriefingLanguage />
                <DeviceChoices microphone_id="my-microphone" speaker_id="my-speaker" />
            </div>
            <ThemeMenu />
        </header>
    }
}

#[component]
fn Connection() -> impl IntoView {
    let stream = DeskStore::expect().stream;
    let state = move || match stream.get() {
        StreamStatus::Connecting => ("checking", "Connecting"),
        StreamStatus::Live => ("connected", "Connected"),
        StreamStatus::Reconnecting => ("reconnecting", "Reconnecting"),
    };
    view! {
        <p class="pill connection" role="status" aria-label="Connection" data-state=move || state().0>
            {move || state().1}
        </p>
    }
}
