//! The browser's own speech recognition, where it has one. It may send what it hears to its maker.

mod raw;

use std::rc::Rc;

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{EventTarget, MediaStreamTrack};

use crate::error::Thrown;
use crate::listener::Listener;

/// The names that browsers give it.
const NAMES: [&str; 2] = ["SpeechRecognition", "webkitSpeechRecognition"];

/// What a recogniser has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// What is heard now: lines that stay, and then as much as there is of the next.
    Words(Vec<Piece>),
    /// It cannot go on. It ends next.
    Failed(SpeechFailure),
    /// It has ended, as it does by itself after a while.
    Ended,
}

/// Some words in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The words.
    pub text: String,
    /// Whether they stay as they are.
    pub is_final: bool,
}

/// Why a recogniser cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpeechFailure {
    /// The person, the browser or its settings said no.
    Refused,
    /// It does not know the language.
    Language,
    /// Whoever recognises for the browser cannot be reached.
    Unreachable,
    /// A while without words, or anything else that is over when it is begun anew.
    Passing,
}

/// Why there is no recogniser.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpeechError {
    /// The browser has none.
    #[error("this browser recognises no speech")]
    Unsupported,
    /// It did not start, in the browser's words.
    #[error("the browser's speech recognition did not start: {0}")]
    Start(String),
}

/// Whether this browser has a recogniser.
pub fn is_supported() -> bool {
    class().is_some()
}

/// Recognises until it is dropped, when nothing more is heard at once.
pub struct Recogniser {
    raw: raw::SpeechRecognition,
    listeners: Vec<Listener>,
}

impl Recogniser {
    /// Begins. `track` is what is to be heard; browsers that cannot choose take the system's microphone.
    pub fn start(
        language: &str,
        track: Option<&MediaStreamTrack>,
        on_heard: impl Fn(Heard) + 'static,
    ) -> Result<Self, SpeechError> {
        let class = class().ok_or(SpeechError::Unsupported)?;
        let failed = |error: JsValue| SpeechError::Start(Thrown::read(&error).message);
        let raw: raw::SpeechRecognition = Reflect::construct(&class, &Array::new()).map_err(failed)?.unchecked_into();
        raw.set_continuous(true);
        raw.set_interim_results(true);
        raw.set_lang(language);
        let target: &EventTarget = raw.unchecked_ref();
        let on_heard = Rc::new(on_heard);
        let listen = |event: &str, read: fn(&JsValue) -> Heard| {
            let on_heard = on_heard.clone();
            Listener::on_target_event(target, event, move |event| on_heard(read(event)))
        };
        let listeners = [listen("result", words), listen("error", failure), listen("end", |_| Heard::Ended)];
        let listeners: Result<Vec<Listener>, _> = listeners.into_iter().collect();
        let listeners = listeners.map_err(|error| SpeechError::Start(error.to_string()))?;
        match track {
            Some(track) => raw.start_with_track(track),
            None => raw.start(),
        }
        .map_err(failed)?;
        Ok(Self { raw, listeners })
    }
}

impl Drop for Recogniser {
    fn drop(&mut self) {
        // What was heard and not told yet is dropped with it: nobody may hear it any more, and nobody is told of the end.
        self.listeners.clear();
        self.raw.abort();
    }
}

fn class() -> Option<Function> {
    let found = |name: &&str| Reflect::get(&js_sys::global(), &(**name).into()).ok()?.dyn_into::<Function>().ok();
    NAMES.iter().find_map(found)
}

/// Only what is other than the last time: everything from the event's own index on.
fn words(event: &JsValue) -> Heard {
    let event: &raw::SpeechRecognitionEvent = event.unchecked_ref();
    let results = event.results();
    let pieces = (event.result_index()..results.length()).filter_map(|index| {
        let result = results.item(index)?;
        Some(Piece { text: result.item(0)?.transcript(), is_final: result.is_final() })
    });
    Heard::Words(pieces.collect())
}

fn failure(event: &JsValue) -> Heard {
    let event: &raw::SpeechRecognitionErrorEvent = event.unchecked_ref();
    Heard::Failed(match event.error().as_str() {
        "not-allowed" | "service-not-allowed" => SpeechFailure::Refused,
        "language-not-supported" => SpeechFailure::Language,
        "network" => SpeechFailure::Unreachable,
        _ => SpeechFailure::Passing,
    })
}
