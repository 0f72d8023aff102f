//! The three columns of the desk.

use leptos::prelude::*;

use super::bars::Bars;
use super::topbar::Topbar;
use crate::client::desk_store::DeskStore;
use crate::ui::agents::queue::Queue;
use crate::ui::agents::roster::Roster;
use crate::ui::call::end_dialog::EndDialog;
use crate::ui::call::panel::CallPanel;
use crate::ui::insight::panel::InsightPanel;
use crate::ui::kit::button::Button;
use crate::ui::recording::PlaybackPanel;
use crate::ui::spoken_file::SpokenFilePanel;
use crate::ui::transcript::briefing::BriefingPanel;
use crate::ui::transcript::lines::TranscriptPanel;
use crate::ui::transcript::log::EventLog;
use crate::ui::transfer::after::AfterCard;
use crate::ui::transfer::consult::ConsultPanel;
use crate::ui::transfer::dialog::TransferDialog;
use crate::ui::transfer::hears::HearsPanel;
use crate::ui::transfer::incoming::IncomingPanel;
use crate::ui::wrap_up::WrapUpPanel;

/// Everything on an open desk.
#[component]
pub fn Layout() -> impl IntoView {
    let store = DeskStore::expect();
    let me = store.me.get_value();
    let is_open = store.is_open();
    view! {
        <div class="desk">
            <a class="skip button" href="#call">
                "Skip to the call"
            </a>
            <Topbar />
            <main>
                <h1 class="visually-hidden">{move || format!("Desk of {}", store.name(&me))}</h1>
                <Show when=move || is_open.get() fallback=NotYet>
                    <Columns />
                </Show>
            </main>
            <Bars />
        </div>
        <TransferDialog />
        <EndDialog />
    }
}

/// Before the first view: on the way, or in trouble.
#[component]
fn NotYet() -> impl IntoView {
    let store = DeskStore::expect();
    view! {
        <div class="column middle">
            <section class="panel" aria-label="Desk">
                <Show
                    when=move || store.trouble.read().is_some()
                    fallback=|| {
                        view! {
                            <p class="empty" role="status">
                                "Opening the desk …"
                            </p>
                        }
                    }
                >
                    <div class="empty" role="alert">
                        <strong>"The desk cannot be shown"</strong>
                        <p>{move || store.trouble.get().map(|error| error.message)}</p>
                        <Button label="Try again" on_click=Callback::new(move |()| store.refresh()) />
                    </div>
                </Show>
            </section>
        </div>
    }
}

#[component]
fn Columns() -> impl IntoView {
    view! {
        <div class="column left">
            <Queue />
            <Roster />
        </div>
        <div class="column middle" id="call">
            <CallPanel />
            <IncomingPanel />
            <WrapUpPanel />
            <PlaybackPanel />
            <ConsultPanel />
            <AfterCard />
            <HearsPanel />
        </div>
        <div class="column right">
            <BriefingPanel />
            <TranscriptPanel />
            <InsightPanel />
            <EventLog />
            <SpokenFilePanel />
        </div>
    }
}
