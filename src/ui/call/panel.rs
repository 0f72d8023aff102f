//! The region "Call".

use baton_domain::agent::PresenceChoice;
use baton_domain::call::{Call, CallState};
use baton_domain::ids::CallId;
use baton_domain::outcome::HappeningKind;
use baton_domain::time::Timestamp;
use leptos::prelude::*;

use super::controls::CallControls;
use super::levels::Levels;
use super::microphone::{MicrophoneTrouble, trouble};
use super::notices::CallNotice;
use super::recording::RecordingLine;
use super::status::StatusLine;
use crate::client::desk_store::DeskStore;
use crate::client::desk_words::{Status, call_status};
use crate::client::reduce::DeskData;
use crate::ui::desk::shortcuts::ShortcutHelp;
use crate::ui::desk::timers::Elapsed;
use crate::ui::format;
use crate::ui::kit::button::Button;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::notice::Notice;

/// The region "Call": the live call, else what became of the last, else that there is none.
#[component]
pub fn CallPanel() -> impl IntoView {
    let store = DeskStore::expect();
    let live = store.live_call();
    let id = Memo::new(move |_| live.with(|call| call.as_ref().map(|call| call.id)));
    let status = status(store, live);
    let is_quiet = store.select(|data| data.ringing().is_none() && data.view.wrap_up.is_none());
    let is_quiet = Memo::new(move |_| is_quiet.get().unwrap_or(true));
    view! {
        <section class="panel call" aria-labelledby="call-h" data-state=move || status.read().state>
            <header>
                <h2 id="call-h">"Call"</h2>
                <StatusLine label="Call status" status />
                <ShortcutHelp />
            </header>
            {move || match id.get() {
                Some(id) => view! { <LiveCall id /> }.into_any(),
                None if is_quiet.get() => view! { <NoCall /> }.into_any(),
                // What rings, or is to be finished, says all there is to say.
                None => ().into_any(),
            }}
        </section>
    }
}

fn status(store: DeskStore, live: Memo<Option<Call>>) -> Memo<Status> {
    let finished = store.finished();
    Memo::new(move |_| {
        let media = store.media().state;
        let live = live.get();
        let talks = live.as_ref().is_some_and(|call| !call.is_ended());
        if talks && !media.elsewhere.get() && media.is_reconnecting() {
            return Status::reconnecting();
        }
        let call = live.or_else(|| finished.get().map(|finished| finished.call));
        let said = call.and_then(|call| store.knowing(|know| call_status(&call, know)));
        said.unwrap_or_else(Status::idle)
    })
}

#[component]
fn NoCall() -> impl IntoView {
    let store = DeskStore::expect();
    let myself = store.myself();
    let trouble = trouble(store);
    let words = move || {
        let presence = myself.get().map(|me| me.presence.label());
        match presence {
            Some("Available") if trouble.read().is_some() => {
                "You are shown as “Available”, and nobody would hear you.".to_owned()
            }
            Some("Available") => "You are available: answer whoever waits, and transfers ring here.".to_owned(),
            Some(other) => format!("You are shown as “{other}”."),
            None => String::new(),
        }
    };
    let begin = Callback::new(move |()| store.begin());
    view! {
        <div class="empty idle">
            <Icon name="phone" />
            <strong>"Nobody is on the line"</strong>
            <p>{words}</p>
            <MissedOffer />
            <MicrophoneTrouble />
            <Show when=move || store.needs_click() && !store.media().state.elsewhere.get()>
                <Button label="Start taking calls" icon="headset" class="primary" on_click=begin />
                <p>"The browser wants one click before this desk may ring and talk."</p>
            </Show>
        </div>
    }
}

/// Why this agent is away without having chosen so.
#[component]
fn MissedOffer() -> impl IntoView {
    let store = DeskStore::expect();
    let missed = store.select(|data| data.missed.caller().map(str::to_owned));
    let be_available = Callback::new(move |()| {
        store.begin();
        store.choose_presence(PresenceChoice::Available);
    });
    let is_pending = move || store.pending_presence() == Some(PresenceChoice::Available);
    move || {
        let caller = missed.get().flatten()?;
        Some(view! {
            <Notice tone="hold" icon="phone">
                <p role="alert">{format!("{caller} rang here and was not answered, so you are Away.")}</p>
                <Button label="Available" class="small" on_click=be_available busy=Signal::derive(is_pending) />
            </Notice>
        })
    }
}

#[component]
fn LiveCall(id: CallId) -> impl IntoView {
    view! {
        <div class="body" data-call=id.to_string()>
            <Party />
            <RecordingLine />
            <Levels />
            <div class="notice-slot">
                <CallNotice />
            </div>
            <CallControls />
        </div>
    }
}

/// What stands beside the caller's name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct PartyFacts {
    name: String,
    line: String,
    waited: Option<String>,
    since: Timestamp,
}

fn facts(data: &DeskData) -> Option<PartyFacts> {
    let live = data.live()?;
    let answered = live.timeline.iter().find(|entry| entry.happening.kind == HappeningKind::CallAnswered);
    let came = live.call.created_at;
    let since = match (&live.call.state, answered) {
        (_, Some(entry)) => entry.at,
        (CallState::WithAgent { since, .. }, None) => *since,
        _ => came,
    };
    Some(PartyFacts {
        name: live.call.caller.name.clone(),
        line: live.line_name.clone(),
        waited: answered.map(|entry| format!("waited {}", format::duration(entry.at.since(came)))),
        since,
    })
}

#[component]
fn Party() -> impl IntoView {
    let store = DeskStore::expect();
    let facts = store.select(facts);
    move || {
        let PartyFacts { name, line, waited, since } = facts.get().flatten()?;
        Some(view! {
            <div class="party">
                <span class="avatar big caller" aria-hidden="true">
                    {format::initial(&name)}
                </span>
                <div>
                    <h3 class="who">{name}</h3>
                    <p class="meta">
                        <span>{line}</span>
                        <span>{waited}</span>
                    </p>
                </div>
                <p class="time">
                    <Elapsed since label="Call time" />
                </p>
            </div>
        })
    }
}
