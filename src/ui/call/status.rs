//! A line that says how something stands.

use leptos::prelude::*;

use crate::client::desk_words::Status;
use crate::ui::desk::timers::TimeLeft;

/// A `role=status` with the state's name for style sheets and tests.
#[component]
pub fn StatusLine(
    /// Its accessible name.
    label: &'static str,
    /// What it says.
    #[prop(into)]
    status: Signal<Status>,
) -> impl IntoView {
    let waits = Memo::new(move |_| status.read().waits_until);
    view! {
        <p
            class="pill"
            role="status"
            aria-label=label
            data-state=move || status.read().state
            data-tone=move || status.read().tone
        >
            {move || status.read().text.clone()}
            {move || waits.get().map(|until| view! { ", waiting " <TimeLeft until /> })}
        </p>
    }
}
