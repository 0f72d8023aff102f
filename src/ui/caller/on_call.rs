//! In the call: who one talks to, for how long, and the few things to do.

use baton_domain::desk_event::{CallerState, CallerView};
use leptos::prelude::*;

use super::captions::CallCaptions;
use super::consent::Consent;
use super::devices::{MicrophoneSelect, SpeakerSelect};
use super::join::Refused;
use super::words::{Face, Scene, since, tone};
use crate::client::caller::{CallerSession, Joining};
use crate::client::media_state::MicrophoneState;
use crate::client::stream_status::StreamStatus;
use crate::ui::format::{countdown, duration};
use crate::ui::kit::button::Button;
use crate::ui::kit::dynamic;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::meter::LevelMeter;
use crate::ui::kit::notice::Notice;

/// The card of a call.
#[component]
pub fn OnCall(
    /// The page.
    session: CallerSession,
    /// Where the caller is.
    view: Signal<CallerView>,
    /// In words.
    scene: Memo<Scene>,
) -> impl IntoView {
    let line_name = dynamic::text(move || view.read().line_name.clone());
    let is_over = Memo::new(move |_| matches!(scene.read().state, "ended" | "left"));
    let state = move || Some(scene.read().state);
    view! {
        <section class="card on-call" aria-labelledby="line-h">
            <h1 id="line-h">{line_name}</h1>
            <div class="scene">
                <div
                    class="halo"
                    data-state=dynamic::mark(state)
                    data-tone=dynamic::mark(move || tone(scene.read().state))
                    aria-hidden="true"
                >
                    {dynamic::part(move || match scene.read().face.clone() {
                        Face::Icon(name) => view! { <Icon name /> }.into_any(),
                        Face::Letter(letter) => letter.into_any(),
                    })}
                </div>
                <p role="status" aria-label="Call status" data-state=dynamic::mark(state)>
                    {dynamic::text(move || scene.read().status.clone())}
                </p>
                <p class="detail">{dynamic::text(move || scene.read().detail.clone())}</p>
                <Time session view />
            </div>
            <div class="extra">
                <Refused session />
                {dynamic::part(move || {
                    if is_over.get() {
                        ().into_any()
                    } else {
                        view! {
                            <CallCaptions session view />
                            <Extra session />
                        }
                        .into_any()
                    }
                })}
            </div>
            <div class="controls">
                {dynamic::part(move || {
                    if is_over.get() {
                        view! { <AfterTheCall session view /> }.into_any()
                    } else {
                        view! { <Controls session /> }.into_any()
                    }
                })}
            </div>
            <Consent session view />
        </section>
    }
}

#[component]
fn Time(session: CallerSession, view: Signal<CallerView>) -> impl IntoView {
    let label = move || if since(&view.read().state).is_some() { "Time" } else { "Time left to rejoin" };
    let time = move || match &view.read().state {
        CallerState::Ended { rejoin_until, .. } => {
            let left = session.clock.until(*rejoin_until);
            if left.0 > 0 { countdown(left) } else { String::new() }
        }
        _ if session.leaving.get() => String::new(),
        state => since(state).map(|since| duration(session.clock.since(since))).unwrap_or_default(),
    };
    view! { <p class="time" role="timer" aria-label=dynamic::text(label)>{dynamic::text(time)}</p> }
}

/// What matters beside the state: one thing at a time, the most urgent first.
#[component]
fn Extra(session: CallerSession) -> impl IntoView {
    let media = session.media;
    let state = media.state;
    let extra = Memo::new(move |_| {
        if state.sound_blocked.get() {
            ExtraKind::SoundBlocked
        } else if state.microphone.get().is_trouble() {
            ExtraKind::Microphone(state.microphone.get())
        } else if state.talking_while_muted.get() {
            ExtraKind::TalkingWhileMuted
        } else if session.stream.get() == StreamStatus::Reconnecting {
            ExtraKind::StreamLost
        } else if state.microphone.get() == MicrophoneState::Without {
            ExtraKind::WithoutMicrophone
        } else {
            ExtraKind::Level
        }
    });
    dynamic::part(move || match extra.get() {
        ExtraKind::SoundBlocked => view! {
            <Notice tone="accent" icon="speaker-off">
                <p>
                    <strong>"Your browser holds the sound back."</strong>
                </p>
                <Button
                    label=if session.is_resumed.get() { "Continue call" } else { "Turn sound on" }
                    icon="speaker"
                    class="primary"
                    on_click=move |()| media.turn_sound_on()
                />
            </Notice>
        }
        .into_any(),
        ExtraKind::Microphone(trouble) => view! {
            <Notice tone="hold" icon="mic-off">
                <p>{trouble.words()}</p>
                <Button
                    label="Try again"
                    class="small"
                    on_click=move |()| media.choose_microphone(state.choice.get_untracked())
                />
            </Notice>
        }
        .into_any(),
        ExtraKind::TalkingWhileMuted => view! {
            <Notice tone="hold" icon="mic-off">
                <p>
                    <strong>"You are muted."</strong>
                    " Nobody can hear you speaking."
                </p>
            </Notice>
        }
        .into_any(),
        ExtraKind::StreamLost => view! {
            <Notice tone="hold" icon="offline">
                <p>"Reconnecting to the desk. Your call goes on."</p>
            </Notice>
        }
        .into_any(),
        ExtraKind::WithoutMicrophone => view! {
            <Notice tone="hold" icon="mic-off">
                <p>"You are without a microphone: nobody can hear you."</p>
                <button type="button" class="small" popovertarget="devices" on:click=move |_| media.refresh_devices()>
                    "Choose a microphone"
                </button>
            </Notice>
        }
        .into_any(),
        ExtraKind::Level => view! { <LevelMeter label="Your level" level=state.own_level /> }.into_any(),
    })
}

#[derive(Clone, Copy, PartialEq)]
enum ExtraKind {
    SoundBlocked,
    Microphone(MicrophoneState),
    TalkingWhileMuted,
    StreamLost,
    WithoutMicrophone,
    Level,
}

#[component]
fn Controls(session: CallerSession) -> impl IntoView {
    let media = session.media;
    let muted = media.state.muted;
    let has_microphone = Memo::new(move |_| media.state.microphone.get() != MicrophoneState::Without);
    let icon = Signal::derive(move || Some(if muted.get() { "mic-off" } else { "mic" }));
    let label = Signal::derive(move || if muted.get() { "Unmute" } else { "Mute" }.to_owned());
    view! {
        {dynamic::part(move || {
            let mute = move || {
                view! {
                    <Button
                        label
                        icon
                        class="round"
                        state=Signal::derive(move || Some(if muted.get() { "muted" } else { "open" }))
                        on_click=move |()| media.set_muted(!muted.get_untracked())
                    />
                }
            };
            has_microphone.get().then(mute).into_any()
        })}
        <button type="button" class="round" popovertarget="devices" on:click=move |_| media.refresh_devices()>
            <Icon name="devices" />
            "Devices"
        </button>
        <Button
            label="Leave call"
            icon="hang-up"
            class="round ends"
            on_click=move |()| session.leave()
        />
        <div popover="auto" id="devices" role="group" aria-label="Devices">
            <MicrophoneSelect media id="call-microphone" at_once=true />
            <LevelMeter label="Microphone level" level=media.state.own_level />
            <SpeakerSelect media id="call-speaker" />
        </div>
    }
}

#[component]
fn AfterTheCall(session: CallerSession, view: Signal<CallerView>) -> impl IntoView {
    let may_rejoin = Memo::new(move |_| session.may_rejoin(&view.read()));
    let busy = Signal::derive(move || session.joining.get() != Joining::No);
    dynamic::part(move || {
        if session.leaving.get() {
            ().into_any()
        } else if may_rejoin.get() {
            let rejoin = move |()| session.rejoin();
            view! { <Button label="Rejoin call" icon="phone" class="answer large" busy on_click=rejoin /> }.into_any()
        } else {
            let start_over = move |()| session.start_over();
            view! { <Button label="Call again" icon="phone" class="large" on_click=start_over /> }.into_any()
        }
    })
}
