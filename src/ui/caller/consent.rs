//! What the caller is told of being transcribed and recorded, and the button that ends it.

use baton_domain::desk_event::{CallerView, Told, Transcriber};
use leptos::prelude::*;

use crate::client::caller::CallerSession;
use crate::client::speech_state::SpeechState;
use crate::ui::kit::button::Button;
use crate::ui::kit::dynamic;

/// The line about it in the card of a call; nothing where the line does neither.
#[component]
pub fn Consent(
    /// The page.
    session: CallerSession,
    /// Where the caller is.
    view: Signal<CallerView>,
) -> impl IntoView {
    let told = Memo::new(move |_| view.read().told.filter(|_| !session.leaving.get()));
    let asking = RwSignal::new(false);
    let is_told = Memo::new(move |_| told.get().is_some());
    let words = move || told.get().map(words).unwrap_or_default();
    let by_browser = move || match (told.get().map(by_browser).unwrap_or_default(), session.speech.get()) {
        (usual, state) if usual.is_empty() || !state.is_trouble() => usual,
        (_, trouble) => trouble.words(),
    };
    let label = Signal::derive(move || told.get().map(offer).unwrap_or_default().to_owned());
    let click = move |()| {
        if let Some(told) = told.get_untracked() {
            session.allow_listening(told.is_refused, asking);
        }
    };
    dynamic::part(move || {
        if !is_told.get() {
            return ().into_any();
        }
        view! {
            <div class="told">
                <p aria-live="polite">{dynamic::text(words)} " " {dynamic::text(by_browser)}</p>
                <Button label class="quiet small" busy=asking on_click=click />
            </div>
        }
        .into_any()
    })
}

/// What is said of it, before the call and in it.
pub const fn words(told: Told) -> &'static str {
    match (told.is_refused, told.transcribed.is_some(), told.recorded) {
        (true, true, true) => "From now on this call is neither transcribed nor recorded.",
        (true, _, true) => "From now on this call is not recorded.",
        (true, _, false) => "From now on this call is not transcribed.",
        (false, true, true) => "This call may be transcribed and recorded.",
        (false, _, true) => "This call may be recorded.",
        (false, _, false) => "This call may be transcribed.",
    }
}

/// What is said of their own browser's part in it.
pub const fn by_browser(told: Told) -> &'static str {
    match (told.transcribed, told.is_refused) {
        (Some(Transcriber::Browser), false) => SpeechState::Listening.words(),
        _ => "",
    }
}

/// What the button does about it.
const fn offer(told: Told) -> &'static str {
    match (told.is_refused, told.transcribed.is_some(), told.recorded) {
        (true, ..) => "Allow again",
        (false, true, true) => "Don't record or transcribe",
        (false, _, true) => "Don't record",
        (false, _, false) => "Don't transcribe",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_line_does_is_spoken_of() {
        for (transcribed, recorded) in [(true, true), (true, false), (false, true)] {
            for is_refused in [false, true] {
                let told = Told { transcribed: transcribed.then_some(Transcriber::Desk), recorded, is_refused };
                assert_eq!(words(told).contains("transcribed"), transcribed, "{told:?}");
                assert_eq!(words(told).contains("recorded"), recorded, "{told:?}");
                assert_eq!(offer(told) == "Allow again", is_refused);
                assert!(is_refused || offer(told).contains("record") == recorded, "{told:?}");
            }
        }
    }
}
