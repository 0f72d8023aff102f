//! The browser's media core: makes the rooms, microphones and sounds of this page match its seat.
//!
//! What should be (the [`Place`]) and what is (the joined rooms) are two values, and one loop, [`Core::converge`], brings
//! them together. A reload, a lost network or a new seat all take the same way.

mod capture;
mod core;
mod ears;
mod files;
mod goodbye;
mod kept;
mod levels;
mod microphone;
mod other_pages;
mod room;
mod screen;
mod silence;
mod sound;
mod tab_lock;
mod voices;
pub(super) mod within;

use std::rc::Rc;

use baton_domain::ids::{CallId, LegId, TransferId};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::MediaStreamTrack;

use self::core::Core;
use super::effect::effect;
use super::media_state::{MediaHooks, MediaSettings, MediaState, MicrophoneChoice, Place};

/// The page's media. A handle: copies mean the same, and everything ends with the reactive owner it was made under.
#[derive(Clone, Copy)]
pub struct Media {
    /// What the page shows.
    pub state: MediaState,
    core: StoredValue<Rc<Core>, LocalStorage>,
}

impl Media {
    /// Makes the core; nothing is asked for, joined or played yet.
    pub fn new(settings: MediaSettings, hooks: MediaHooks) -> Self {
        let state = MediaState::new();
        let core = Core::new(state, settings, hooks);
        // After hydration, so that the first view is the one that the server sent.
        let restored = Rc::downgrade(&core);
        effect(move || {
            if let Some(core) = restored.upgrade() {
                core.restore();
            }
        });
        Self { state, core: StoredValue::new_local(core) }
    }

    /// From a click: lets the browser make sound, and opens the microphone. Remembered for this tab.
    pub fn unlock(&self, choice: MicrophoneChoice) {
        self.with(move |core| {
            kept::keep_choice(&choice);
            core.begin(choice);
        });
    }

    /// After a reload, without a click: the choice of this tab again. Says whether there was one; `sound_blocked` says
    /// whether a click is needed all the same.
    pub fn resume(&self) -> bool {
        let choice = kept::choice_of_this_tab();
        let is_known = choice.is_some();
        if let Some(choice) = choice {
            self.with(move |core| core.begin(choice));
        }
        is_known
    }

    /// Holds the media for `name` (an agent, a caller's leg): of several tabs only one does, the others show `elsewhere`.
    pub fn claim(&self, name: &str) {
        let name = ["baton-", name].concat();
        self.with(move |core| core.claim(name));
    }

    /// Changes the microphone, also in a call.
    pub fn choose_microphone(&self, choice: MicrophoneChoice) {
        self.with(move |core| {
            if kept::choice_of_this_tab().is_some() {
                kept::keep_choice(&choice);
            }
            core.open_capture(choice);
        });
    }

    /// Opens what was chosen once more: it may be there by now, or allowed.
    pub fn try_again(&self) {
        self.with(|core| core.open_capture(core.state.choice.get_untracked()));
    }

    /// Changes the loudspeaker; an empty id is the system's default.
    pub fn choose_speaker(&self, device_id: &str) {
        let device_id = device_id.to_owned();
        self.with(move |core| core.choose_speaker(device_id));
    }

    /// Lists the devices anew.
    pub fn refresh_devices(&self) {
        self.with(Core::refresh_devices);
    }

    /// Mutes or unmutes the person.
    pub fn set_muted(&self, muted: bool) {
        self.with(move |core| core.set_muted(muted));
    }

    /// From a click: makes the browser play what it held back.
    pub fn turn_sound_on(&self) {
        self.with(Core::turn_sound_on);
    }

    /// The seat as the server says it now; `None` leaves everything.
    pub fn follow(&self, place: Option<Place>) {
        self.with(move |core| core.follow(place));
    }

    /// Whether the server's word stays away: where this page sits may have changed without it.
    pub fn cut_off(&self, is_cut_off: bool) {
        self.with(move |core| core.cut_off(is_cut_off));
    }

    /// Measures the longest silence while there is a transfer; tells the page when it is over.
    pub fn measure_silence(&self, transfer: Option<TransferId>) {
        self.with(move |core| core.measure_silence(transfer));
    }

    /// Takes the media from the other tab.
    pub fn take_back(&self) {
        self.with(Core::take_back);
    }

    /// What is heard of the person at this moment.
    pub fn captured(&self) -> Option<MediaStreamTrack> {
        self.core.try_get_value().and_then(|core| core.capture.track())
    }

    /// Whether this page sits in `call`.
    pub fn is_in(&self, call: CallId) -> bool {
        self.core.try_get_value().and_then(|core| core.place()).is_some_and(|place| place.call == call)
    }

    /// Whether `speaker` was heard here, in `call`, and is there still.
    pub fn hears(&self, call: CallId, speaker: LegId) -> bool {
        self.is_in(call) && self.core.try_get_value().is_some_and(|core| core.is_reported(speaker))
    }

    /// Rings, or stops to.
    pub fn ring(&self, on: bool) {
        self.with(move |core| core.ring(on));
    }

    /// Plays a file once.
    pub fn play(&self, url: &str) {
        let url = url.to_owned();
        self.with(move |core| core.play_once(&url));
    }

    /// Closes the microphone and forgets the choice.
    pub fn end_shift(&self) {
        kept::forget_choice();
        self.with(Core::close_capture);
    }

    /// Once the owner has gone there is nothing to do any more.
    fn with(&self, act: impl FnOnce(&Rc<Core>)) {
        if let Some(core) = self.core.try_get_value() {
            act(&core);
        }
    }
}

/// A task that nobody waits for, and that must not keep its page's core alive.
fn spawn_with(core: &Rc<Core>, act: impl AsyncFnOnce(Rc<Core>) + 'static) {
    let core = core.clone();
    spawn_local(async move { act(core).await });
}
