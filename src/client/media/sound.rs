//! Whether this page sounds at all, and out of which loudspeaker.

use std::rc::Rc;

use leptos::prelude::*;
use livekit_web::audio::AudioEngine;
use web_sys::HtmlAudioElement;

use crate::client::sounding;

use super::core::Core;
use super::room::JoinedRoom;
use super::{kept, spawn_with};

impl Core {
    pub fn turn_sound_on(self: &Rc<Self>) {
        spawn_with(self, async |core| {
            if let Some(engine) = core.engine()
                && let Err(error) = engine.resume().await
            {
                leptos::logging::log!("no sound yet: {error}");
            }
            core.listen_to_engine();
            let rooms: Vec<_> = core.rooms.borrow().iter().filter_map(|room| room.joined()).collect();
            for room in rooms {
                // A refusal shows as `can_playback_audio` below.
                drop(room.start_audio().await);
            }
            core.check_sound();
            core.look();
        });
    }

    /// Whether the browser holds any sound back.
    pub fn check_sound(&self) {
        let is_silent = self.engine_if_begun().is_some_and(|engine| !engine.is_running());
        let holds_back = |room: &JoinedRoom| room.joined().is_some_and(|room| !room.can_playback_audio());
        let blocked = is_silent || self.rooms.borrow().iter().any(holds_back);
        if self.state.sound_blocked.get_untracked() != blocked {
            self.state.sound_blocked.set(blocked);
        }
    }

    pub fn choose_speaker(self: &Rc<Self>, device_id: String) {
        kept::keep_speaker(&device_id);
        self.state.speaker.set(device_id);
        self.use_speaker();
    }

    /// Everything that sounds goes to the chosen loudspeaker.
    pub fn use_speaker(self: &Rc<Self>) {
        spawn_with(self, async |core| {
            let device_id = core.state.speaker.get_untracked();
            if device_id == *core.speaker_in_use.borrow() {
                return;
            }
            core.speaker_in_use.replace(device_id.clone());
            if let Some(engine) = core.engine_if_begun().filter(AudioEngine::can_choose_output)
                && let Err(error) = engine.set_output(&device_id).await
            {
                leptos::logging::warn!("the loudspeaker stays as it was: {error}");
            }
            let rooms: Vec<_> = core.rooms.borrow().iter().filter_map(|room| room.joined()).collect();
            for room in rooms {
                if let Err(error) = room.switch_audio_output(&device_id).await {
                    leptos::logging::warn!("a room's loudspeaker stays as it was: {error}");
                }
            }
        });
    }

    pub fn ring(self: &Rc<Self>, on: bool) {
        if self.is_ringing.replace(on) == on {
            return;
        }
        spawn_with(self, async |core| {
            if let Some(engine) = core.engine() {
                core.ears.files.ring(&engine, || core.is_ringing.get()).await;
            }
        });
    }

    pub fn play_once(&self, url: &str) {
        let Ok(element) = HtmlAudioElement::new_with_src(url) else { return };
        // Without a click before it a browser refuses; a notice that is not heard is still seen.
        sounding::start(&element);
        if let Some(before) = self.once.replace(Some(element)) {
            drop(before.pause());
        }
    }

    fn listen_to_engine(self: &Rc<Self>) {
        let Some(engine) = self.engine_if_begun() else { return };
        let core = Rc::downgrade(self);
        let listening = engine.on_state_change(move || {
            if let Some(core) = core.upgrade() {
                core.check_sound();
            }
        });
        // One is enough: it stands in the list after the first call.
        if !self.ears.hears_engine.replace(true) {
            self.listeners.borrow_mut().extend(listening);
        }
    }
}
