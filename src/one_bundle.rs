//! Where the browser begins when one bundle holds every page.

use wasm_bindgen::prelude::wasm_bindgen;

/// Shows the page that the address names. `cargo leptos` calls it by this name.
#[wasm_bindgen]
pub fn hydrate() {
    crate::app::show_addressed_page();
}
