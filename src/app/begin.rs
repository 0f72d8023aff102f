//! Where a page begins in the browser.

use leptos::prelude::*;

use super::{CallerApp, DeskApp, HomeApp};

/// Takes over the first page that the server sent.
pub fn hydrate_home() {
    show(|| view! { <HomeApp /> });
}

/// Takes over the caller's page that the server sent.
pub fn hydrate_caller() {
    show(|| view! { <CallerApp /> });
}

/// Takes over the desk that the server sent.
pub fn hydrate_desk() {
    show(|| view! { <DeskApp /> });
}

/// Shows whichever page the address names, when one bundle holds them all.
pub fn show_addressed_page() {
    let path = web_sys::window().and_then(|window| window.location().pathname().ok()).unwrap_or_default();
    match path.split('/').nth(1) {
        Some("desk") => hydrate_desk(),
        Some("join") => hydrate_caller(),
        _ => hydrate_home(),
    }
}

/// Hydrates what the server sent, or, without a server-made page (`csr`), builds the page from nothing.
fn show<V: IntoView + 'static>(app: impl FnOnce() -> V + 'static) {
    console_error_panic_hook::set_once();
    let made_by_server = document().body().is_some_and(|body| body.child_element_count() > 0);
    if made_by_server {
        leptos::mount::hydrate_body(app);
    } else {
        leptos::mount::mount_to_body(app);
    }
    // Assistive technology and the end-to-end tests wait for this before they touch anything.
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-hydrated", "");
    }
}
