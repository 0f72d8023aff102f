//! Bars across the desk: what keeps it from working as it should, and the one button that helps.

use leptos::prelude::*;

use crate::client::desk_store::DeskStore;
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
    /// The browser wants a click, in the middle of a call.
    Continue,
}

/// What keeps the desk from working, if anything.
#[component]
pub fn Bars() -> impl IntoView {
    let store = DeskStore::expect();
    let is_in_call = store.select(|data| data.live().is_some());
    let bar = Memo::new(move |_| {
        let state = store.media().state;
        if store.stream.get() == StreamStatus::Reconnecting {
            Some(Bar::Offline)
        } else if state.elsewhere.get() {
            Some(Bar::Elsewhere)
        } else if store.needs_click() && is_in_call.get() == Some(true) {
            Some(Bar::Continue)
        } else {
            None
        }
    });
    move || {
        bar.get().map(|bar| match bar {
            Bar::Offline => view! { <OfflineBar /> }.into_any(),
            Bar::Elsewhere => view! { <ElsewhereBar /> }.into_any(),
            Bar::Continue => view! { <ContinueBar /> }.into_any(),
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
                class="primary small"
                on_click=Callback::new(move |()| {
                    store.begin();
                    store.media().take_back();
                })
            />
        </div>
    }
}

#[component]
fn ContinueBar() -> impl IntoView {
    let store = DeskStore::expect();
    view! {
        <div class="bar" role="status" aria-label="Sound" data-tone="accent">
            <Icon name="headset" />
            <p>"The browser wants one click before you hear and are heard again."</p>
            <Button label="Continue call" class="primary small" on_click=Callback::new(move |()| store.begin()) />
        </div>
    }
}
