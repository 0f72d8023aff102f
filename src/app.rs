//! The pages' frames. Three small apps rather than one, because each has its own bundle: a caller on a phone does not load
//! the desk. The server routes: a page with one address needs no router of its own in the browser.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};

use crate::ui::desk::frame::Frame;
use crate::ui::pages::caller::CallerPage;
use crate::ui::pages::desk::DeskPage;
use crate::ui::pages::home::HomePage;

#[cfg(feature = "browser")]
pub use begin::{hydrate_caller, hydrate_desk, hydrate_home, show_addressed_page};

#[cfg(feature = "browser")]
mod begin;
#[cfg(feature = "ssr")]
pub mod document;

/// The first page, `/`.
#[component]
pub fn HomeApp() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title text="Baton" />
        <HomePage />
    }
}

/// The caller's page, `/join/<code>`.
#[component]
pub fn CallerApp(
    /// The code of the join link.
    code: String,
) -> impl IntoView {
    provide_meta_context();
    view! {
        <Title text="Call · Baton" />
        <CallerPage code />
    }
}

/// An agent's desk, `/desk/<agent>`.
#[component]
pub fn DeskApp(
    /// Whose desk, as the address says it.
    agent: String,
) -> impl IntoView {
    provide_meta_context();
    view! {
        <Title text="Desk · Baton" />
        <DeskPage handle=agent />
    }
}

/// The page of an address that leads nowhere.
#[component]
pub fn NothingHereApp() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title text="Nothing here · Baton" />
        <Frame>
            <section class="card problem" aria-labelledby="problem-h">
                <h1 id="problem-h">"There is nothing here"</h1>
                <p>"The address may be mistyped."</p>
                <a class="button primary large wide" href="/" rel="external">
                    "Go to the first page"
                </a>
            </section>
        </Frame>
    }
}
