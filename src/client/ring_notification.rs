//! Desktop notifications.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{NotificationOptions, NotificationPermission};

/// A desktop notification; it goes with its owner.
pub struct Notification {
    shown: web_sys::Notification,
    _on_click: Closure<dyn Fn()>,
}

impl Notification {
    /// Asks whether notifications may be shown. From a click only: browsers refuse it otherwise.
    pub fn ask() {
        if !is_supported() || web_sys::Notification::permission() != NotificationPermission::Default {
            return;
        }
        if let Ok(asked) = web_sys::Notification::request_permission() {
            // A refusal is an answer too.
            spawn_local(async move { drop(JsFuture::from(asked).await) });
        }
    }

    /// Shows one, where the person allowed it. A click on it brings the desk to the front.
    pub fn show(title: &str, text: &str) -> Option<Self> {
        if !is_supported() || web_sys::Notification::permission() != NotificationPermission::Granted {
            return None;
        }
        let options = NotificationOptions::new();
        options.set_body(text);
        options.set_icon("/favicon.svg");
        options.set_tag("baton-ringing");
        let shown = web_sys::Notification::new_with_options(title, &options).ok()?;
        let on_click = Closure::<dyn Fn()>::new(|| {
            if let Some(window) = web_sys::window() {
                let _ = window.focus();
            }
        });
        shown.set_onclick(Some(on_click.as_ref().unchecked_ref()));
        Some(Self { shown, _on_click: on_click })
    }
}

impl Drop for Notification {
    fn drop(&mut self) {
        self.shown.set_onclick(None);
        self.shown.close();
    }
}

/// Phones' browsers and private windows may have none.
fn is_supported() -> bool {
    web_sys::window().is_some_and(|window| js_sys::Reflect::has(&window, &"Notification".into()).unwrap_or(false))
}
