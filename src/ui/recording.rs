//! Looking back on a call by listening: the region "Playback", and the times in a transcript, which jump to what was said.

use baton_domain::time::{Span, Timestamp};
use leptos::ev::Event;
use leptos::prelude::*;

use crate::client::playback::outline;
use crate::client::recorded_call::RecordedCall;
use crate::ui::format;
use crate::ui::kit::button::Button;
use crate::ui::kit::notice::Notice;

/// How many bars a waveform has: as many as can be told apart in the narrowest column.
const COLUMNS: u32 = 240;

/// The region "Playback", when there is something to listen to, or it is not known whether there is.
#[component]
pub fn PlaybackPanel() -> impl IntoView {
    let recorded = RecordedCall::expect();
    let is_there = Memo::new(move |_| recorded.mix.with(Option::is_some));
    view! {
        <Show when=move || is_there.get() || recorded.is_missing.get()>
            <section class="panel playback" aria-labelledby="playback-h">
                <header>
                    <h2 id="playback-h">"Playback"</h2>
                    <Show when=move || is_there.get()>
                        <span class="muted small push">
                            <Times />
                        </span>
                    </Show>
                </header>
                <div class="body">
                    <Show when=move || is_there.get()>
                        <Controls />
                    </Show>
                    <Trouble />
                </div>
            </section>
        </Show>
    }
}

#[component]
fn Times() -> impl IntoView {
    let recorded = RecordedCall::expect();
    let whole = move || recorded.mix.with(|mix| mix.as_ref().map(|mix| mix.duration).unwrap_or_default());
    let text = move || format!("{} / {}", format::duration(recorded.state.position.get()), format::duration(whole()));
    view! { <span aria-live="off">{text}</span> }
}

#[component]
fn Controls() -> impl IntoView {
    let recorded = RecordedCall::expect();
    let state = recorded.state;
    let label = move || if state.is_playing.get() { "Pause" } else { "Play recording" }.to_owned();
    let icon = Signal::derive(move || Some(if state.is_playing.get() { "hold" } else { "retrieve" }));
    view! {
        <div class="player">
            <Button
                label=Signal::derive(label)
                icon=icon
                class="primary"
                on_click=Callback::new(move |()| recorded.toggle())
            />
            <Track />
        </div>
    }
}

/// The waveform, and over it the slider: what is dragged and what is looked at are one.
#[component]
fn Track() -> impl IntoView {
    let recorded = RecordedCall::expect();
    let position = recorded.state.position;
    let seconds = move || recorded.mix.with(|mix| mix.as_ref().map_or(0, |mix| mix.duration.0 / 1000));
    let waveform = Memo::new(move |_| {
        recorded.mix.with(|mix| mix.as_ref().map(|mix| outline(&mix.columns(COLUMNS))).unwrap_or_default())
    });
    // In whole bars: a waveform that is cut in the middle of one flickers.
    let played = Memo::new(move |_| {
        recorded.mix.with(|mix| {
            let duration = mix.as_ref().map_or(1, |mix| mix.duration.0.max(1));
            position.get().0 * i64::from(COLUMNS) / duration
        })
    });
    let said = move || format!("{} of {}", format::duration(position.get()), format::duration(Span(seconds() * 1000)));
    let seek = move |event: Event| {
        if let Ok(seconds) = event_target_value(&event).parse::<i64>() {
            recorded.seek(Span(seconds * 1000));
        }
    };
    let view_box = format!("0 0 {COLUMNS} 100");
    view! {
        <div class="track">
            <svg viewBox=view_box preserveAspectRatio="none" aria-hidden="true">
                <clipPath id="played">
                    <rect width=move || played.get().to_string() height="100" />
                </clipPath>
                <path d=move || waveform.get() />
                <path class="played" d=move || waveform.get() clip-path="url(#played)" />
            </svg>
            <input
                type="range"
                aria-label="Position"
                min="0"
                max=move || seconds().to_string()
                step="1"
                prop:value=move || (position.get().0 / 1000).to_string()
                aria-valuetext=said
                on:input=seek
            />
        </div>
    }
}

#[component]
fn Trouble() -> impl IntoView {
    let recorded = RecordedCall::expect();
    let state = recorded.state;
    let is_loading = move || recorded.is_asking.get() || (state.is_playing.get() && state.is_waiting.get());
    view! {
        <p class="muted small" role="status">
            {move || is_loading().then_some("Loading …")}
        </p>
        <Show when=move || recorded.is_missing.get()>
            <Notice tone="danger" icon="alert">
                <p role="alert">"The recording of this call could not be loaded."</p>
                <Again on_click=move || recorded.look_again() />
            </Notice>
        </Show>
        <Show when=move || state.has_failed.get() && !recorded.is_missing.get()>
            <Notice tone="danger" icon="alert">
                <p role="alert">"The recording cannot be played. It may have been deleted, or this browser does not play Opus in Ogg."</p>
                <Again on_click=move || recorded.play() />
            </Notice>
        </Show>
    }
}

#[component]
fn Again(on_click: impl Fn() + Send + Sync + 'static) -> impl IntoView {
    let recorded = RecordedCall::expect();
    view! { <Button label="Try again" class="small" busy=recorded.is_asking on_click=Callback::new(move |()| on_click()) /> }
}

/// When a line was said: a button, where it can be listened to.
#[component]
pub fn Moment(
    /// When it was said.
    at: Timestamp,
    /// How long after the beginning of the call that is.
    after: Span,
) -> impl IntoView {
    let recorded = use_context::<RecordedCall>();
    let can_play = Memo::new(move |_| recorded.is_some_and(|recorded| recorded.covers(at)));
    let words = format::duration(after);
    move || match recorded.filter(|_| can_play.get()) {
        Some(recorded) => view! {
            <button
                type="button"
                class="moment"
                aria-label=format!("Play from {words}")
                on:click=move |_| recorded.play_from(at)
            >
                <time>{words.clone()}</time>
            </button>
        }
        .into_any(),
        None => view! { <time>{words.clone()}</time> }.into_any(),
    }
}
