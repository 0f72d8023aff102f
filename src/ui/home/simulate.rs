//! A caller whom the server plays, for whoever has no third person and no third tab.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::error::ApiError;
use crate::api::home::simulate_caller;

/// The button, and what came of it.
#[component]
pub fn Simulate(
    /// Something has changed that the page shows.
    #[prop(into)]
    on_change: Callback<()>,
) -> impl IntoView {
    let pending = RwSignal::new(false);
    let answer = RwSignal::new(None::<Result<String, ApiError>>);
    let simulate = move |_| {
        pending.set(true);
        spawn_local(async move {
            let answered = simulate_caller().await;
            on_change.run(());
            answer.set(Some(answered));
            pending.set(false);
        });
    };
    let words = move || match answer.get() {
        None => "A caller who really talks, played by this server. No third tab needed.".to_owned(),
        Some(Ok(name)) => [&name, " is in the queue. Open the desk as Alice and press Answer next."].concat(),
        Some(Err(error)) => error.message,
    };
    let state =
        move || answer.with(|answer| answer.as_ref().map(|answer| if answer.is_ok() { "ok" } else { "failed" }));
    view! {
        <div class="simulate">
            <button
                type="button"
                disabled=pending
                aria-busy=move || pending.get().then_some("true")
                on:click=simulate
            >
                "Simulate a caller"
            </button>
            <p role="status" aria-label="Simulated caller" data-state=state>
                {words}
            </p>
        </div>
    }
}
