//! Levels for the eye, ten times a second.

use std::cell::Cell;
use std::rc::Rc;

use gloo_timers::callback::Interval;
use leptos::prelude::*;

use super::core::Core;
use crate::client::media_state::{PartyStatus, Quality};

const PERIOD_MS: u32 = 100;
/// Speech is around 0.05, a quiet room well below this.
const SPEAKING_ABOVE: f32 = 0.02;
/// 400 ms of it are no cough.
const SPEAKING_TICKS: u32 = 4;
/// The hint stays while somebody draws breath.
const SILENT_TICKS: u32 = 15;

impl Core {
    /// Shows levels from now on.
    pub fn start_levels(self: &Rc<Self>) {
        if self.levels.borrow().is_some() {
            return;
        }
        let core = Rc::downgrade(self);
        let speaking = Speaking::default();
        let tick = move || {
            if let Some(core) = core.upgrade() {
                core.show_levels(&speaking);
            }
        };
        self.levels.replace(Some(Interval::new(PERIOD_MS, tick)));
    }

    fn show_levels(&self, speaking: &Speaking) {
        let (bar, level) = self.capture.loudness().unwrap_or_default();
        set_if_seen(self.state.own_level, bar);
        let is_hint = self.state.muted.get_untracked() && speaking.tick(level > SPEAKING_ABOVE);
        if self.state.talking_while_muted.get_untracked() != is_hint {
            self.state.talking_while_muted.set(is_hint);
        }
        self.show_parties();
    }

    fn show_parties(&self) {
        let voices = self.ears.voices.borrow();
        let qualities = self.ears.qualities.borrow();
        let parties: Vec<_> = self
            .parties()
            .into_iter()
            .map(|leg| PartyStatus {
                leg,
                level: voices
                    .iter()
                    .filter(|voice| voice.leg == leg)
                    .map(super::voices::Voice::bar)
                    .fold(0.0, f32::max),
                quality: qualities
                    .iter()
                    .find(|(known, _)| *known == leg)
                    .map_or(Quality::Unknown, |(_, known)| *known),
                muted: self.is_party_muted(leg),
                has_no_microphone: self.has_no_microphone(leg),
            })
            .collect();
        if *self.state.parties.read_untracked() != parties {
            self.state.parties.set(parties);
        }
    }
}

/// Whether somebody has been speaking for a while.
#[derive(Default)]
struct Speaking {
    loud: Cell<u32>,
    quiet: Cell<u32>,
}

impl Speaking {
    fn tick(&self, is_loud: bool) -> bool {
        if is_loud {
            self.loud.set(self.loud.get() + 1);
            self.quiet.set(0);
        } else {
            self.quiet.set(self.quiet.get() + 1);
        }
        if self.quiet.get() >= SILENT_TICKS || (self.quiet.get() > 1 && self.loud.get() < SPEAKING_TICKS) {
            self.loud.set(0);
        }
        self.loud.get() >= SPEAKING_TICKS
    }
}

/// A change that nobody sees is not worth a repaint.
fn set_if_seen(signal: RwSignal<f32>, value: f32) {
    if (signal.get_untracked() - value).abs() > 0.01 {
        signal.set(value);
    }
}
