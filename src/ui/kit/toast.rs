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
    view! {
        <div class="toasts" role="log" aria-live="polite" aria-label="Notices">
            <For each=move || shown.get() key=|toast| toast.number let(toast)>
                {one(toast, shown)}
            </For>
        </div>
    }
}

fn one(toast: Toast, shown: RwSignal<Vec<Toast>>) -> impl IntoView {
    let Toast { number, tone, .. } = toast;
    let (title, text) = (toast.title.clone(), toast.text.clone());
    let close = move |_| shown.update(|shown| shown.retain(|toast| toast.number != number));
    view! {
        <div class="toast" data-tone=tone>
            <Icon name="info" />
            <div>
                <strong>{title}</strong>
                <span>{text}</span>
            </div>
            <button
                type="button"
                class="quiet square"
                aria-label=move || dismisses(&toast, &shown.read())
                on:click=close
            >
                <Icon name="close" />
            </button>
        </div>
    }
}

/// What a notice's button is called, so that every button has a name of its own: notices of one title are told apart by
/// their text.
fn dismisses(toast: &Toast, shown: &[Toast]) -> String {
    let Toast { title, text, .. } = toast;
    let has_namesake = shown.iter().any(|other| other.title == *title && other.number != toast.number);
    if has_namesake { format!("Dismiss notice: {title}. {text}") } else { format!("Dismiss notice: {title}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_notices_of_one_title_are_told_apart_by_their_text() {
        let toast = |number, title: &str, text: &str| Toast {
            number,
            tone: "danger",
            title: title.to_owned(),
            text: text.to_owned(),
        };
        let refused = "That did not work";
        let shown = [
            toast(0, refused, "Bob has already left."),
            toast(1, "No answer", "The desk is offline."),
            toast(2, refused, "Carla is busy."),
        ];
        let names: Vec<String> = shown.iter().map(|toast| dismisses(toast, &shown)).collect();
        let expected = [
            "Dismiss notice: That did not work. Bob has already left.",
            "Dismiss notice: No answer",
            "Dismiss notice: That did not work. Carla is busy.",
        ];
        assert_eq!(names, expected);
        assert_eq!(dismisses(&shown[0], &shown[..2]), "Dismiss notice: That did not work");
    }
}
