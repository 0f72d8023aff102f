//! The desk by keyboard. Lone letters can be switched off, and never act while somebody types.

use leptos::ev::{KeyboardEvent, keydown};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

use crate::client::desk_actions::Action;
use crate::client::desk_session::{keep_wish, wish};
use crate::client::desk_store::DeskStore;
use crate::ui::kit::icon::Icon;
use crate::ui::transfer::incoming::DeclineReason;

const KEY: &str = "baton-shortcuts";
const OFF: &str = "off";
/// Where letters are typed. Radios and check boxes take the arrow keys and the space bar, but no letters.
const FIELDS: &str = "input:not([type=radio], [type=checkbox]), textarea, select, dialog, [contenteditable]";

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shortcut {
    Answer,
    Decline,
    Mute,
    /// Whichever of these fits.
    Act(&'static [Action]),
}

const SHORTCUTS: [(&[&str], &str, Shortcut); 8] = [
    (&["A"], "Accept what rings, answer next", Shortcut::Answer),
    (&["D"], "Decline what rings", Shortcut::Decline),
    (&["M"], "Mute, unmute", Shortcut::Mute),
    (&["H"], "Hold, retrieve", Shortcut::Act(&[Action::Hold, Action::Retrieve])),
    (&["T"], "Transfer", Shortcut::Act(&[Action::Transfer])),
    (&["S"], "Swap", Shortcut::Act(&[Action::Swap])),
    (&["G"], "Merge", Shortcut::Act(&[Action::Merge])),
    (&["Shift", "C"], "Complete transfer", Shortcut::Act(&[Action::Complete])),
];

/// Acts on keys for as long as the desk is open.
pub fn listen_to_keys(store: DeskStore) {
    let controls = store.controls(store.live_call());
    let reason = DeclineReason::expect();
    Effect::new(move || {
        store.shortcuts.set(wish(KEY).as_deref() != Some(OFF));
        let listening = window_event_listener(keydown, move |event| {
            let Some(shortcut) = meant(&event).filter(|_| store.shortcuts.get_untracked()) else { return };
            event.prevent_default();
            match shortcut {
                Shortcut::Answer => store.answer_by_key(),
                Shortcut::Decline => store.decline_ringing(reason.now()),
                Shortcut::Mute => mute(store),
                Shortcut::Act(actions) => {
                    let fits = |control: &crate::client::desk_actions::Control| {
                        control.enabled && actions.contains(&control.action)
                    };
                    if let Some(control) = controls.get_untracked().into_iter().find(fits) {
                        store.act_on_live(control.action);
                    }
                }
            }
        });
        on_cleanup(move || listening.remove());
    });
}

fn mute(store: DeskStore) {
    let live = store.peek(|data| data.live().map(|live| live.call.id)).flatten();
    if live.is_some_and(|call| !untrack(|| store.has_left(call))) {
        let muted = store.media().state.muted.get_untracked();
        store.media().set_muted(!muted);
    }
}

/// The shortcut of a key that was pressed on the desk itself, not in a field or a dialog.
fn meant(event: &KeyboardEvent) -> Option<Shortcut> {
    if event.ctrl_key() || event.alt_key() || event.meta_key() || event.repeat() || is_typing(event) {
        return None;
    }
    let pressed = event.key().to_uppercase();
    let with_shift = event.shift_key();
    let is_it = |keys: &[&str]| keys.last() == Some(&pressed.as_str()) && keys.contains(&"Shift") == with_shift;
    SHORTCUTS.iter().find(|(keys, ..)| is_it(keys)).map(|(_, _, shortcut)| *shortcut)
}

fn is_typing(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok());
    target.is_some_and(|element| element.closest(FIELDS).ok().flatten().is_some())
}

/// A button that shows the keys, and lets them be switched off.
#[component]
pub fn ShortcutHelp() -> impl IntoView {
    let store = DeskStore::expect();
    let choose = move |event: leptos::ev::Event| {
        let on = event_target_checked(&event);
        store.shortcuts.set(on);
        keep_wish(KEY, if on { "on" } else { OFF });
    };
    let rows = SHORTCUTS
        .iter()
        .map(|(keys, words, _)| {
            let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect_view();
            view! {
                <dt>{*words}</dt>
                <dd>{keys}</dd>
            }
        })
        .collect_view();
    view! {
        <button type="button" class="quiet square push" popovertarget="keys" aria-label="Keyboard shortcuts">
            <Icon name="keyboard" />
        </button>
        <div popover="auto" id="keys">
            <h3>"Keyboard"</h3>
            <dl class="shortcuts">{rows}</dl>
            <label>
                <input type="checkbox" prop:checked=move || store.shortcuts.get() on:change=choose />
                " Use these keys"
            </label>
        </div>
    }
}
