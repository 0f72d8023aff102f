//! One's own microphone in a room, and the voices of the others.

use std::cell::RefCell;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlMediaElement, MediaStreamTrack};

use crate::error::{LiveKitError, LiveKitErrorKind};
use crate::log;
use crate::sdk;
use crate::sys;

/// Sound or picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum TrackKind {
    Audio,
    Video,
    Unknown,
}

impl TrackKind {
    pub(crate) fn from_sdk(kind: Option<&str>) -> Self {
        match kind {
            Some("audio") => Self::Audio,
            Some("video") => Self::Video,
            _ => Self::Unknown,
        }
    }
}

/// Where a track comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum TrackSource {
    #[default]
    Microphone,
    Camera,
    ScreenShare,
    ScreenShareAudio,
    Unknown,
}

impl TrackSource {
    pub(crate) fn from_sdk(source: Option<&str>) -> Self {
        match source {
            Some("microphone") => Self::Microphone,
            Some("camera") => Self::Camera,
            Some("screen_share") => Self::ScreenShare,
            Some("screen_share_audio") => Self::ScreenShareAudio,
            _ => Self::Unknown,
        }
    }

    pub(crate) fn as_sdk(self) -> &'static str {
        match self {
            Self::Microphone => "microphone",
            Self::Camera => "camera",
            Self::ScreenShare => "screen_share",
            Self::ScreenShareAudio => "screen_share_audio",
            Self::Unknown => "unknown",
        }
    }
}

/// A microphone as one room gets it: a clone of the captured track, which ends when this is dropped.
///
/// The clone matters: muting disables the browser's track, and one shared by two rooms would fall silent in both.
/// It counts as provided by the user, so that the SDK neither stops the device when muting nor opens it again when unmuting.
///
/// When the captured track ends (a headset was unplugged), the SDK mutes this one: [`LocalAudioTrack::replace`] it, then unmute.
pub struct LocalAudioTrack {
    sdk: RefCell<sys::LocalAudioTrack>,
}

impl LocalAudioTrack {
    /// Clones the captured track for one room. It is open (not muted).
    pub fn from_media_track(captured: &MediaStreamTrack) -> Result<Self, LiveKitError> {
        // web-sys' own `clone`, not `Clone`, which would copy the reference only.
        let clone = MediaStreamTrack::clone(captured);
        Ok(Self { sdk: RefCell::new(wrap(&clone)?) })
    }

    /// Falls silent, and tells the room if published. Before publishing it means that nothing is ever heard.
    pub async fn mute(&self) -> Result<(), LiveKitError> {
        let sdk = self.sdk();
        sdk.mute().await.map_err(|error| LiveKitError::from_js(&error))?;
        Ok(())
    }

    /// Is heard again. Fast: the device was open all the time.
    pub async fn unmute(&self) -> Result<(), LiveKitError> {
        let sdk = self.sdk();
        sdk.unmute().await.map_err(|error| LiveKitError::from_js(&error))?;
        Ok(())
    }

    /// Whether it is muted, by this page or by the server.
    pub fn is_muted(&self) -> bool {
        self.sdk().is_muted()
    }

    /// Sends a clone of another captured track from now on, muted or open as before.
    pub async fn replace(&self, captured: &MediaStreamTrack) -> Result<(), LiveKitError> {
        let sdk = self.sdk();
        let previous = sdk.media_stream_track();
        let clone = MediaStreamTrack::clone(captured);
        // The SDK sends the new track before it applies the mute to it.
        clone.set_enabled(!sdk.is_muted());
        let replaced = if sdk.sender().is_object() {
            sdk.replace_track(&clone, true).await.map(drop)
        } else {
            self.replace_unpublished(&sdk, &clone).await
        };
        match replaced {
            Ok(()) => previous.stop(),
            Err(_) => clone.stop(),
        }
        replaced.map_err(|error| LiveKitError::from_js(&error))
    }

    /// Ends the track for good. The captured track it was cloned from goes on.
    pub fn stop(&self) {
        if let Err(error) = self.sdk().stop() {
            log::warn_with("livekit-web: a track did not stop", &error);
        }
    }

    /// The browser's track that is sent, for a level meter.
    pub fn media_stream_track(&self) -> MediaStreamTrack {
        self.sdk().media_stream_track()
    }

    pub(crate) fn sdk(&self) -> sys::LocalAudioTrack {
        self.sdk.borrow().clone()
    }

    /// The SDK replaces only what is published, so what is not is built anew, as muted as before.
    async fn replace_unpublished(
        &self,
        previous: &sys::LocalAudioTrack,
        clone: &MediaStreamTrack,
    ) -> Result<(), JsValue> {
        let next = construct(&sdk::get().map_err(|error| JsValue::from_str(error.message()))?, clone)?;
        if previous.is_muted() {
            next.mute().await?;
        }
        self.sdk.replace(next);
        Ok(())
    }
}

impl Drop for LocalAudioTrack {
    fn drop(&mut self) {
        self.stop();
    }
}

fn wrap(track: &MediaStreamTrack) -> Result<sys::LocalAudioTrack, LiveKitError> {
    construct(&sdk::get()?, track).map_err(|error| LiveKitError::from_js(&error))
}

/// Without constraints, and as provided by the user.
fn construct(sdk: &sys::Sdk, track: &MediaStreamTrack) -> Result<sys::LocalAudioTrack, JsValue> {
    let arguments = Array::of3(track, &JsValue::UNDEFINED, &JsValue::TRUE);
    Ok(Reflect::construct(&sdk.local_audio_track(), &arguments)?.unchecked_into())
}

/// What publishing gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPublication {
    /// The publication's id, given by the server.
    pub track_sid: String,
    /// Whether it was published muted.
    pub muted: bool,
}

/// How to publish a microphone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishOptions {
    /// A name that the others can read.
    pub name: String,
    /// Where the sound comes from.
    pub source: TrackSource,
    /// Saves bandwidth in pauses. Off by default: unmuting is heard sooner on a stream that never paused.
    pub dtx: bool,
    /// Sends every packet twice, against loss.
    pub red: bool,
    /// In bits per second; without it the SDK's own.
    pub audio_bitrate: Option<u32>,
}

impl Default for PublishOptions {
    fn default() -> Self {
        Self { name: "microphone".into(), source: TrackSource::Microphone, dtx: false, red: true, audio_bitrate: None }
    }
}

impl PublishOptions {
    pub(crate) fn to_sdk(&self) -> sys::PublishOptions {
        let options: sys::PublishOptions = Object::new().unchecked_into();
        options.set_name(&self.name);
        options.set_source(self.source.as_sdk());
        options.set_dtx(self.dtx);
        options.set_red(self.red);
        options.set_stop_mic_track_on_mute(false);
        if let Some(bitrate) = self.audio_bitrate {
            let preset: sys::AudioPreset = Object::new().unchecked_into();
            preset.set_max_bitrate(bitrate);
            options.set_audio_preset(&preset);
        }
        options
    }
}

/// Somebody else's sound while it is subscribed to. After `TrackUnsubscribed` it is silent for good.
#[derive(Clone)]
pub struct RemoteAudioTrack {
    sdk: sys::RemoteAudioTrack,
}

impl RemoteAudioTrack {
    pub(crate) fn new(sdk: sys::RemoteAudioTrack) -> Self {
        Self { sdk }
    }

    /// Plays it until the returned value is dropped.
    pub fn attach(&self) -> Result<Playback, LiveKitError> {
        let element = self.sdk.attach().map_err(|error| LiveKitError::from_js(&error))?;
        Ok(Playback { track: self.sdk.clone(), element })
    }

    /// The browser's track, for a meter. Chromium gives sound to a meter only while the track is also attached.
    pub fn media_stream_track(&self) -> MediaStreamTrack {
        self.sdk.media_stream_track()
    }

    /// Whether its publisher has muted it.
    pub fn is_muted(&self) -> bool {
        self.sdk.is_muted()
    }

    /// From 0 to 1, for what is attached now and later. iOS ignores it.
    pub fn set_volume(&self, volume: f64) -> Result<(), LiveKitError> {
        self.sdk.set_volume(volume.clamp(0.0, 1.0)).map_err(|error| LiveKitError::from_js(&error))
    }

    /// How many packets of it have arrived. It grows while the publisher is unmuted, silent or not, and stands still while
    /// they are muted or gone.
    pub async fn packets_received(&self) -> Result<u64, LiveKitError> {
        Ok(self.stats().await?.packets_received)
    }

    /// What the browser counted of its reception.
    pub async fn stats(&self) -> Result<ReceiveStats, LiveKitError> {
        let report = self.sdk.rtc_stats_report().await.map_err(|error| LiveKitError::from_js(&error))?;
        if !report.is_object() {
            return Err(LiveKitError::new(LiveKitErrorKind::TrackInvalid, "the track has no receiver any more"));
        }
        let report: sys::StatsReport = report.unchecked_into();
        let inbound = report
            .values()
            .into_iter()
            .flatten()
            .map(JsCast::unchecked_into::<sys::Stats>)
            .find(|stats| stats.type_().as_deref() == Some("inbound-rtp"));
        Ok(inbound.map(|stats| ReceiveStats::read(&stats)).unwrap_or_default())
    }
}

/// What arrived of a track.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ReceiveStats {
    /// Packets that arrived.
    pub packets_received: u64,
    /// Packets that did not.
    pub packets_lost: u64,
    /// How unevenly they arrive.
    pub jitter_ms: f64,
}

impl ReceiveStats {
    fn read(stats: &sys::Stats) -> Self {
        Self {
            packets_received: count(stats.packets_received()),
            packets_lost: count(stats.packets_lost()),
            jitter_ms: stats.jitter().unwrap_or_default() * 1000.0,
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from f64 saturates at both ends")]
fn count(value: Option<f64>) -> u64 {
    value.unwrap_or_default() as u64
}

/// An audio element that plays a track; dropping it ends that.
#[must_use = "dropping it ends the playback"]
pub struct Playback {
    track: sys::RemoteAudioTrack,
    element: HtmlMediaElement,
}

impl Playback {
    /// The element, which is not in the document.
    pub fn element(&self) -> &HtmlMediaElement {
        &self.element
    }

    /// Silences this playback alone. Unlike the volume, it works on iOS too.
    pub fn set_muted(&self, muted: bool) {
        self.element.set_muted(muted);
    }
}

impl Drop for Playback {
    fn drop(&mut self) {
        if let Err(error) = self.track.detach_element(&self.element) {
            log::warn_with("livekit-web: an audio element did not detach", &error);
        }
        // The SDK keeps the element for the next track, which must not come out silenced.
        self.element.set_muted(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_keeps_its_name_through_the_sdk() {
        for source in [
            TrackSource::Microphone,
            TrackSource::Camera,
            TrackSource::ScreenShare,
            TrackSource::ScreenShareAudio,
            TrackSource::Unknown,
        ] {
            assert_eq!(TrackSource::from_sdk(Some(source.as_sdk())), source);
        }
        assert_eq!(TrackSource::from_sdk(Some("smell")), TrackSource::Unknown);
    }

    #[test]
    fn counters_never_run_below_zero() {
        assert_eq!(count(Some(12.0)), 12);
        assert_eq!(count(Some(-3.0)), 0);
        assert_eq!(count(None), 0);
    }
}
