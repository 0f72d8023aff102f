//! What is said in the call, to read along.

use baton_domain::desk_event::{CallerView, CaptionLine, Captions};
use leptos::prelude::*;

use crate::client::caller::CallerSession;
use crate::client::caller_browser::{keep_captions, kept_captions};
use crate::client::effect::effect;
use crate::client::speech_state::SpeechState;
use crate::ui::kit::dynamic;

/// So many lines are shown: what is read along is what was said just now.
const SHOWN: usize = 3;

/// The switch, and the lines while it is on.
#[component]
pub fn CallCaptions(
    /// The page.
    session: CallerSession,
    /// Where the caller is.
    view: Signal<CallerView>,
) -> impl IntoView {
    let are_on = RwSignal::new(false);
    // Only the browser knows what it keeps.
    effect(move || are_on.set(kept_captions()));
    let toggle = move |_| {
        are_on.update(|are_on| *are_on = !*are_on);
        keep_captions(are_on.get_untracked());
    };
    // What this very browser writes down appears as well as what the server hears.
    let captions = Memo::new(move |_| match (view.read().captions, session.speech.get()) {
        (Captions::Off, SpeechState::Listening) => Captions::Live,
        (captions, _) => captions,
    });
    view! {
        <button
            type="button"
            class="quiet small captions-switch"
            aria-pressed=dynamic::mark(move || Some(if are_on.get() { "true" } else { "false" }))
            on:click=toggle
        >
            "Captions"
        </button>
        {dynamic::part(move || {
            if are_on.get() { view! { <Shown session captions /> }.into_any() } else { ().into_any() }
        })}
    }
}

#[component]
fn Shown(session: CallerSession, captions: Memo<Captions>) -> impl IntoView {
    let hint = move || hint(captions.get(), session.lines.read().is_empty());
    // Nobody who listens to the page wants to hear again what they hear in the call.
    view! {
        <div class="captions" role="log" aria-live="off" aria-label="Captions">
            {dynamic::part(move || {
                let lines = session.lines.read();
                let last = lines.iter().skip(lines.len().saturating_sub(SHOWN));
                last.map(line).collect::<Vec<_>>().into_any()
            })}
            <p class="hint" aria-live="polite">{dynamic::text(hint)}</p>
        </div>
    }
}

fn line(line: &CaptionLine) -> AnyView {
    view! {
        <p data-interim=(!line.is_final).then_some("")>
            <b>{line.name.clone()}</b>
            " "
            {line.text.clone()}
        </p>
    }
    .into_any()
}

/// What there is to say about them.
const fn hint(captions: Captions, is_empty: bool) -> &'static str {
    match (captions, is_empty) {
        (Captions::Delayed, _) => "Captions are delayed.",
        (Captions::Live, true) => "What is said appears here.",
        (Captions::Off, true) => "There are no captions in this call just now.",
        (Captions::Live | Captions::Off, false) => "",
    }
}
