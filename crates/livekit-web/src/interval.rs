//! A repeating timer that ends when dropped.

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

use crate::sys;

pub(crate) struct Interval {
    id: JsValue,
    _tick: Closure<dyn Fn()>,
}

impl Interval {
    pub fn new(period_ms: i32, tick: impl Fn() + 'static) -> Self {
        let tick = Closure::<dyn Fn()>::new(tick);
        let id = sys::set_interval(tick.as_ref().unchecked_ref(), period_ms);
        Self { id, _tick: tick }
    }
}

impl Drop for Interval {
    fn drop(&mut self) {
        sys::clear_interval(&self.id);
    }
}
