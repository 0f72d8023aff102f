//! The caller page.

use leptos::prelude::*;

/// The caller page.
#[component]
pub fn CallerPage() -> impl IntoView {
    view! { <p>"Loading …"</p> }
}
