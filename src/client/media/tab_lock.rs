//! Of several tabs with the same seat one holds the media: the browser's Web Locks decide which.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Long enough for a page that is being reloaded to let go, short enough to be told.
const PATIENCE_MS: f64 = 1500.0;

/// How asking for the lock went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockNews {
    /// This tab holds it.
    Held,
    /// Another tab holds it, or has taken it.
    Elsewhere,
}

/// The lock, or the wish for it. Dropping it lets go.
pub struct TabLock {
    letting_go: Rc<RefCell<Option<Function>>>,
    _granted: Closure<dyn FnMut(JsValue) -> Promise>,
}

impl TabLock {
    /// Asks for the lock `name`, or takes it from whoever has it. `None` in browsers without such locks.
    pub fn ask(name: &str, steal: bool, on_news: impl Fn(LockNews) + 'static) -> Option<Self> {
        let locks = web_sys::window().map(|window| window.navigator())?;
        let locks = Reflect::get(&locks, &"locks".into()).ok().filter(JsValue::is_object)?;
        let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
        let on_news = Rc::new(on_news);
        let letting_go = Rc::new(RefCell::new(None));
        let granted = on_grant(&letting_go, on_news.clone());
        let asked = request.call3(&locks, &name.into(), options(steal)?.as_ref(), granted.as_ref()).ok()?;
        let ended = asked.dyn_into::<Promise>().ok()?;
        spawn_local(async move {
            // It is refused when nobody let go in time, and when another tab takes the lock away.
            if JsFuture::from(ended).await.is_err() {
                on_news(LockNews::Elsewhere);
            }
        });
        Some(Self { letting_go, _granted: granted })
    }
}

impl Drop for TabLock {
    fn drop(&mut self) {
        if let Some(let_go) = self.letting_go.take() {
            let _ = let_go.call0(&JsValue::NULL);
        }
    }
}

/// The browser holds the lock until the promise that the callback gives is kept.
fn on_grant(
    letting_go: &Rc<RefCell<Option<Function>>>,
    on_news: Rc<impl Fn(LockNews) + 'static>,
) -> Closure<dyn FnMut(JsValue) -> Promise> {
    let letting_go = letting_go.clone();
    Closure::new(move |_lock: JsValue| {
        let held = Promise::new(&mut |keep: Function, _: Function| {
            letting_go.replace(Some(keep));
        });
        on_news(LockNews::Held);
        held
    })
}

fn options(steal: bool) -> Option<Object> {
    let options = Object::new();
    if steal {
        Reflect::set(&options, &"steal".into(), &true.into()).ok()?;
    } else {
        let abort = Reflect::get(&js_sys::global(), &"AbortSignal".into()).ok()?;
        let timeout: Function = Reflect::get(&abort, &"timeout".into()).ok()?.dyn_into().ok()?;
        Reflect::set(&options, &"signal".into(), &timeout.call1(&abort, &PATIENCE_MS.into()).ok()?).ok()?;
    }
    Some(options)
}
