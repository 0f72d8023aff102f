//! A label with its control.

use leptos::html;
use leptos::prelude::*;

use super::dynamic;
use crate::client::effect::effect;

/// A line of text.
#[component]
pub fn TextField(
    /// Its words, which are also its accessible name.
    label: &'static str,
    /// Unique in the page.
    id: &'static str,
    /// What stands in it.
    value: RwSignal<String>,
    /// How long it may be.
    max_length: u32,
    /// What the browser may fill in.
    #[prop(optional, into)]
    autocomplete: &'static str,
    /// Whether it may be left empty.
    #[prop(optional)]
    required: bool,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    // Words typed before the page was ready are kept.
    effect(move || {
        if let Some(typed) = input.get().map(|input| input.value()).filter(|typed| !typed.is_empty())
            && typed != value.get_untracked()
        {
            value.set(typed);
        }
    });
    let error_id = [id, "-error"].concat();
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                node_ref=input
                id=id
                name=id
                autocomplete=autocomplete
                maxlength=max_length
                required=required
                aria-invalid=dynamic::mark(move || error.read().is_some().then_some("true"))
                aria-describedby=error_id.clone()
                bind:value=value
            />
            <p class="error" id=error_id>{dynamic::text(move || error.get().unwrap_or_default())}</p>
        </div>
    }
}
