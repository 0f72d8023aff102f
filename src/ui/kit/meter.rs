//! A level, as a row of bars.

use leptos::prelude::*;

/// How loud something is.
#[component]
pub fn LevelMeter(
    /// Its accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// From 0 to 1, as the length of the bar.
    #[prop(into)]
    level: Signal<f32>,
) -> impl IntoView {
    view! {
        <meter aria-label=label min="0" max="1" low="0.72" high="0.9" optimum="0.3" prop:value=move || f64::from(level.get()) value="0">
        </meter>
    }
}
