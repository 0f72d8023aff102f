//! The pages' frames and routes. Three small apps rather than one, because each has its own bundle: a caller on a phone
//! does not load the desk.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

use crate::ui::pages::caller::CallerPage;
use crate::ui::pages::desk::DeskPage;
use crate::ui::pages::home::HomePage;

#[cfg(feature = "browser")]
pub use begin::{hydrate_caller, hydrate_desk, hydrate_home, show_addressed_page};

#[cfg(feature = "browser")]
mod begin;
#[cfg(feature = "ssr")]
pub mod document;

/// The first page.
#[component]
pub fn HomeApp() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title text="Baton" />
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=|| view! { <HomePage /> }.into_any() />
            </Routes>
        </Router>
    }
}

/// The caller's page.
#[component]
pub fn CallerApp() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title text="Call · Baton" />
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/join/:code") view=|| view! { <CallerPage /> }.into_any() />
            </Routes>
        </Router>
    }
}

/// An agent's desk.
#[component]
pub fn DeskApp() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title text="Desk · Baton" />
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/desk/:agent") view=|| view! { <DeskPage /> }.into_any() />
            </Routes>
        </Router>
    }
}

#[component]
fn NotFound() -> impl IntoView {
    view! {
        <main class="notice-page">
            <h1>"There is nothing here"</h1>
            <p>"The address may be mistyped. "<a href="/">"Go to the first page"</a></p>
        </main>
    }
}
