//! The server's time on this page, ticking, so that every timer on screen agrees with the server's.

use std::time::Duration;

use baton_domain::time::{Span, Timestamp};
use leptos::prelude::*;

use super::page_time::page_time;

/// Twice a second, so that no second is skipped on screen however unevenly the browser wakes the page.
const TICK: Duration = Duration::from_millis(500);

/// The server's time, as a signal.
#[derive(Clone, Copy)]
pub struct Clock {
    now: RwSignal<Timestamp>,
    /// The server's time and the page's own at the same moment.
    set_at: StoredValue<(Timestamp, f64)>,
}

impl Clock {
    /// Starts at the server's time and ticks until its owner goes. On the server it stands still.
    pub fn start(server_now: Timestamp) -> Self {
        let clock = Self { now: RwSignal::new(server_now), set_at: StoredValue::new((server_now, f64::NAN)) };
        Effect::new(move || {
            clock.set(server_now);
            if let Ok(ticking) = set_interval_with_handle(move || clock.tick(), TICK) {
                on_cleanup(move || ticking.clear());
            }
        });
        clock
    }

    /// Corrects it by a message that has just come from the server. In the browser only.
    pub fn set(&self, server_now: Timestamp) {
        self.set_at.set_value((server_now, page_time()));
        self.now.set(server_now);
    }

    /// The server's time, tracked.
    pub fn now(&self) -> Timestamp {
        self.now.get()
    }

    /// How long ago `moment` was, tracked.
    pub fn since(&self, moment: Timestamp) -> Span {
        self.now().since(moment)
    }

    /// How long it is until `moment`, tracked; nothing once it has passed.
    pub fn until(&self, moment: Timestamp) -> Span {
        moment.since(self.now())
    }

    fn tick(&self) {
        let (server_then, page_then) = self.set_at.get_value();
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a page's life")]
        let passed = (page_time() - page_then) as i64;
        self.now.set(server_then.plus(Span(passed)));
    }
}
