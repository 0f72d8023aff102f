//! A native dialog: the browser keeps the focus in it and closes it by Escape.

use leptos::html;
use leptos::prelude::*;

use super::icon::Icon;

/// A modal dialog. It is in the page only while it is open, so that what it holds starts anew every time.
#[component]
pub fn Dialog(
    /// Its heading and accessible name.
    #[prop(into)]
    title: Signal<String>,
    /// Whether it is open.
    #[prop(into)]
    open: Signal<bool>,
    /// It was closed by Escape or by the button "Close".
    #[prop(into)]
    on_close: Callback<()>,
    /// `wide`, or nothing.
    #[prop(optional, into)]
    class: &'static str,
    /// What stands in it: usually a `div.body` and a `div.foot`.
    children: ChildrenFn,
) -> impl IntoView {
    let children = StoredValue::new(children);
    view! {
        <Show when=move || open.get()>
            <OpenDialog title on_close class>
                {children.with_value(|children| children())}
            </OpenDialog>
        </Show>
    }
}

#[component]
fn OpenDialog(title: Signal<String>, on_close: Callback<()>, class: &'static str, children: Children) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
            && let Err(error) = dialog.show_modal()
        {
            leptos::logging::warn!("a dialog did not open: {error:?}");
        }
    });
    let shut = move || {
        // `close` fires the event below, which tells the owner.
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <dialog node_ref=dialog class=class aria-labelledby="dialog-title" on:close=move |_| on_close.run(())>
            <div class="head">
                <h2 id="dialog-title">{title}</h2>
                <button type="button" class="quiet square push" aria-label="Close" on:click=move |_| shut()>
                    <Icon name="close" />
                </button>
            </div>
            {children()}
        </dialog>
    }
}
