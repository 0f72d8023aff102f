//! Pages for what stands in the way, each with a way on.

use baton_domain::line::LineRefusal;
use baton_domain::time::{Span, Timestamp};
use leptos::prelude::*;

use crate::client::caller::CallerSession;
use crate::client::caller_browser::{copy, page_address, reload};
use crate::client::caller_trouble::BrowserTrouble;
use crate::client::clock::Clock;
use crate::client::effect::effect;
use crate::client::media_state::{MicrophoneChoice, MicrophoneState};
use crate::ui::format::countdown;
use crate::ui::kit::button::Button;
use crate::ui::kit::dynamic;
use crate::ui::kit::icon::Icon;

/// A full line is tried again by itself this often.
const TRY_AGAIN_AFTER: Span = Span::seconds(15);

/// One problem: a picture, a heading, and what to do.
#[component]
pub fn Problem(
    /// `accent`, `hold` or `danger`.
    tone: &'static str,
    /// The picture.
    icon: &'static str,
    /// What is wrong.
    #[prop(into)]
    title: String,
    /// Why, and what to do.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="card problem" aria-labelledby="problem-h">
            <div class="halo" data-tone=tone aria-hidden="true">
                <Icon name=icon />
            </div>
            <h1 id="problem-h">{title}</h1>
            {children()}
        </section>
    }
}

/// The link leads nobody in. Works without scripts, too.
#[component]
pub fn LineProblem(
    /// Why.
    refusal: LineRefusal,
    /// The line's name; empty for a dead link.
    line_name: String,
) -> impl IntoView {
    match refusal {
        LineRefusal::DeadLink => view! {
            <Problem tone="danger" icon="close" title="This link does not work">
                <p>"It was mistyped, or it has been withdrawn."</p>
                <p>"Ask whoever sent it to you for a new one."</p>
                <a class="button large wide" href="/" rel="external">"Go to the first page"</a>
            </Problem>
        }
        .into_any(),
        LineRefusal::Closed => view! {
            <Problem tone="hold" icon="clock" title=line_name + " is closed">
                <p>"No calls are taken at the moment. Keep this link: it works again when the line opens."</p>
                <TryAgain words="Try again" />
            </Problem>
        }
        .into_any(),
        LineRefusal::Full => view! {
            <Problem tone="hold" icon="people" title="All places in line are taken">
                <p>"As many callers are waiting as there may be. This page tries again for you as soon as one is free."</p>
                <NextTry />
                <TryAgain words="Try now" />
            </Problem>
        }
        .into_any(),
    }
}

/// A link to this very page: it needs no script.
#[component]
fn TryAgain(words: &'static str) -> impl IntoView {
    view! { <a class="button primary large wide" href="" rel="external">{words}</a> }
}

#[component]
fn NextTry() -> impl IntoView {
    let clock = Clock::start(Timestamp(0));
    let left = move || clock.until(Timestamp(0).plus(TRY_AGAIN_AFTER));
    effect(move || {
        if left() == Span(0) {
            reload();
        }
    });
    view! {
        <p class="muted">
            "Next try in " <span role="timer">{dynamic::text(move || countdown(left()))}</span>
        </p>
    }
}

/// The server did not answer.
#[component]
pub fn LineUnknown(
    /// What it said, or what the page says of it.
    message: String,
) -> impl IntoView {
    view! {
        <Problem tone="hold" icon="offline" title="The line cannot be reached">
            <p>{message}</p>
            <TryAgain words="Try again" />
        </Problem>
    }
}

/// The browser cannot make calls.
#[component]
pub fn BrowserProblem(
    /// Why.
    trouble: BrowserTrouble,
) -> impl IntoView {
    let address = page_address();
    match trouble {
        BrowserTrouble::Unsupported => {
            let copied = RwSignal::new(false);
            let link = address.clone();
            let label = Signal::derive(move || if copied.get() { "Copied" } else { "Copy the link" }.to_owned());
            let copy_link = move |()| {
                copy(&link);
                copied.set(true);
            };
            view! {
                <Problem tone="hold" icon="alert" title="This browser cannot make calls">
                    <p>"It is missing what a voice call needs (WebRTC)."</p>
                    <p>"Open this link in a current Chrome, Edge, Firefox or Safari:"</p>
                    <p>
                        <code>{address}</code>
                    </p>
                    <Button label class="primary large wide" on_click=copy_link />
                </Problem>
            }
            .into_any()
        }
        BrowserTrouble::Insecure => {
            let secure = address.replacen("http:", "https:", 1);
            view! {
                <Problem tone="hold" icon="lock" title="This page needs https">
                    <p>"Browsers only let secure pages use a microphone, and this address is plain http."</p>
                    <a class="button primary large wide" href=secure rel="external">"Open the secure page"</a>
                    <p class="muted small">
                        "On your own network, start Baton with "<code>"make run LAN=1"</code>"."
                    </p>
                </Problem>
            }
            .into_any()
        }
    }
}

/// The microphone stopped the caller from coming in.
#[component]
pub fn MicrophoneProblem(
    /// The page.
    session: CallerSession,
) -> impl IntoView {
    let state = session.media.state;
    let title = move || match state.microphone.get() {
        MicrophoneState::Denied => "Your microphone is blocked",
        MicrophoneState::Missing => "No microphone was found",
        MicrophoneState::InUse => "Your microphone is in use",
        _ => "Your microphone does not start",
    };
    let again = move |()| session.join(state.choice.get_untracked());
    let without = move |()| session.join(MicrophoneChoice::Without);
    let test_voice = move |()| session.join(MicrophoneChoice::TestVoice);
    let steps = view! {
        <ol>
            <li>"Click the icon to the left of the address."</li>
            <li>"Set Microphone to “Allow”."</li>
            <li>"Come back here and try again."</li>
        </ol>
    };
    view! {
        <section class="card problem" aria-labelledby="problem-h">
            <div class="halo" data-tone="hold" aria-hidden="true">
                <Icon name="mic-off" />
            </div>
            <h1 id="problem-h">{dynamic::text(title)}</h1>
            <p>{dynamic::text(move || state.microphone.get().words())}</p>
            {(state.microphone.get_untracked() == MicrophoneState::Denied).then_some(steps)}
            <Button label="Try again" icon="mic" class="answer large wide" on_click=again />
            <Button label="Join without microphone" class="wide" on_click=without />
            <Button label="Join with the test voice" class="quiet wide" on_click=test_voice />
            <p class="muted small">"Without a microphone you can listen. The test voice speaks for you."</p>
        </section>
    }
}

/// Another tab has this call.
#[component]
pub fn OtherTab(
    /// The page.
    session: CallerSession,
) -> impl IntoView {
    let take_back = move |()| {
        session.must_continue.set(false);
        session.media.take_back();
    };
    view! {
        <Problem tone="accent" icon="tab" title="Open in another tab">
            <p>"This call is on in another tab of yours, or on another device."</p>
            <Button label="Take it back here" class="primary large wide" on_click=take_back />
        </Problem>
    }
}

/// The call of a former page goes on, once the browser had its click.
#[component]
pub fn ContinueCall(
    /// The page.
    session: CallerSession,
) -> impl IntoView {
    view! {
        <Problem tone="accent" icon="phone" title="Your call is still on">
            <p>"Your browser wants a click before it plays sound and uses the microphone again."</p>
            <Button label="Continue call" icon="phone" class="answer large wide" on_click=move |()| session.go_on() />
            <Button label="Leave call" class="quiet ends wide" on_click=move |()| session.leave() />
        </Problem>
    }
}
