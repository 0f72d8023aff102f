//! Light, dark, or as the system has it.

use leptos::prelude::*;

use super::icon::Icon;

const KEY: &str = "baton-theme";

/// A button that opens the choice of theme. The choice is kept for this browser.
#[component]
pub fn ThemeMenu() -> impl IntoView {
    let theme = RwSignal::new(String::from("auto"));
    Effect::new(move || {
        if let Some(kept) = storage().and_then(|storage| storage.get_item(KEY).ok().flatten()) {
            apply(&kept);
            theme.set(kept);
        }
    });
    let choose = move |value: &'static str| {
        theme.set(value.to_owned());
        apply(value);
        // Where nothing may be kept, it lasts as long as the page.
        drop(storage().map(|storage| storage.set_item(KEY, value)));
    };
    let option = move |value: &'static str, label: &'static str| {
        view! {
            <label>
                <input
                    type="radio"
                    name="theme"
                    value=value
                    prop:checked=move || *theme.read() == value
                    on:change=move |_| choose(value)
                />
                {label}
            </label>
        }
    };
    view! {
        <button type="button" class="quiet square" popovertarget="theme" aria-label="Theme">
            <Icon name="contrast" />
        </button>
        <div popover="auto" id="theme">
            <fieldset class="segmented" role="radiogroup">
                <legend class="visually-hidden">"Theme"</legend>
                {option("auto", "System")}
                {option("light", "Light")}
                {option("dark", "Dark")}
            </fieldset>
        </div>
    }
}

/// Only in effects and handlers: the server has no storage.
fn storage() -> Option<leptos::web_sys::Storage> {
    window().local_storage().ok().flatten()
}

fn apply(theme: &str) {
    let Some(root) = document().document_element() else { return };
    // It fails only for a name that is no name of an attribute.
    let _ = if theme == "auto" { root.remove_attribute("data-theme") } else { root.set_attribute("data-theme", theme) };
}
