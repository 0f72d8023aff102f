//! A picture from the sprite.

use leptos::prelude::*;

use super::dynamic;

/// A picture that says nothing a word beside it does not say: hidden from screen readers.
#[component]
pub fn Icon(
    /// The name in `public/icons.svg`.
    #[prop(into)]
    name: Signal<&'static str>,
) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true">
            <use href=dynamic::text(move || ["/icons.svg#", name.get()].concat()) />
        </svg>
    }
}
