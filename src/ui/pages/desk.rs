//! The desk page.

use leptos::prelude::*;

/// The desk page.
#[component]
pub fn DeskPage() -> impl IntoView {
    view! { <p>"Loading …"</p> }
}
