//! Short notices in a corner, which go by themselves.

use std::time::Duration;

use leptos::prelude::*;

use super::icon::Icon;

/// Long enough to be read twice.
const SHOWN_FOR: Duration = Duration::from_secs(8);
/// More than this many at once is noise.
const AT_ONCE: usize = 3;

/// Where toasts are put; one per page, as a context.
#[derive(Clone, Copy)]
pub struct Toaster {
    shown: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
}

/// A short notice.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Toast {
    number: u32,
    tone: &'static str,
    title: String,
    text: String,
}

impl Toaster {
    /// Makes it a context of this page.
    pub fn provide() -> Self {
        let toaster = Self { shown: RwSignal::default(), next: StoredValue::new(0) };
        provide_context(toaster);
        toaster
    }

    /// The page's toaster.
    pub fn get() -> Self {
        expect_context()
    }

    /// Says that something went wrong, and what to do.
    pub fn trouble(&self, text: impl Into<String>) {
        self.show("danger", "That did not work", text);
    }

    /// Says something in a tone of `accent`, `hold`, `danger`, `live` or `consult`.
    pub fn show(&self, tone: &'static str, title: impl Into<String>, text: impl Into<String>) {
        let number = self.next.get_value();
        self.next.set_value(number + 1);
        let toast = Toast { number, tone, title: title.into(), text: text.into() };
        self.shown.update(|shown| {
            // The same words twice would only cover more of the page.
            shown.retain(|known| (&known.title, &known.text) != (&toast.title, &toast.text));
            shown.push(toast);
            let too_many = shown.len().saturating_sub(AT_ONCE);
            shown.drain(..too_many);
        });
        let shown = self.shown;
        let go = move || {
            // The page may have gone meanwhile.
            let _ = shown.try_update(|shown| shown.retain(|toast| toast.number != number));
        };
        set_timeout(go, SHOWN_FOR);
    }
}

/// Where they are shown: once per page. A screen reader says each when it comes.
#[component]
pub fn Toasts() -> impl IntoView {
    let Toaster { shown, .. } = Toaster::get();
    let close = move |number| shown.update(|shown| shown.retain(|toast| toast.number != number));
    view! {
        <div class="toasts" role="log" aria-live="polite" aria-label="Notices">
            <For each=move || shown.get() key=|toast| toast.number let(toast)>
                <div class="toast" data-tone=toast.tone>
                    <Icon name="info" />
                    <div>
                        <strong>{toast.title}</strong>
                        <span>{toast.text}</span>
                    </div>
                    <button
                        type="button"
                        class="quiet square"
                        aria-label="Dismiss"
                        on:click=move |_| close(toast.number)
                    >
                        <Icon name="close" />
                    </button>
                </div>
            </For>
        </div>
    }
}
