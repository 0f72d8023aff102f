//! What can be done to a live call with one button.

use leptos::prelude::*;

use super::devices::DevicesMenu;
use crate::client::desk_actions::{Action, Control};
use crate::client::desk_commands::Pending;
use crate::client::desk_store::{DeskStore, OpenDialog};
use crate::ui::kit::icon::Icon;

/// The picture of an action.
pub const fn action_icon(action: Action) -> Option<&'static str> {
    Some(match action {
        Action::Hold => "hold",
        Action::Retrieve => "retrieve",
        Action::Transfer => "transfer",
        Action::HangUp | Action::LeaveConsult => "hang-up",
        Action::Accept | Action::TakeCaller => "phone",
        Action::Swap => "swap",
        Action::Merge => "merge",
        Action::Complete | Action::TransferWithoutWaiting => "hand-over",
        Action::Cancel | Action::TakeBack => "take-back",
        Action::Decline
        | Action::Force
        | Action::EndForEveryone
        | Action::PauseRecording
        | Action::ResumeRecording
        | Action::SpeakBriefing
        | Action::StopSpeaking => return None,
    })
}

/// The keys of an action, as `aria-keyshortcuts` writes them.
pub const fn action_keys(action: Action) -> Option<&'static str> {
    Some(match action {
        Action::Hold | Action::Retrieve => "H",
        Action::Transfer => "T",
        Action::Swap => "S",
        Action::Merge => "G",
        Action::Complete => "Shift+C",
        _ => return None,
    })
}

/// A button of the live call. It is the same element whatever it says, so that the focus stays on it.
#[component]
pub fn ActionButton(
    /// What it does now.
    #[prop(into)]
    action: Signal<Action>,
    /// Whether it would be accepted.
    #[prop(into)]
    enabled: Signal<bool>,
    /// How it looks.
    #[prop(into)]
    class: Signal<&'static str>,
) -> impl IntoView {
    let store = DeskStore::expect();
    let click = move |_| match action.get_untracked() {
        Action::EndForEveryone => store.dialog.set(Some(OpenDialog::EndForEveryone)),
        other => store.act_on_live(other),
    };
    let is_pending = move || store.is_pending(&Pending::Action(action.get()));
    let is_toggle = move || matches!(action.get(), Action::Hold | Action::Retrieve);
    let state = move || match action.get() {
        Action::Hold => Some("open"),
        Action::Retrieve => Some("on_hold"),
        _ => None,
    };
    view! {
        <button
            type="button"
            class=move || class.get()
            data-state=state
            disabled=move || !enabled.get()
            aria-busy=move || is_pending().then_some("true")
            aria-keyshortcuts=move || action_keys(action.get())
            title=move || action.get().hint()
            on:click=click
        >
            {move || action_icon(action.get()).map(|name| view! { <Icon name /> })}
            {move || action.get().label()}
            {move || is_toggle().then(|| view! { <kbd aria-hidden="true">"H"</kbd> })}
        </button>
    }
}

/// Mute, hold, transfer, devices, hang up.
#[component]
pub fn CallControls() -> impl IntoView {
    let store = DeskStore::expect();
    let controls = store.controls(store.live_call());
    view! {
        <div class="actions controls">
            <MuteButton />
            <OneOf controls actions=&[Action::Hold, Action::Retrieve] class="toggle" />
            <OneOf controls actions=&[Action::Transfer] class="primary" />
            <DevicesMenu />
            <OneOf controls actions=&[Action::HangUp] class="danger push" />
        </div>
    }
}

/// Whichever of these actions fits the state.
#[component]
fn OneOf(controls: Memo<Vec<Control>>, actions: &'static [Action], class: &'static str) -> impl IntoView {
    let fitting = Memo::new(move |_| controls.read().iter().find(|known| actions.contains(&known.action)).copied());
    let action = move || fitting.get().map_or(actions[0], |control| control.action);
    let enabled = move || fitting.get().is_some_and(|control| control.enabled);
    view! {
        <Show when=move || fitting.read().is_some()>
            <ActionButton action=Signal::derive(action) enabled=Signal::derive(enabled) class=class />
        </Show>
    }
}

#[component]
fn MuteButton() -> impl IntoView {
    let store = DeskStore::expect();
    let media = store.media();
    let (muted, call) = (media.state.muted, store.live_call());
    let has_left = move || call.read().as_ref().is_some_and(|call| store.has_left(call.id));
    view! {
        <button
            type="button"
            class="toggle"
            aria-keyshortcuts="M"
            disabled=has_left
            data-state=move || if muted.get() { "muted" } else { "open" }
            on:click=move |_| media.set_muted(!muted.get_untracked())
        >
            <Icon name=Signal::derive(move || if muted.get() { "mic-off" } else { "mic" }) />
            {move || if muted.get() { "Unmute" } else { "Mute" }}
            <kbd aria-hidden="true">"M"</kbd>
        </button>
    }
}
