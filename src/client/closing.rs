//! Asking before a tab is closed with a call in it.

use leptos::ev::beforeunload;
use leptos::prelude::*;

use super::effect::effect;

/// Has the browser ask whether the page shall really be left, for as long as `is_on`. In the words of the browser: none of a
/// page's own are shown there, and it is asked about a reload as well, which nothing tells apart.
pub fn ask_before_closing(is_on: impl Fn() -> bool + Send + Sync + 'static) {
    let is_on = Memo::new(move |_| is_on());
    effect(move || {
        if is_on.get() {
            let guard = window_event_listener(beforeunload, |event| event.prevent_default());
            on_cleanup(move || guard.remove());
        }
    });
}
