//! Where a page begins in the browser.

use leptos::prelude::*;

use super::{CallerApp, DeskApp, HomeApp, NothingHereApp};

/// Takes over the first page that the server sent, or its word that there is nothing.
pub fn hydrate_home() {
    if path() == "/" {
        show(|| view! { <HomeApp /> }.into_any());
    } else {
        show(|| view! { <NothingHereApp /> }.into_any());
    }
}

/// Takes over the caller's page that the server sent.
pub fn hydrate_caller() {
    show(|| view! { <CallerApp code=last_part_of_path() /> }.into_any());
}

/// Takes over the desk that the server sent.
pub fn hydrate_desk() {
    show(|| view! { <DeskApp agent=last_part_of_path() /> }.into_any());
}

/// Shows whichever page the address names, when one bundle holds them all.
pub fn show_addressed_page() {
    match path().split('/').nth(1) {
        Some("desk") => hydrate_desk(),
        Some("join") => hydrate_caller(),
        _ => hydrate_home(),
    }
}

fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// What the server takes out of `/join/<code>` and `/desk/<agent>` by its routes.
fn last_part_of_path() -> String {
    let path = path();
    let part = path.rsplit('/').next().unwrap_or_default();
    js_sys::decode_uri_component(part).map_or_else(|_| part.to_owned(), String::from)
}

/// Hydrates what the server sent, or, without a server-made page (`csr`), builds the page from nothing.
fn show(app: fn() -> AnyView) {
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
