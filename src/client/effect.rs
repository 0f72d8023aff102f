//! An effect, in a box: each closure that is handed to Leptos as it stands brings its own copy of the loop that runs it.

use leptos::prelude::Effect;

/// Runs `act` in the browser, and again whenever what it read has changed.
pub fn effect(act: impl FnMut() + 'static) {
    Effect::new(Box::new(act) as Box<dyn FnMut()>);
}
