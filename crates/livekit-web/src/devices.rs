//! Microphones and loudspeakers: asking for one, listing them, and noticing when one goes.

use futures_channel::oneshot;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    ConstrainDomStringParameters, MediaDeviceInfo, MediaDeviceKind, MediaDevices, MediaStream, MediaStreamConstraints,
    MediaStreamTrack, MediaStreamTrackState, MediaTrackConstraints,
};

use crate::error::Thrown;
use crate::listener::Listener;

/// Why a microphone could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// The person, the browser's settings or the system said no.
    #[error("the microphone was not allowed")]
    Denied,
    /// There is no microphone, or not the one asked for.
    #[error("no such microphone was found")]
    NotFound,
    /// Another program has it, or the device does not answer.
    #[error("the microphone is in use or does not answer")]
    InUse,
    /// The page came over plain http from another machine, where browsers give no microphone.
    #[error("microphones need a secure page (https)")]
    InsecureContext,
    /// The browser has no media devices at all.
    #[error("this browser has no microphone access")]
    Unsupported,
    /// Anything else, in the browser's words.
    #[error("unexpected media error: {0}")]
    Other(String),
}

impl MediaError {
    fn from_js(error: &JsValue) -> Self {
        Self::from_thrown(Thrown::read(error))
    }

    fn from_thrown(thrown: Thrown) -> Self {
        match thrown.name.as_str() {
            "NotAllowedError" | "PermissionDeniedError" => Self::Denied,
            "NotFoundError" | "DevicesNotFoundError" | "OverconstrainedError" => Self::NotFound,
            "NotReadableError" | "TrackStartError" | "AbortError" => Self::InUse,
            "SecurityError" => Self::InsecureContext,
            "NotSupportedError" => Self::Unsupported,
            _ => Self::Other(thrown.message),
        }
    }
}

/// What the browser does to the microphone's sound; all on by default, as suits a voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudioProcessing {
    /// Takes out what the loudspeaker plays.
    pub echo_cancellation: bool,
    /// Takes out steady noise.
    pub noise_suppression: bool,
    /// Evens out the volume.
    pub auto_gain: bool,
}

impl Default for AudioProcessing {
    fn default() -> Self {
        Self { echo_cancellation: true, noise_suppression: true, auto_gain: true }
    }
}

/// An open microphone; dropping it closes the device. Rooms get clones, see [`LocalAudioTrack`](crate::track::LocalAudioTrack).
pub struct Microphone {
    track: MediaStreamTrack,
}

impl Microphone {
    /// The browser's track.
    pub fn media_stream_track(&self) -> &MediaStreamTrack {
        &self.track
    }

    /// The device's name for people.
    pub fn label(&self) -> String {
        self.track.label()
    }

    /// The device that was opened.
    pub fn device_id(&self) -> Option<String> {
        self.track.get_settings().get_device_id()
    }

    /// Whether the device still delivers; an ended one never comes back.
    pub fn is_live(&self) -> bool {
        self.track.ready_state() == MediaStreamTrackState::Live
    }

    /// Whether the system has given the device to something else for a while.
    pub fn is_interrupted(&self) -> bool {
        self.track.muted()
    }

    /// Calls back when the device goes away (unplugged, permission withdrawn), not when this is dropped.
    pub fn on_ended(&self, callback: impl Fn() + 'static) -> Result<Listener, MediaError> {
        listen(&self.track, "ended", callback)
    }

    /// Calls back when the system silences the device or gives it back, as phones do during another call.
    pub fn on_interrupted(&self, callback: impl Fn(bool) + 'static) -> Result<[Listener; 2], MediaError> {
        let callback = std::rc::Rc::new(callback);
        let resumed = callback.clone();
        Ok([
            listen(&self.track, "mute", move || callback(true))?,
            listen(&self.track, "unmute", move || resumed(false))?,
        ])
    }
}

impl Drop for Microphone {
    fn drop(&mut self) {
        self.track.stop();
    }
}

/// What a device is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceKind {
    /// A microphone.
    AudioInput,
    /// A loudspeaker or headset.
    AudioOutput,
    /// A camera, or something newer than this crate.
    Other,
}

/// A device of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// The browser's id, stable for this site; empty until a microphone was allowed.
    pub id: String,
    /// The name for people; empty until a microphone was allowed.
    pub label: String,
    /// What it is for.
    pub kind: DeviceKind,
}

/// Opens a microphone, which may ask the person; `None` is the system's default.
///
/// Dropping the future before the person has answered closes the device again as soon as they do.
pub async fn request_microphone(
    device_id: Option<&str>,
    processing: AudioProcessing,
) -> Result<Microphone, MediaError> {
    let asked = media_devices()?
        .get_user_media_with_constraints(&constraints(device_id, processing))
        .map_err(|error| MediaError::from_js(&error))?;
    let (answer, answered) = oneshot::channel();
    spawn_local(async move {
        let opened =
            JsFuture::from(asked).await.map_err(|error| MediaError::from_js(&error)).and_then(first_audio_track);
        // When nobody waits any more the microphone comes back in the error, is dropped, and closes.
        drop(answer.send(opened));
    });
    answered.await.unwrap_or_else(|_| Err(MediaError::Other("the request was abandoned".into())))
}

/// Every microphone and loudspeaker. Names and ids are there only after a microphone was allowed.
pub async fn list_devices() -> Result<Vec<Device>, MediaError> {
    let listing = media_devices()?.enumerate_devices().map_err(|error| MediaError::from_js(&error))?;
    let devices = JsFuture::from(listing).await.map_err(|error| MediaError::from_js(&error))?;
    let devices: Array = devices.unchecked_into();
    Ok(devices.iter().map(|device| describe(device.unchecked_ref())).collect())
}

/// Calls back when a device was plugged in or taken away.
pub fn on_device_change(callback: impl Fn() + 'static) -> Result<Listener, MediaError> {
    let devices = media_devices()?;
    listen(&devices, "devicechange", callback)
}

fn listen(target: &web_sys::EventTarget, event: &str, callback: impl Fn() + 'static) -> Result<Listener, MediaError> {
    Listener::on_target(target, event, callback).map_err(|error| MediaError::Other(error.to_string()))
}

/// Browsers hide `mediaDevices` altogether on a page that is not secure.
fn media_devices() -> Result<MediaDevices, MediaError> {
    let window = web_sys::window().ok_or(MediaError::Unsupported)?;
    match window.navigator().media_devices() {
        Ok(devices) if devices.is_object() => Ok(devices),
        _ if !window.is_secure_context() => Err(MediaError::InsecureContext),
        _ => Err(MediaError::Unsupported),
    }
}

fn constraints(device_id: Option<&str>, processing: AudioProcessing) -> MediaStreamConstraints {
    let audio = MediaTrackConstraints::new();
    audio.set_echo_cancellation_bool(processing.echo_cancellation);
    audio.set_noise_suppression_bool(processing.noise_suppression);
    audio.set_auto_gain_control_bool(processing.auto_gain);
    if let Some(device_id) = device_id {
        let exact = ConstrainDomStringParameters::new();
        exact.set_exact_str(device_id);
        audio.set_device_id_constrain_dom_string_parameters(&exact);
    }
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio_media_track_constraints(&audio);
    constraints
}

fn first_audio_track(stream: JsValue) -> Result<Microphone, MediaError> {
    let stream: MediaStream = stream.unchecked_into();
    let track = stream.get_audio_tracks().get(0);
    if track.is_undefined() {
        return Err(MediaError::NotFound);
    }
    Ok(Microphone { track: track.unchecked_into() })
}

fn describe(device: &MediaDeviceInfo) -> Device {
    let kind = match device.kind() {
        MediaDeviceKind::Audioinput => DeviceKind::AudioInput,
        MediaDeviceKind::Audiooutput => DeviceKind::AudioOutput,
        _ => DeviceKind::Other,
    };
    Device { id: device.device_id(), label: device.label(), kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_refusals_are_told_apart() {
        for (name, error) in [
            ("NotAllowedError", MediaError::Denied),
            ("NotFoundError", MediaError::NotFound),
            ("OverconstrainedError", MediaError::NotFound),
            ("NotReadableError", MediaError::InUse),
            ("SecurityError", MediaError::InsecureContext),
            ("NotSupportedError", MediaError::Unsupported),
            ("TypeError", MediaError::Other("why".into())),
        ] {
            let thrown = Thrown { name: name.into(), message: "why".into(), ..Thrown::default() };
            assert_eq!(MediaError::from_thrown(thrown), error, "{name}");
        }
    }
}
