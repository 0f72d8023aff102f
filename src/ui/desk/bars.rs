//! Bars across the desk: what keeps it from working as it should, and the one button that helps.

use leptos::prelude::*;

use crate::client::desk_store::DeskStore;
use crate::client::media_state::MicrophoneState;
use crate::client::ring_notification::Notification;
use crate::client::stream_status::StreamStatus;
use crate::ui::kit::button::Button;
use crate::ui::kit::icon::Icon;

/// The one bar that matters most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bar {
    /// Events do not arrive.
    Offline,
    /// Another tab has the media.
    Elsewhere,
    /// The browser wants a click, or the microphone was never asked for.
    Begin,
    /// The same in the middle of a call.
    Continue,
}

/// What keeps the desk from working, if anything.
#[component]
pub fn Bars() -> impl IntoView {
    let store = DeskStore::expect();
    let live = store.live();
    let bar = Memo::new(move |_| {
        let state = store.media().state;
        let asked = store.begun.get() || state.microphone.get() != MicrophoneState::NotAsked;
        if store.stream.get() == StreamStatus::Reconnecting {
            Some(Bar::Offline)
        } else if state.elsewhere.get() {
            Some(Bar::Elsewhere)
        } else if asked && !state.sound_blocked.get() {
            None
        } else if live.with(Option::is_some) {
            Some(Bar::Continue)
        } else {
            Some(Bar::Begin)
        }
    });
    move || {
        bar.get().map(|bar| match bar {
            Bar::Offline => view! { <OfflineBar /> }.into_any(),
            Bar::Elsewhere => view! { <ElsewhereBar /> }.into_any(),
            Bar::Begin => view! { <BeginBar label="Start taking calls" words="The browser wants one click before this desk may ring and talk." /> }.into_any(),
            Bar::Continue => view! { <BeginBar label="Continue call" words="The browser wants one click before you hear and are heard again." /> }.into_any(),
        })
    }
}

#[component]
fn OfflineBar() -> impl IntoView {
    let store = DeskStore::expect();
    view! {
        <div class="bar" role="alert" data-state="reconnecting">
            <Icon name="offline" />
            <p>"Connection lost. Calls go on; this desk catches up as soon as it is back."</p>
            <Button label="Try now" class="small" on_click=Callback::new(move |()| store.refresh()) />
        </div>
    }
}

#[component]
fn ElsewhereBar() -> impl IntoView {
    let store = DeskStore::expect();
    view! {
        <div class="bar" role="status" aria-label="Sound" data-tone="accent">
            <Icon name="tab" />
            <p>"This desk's sound is in another tab."</p>
            <Button
                label="Take it back here"
                class="small"
                on_click=Callback::new(move |()| {
                    store.begin();
                    store.media().take_back();
                })
            />
        </div>
    }
}

#[component]
fn BeginBar(label: &'static str, words: &'static str) -> impl IntoView {
    let store = DeskStore::expect();
    let begin = move |()| {
        store.begin();
        Notification::ask();
    };
    view! {
        <div class="bar" role="status" aria-label="Sound" data-tone="accent">
            <Icon name="headset" />
            <p>{words}</p>
            <Button label=label class="primary small" on_click=Callback::new(begin) />
        </div>
    }
}
