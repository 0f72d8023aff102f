//! Plays the recordings of a call together: one media element for each file, held at the same place, so that an hour is
//! neither loaded nor decoded at once.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use baton_domain::time::Span;
use leptos::leptos_dom::helpers::IntervalHandle;
use leptos::prelude::*;
use web_sys::HtmlAudioElement;

use super::page_time::page_time;
use super::playback::{Mix, PlayerState};
use super::sounding::start;
use crate::api::recordings::sound_of;

/// How often the files are looked at.
const TICK: Duration = Duration::from_millis(200);
/// So far a file may be beside its place before it is moved, in seconds: below it nobody hears an echo, and moving costs a gap.
const BESIDE: f64 = 0.06;
/// A media element that has this much can go on (`HAVE_FUTURE_DATA`).
const READY: u16 = 3;

/// Plays one mix; dropping it stops it.
#[derive(Clone)]
pub struct Player(Rc<Inner>);

struct Inner {
    mix: Mix,
    state: PlayerState,
    /// One for each part, made when it is first heard.
    elements: RefCell<Vec<Option<HtmlAudioElement>>>,
    ticking: RefCell<Option<IntervalHandle>>,
    /// The page's time at the last tick: in a gap between files it is the clock.
    ticked_at: RefCell<f64>,
}

impl Player {
    /// A player that has loaded nothing yet.
    pub fn new(mix: Mix, state: PlayerState) -> Self {
        let elements = RefCell::new(vec![None; mix.parts.len()]);
        Self(Rc::new(Inner { mix, state, elements, ticking: RefCell::default(), ticked_at: RefCell::new(0.0) }))
    }

    /// Plays on from where it is; from the beginning when it is at the end.
    pub fn play(&self) {
        let inner = &self.0;
        if inner.state.position.get_untracked() >= inner.mix.duration {
            inner.state.position.set(Span::default());
        }
        inner.drop_failed();
        inner.state.has_failed.set(false);
        inner.state.is_playing.set(true);
        *inner.ticked_at.borrow_mut() = page_time();
        inner.place();
        let weak = Rc::downgrade(inner);
        let tick = move || {
            if let Some(inner) = weak.upgrade() {
                inner.tick();
            }
        };
        let ticking = set_interval_with_handle(tick, TICK).ok();
        if let Some(before) = inner.ticking.replace(ticking) {
            before.clear();
        }
    }

    /// Stands still.
    pub fn pause(&self) {
        self.0.stop();
    }

    /// Goes to another place, playing or not.
    pub fn seek(&self, position: Span) {
        let inner = &self.0;
        inner.state.position.set(Span(position.0.clamp(0, inner.mix.duration.0)));
        inner.place();
    }
}

impl Inner {
    /// A media element that has failed once never plays again: the next one loads the file anew.
    fn drop_failed(&self) {
        for element in self.elements.borrow_mut().iter_mut() {
            element.take_if(|element| element.error().is_some());
        }
    }

    /// Every file is where it belongs, and plays or stands still like the rest.
    fn place(&self) {
        let (position, plays) = (self.state.position.get_untracked(), self.state.is_playing.get_untracked());
        let mut elements = self.elements.borrow_mut();
        for (part, element) in self.mix.parts.iter().zip(elements.iter_mut()) {
            match part.place(position) {
                Some(place) if plays => {
                    let element = element.get_or_insert_with(|| load(&sound_of(part.recording.id)));
                    element.set_current_time(seconds(place));
                    start(element);
                }
                Some(place) => {
                    if let Some(element) = element {
                        let _ = element.pause();
                        element.set_current_time(seconds(place));
                    }
                }
                None => {
                    if let Some(element) = element {
                        let _ = element.pause();
                    }
                }
            }
        }
    }

    fn tick(&self) {
        let now = page_time();
        let passed = now - self.ticked_at.replace(now);
        let before = self.state.position.get_untracked();
        let heard = self.heard(before);
        if heard.iter().any(|(element, _)| element.error().is_some()) {
            self.state.has_failed.set(true);
            return self.stop();
        }
        let is_waiting = heard.iter().any(|(element, _)| element.ready_state() < READY && !element.ended());
        self.state.is_waiting.set(is_waiting);
        if is_waiting {
            // Whoever has sound waits for those who have none, so that all go on together.
            for (element, _) in heard.iter().filter(|(element, _)| element.ready_state() >= READY) {
                let _ = element.pause();
            }
            return;
        }
        // The first file that plays says where all are; between files it is the clock.
        let position = match heard.iter().find(|(element, _)| !element.paused() && !element.ended()) {
            Some((element, offset)) => Span(offset.0 + milliseconds(element.current_time())),
            None => Span(before.0 + milliseconds(passed / 1000.0)),
        };
        if position >= self.mix.duration {
            self.state.position.set(self.mix.duration);
            return self.stop();
        }
        self.state.position.set(position);
        self.align(position);
    }

    /// The files that play at a position, with their offsets.
    fn heard(&self, position: Span) -> Vec<(HtmlAudioElement, Span)> {
        let elements = self.elements.borrow();
        let parts = self.mix.parts.iter().zip(elements.iter());
        let at_work = parts.filter(|(part, _)| part.place(position).is_some());
        at_work.filter_map(|(part, element)| Some((element.clone()?, part.offset))).collect()
    }

    /// Files whose time has come begin, those whose time is over end, and those beside their place are moved.
    fn align(&self, position: Span) {
        let mut elements = self.elements.borrow_mut();
        for (part, element) in self.mix.parts.iter().zip(elements.iter_mut()) {
            let Some(place) = part.place(position) else {
                if let Some(element) = element {
                    let _ = element.pause();
                }
                continue;
            };
            let element = element.get_or_insert_with(|| load(&sound_of(part.recording.id)));
            if (element.current_time() - seconds(place)).abs() > BESIDE {
                element.set_current_time(seconds(place));
            }
            if element.paused() && !element.ended() {
                start(element);
            }
        }
    }

    fn stop(&self) {
        if let Some(ticking) = self.ticking.take() {
            ticking.clear();
        }
        for element in self.elements.borrow().iter().flatten() {
            let _ = element.pause();
        }
        // The screen may be gone already.
        let _ = self.state.is_playing.try_set(false);
        let _ = self.state.is_waiting.try_set(false);
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop();
        for element in self.elements.borrow().iter().flatten() {
            // Without an address it loads nothing more.
            let _ = element.remove_attribute("src");
            element.load();
        }
    }
}

fn load(url: &str) -> HtmlAudioElement {
    let element = HtmlAudioElement::new_with_src(url).expect("every browser has audio elements");
    element.set_preload("auto");
    element
}

#[expect(clippy::cast_precision_loss, reason = "a call lasts hours, not ages")]
fn seconds(span: Span) -> f64 {
    span.0 as f64 / 1000.0
}

#[expect(clippy::cast_possible_truncation, reason = "a call lasts hours, not ages")]
fn milliseconds(seconds: f64) -> i64 {
    (seconds * 1000.0) as i64
}
