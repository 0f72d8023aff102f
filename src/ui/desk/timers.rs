//! Times that run on screen. A screen reader says them when asked, not every second.

use baton_domain::time::{Span, Timestamp};
use leptos::prelude::*;

use crate::client::clock::Clock;
use crate::client::desk_store::DeskStore;
use crate::ui::format;

// Not written into the markup: what is known in advance would be wrapped in an element of its own there, and the two
// circles would no longer be neighbours for the style sheet.
const MIDDLE: &str = "26";
const RADIUS: &str = "23";

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
    let text = Memo::new(move |_| format::duration(Span(seconds_left(&clock, until.get()) * 1000)));
    view! { <span aria-live="off">{text}</span> }
}

/// The page's time may be half a second behind: rounded up, a count-down would begin with more than there is.
fn seconds_left(clock: &Clock, until: Timestamp) -> i64 {
    (clock.until(until).0 + 500) / 1000
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
    let left = Memo::new(move |_| seconds_left(&clock, until.get()));
    let arc = move || {
        let whole = (whole.get().0 / 1000).max(1);
        format!("{} 100", (left.get() * 100 / whole).clamp(0, 100))
    };
    view! {
        <p class="ring" role="timer" aria-label=label>
            <svg viewBox="0 0 52 52" aria-hidden="true">
                <circle cx=MIDDLE cy=MIDDLE r=RADIUS />
                <circle cx=MIDDLE cy=MIDDLE r=RADIUS pathLength="100" stroke-dasharray=arc />
            </svg>
            {left}
        </p>
    }
}
