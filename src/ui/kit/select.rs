//! A choice of one from a list.

use leptos::prelude::*;

use super::dynamic;

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// For the program.
    pub value: String,
    /// For people.
    pub label: String,
}

/// A native `<select>` with its label.
#[component]
pub fn Select(
    /// Its words, which are also its accessible name.
    label: &'static str,
    /// Unique in the page.
    id: &'static str,
    /// What there is to choose from.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// The value that is chosen.
    #[prop(into)]
    chosen: Signal<String>,
    /// Another was chosen.
    #[prop(into)]
    on_choose: Callback<String>,
) -> impl IntoView {
    let options = dynamic::part(move || {
        let chosen = chosen.get();
        let option = |choice: Choice| {
            let is_chosen = choice.value == chosen;
            view! { <option value=choice.value selected=is_chosen>{choice.label}</option> }
        };
        choices.get().into_iter().map(option).collect_view().into_any()
    });
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <select id=id prop:value=chosen on:change:target=move |event| on_choose.run(event.target().value())>
                {options}
            </select>
        </div>
    }
}
