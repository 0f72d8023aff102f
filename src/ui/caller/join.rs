//! Before the call: a name, a microphone, and in.

use baton_domain::desk_event::Told;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;

use super::consent::{by_browser, words};
use super::devices::{MicrophoneSelect, SpeakerSelect};
use crate::client::caller::{CallerSession, Joining};
use crate::client::caller_browser::{keep_name, kept_name};
use crate::client::effect::effect;
use crate::client::media_state::{MicrophoneChoice, MicrophoneState};
use crate::ui::kit::button::Button;
use crate::ui::kit::dynamic;
use crate::ui::kit::field::TextField;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::meter::LevelMeter;
use crate::ui::kit::notice::Notice;

/// A bar longer than this is somebody speaking.
const AUDIBLE: f32 = 0.35;
const NAME_LENGTH: u32 = 60;

/// The form "Call …".
#[component]
pub fn JoinForm(
    /// The page.
    session: CallerSession,
    /// Its heading.
    title: String,
    /// What the caller calls themselves.
    name: RwSignal<String>,
    /// What is done with what is said, if anything.
    told: Option<Told>,
) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    effect(move || {
        if let Some(kept) = kept_name().filter(|_| name.read_untracked().is_empty()) {
            name.set(kept);
        }
    });
    // A browser that was handed the form before the page has begun would send it by itself: the page would load again, with the
    // name in its address.
    let is_loading = RwSignal::new(true);
    effect(move || is_loading.set(false));
    let is_joining = move || session.joining.get() != Joining::No;
    let join = move |choice: MicrophoneChoice| {
        if session.joining.get_untracked() == Joining::No {
            keep_name(&name.read_untracked());
            session.join(choice);
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        join(speaking_choice(session.media.state.choice.get_untracked()));
    };
    let join_without = move |()| {
        if form.get_untracked().is_some_and(|form| form.report_validity()) {
            join(MicrophoneChoice::Without);
        }
    };
    view! {
        <section class="card" aria-labelledby="join-h">
            <h1 id="join-h">{title}</h1>
            <p>"You will talk to a person. It runs in this page, with nothing to install."</p>
            <form node_ref=form on:submit=submit>
                <TextField label="Your name" id="name" value=name max_length=NAME_LENGTH autocomplete="name" required=true />
                <MicrophoneSelect media=session.media id="microphone" />
                <MicrophoneTest session />
                <SpeakerSelect media=session.media id="speaker" />
                <Refused session />
                <button
                    type="submit"
                    class="answer large wide"
                    disabled=is_loading
                    aria-busy=dynamic::mark(move || is_joining().then_some("true"))
                >
                    <Icon name="phone" />
                    "Join call"
                </button>
                <Button label="Join without microphone" class="quiet wide" on_click=join_without />
            </form>
            {told.map(|told| view! { <p class="told">{words(told)} " " {by_browser(told)} " You can say no during the call."</p> })}
        </section>
    }
}

/// Whoever listened only the last time and now presses "Join call" wants to speak.
fn speaking_choice(choice: MicrophoneChoice) -> MicrophoneChoice {
    if choice == MicrophoneChoice::Without { MicrophoneChoice::Device(None) } else { choice }
}

#[component]
fn MicrophoneTest(session: CallerSession) -> impl IntoView {
    let media = session.media;
    let test = move |()| media.unlock(speaking_choice(media.state.choice.get_untracked()));
    let words = move || match (media.state.microphone.get(), media.state.choice.get()) {
        (MicrophoneState::Asking, _) => "Allow the microphone in the window that your browser shows.",
        (MicrophoneState::Ok, MicrophoneChoice::TestVoice) => "The test voice speaks for you.",
        (MicrophoneState::Ok, _) if media.state.own_level.get() > AUDIBLE => "That works: you can be heard.",
        (MicrophoneState::Ok, _) => "Say something: the bars should move.",
        (state, _) => state.words(),
    };
    view! {
        <div class="mic-test">
            <Button label="Test microphone" icon="mic" on_click=test />
            <LevelMeter label="Microphone level" level=media.state.own_level />
            <output for="microphone">{dynamic::text(words)}</output>
        </div>
    }
}

/// What the server said no to.
#[component]
pub fn Refused(
    /// The page.
    session: CallerSession,
) -> impl IntoView {
    dynamic::part(move || match session.refusal.get() {
        Some(error) => view! {
            <Notice tone="danger" icon="alert">
                <p role="alert">{error.message}</p>
            </Notice>
        }
        .into_any(),
        None => ().into_any(),
    })
}
