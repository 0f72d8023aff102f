//! The home page.

use leptos::prelude::*;

/// The home page.
#[component]
pub fn HomePage() -> impl IntoView {
    view! { <p>"Loading …"</p> }
}
