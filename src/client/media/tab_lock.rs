//! Of several tabs with the same seat one holds the media: the browser's Web Locks decide which.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use js_sys::{Function, Object, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::core::Core;
use super::kept;
use crate::client::media_state::MicrophoneState;

/// Long enough for a page that is being reloaded to let go, short enough to be told.
const PATIENCE_MS: f64 = 1500.0;
/// For what is still to come when that was told. On a busy machine the page before a reload may take this long to go; any
/// longer, and a tab in the background would take the media as soon as the one that has them is reloaded.
const SECOND_PATIENCE_MS: f64 = 30_000.0;

/// How asking for the lock went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockNews {
    /// This tab holds it.
    Held,
    /// Another tab holds it, which may let go yet, or has taken it.
    Elsewhere,
}

/// What the browser gave with the lock: called, it lets go. There is none before.
type LettingGo = RefCell<Option<Function>>;

/// The lock, or the wish for it. Dropping it lets go.
pub struct TabLock {
    letting_go: Rc<LettingGo>,
}

impl TabLock {
    /// Asks for the lock `name`, or takes it from whoever has it. `None` in browsers without such locks.
    pub fn ask(name: &str, steal: bool, on_news: impl Fn(LockNews) + 'static) -> Option<Self> {
        let letting_go = Rc::default();
        let on_news = Rc::new(on_news);
        let request = Request { name: name.to_owned(), granted: on_grant(&letting_go, on_news.clone()) };
        let asked = request.send(&if steal { taking()? } else { patient(PATIENCE_MS)? })?;
        let wish = Rc::downgrade(&letting_go);
        spawn_local(async move {
            if was_kept(asked, &wish).await {
                return;
            }
            on_news(LockNews::Elsewhere);
            // What was held has been taken by a click in another tab, which is meant. Otherwise nobody let go in time.
            if steal || is_held(&wish) {
                return;
            }
            let Some(asked) = patient(SECOND_PATIENCE_MS).and_then(|wait| request.send(&wait)) else { return };
            if !was_kept(asked, &wish).await && is_held(&wish) {
                on_news(LockNews::Elsewhere);
            }
        });
        Some(Self { letting_go })
    }
}

impl Drop for TabLock {
    fn drop(&mut self) {
        if let Some(let_go) = self.letting_go.take() {
            let _ = let_go.call0(&JsValue::NULL);
        }
    }
}

/// What the browser is asked; it calls `granted` for as long as this is there.
struct Request {
    name: String,
    granted: Closure<dyn FnMut(JsValue) -> Promise>,
}

impl Request {
    /// The promise is kept when the lock was let go, and broken when nobody let go in time or another tab took it away.
    fn send(&self, options: &Object) -> Option<Promise> {
        let navigator = web_sys::window()?.navigator();
        let locks = Reflect::get(&navigator, &"locks".into()).ok().filter(JsValue::is_object)?;
        let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
        let name = self.name.as_str().into();
        request.call3(&locks, &name, options.as_ref(), self.granted.as_ref()).ok()?.dyn_into().ok()
    }
}

/// Waits for the end of what was asked. Of a wish that was dropped nothing is told.
async fn was_kept(asked: Promise, wish: &Weak<LettingGo>) -> bool {
    JsFuture::from(asked).await.is_ok() || wish.strong_count() == 0
}

fn is_held(wish: &Weak<LettingGo>) -> bool {
    wish.upgrade().is_some_and(|letting_go| letting_go.borrow().is_some())
}

/// The browser holds the lock until the promise that the callback gives is kept.
fn on_grant(
    letting_go: &Rc<LettingGo>,
    on_news: Rc<impl Fn(LockNews) + 'static>,
) -> Closure<dyn FnMut(JsValue) -> Promise> {
    let wish = Rc::downgrade(letting_go);
    Closure::new(move |_lock: JsValue| {
        // The wish was dropped while it waited in line.
        let Some(letting_go) = wish.upgrade() else { return Promise::resolve(&JsValue::UNDEFINED) };
        let held = Promise::new(&mut |keep: Function, _: Function| {
            letting_go.replace(Some(keep));
        });
        on_news(LockNews::Held);
        held
    })
}

fn taking() -> Option<Object> {
    with_option("steal", &true.into())
}

fn patient(for_ms: f64) -> Option<Object> {
    let abort = Reflect::get(&js_sys::global(), &"AbortSignal".into()).ok()?;
    let timeout: Function = Reflect::get(&abort, &"timeout".into()).ok()?.dyn_into().ok()?;
    with_option("signal", &timeout.call1(&abort, &for_ms.into()).ok()?)
}

fn with_option(name: &str, value: &JsValue) -> Option<Object> {
    let options = Object::new();
    Reflect::set(&options, &name.into(), value).ok()?;
    Some(options)
}

impl Core {
    pub fn claim(self: &Rc<Self>, name: String) {
        if self.lock_name.borrow().as_ref() == Some(&name) {
            return;
        }
        self.lock_name.replace(Some(name));
        self.ask_for_lock(false);
    }

    pub fn take_back(self: &Rc<Self>) {
        self.ask_for_lock(true);
        let choice = self.state.choice.get_untracked();
        self.begin(choice);
    }

    /// Another device has taken over: this page leaves, and waits to be told.
    pub fn lose(self: &Rc<Self>) {
        self.tab.take();
        self.stand_by();
    }

    /// Another tab has the media. If its page is only about to go, the wish for the lock goes on.
    fn stand_by(self: &Rc<Self>) {
        self.holds.set(false);
        self.state.elsewhere.set(true);
        self.take_place();
        self.close_capture();
    }

    fn ask_for_lock(self: &Rc<Self>, steal: bool) {
        let name = self.lock_name.borrow().clone();
        self.tab.take();
        self.holds.set(false);
        let this_time = self.times_asked.get() + 1;
        self.times_asked.set(this_time);
        let core = Rc::downgrade(self);
        let on_news = move |news| {
            let Some(core) = core.upgrade().filter(|core| core.times_asked.get() == this_time) else { return };
            match news {
                LockNews::Held => core.hold(),
                LockNews::Elsewhere => core.stand_by(),
            }
        };
        match name.and_then(|name| TabLock::ask(&name, steal, on_news)) {
            Some(lock) => drop(self.tab.replace(Some(lock))),
            // Without such locks the media server decides: the later connection wins.
            None => self.hold(),
        }
        self.take_place();
    }

    fn hold(self: &Rc<Self>) {
        self.holds.set(true);
        self.state.elsewhere.set(false);
        // It was closed when another tab seemed to have the media, and whoever takes them by a click has opened it again.
        if self.state.microphone.get_untracked() == MicrophoneState::NotAsked
            && let Some(choice) = kept::choice_of_this_tab()
        {
            self.begin(choice);
        }
        self.take_place();
    }
}
