//! What stands around every scene of a caller's page.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::ui::kit::icon::Icon;

/// The frame: a thin head, and the scene. Its one link leaves the page open: there may be a call in it.
#[component]
pub fn CallerFrame(
    /// The tab's title.
    #[prop(into)]
    title: Signal<String>,
    /// Whether this is a demo.
    demo: bool,
    /// The scene.
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=move || title.get() />
        <header>
            <a class="brand" href="/" rel="external" target="_blank" title="Opens in a new tab">
                <Icon name="brand" />
                "Baton"
            </a>
            {demo.then(|| view! { <p class="demo-banner">"Demo: anyone here can sign in"</p> })}
        </header>
        <main id="main">{children()}</main>
    }
}
