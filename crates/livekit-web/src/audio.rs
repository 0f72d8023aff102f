//! One audio context for a page, and the files it plays.

use std::rc::Rc;

use js_sys::{Array, ArrayBuffer, Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AudioBuffer, AudioContext, AudioContextState, Response};

use crate::error::Thrown;
use crate::listener::Listener;
use crate::sys;

const TOO_LONG: &str = "it took too long";
/// Browsers leave `resume()` pending, without an answer, until there was a click.
const RESUME_PATIENCE_MS: i32 = 500;
const LOAD_TIMEOUT_MS: i32 = 15_000;

/// Why something could not be played or measured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AudioError {
    /// The browser wants a click first.
    #[error("the browser makes no sound before a click")]
    Blocked,
    /// The browser cannot do this.
    #[error("not supported by this browser: {0}")]
    Unsupported(&'static str),
    /// The file could not be loaded.
    #[error("could not load {url}: {problem}")]
    Load {
        /// Which file.
        url: String,
        /// The HTTP status, or the browser's words.
        problem: String,
    },
    /// The file is no sound that this browser knows.
    #[error("could not decode {url}")]
    Decode {
        /// Which file.
        url: String,
    },
    /// There is no such loudspeaker, or it may not be used.
    #[error("the loudspeaker cannot be used")]
    Output,
    /// Anything else, in the browser's words.
    #[error("unexpected audio error: {0}")]
    Other(String),
}

impl AudioError {
    pub(crate) fn from_js(error: &JsValue) -> Self {
        Self::Other(Thrown::read(error).message)
    }
}

/// The page's audio context. Clones share it; it closes with the last of them and of what it made.
#[derive(Clone)]
pub struct AudioEngine {
    context: Rc<OwnedContext>,
}

/// A decoded file, ready to be played any number of times.
#[derive(Clone)]
pub struct Sound {
    pub(crate) buffer: AudioBuffer,
}

struct OwnedContext(AudioContext);

impl Drop for OwnedContext {
    fn drop(&mut self) {
        if let Ok(closed) = self.0.close() {
            // It is gone either way; awaiting it only keeps a refusal out of the console.
            spawn_local(async move { drop(JsFuture::from(closed).await) });
        }
    }
}

impl AudioEngine {
    /// Makes the context. Until [`AudioEngine::resume`] is called from a click, browsers keep it silent.
    pub fn new() -> Result<Self, AudioError> {
        let context = AudioContext::new().map_err(|_| AudioError::Unsupported("AudioContext"))?;
        Ok(Self { context: Rc::new(OwnedContext(context)) })
    }

    /// Starts, or starts again after an interruption. Call it from a click, and again when a phone's page comes back.
    pub async fn resume(&self) -> Result<(), AudioError> {
        if self.is_running() {
            return Ok(());
        }
        let resumed = self.context().resume().map_err(|error| AudioError::from_js(&error))?;
        within(RESUME_PATIENCE_MS, &resumed).await.map_err(|error| AudioError::from_js(&error))?;
        if self.is_running() { Ok(()) } else { Err(AudioError::Blocked) }
    }

    /// Whether sound flows at this moment.
    pub fn is_running(&self) -> bool {
        self.context().state() == AudioContextState::Running
    }

    /// Calls back when sound starts or stops to flow, as when a phone call interrupts the page.
    pub fn on_state_change(&self, callback: impl Fn() + 'static) -> Result<Listener, AudioError> {
        Listener::on_target(self.context(), "statechange", callback)
            .map_err(|error| AudioError::Other(error.to_string()))
    }

    /// Whether the loudspeaker can be chosen here.
    pub fn can_choose_output(&self) -> bool {
        self.context().unchecked_ref::<sys::AudioSink>().set_sink_id_function().is_function()
    }

    /// Plays on another loudspeaker; an empty id is the system's default.
    pub async fn set_output(&self, device_id: &str) -> Result<(), AudioError> {
        if !self.can_choose_output() {
            return Err(AudioError::Unsupported("AudioContext.setSinkId"));
        }
        // A context knows the default by the empty id only, while lists of devices call it "default".
        let device_id = if device_id == "default" { "" } else { device_id };
        let sink: &sys::AudioSink = self.context().unchecked_ref();
        let chosen = sink.set_sink_id(device_id).map_err(|_| AudioError::Output)?;
        JsFuture::from(chosen).await.map_err(|_| AudioError::Output)?;
        Ok(())
    }

    /// Fetches and decodes a file, which works before any click. Safari knows Ogg Opus since 18.4 only.
    pub async fn load(&self, url: &str) -> Result<Sound, AudioError> {
        let bytes = fetch(url).await.map_err(|problem| AudioError::Load { url: url.to_owned(), problem })?;
        let undecodable = |_| AudioError::Decode { url: url.to_owned() };
        let decoding = self.context().decode_audio_data(&bytes).map_err(undecodable)?;
        let buffer = JsFuture::from(decoding).await.map_err(undecodable)?;
        Ok(Sound { buffer: buffer.unchecked_into() })
    }

    pub(crate) fn context(&self) -> &AudioContext {
        &self.context.0
    }
}

impl Sound {
    /// How long it lasts.
    pub fn duration_ms(&self) -> f64 {
        self.buffer.duration() * 1000.0
    }
}

async fn fetch(url: &str) -> Result<ArrayBuffer, String> {
    let in_words = |error: JsValue| Thrown::read(&error).message;
    let window = web_sys::window().ok_or("there is no window")?;
    let response = within(LOAD_TIMEOUT_MS, &window.fetch_with_str(url)).await.map_err(in_words)?;
    let response: Response = response.ok_or(TOO_LONG)?.unchecked_into();
    if !response.ok() {
        return Err(format!("HTTP {}", response.status()));
    }
    let body = response.array_buffer().map_err(in_words)?;
    let bytes = within(LOAD_TIMEOUT_MS, &body).await.map_err(in_words)?;
    Ok(bytes.ok_or(TOO_LONG)?.unchecked_into())
}

/// What the promise gives, or nothing if it takes longer, or gives `undefined`.
async fn within(milliseconds: i32, promise: &Promise) -> Result<Option<JsValue>, JsValue> {
    let first = Promise::race(&Array::of2(promise, &elapsed(milliseconds)));
    let value = JsFuture::from(first).await?;
    Ok((!value.is_undefined()).then_some(value))
}

fn elapsed(milliseconds: i32) -> Promise {
    Promise::new(&mut |resolve: Function, _reject: Function| {
        sys::set_timeout(&resolve, milliseconds);
    })
}
