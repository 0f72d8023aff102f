//! A listener that unregisters itself when dropped.

use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use web_sys::EventTarget;

use crate::sys;

/// The SDK's events carry at most this many arguments that anybody reads; missing ones arrive as `undefined`.
type Handler = Closure<dyn Fn(JsValue, JsValue, JsValue)>;

/// Listens for one event for as long as it lives.
#[must_use = "dropping a listener ends it"]
pub struct Listener {
    source: Source,
    event: String,
    handler: Handler,
}

enum Source {
    Emitter(sys::EventEmitter),
    Target(EventTarget),
}

impl Listener {
    pub(crate) fn on_emitter(
        emitter: &sys::EventEmitter,
        event: &str,
        handler: impl Fn(&JsValue, &JsValue, &JsValue) + 'static,
    ) -> Self {
        let handler = Handler::new(move |a: JsValue, b: JsValue, c: JsValue| handler(&a, &b, &c));
        emitter.on(event, handler.as_ref().unchecked_ref());
        Self { source: Source::Emitter(emitter.clone()), event: event.to_owned(), handler }
    }

    /// Listens for a DOM event. `handler` may drop its own listener.
    pub fn on_target(target: &EventTarget, event: &str, handler: impl Fn() + 'static) -> Result<Self, ListenError> {
        Self::on_target_event(target, event, move |_| handler())
    }

    /// The same, for who wants to read the event.
    pub(crate) fn on_target_event(
        target: &EventTarget,
        event: &str,
        handler: impl Fn(&JsValue) + 'static,
    ) -> Result<Self, ListenError> {
        let handler = Handler::new(move |event: JsValue, _: JsValue, _: JsValue| handler(&event));
        target
            .add_event_listener_with_callback(event, handler.as_ref().unchecked_ref())
            .map_err(|error| ListenError(format!("{error:?}")))?;
        Ok(Self { source: Source::Target(target.clone()), event: event.to_owned(), handler })
    }
}

/// The browser refused a listener, which no browser known does.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("could not listen to the browser: {0}")]
pub struct ListenError(String);

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.handler.as_ref().unchecked_ref();
        match &self.source {
            Source::Emitter(emitter) => {
                emitter.off(&self.event, function);
            }
            Source::Target(target) => {
                // It only fails for a null function, which this is not.
                let _ = target.remove_event_listener_with_callback(&self.event, function);
            }
        }
    }
}
