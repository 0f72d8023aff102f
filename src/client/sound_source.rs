//! Where a file of sound comes from and goes to: the microphone, the computer's files, and the request that sends it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Promise};
use livekit_web::devices::{MediaError, Microphone};
use livekit_web::listener::Listener;
use serde::Deserialize;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobEvent, HtmlInputElement, MediaRecorder, MediaStream, ProgressEvent, Storage, XmlHttpRequest};

use super::desk_session::command_key;
use super::file_desk::{TakeEnd, media_type_of};
use super::microphone::open_microphone;
use crate::api::desk::desk_token;
use crate::api::error::ApiError;
use crate::api::spoken_files::TRANSCRIBE_PATH;

/// The file that this tab follows, for when it is loaded again.
const REMEMBERED: &str = "baton-spoken-file";

/// Something that can be sent.
#[derive(Clone)]
pub struct Sound {
    blob: Blob,
    /// What people call it.
    pub name: String,
    /// What it is on the wire; empty when it is no sound.
    pub media_type: String,
    /// How large it is.
    pub bytes: u64,
    /// The same for every try, so that a lost answer makes no second file.
    key: String,
}

impl Sound {
    fn of(blob: Blob, name: String, media_type: String) -> Self {
        let bytes = whole(blob.size());
        Self { blob, name, media_type, bytes, key: command_key() }
    }

    /// The file that was chosen; the input can be used for the same again.
    pub fn chosen(input: &HtmlInputElement) -> Option<Self> {
        let file = input.files()?.get(0)?;
        input.set_value("");
        let (name, blob) = (file.name(), Blob::from(file));
        let media_type = media_type_of(&name, &blob.type_());
        Some(Self::of(blob, name, media_type))
    }
}

/// A recording that goes on; dropping it closes the microphone.
pub struct Take {
    recorder: MediaRecorder,
    /// Made before it begins: it may stop by itself, and the browser tells that once.
    stopped: Promise,
    /// All that was recorded, once it is over; together they are one file.
    parts: Rc<RefCell<Vec<Blob>>>,
    was_asked: Cell<bool>,
    microphone: Microphone,
    _on_data: Closure<dyn FnMut(BlobEvent)>,
    _on_error: Listener,
}

impl Take {
    /// Asks for the microphone, `None` for the system's default, and begins. The error is a sentence.
    pub async fn begin(device: Option<&str>) -> Result<Self, String> {
        let microphone = open_microphone(device).await.map_err(|error| sentence(&error))?;
        Self::of(microphone).ok_or_else(|| sentence(&MediaError::Unsupported))
    }

    fn of(microphone: Microphone) -> Option<Self> {
        let stream = MediaStream::new().ok()?;
        stream.add_track(microphone.media_stream_track());
        let recorder = MediaRecorder::new_with_media_stream(&stream).ok()?;
        let stopped = Promise::new(&mut |resolve, _| recorder.set_onstop(Some(&resolve)));
        let parts = Rc::<RefCell<Vec<Blob>>>::default();
        let place = parts.clone();
        let on_data =
            Closure::<dyn FnMut(BlobEvent)>::new(move |event: BlobEvent| place.borrow_mut().extend(event.data()));
        recorder.set_ondataavailable(Some(on_data.as_ref().unchecked_ref()));
        let failed = recorder.clone();
        // Not every browser ends a recording that has failed; asked for it, it gives what there is. Ended already, it does nothing.
        let on_error = Listener::on_target(&recorder, "error", move || drop(failed.stop())).ok()?;
        recorder.start().ok()?;
        let was_asked = Cell::new(false);
        Some(Self { recorder, stopped, parts, was_asked, microphone, _on_data: on_data, _on_error: on_error })
    }

    /// Ends it, which takes a moment.
    pub fn stop(&self) {
        self.was_asked.set(true);
        // It only fails when it has stopped already.
        let _ = self.recorder.stop();
    }

    /// Until it has stopped, whoever stopped it: somebody here, the browser, or the microphone by going away.
    pub fn stopped(&self) -> impl Future<Output = ()> + use<> {
        let stopped = JsFuture::from(self.stopped.clone());
        async move {
            // It cannot be rejected.
            let _ = stopped.await;
        }
    }

    /// What was recorded, if anything, and why it ended; to be asked once it has stopped.
    pub fn end(self) -> (Option<Sound>, TakeEnd) {
        let end = if self.was_asked.get() {
            TakeEnd::Asked
        } else if self.microphone.is_live() {
            TakeEnd::Failed
        } else {
            TakeEnd::MicrophoneGone
        };
        (recorded(&self.parts.take()), end)
    }
}

impl Drop for Take {
    fn drop(&mut self) {
        // It has stopped already, unless it was given up; then nobody is there any more to be told what was recorded.
        self.recorder.set_ondataavailable(None);
        let _ = self.recorder.stop();
    }
}

/// The parts as one file.
fn recorded(parts: &[Blob]) -> Option<Sound> {
    let given = parts.first()?.type_();
    let ending = media_type_of("", &given).rsplit_once('/').map_or("webm".to_owned(), |(_, ending)| ending.to_owned());
    let name = format!("recording.{ending}");
    let media_type = media_type_of(&name, &given);
    let blob = Blob::new_with_blob_sequence(&parts.iter().collect::<Array>()).ok()?;
    Some(Sound::of(blob, name, media_type)).filter(|sound| sound.bytes > 0)
}

fn sentence(error: &MediaError) -> String {
    match error {
        MediaError::Denied => "The microphone was not allowed. Allow it in the browser, or choose a file.",
        MediaError::NotFound => "No microphone was found. Connect one, or choose a file.",
        MediaError::InUse => "Another program has the microphone. Close it there, or choose a file.",
        MediaError::InsecureContext => {
            "Browsers give the microphone to secure pages (https) only. Choose a file instead."
        }
        _ => "This browser cannot record. Choose a file instead.",
    }
    .to_owned()
}

/// A file on its way to the server. `fetch` does not tell how much of it has left; this does.
pub struct Sending {
    request: XmlHttpRequest,
    ended: Promise,
    _on_progress: Closure<dyn FnMut(ProgressEvent)>,
}

/// What is read of the answer.
#[derive(Deserialize)]
struct Received {
    id: String,
}

impl Sending {
    /// Begins to send, with this tab's sign-in.
    pub fn begin(sound: &Sound, on_progress: impl Fn(u8) + 'static) -> Result<Self, ApiError> {
        let request = XmlHttpRequest::new().map_err(|_| offline())?;
        let on_progress = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
            if event.length_computable() {
                on_progress(percent(event.loaded(), event.total()));
            }
        });
        if let Ok(upload) = request.upload() {
            upload.set_onprogress(Some(on_progress.as_ref().unchecked_ref()));
        }
        let ended = Promise::new(&mut |resolve, _| request.set_onloadend(Some(&resolve)));
        let name = String::from(js_sys::encode_uri_component(&sound.name));
        let open = || {
            request.open("POST", &format!("{TRANSCRIBE_PATH}?name={name}"))?;
            request.set_request_header("content-type", &sound.media_type)?;
            request.set_request_header("idempotency-key", &sound.key)?;
            if let Some(token) = desk_token() {
                request.set_request_header("authorization", &format!("Bearer {token}"))?;
            }
            request.send_with_opt_blob(Some(&sound.blob))
        };
        open().map_err(|_| offline())?;
        Ok(Self { request, ended, _on_progress: on_progress })
    }

    /// What the server answered: the file's id.
    pub async fn answer(&self) -> Result<String, ApiError> {
        // It resolves however the request ends.
        let _ = JsFuture::from(self.ended.clone()).await;
        let status = self.request.status().unwrap_or_default();
        let text = self.request.response_text().ok().flatten().unwrap_or_default();
        match status {
            202 => serde_json::from_str(&text).map(|Received { id }| id).map_err(|_| strange(status)),
            0 => Err(offline()),
            _ => Err(serde_json::from_str(&text).unwrap_or_else(|_| strange(status))),
        }
    }

    /// Nothing more of it is sent.
    pub fn give_up(&self) {
        // It only fails when there is nothing to give up.
        let _ = self.request.abort();
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        if let Ok(upload) = self.request.upload() {
            upload.set_onprogress(None);
        }
    }
}

fn offline() -> ApiError {
    ApiError::new(503, "offline", "The desk cannot be reached. Check your connection, and send it again.")
}

fn strange(status: u16) -> ApiError {
    ApiError::new(status, "internal", "Something went wrong at the desk. Try again.")
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within a hundred, whatever came in")]
fn percent(loaded: f64, total: f64) -> u8 {
    (loaded / total.max(1.0) * 100.0).clamp(0.0, 100.0) as u8
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the size of a file is a whole number")]
fn whole(size: f64) -> u64 {
    size as u64
}

/// The file that this tab follows.
pub fn remembered() -> Option<String> {
    storage()?.get_item(REMEMBERED).ok()?
}

/// Keeps it, or nothing.
pub fn remember(id: Option<&str>) {
    let Some(storage) = storage() else { return };
    // A browser that keeps nothing only forgets it with the page.
    let _ = match id {
        Some(id) => storage.set_item(REMEMBERED, id),
        None => storage.remove_item(REMEMBERED),
    };
}

fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}
