//! Times that run on screen. A screen reader says them when asked, not every second.

use baton_domain::time::{Span, Timestamp};
use leptos::prelude::*;

use crate::client::desk_store::DeskStore;
use crate::ui::format;

/// How long something has lasted.
#[component]
pub fn Elapsed(
    /// Since when.
    #[prop(into)]
    since: Signal<Timestamp>,
    /// Its accessible name.
    label: &'static str,
) -> impl IntoView {
    let clock = DeskStore::expect().clock;
    let text = Memo::new(move |_| format::duration(clock.since(since.get())));
    view! {
        <span role="timer" aria-label=label>
            {text}
        </span>
    }
}

/// How long a caller has waited.
#[component]
pub fn Waited(
    /// Since when.
    #[prop(into)]
    since: Signal<Timestamp>,
) -> impl IntoView {
    let clock = DeskStore::expect().clock;
    let seconds = Memo::new(move |_| Span(clock.since(since.get()).0 / 1000 * 1000));
    view! {
        <time datetime=move || format::machine_duration(seconds.get())>{move || format::duration(seconds.get())}</time>
    }
}

/// How much time is left, as `0:14`.
#[component]
pub fn TimeLeft(
    /// Until when.
    #[prop(into)]
    until: Signal<Timestamp>,
) -> impl IntoView {
    let clock = DeskStore::expect().clock;
    let text = Memo::new(move |_| format::countdown(clock.until(until.get())));
    view! { <span aria-live="off">{text}</span> }
}

/// How much time is left, as seconds in a circle that empties.
#[component]
pub fn Ring(
    /// Until when.
    #[prop(into)]
    until: Signal<Timestamp>,
    /// How long it is in all.
    #[prop(into)]
    whole: Signal<Span>,
    /// Its accessible name.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let clock = DeskStore::expect().clock;
    let left = Memo::new(move |_| (clock.until(until.get()).0 + 999) / 1000);
    let arc = move || {
        let whole = (whole.get().0 / 1000).max(1);
        format!("{} 100", (left.get() * 100 / whole).clamp(0, 100))
    };
    view! {
        <p class="ring" role="timer" aria-label=label>
            <svg viewBox="0 0 52 52" aria-hidden="true">
                <circle cx="26" cy="26" r="23" />
                <circle cx="26" cy="26" r="23" pathLength="100" stroke-dasharray=arc />
            </svg>
            {left}
        </p>
    }
}
