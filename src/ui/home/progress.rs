//! How far the demo has come: a list that ticks itself.

use leptos::prelude::*;

use crate::api::home::DemoProgress;

/// The checklist.
#[component]
pub fn Progress(
    /// What has happened.
    #[prop(into)]
    progress: Signal<DemoProgress>,
    /// What helps to go on.
    children: Children,
) -> impl IntoView {
    let step = move |words: &'static str, is_done: fn(&DemoProgress) -> bool| {
        let done = move || is_done(&progress.read());
        view! {
            <li>
                <label>
                    <input type="checkbox" disabled checked=is_done(&progress.read_untracked()) prop:checked=done />
                    {words}
                </label>
            </li>
        }
    };
    view! {
        <section class="panel" aria-labelledby="steps-h">
            <header>
                <h2 id="steps-h">"How far you are"</h2>
            </header>
            <ol class="checklist">
                {step("A caller joined", |done| done.caller_joined)}
                {step("An agent answered", |done| done.answered)}
                {step("A transfer was started", |done| done.transfer_started)}
                {step("The target accepted", |done| done.accepted)}
                {step("The call was handed over", |done| done.completed)}
            </ol>
            {children()}
        </section>
    }
}
