//! Whether this computer is ready, and what to do when it is not.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::client::home_checks::{check_microphone, check_sound};
use crate::client::media_state::MicrophoneState;
use crate::ui::kit::icon::Icon;

/// How a check stands.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    state: &'static str,
    verdict: &'static str,
    remedy: String,
}

impl Finding {
    fn new(state: &'static str, verdict: &'static str, remedy: impl Into<String>) -> Self {
        Self { state, verdict, remedy: remedy.into() }
    }
}

/// LiveKit, microphone and sound.
#[component]
pub fn Checks(
    /// Whether the desk answers.
    #[prop(into)]
    is_reached: Signal<bool>,
    /// Why LiveKit cannot be used.
    #[prop(into)]
    livekit_trouble: Signal<Option<String>>,
    /// Asks again about LiveKit.
    #[prop(into)]
    check_livekit: Callback<()>,
) -> impl IntoView {
    let livekit = move || match livekit_trouble.get() {
        _ if !is_reached.get() => Finding::new("unknown", "Not known.", "The desk looks at it, and cannot be reached."),
        None => Finding::new("ok", "Ready.", "It answers."),
        Some(trouble) => Finding::new("failed", "Not ready.", trouble),
    };
    let again = Signal::derive(move || livekit_trouble.read().is_some().then_some("Check again"));
    view! {
        <section class="panel" aria-labelledby="checks-h">
            <header>
                <h2 id="checks-h">"This computer"</h2>
            </header>
            <ul class="checks">
                <Check name="LiveKit" icon="headset" finding=Signal::derive(livekit) button=again on_click=check_livekit />
                <MicrophoneCheck />
                <SoundCheck />
            </ul>
        </section>
    }
}

#[component]
fn MicrophoneCheck() -> impl IntoView {
    let state = RwSignal::new(MicrophoneState::NotAsked);
    let check = move |()| {
        state.set(MicrophoneState::Asking);
        spawn_local(async move {
            state.set(check_microphone().await);
        });
    };
    let finding = move || match state.get() {
        MicrophoneState::Ok => Finding::new("ok", "Ready.", "It can be used."),
        MicrophoneState::NotAsked | MicrophoneState::Without => {
            Finding::new("warning", "Not asked yet.", "No microphone? Choose “Test voice” when you join.")
        }
        MicrophoneState::Asking => {
            Finding::new("checking", "Checking …", "Allow it in the window that your browser shows.")
        }
        MicrophoneState::Denied => Finding::new("failed", "Blocked.", MicrophoneState::Denied.words()),
        trouble => Finding::new("failed", "Not ready.", trouble.words()),
    };
    view! {
        <Check
            name="Microphone"
            icon="mic"
            finding=Signal::derive(finding)
            button=Signal::derive(|| Some("Check microphone"))
            on_click=check
        />
    }
}

#[component]
fn SoundCheck() -> impl IntoView {
    let played = RwSignal::new(None);
    let check = move |()| spawn_local(async move { played.set(Some(check_sound().await)) });
    let finding = move || match played.get() {
        None => Finding::new("warning", "Not played yet.", "You will hear a short chime."),
        Some(true) => Finding::new("ok", "Ready.", "You should have heard a chime. If not, turn the volume up."),
        Some(false) => {
            Finding::new("failed", "No sound.", "Allow this site to play sound, next to the address, and play again.")
        }
    };
    let button = move || Some(if played.get().is_some() { "Play again" } else { "Play a sound" });
    view! {
        <Check name="Sound" icon="speaker" finding=Signal::derive(finding) button=Signal::derive(button) on_click=check />
    }
}

#[component]
fn Check(
    name: &'static str,
    icon: &'static str,
    finding: Signal<Finding>,
    button: Signal<Option<&'static str>>,
    #[prop(into)] on_click: Callback<()>,
) -> impl IntoView {
    view! {
        <li data-state=move || finding.read().state>
            <strong>
                <Icon name=icon />
                {name}
            </strong>
            <p role="status" aria-label=[name, " check"].concat()>
                <b>{move || finding.read().verdict}</b>
                " "
                {move || finding.read().remedy.clone()}
            </p>
            {move || {
                button.get().map(|words| {
                    view! {
                        <button type="button" class="small" on:click=move |_| on_click.run(())>
                            {words}
                        </button>
                    }
                })
            }}
        </li>
    }
}
