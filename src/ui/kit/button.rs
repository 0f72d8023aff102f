//! A button that can be on its way.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::dynamic;
use super::icon::Icon;

/// A button with a word, and perhaps a picture before it. While `busy` it keeps its words and its place, and a second
/// click does nothing.
#[component]
pub fn Button(
    /// The word, which is also its accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The picture.
    #[prop(optional, into)]
    icon: MaybeProp<&'static str>,
    /// How it looks: `primary`, `answer`, `danger`, `quiet`, `ends`, `large`, `wide`, `small`, `round` …
    #[prop(optional, into)]
    class: &'static str,
    /// What it does.
    #[prop(into)]
    on_click: Callback<()>,
    /// Whether it can be used at all.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Whether what it asked for is on its way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Why it cannot be used, or what it does, where its word does not say it.
    #[prop(optional, into)]
    title: MaybeProp<&'static str>,
    /// The key that does the same, as `aria-keyshortcuts` writes it.
    #[prop(optional)]
    keys: Option<&'static str>,
    /// Its state, for its looks.
    #[prop(optional, into)]
    state: MaybeProp<&'static str>,
) -> impl IntoView {
    let click = move |_: MouseEvent| {
        if !busy.get_untracked() {
            on_click.run(());
        }
    };
    view! {
        <button
            type="button"
            class=class
            data-state=dynamic::mark(move || state.get())
            disabled=disabled
            title=dynamic::mark(move || title.get())
            aria-keyshortcuts=keys
            aria-busy=dynamic::mark(move || busy.get().then_some("true"))
            on:click=click
        >
            {dynamic::part(move || icon.get().map(|name| view! { <Icon name /> }).into_any())}
            {dynamic::text(move || label.get())}
        </button>
    }
}
