//! A sentence that matters now.

use leptos::prelude::*;

use super::icon::Icon;

/// A coloured box with a picture, a sentence, and perhaps a button in `children`.
#[component]
pub fn Notice(
    /// `accent`, `hold`, `danger`, `live`, `consult`.
    tone: &'static str,
    /// The picture.
    icon: &'static str,
    /// What stands in it: a `<p>`, and buttons after it.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="notice" data-tone=tone>
            <Icon name=icon />
            {children()}
        </div>
    }
}
