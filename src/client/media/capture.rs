//! What the person speaks with: opened once and kept, because a microphone opened in the middle of a talk is ducked for
//! seconds by the echo canceller.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::*;
use livekit_web::audio::AudioEngine;
use livekit_web::devices::{Device, DeviceKind, MediaError, Microphone, list_devices};
use livekit_web::level::LevelMeter;
use livekit_web::listener::Listener;
use livekit_web::voice::VoiceTrack;
use web_sys::MediaStreamTrack;

use super::core::Core;
use super::spawn_with;
use crate::client::media_state::{DeviceName, DeviceNames, MicrophoneChoice, MicrophoneState};
use crate::client::microphone::open_microphone;

/// The page's one capture; rooms get clones of its track.
#[derive(Default)]
pub struct Capture {
    source: RefCell<Option<Source>>,
    meter: RefCell<Option<LevelMeter>>,
    /// Counts what was asked for: an answer to an older question is dropped.
    asked: Cell<u32>,
}

enum Source {
    Device { microphone: Microphone, _listeners: Vec<Listener> },
    Voice(VoiceTrack),
}

impl Source {
    /// The browser's own. Nothing here may call web-sys' `clone`, which makes another track: the device would stay open for as
    /// long as that is there.
    fn track(&self) -> MediaStreamTrack {
        Clone::clone(match self {
            Self::Device { microphone, .. } => microphone.media_stream_track(),
            Self::Voice(voice) => voice.media_stream_track(),
        })
    }

    /// For people.
    fn name(&self) -> String {
        match self {
            Self::Device { microphone, .. } => microphone.label(),
            Self::Voice(_) => String::new(),
        }
    }

    fn is_interrupted(&self) -> bool {
        matches!(self, Self::Device { microphone, .. } if microphone.is_interrupted())
    }

    fn is_live(&self) -> bool {
        match self {
            Self::Device { microphone, .. } => microphone.is_live(),
            Self::Voice(_) => true,
        }
    }
}

impl Capture {
    pub fn track(&self) -> Option<MediaStreamTrack> {
        self.chosen().filter(|_| self.is_live())
    }

    /// The same, be it that it delivers nothing any more.
    pub fn chosen(&self) -> Option<MediaStreamTrack> {
        self.source.borrow().as_ref().map(Source::track)
    }

    pub fn is_live(&self) -> bool {
        self.source.borrow().as_ref().is_some_and(Source::is_live)
    }

    /// How loud it is: as the length of a bar, and as a level.
    pub fn loudness(&self) -> Option<(f32, f32)> {
        self.meter.borrow().as_ref().map(|meter| (meter.bar(), meter.level()))
    }

    fn ask(&self) -> u32 {
        let asked = self.asked.get() + 1;
        self.asked.set(asked);
        asked
    }
}

impl Core {
    /// Whether the person wants to be heard.
    pub fn speaks(&self) -> bool {
        self.state.choice.get_untracked() != MicrophoneChoice::Without
    }

    /// Opens what was chosen; what is open goes on until then.
    pub fn open_capture(self: &Rc<Self>, choice: MicrophoneChoice) {
        let is_open = self.capture.is_live() && self.state.microphone.get_untracked() == MicrophoneState::Ok;
        if is_open && self.state.choice.get_untracked() == choice {
            return;
        }
        self.state.choice.set(choice.clone());
        if choice == MicrophoneChoice::Without {
            self.capture.ask();
            self.state.microphone.set(MicrophoneState::Without);
            return self.use_source(None);
        }
        self.state.microphone.set(MicrophoneState::Asking);
        self.open_chosen(choice);
    }

    /// Opens what was chosen. What was unplugged is said until another microphone has taken its place.
    fn open_chosen(self: &Rc<Self>, choice: MicrophoneChoice) {
        let was_unplugged = self.state.microphone.get_untracked() == MicrophoneState::Unplugged;
        let asked = self.capture.ask();
        spawn_with(self, async move |core| {
            let opened = core.open_source(&choice).await;
            if core.capture.asked.get() != asked {
                return;
            }
            match opened {
                Ok(source) => {
                    let interrupted = source.is_interrupted();
                    core.state.microphone_name.set(source.name());
                    core.state.microphone.set(if interrupted {
                        MicrophoneState::Interrupted
                    } else {
                        MicrophoneState::Ok
                    });
                    core.use_source(Some(source));
                }
                // That there is none is no news to whoever has pulled the plug.
                Err(MicrophoneState::Missing) if was_unplugged => core.wake(),
                Err(trouble) => {
                    core.state.microphone.set(trouble);
                    core.wake();
                }
            }
            // Names are told only now that a microphone was allowed.
            core.refresh_devices();
        });
    }

    /// Closes the microphone everywhere.
    pub fn close_capture(self: &Rc<Self>) {
        self.capture.ask();
        self.state.microphone.set(MicrophoneState::NotAsked);
        self.use_source(None);
    }

    /// The page has come back: also opens again what was taken away, for a phone does not always give it back by itself.
    pub fn reacquire_capture(self: &Rc<Self>) {
        if self.state.microphone.get_untracked() == MicrophoneState::Interrupted {
            return self.open_capture(self.state.choice.get_untracked());
        }
        self.look_after_capture();
    }

    /// After devices have changed: opens again what was lost.
    pub fn look_after_capture(self: &Rc<Self>) {
        let state = self.state.microphone.get_untracked();
        let is_wanted = matches!(self.state.choice.get_untracked(), MicrophoneChoice::Device(_));
        let was_lost = matches!(state, MicrophoneState::Ok | MicrophoneState::Interrupted) && !self.capture.is_live();
        let may_be_back =
            matches!(state, MicrophoneState::Unplugged | MicrophoneState::Missing | MicrophoneState::InUse);
        if is_wanted && (was_lost || may_be_back) {
            let is_unplugged = was_lost || state == MicrophoneState::Unplugged;
            self.state.microphone.set(if is_unplugged { MicrophoneState::Unplugged } else { MicrophoneState::Asking });
            self.open_chosen(self.state.choice.get_untracked());
        }
    }

    /// The system took the microphone away for a while, or gave it back.
    fn note_interruption(&self, interrupted: bool) {
        let next = match (self.state.microphone.get_untracked(), interrupted) {
            (MicrophoneState::Ok, true) => MicrophoneState::Interrupted,
            (MicrophoneState::Interrupted, false) => MicrophoneState::Ok,
            _ => return,
        };
        self.state.microphone.set(next);
    }

    pub fn refresh_devices(self: &Rc<Self>) {
        spawn_with(self, async |core| {
            // On a page without devices there is nothing to choose, which other states say.
            let Ok(devices) = list_devices().await else { return };
            let names = DeviceNames {
                microphones: named(&devices, DeviceKind::AudioInput, "Microphone"),
                speakers: named(&devices, DeviceKind::AudioOutput, "Speaker"),
            };
            if *core.state.devices.read_untracked() != names {
                core.state.devices.set(names);
            }
        });
    }

    async fn open_source(self: &Rc<Self>, choice: &MicrophoneChoice) -> Result<Source, MicrophoneState> {
        match choice {
            MicrophoneChoice::Device(id) => self.open_device(id.as_deref()).await,
            MicrophoneChoice::TestVoice | MicrophoneChoice::Without => {
                let engine: AudioEngine = self.engine().ok_or(MicrophoneState::Failed)?;
                let url = ["/audio/voice-", &self.settings.voice, ".ogg"].concat();
                let voice = VoiceTrack::load(&engine, &url).await.map_err(|error| {
                    leptos::logging::warn!("the test voice is missing: {error}");
                    MicrophoneState::Failed
                })?;
                Ok(Source::Voice(voice))
            }
        }
    }

    async fn open_device(self: &Rc<Self>, id: Option<&str>) -> Result<Source, MicrophoneState> {
        let microphone = open_microphone(id).await.map_err(|error| in_words(&error))?;
        let core = Rc::downgrade(self);
        let ended = microphone.on_ended(move || {
            if let Some(core) = core.upgrade() {
                core.look_after_capture();
            }
        });
        let core = Rc::downgrade(self);
        let interrupted = microphone.on_interrupted(move |interrupted| {
            if let Some(core) = core.upgrade() {
                core.note_interruption(interrupted);
            }
        });
        let listeners = ended.into_iter().chain(interrupted.into_iter().flatten()).collect();
        Ok(Source::Device { microphone, _listeners: listeners })
    }

    /// Gives every room the new capture. The old one closes last, so that no room is without one meanwhile.
    fn use_source(self: &Rc<Self>, source: Option<Source>) {
        let track = source.as_ref().map(Source::track);
        let before = self.capture.source.replace(source);
        self.capture.meter.replace(self.new_meter(track.as_ref()));
        spawn_with(self, async move |core| {
            let rooms: Vec<_> = core.rooms.borrow().iter().map(super::room::JoinedRoom::session).collect();
            for room in rooms {
                match &track {
                    Some(track) => room.change_capture(track).await,
                    None => room.withdraw().await,
                }
            }
            drop(before);
            core.wake();
        });
    }

    fn new_meter(&self, track: Option<&MediaStreamTrack>) -> Option<LevelMeter> {
        let engine = self.engine()?;
        LevelMeter::new(&engine, track?)
            .inspect_err(|error| leptos::logging::warn!("the own level is not measured: {error}"))
            .ok()
    }
}

fn in_words(error: &MediaError) -> MicrophoneState {
    match error {
        MediaError::Denied => MicrophoneState::Denied,
        MediaError::NotFound => MicrophoneState::Missing,
        MediaError::InUse => MicrophoneState::InUse,
        MediaError::InsecureContext => MicrophoneState::Insecure,
        _ => {
            leptos::logging::warn!("the microphone did not start: {error}");
            MicrophoneState::Failed
        }
    }
}

/// Browsers tell no id before a microphone was allowed, and then there is nothing to choose.
fn named(devices: &[Device], kind: DeviceKind, otherwise: &str) -> Vec<DeviceName> {
    let of_kind = devices.iter().filter(|device| device.kind == kind && !device.id.is_empty());
    of_kind
        .enumerate()
        .map(|(index, device)| {
            let label =
                if device.label.is_empty() { format!("{otherwise} {}", index + 1) } else { device.label.clone() };
            DeviceName { id: device.id.clone(), label }
        })
        .collect()
}
