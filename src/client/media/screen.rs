//! Keeps a phone's screen on during a call: a locked phone loses the microphone.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// The browser's wake lock, where it has one.
#[derive(Default)]
pub struct ScreenLock {
    is_wanted: Rc<Cell<bool>>,
    sentinel: Rc<RefCell<Option<JsValue>>>,
}

impl ScreenLock {
    /// Wants the screen on, or not. The browser lets go by itself when the page is hidden, so ask again when it is back.
    pub fn set(&self, wanted: bool) {
        let is_news = self.is_wanted.replace(wanted) != wanted;
        if wanted {
            self.request();
        } else if is_news {
            self.release();
        }
    }

    /// The page is visible again.
    pub fn renew(&self) {
        if self.is_wanted.get() {
            self.request();
        }
    }

    fn request(&self) {
        let Some(asked) = request() else { return };
        let (sentinel, is_wanted) = (self.sentinel.clone(), self.is_wanted.clone());
        spawn_local(async move {
            // A refusal (battery saver, hidden page) only means that the screen may go dark.
            let Ok(lock) = JsFuture::from(asked).await else { return };
            let superfluous = if is_wanted.get() { sentinel.replace(Some(lock)) } else { Some(lock) };
            if let Some(lock) = superfluous {
                release(&lock);
            }
        });
    }

    fn release(&self) {
        if let Some(lock) = self.sentinel.take() {
            release(&lock);
        }
    }
}

impl Drop for ScreenLock {
    fn drop(&mut self) {
        self.is_wanted.set(false);
        self.release();
    }
}

/// The API is not in web-sys yet, so it is called by name.
fn request() -> Option<Promise> {
    let navigator = web_sys::window()?.navigator();
    let wake_lock = Reflect::get(&navigator, &"wakeLock".into()).ok().filter(JsValue::is_object)?;
    let request: Function = Reflect::get(&wake_lock, &"request".into()).ok()?.dyn_into().ok()?;
    request.call1(&wake_lock, &"screen".into()).ok()?.dyn_into().ok()
}

fn release(lock: &JsValue) {
    let release = Reflect::get(lock, &"release".into()).ok().and_then(|release| release.dyn_into::<Function>().ok());
    if let Some(released) =
        release.and_then(|release| release.call0(lock).ok()).and_then(|it| it.dyn_into::<Promise>().ok())
    {
        spawn_local(async move { drop(JsFuture::from(released).await) });
    }
}
