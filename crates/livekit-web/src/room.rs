//! A room: joining, publishing, and who else is there.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::Url;

use crate::error::{LiveKitError, LiveKitErrorKind};
use crate::event::{ParticipantInfo, RoomEvents, TrackInfo, translate};
use crate::listener::Listener;
use crate::log;
use crate::sdk;
use crate::sys;
use crate::track::{LocalAudioTrack, LocalPublication, PublishOptions, RemoteAudioTrack, TrackKind};

/// How a room behaves; the defaults suit sound.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are the SDK's options, one to one")]
pub struct RoomOptions {
    /// Asks for no more picture than is shown.
    pub adaptive_stream: bool,
    /// Sends no more picture than is watched.
    pub dynacast: bool,
    /// Stops a track with its publication. Off by default: a [`LocalAudioTrack`] ends with its owner.
    pub stop_local_track_on_unpublish: bool,
    /// Says goodbye when the page is closed or reloaded, also when the person then decides to stay. Without it a closed
    /// page is noticed after 15 to 21 s, and a reload within that time takes the seat over unseen.
    pub disconnect_on_page_leave: bool,
    /// The loudspeaker's device id; without it the system's.
    pub audio_output: Option<String>,
}

impl Default for RoomOptions {
    fn default() -> Self {
        Self {
            adaptive_stream: false,
            dynacast: false,
            stop_local_track_on_unpublish: false,
            disconnect_on_page_leave: true,
            audio_output: None,
        }
    }
}

impl RoomOptions {
    fn to_sdk(&self) -> sys::RoomOptions {
        let options: sys::RoomOptions = Object::new().unchecked_into();
        options.set_adaptive_stream(self.adaptive_stream);
        options.set_dynacast(self.dynacast);
        options.set_stop_local_track_on_unpublish(self.stop_local_track_on_unpublish);
        options.set_disconnect_on_page_leave(self.disconnect_on_page_leave);
        if let Some(device_id) = &self.audio_output {
            let output: sys::AudioOutput = Object::new().unchecked_into();
            output.set_device_id(device_id);
            options.set_audio_output(&output);
        }
        options
    }
}

/// How to join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectOptions {
    /// Receives every track by itself.
    pub auto_subscribe: bool,
    /// How often to try again when the server cannot be reached.
    pub max_retries: u32,
    /// How long signalling may take.
    pub websocket_timeout_ms: u32,
    /// How long media may take.
    pub peer_connection_timeout_ms: u32,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self { auto_subscribe: true, max_retries: 1, websocket_timeout_ms: 15_000, peer_connection_timeout_ms: 15_000 }
    }
}

impl ConnectOptions {
    fn to_sdk(self) -> sys::ConnectOptions {
        let options: sys::ConnectOptions = Object::new().unchecked_into();
        options.set_auto_subscribe(self.auto_subscribe);
        options.set_max_retries(self.max_retries);
        options.set_websocket_timeout(self.websocket_timeout_ms);
        options.set_peer_connection_timeout(self.peer_connection_timeout_ms);
        options
    }
}

/// The state of a room's connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ConnectionState {
    Disconnected,
    Connecting,
    Connected,
    Reconnecting,
    SignalReconnecting,
}

impl ConnectionState {
    pub(crate) fn from_sdk(state: Option<&str>) -> Self {
        match state {
            Some("connecting") => Self::Connecting,
            Some("connected") => Self::Connected,
            Some("reconnecting") => Self::Reconnecting,
            Some("signalReconnecting") => Self::SignalReconnecting,
            _ => Self::Disconnected,
        }
    }
}

/// Somebody else in the room, as they were when this value was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteParticipantInfo {
    /// Who they are.
    pub participant: ParticipantInfo,
    /// Their sound.
    pub audio_tracks: Vec<TrackInfo>,
}

/// One room. Dropping it ends its events and leaves.
pub struct Room {
    sdk: sys::Room,
    listeners: Vec<Listener>,
}

impl Room {
    /// A room that is not joined yet, and what happens in it. The SDK must have been [loaded](crate::sdk::load).
    pub fn new(options: &RoomOptions) -> Result<(Self, RoomEvents), LiveKitError> {
        let sdk = sdk::get()?;
        let room = Reflect::construct(&sdk.room(), &Array::of1(&options.to_sdk()))
            .map_err(|error| LiveKitError::from_js(&error))?;
        let room: sys::Room = room.unchecked_into();
        let (listeners, events) = translate::listen(&room, &sdk.room_event());
        Ok((Self { sdk: room, listeners }, events))
    }

    /// Joins. `url` is LiveKit's address (`wss://…`). A room that was left may be joined again.
    pub async fn connect(&self, url: &str, token: &str, options: ConnectOptions) -> Result<(), LiveKitError> {
        check_address(url)?;
        self.sdk.connect(url, token, &options.to_sdk()).await.map_err(|error| LiveKitError::from_js(&error))
    }

    /// Leaves, or gives up joining. Tracks go on and may be published elsewhere. Does nothing when not connected.
    pub async fn disconnect(&self) {
        leave(self.sdk.clone()).await;
    }

    /// The state of the connection.
    pub fn state(&self) -> ConnectionState {
        ConnectionState::from_sdk(self.sdk.state().as_deref())
    }

    /// The connection's id at the server, once there is one.
    pub fn own_sid(&self) -> Option<String> {
        self.sdk.local_participant().sid().filter(|sid| !sid.is_empty())
    }

    /// Whether the server lets this participant publish at this moment.
    pub fn can_publish(&self) -> bool {
        let permissions = self.sdk.local_participant().permissions();
        permissions.and_then(|now| now.can_publish()).unwrap_or_default()
    }

    /// Publishes a microphone, muted if it is muted now. What is published already stays as it is.
    pub async fn publish_audio(
        &self,
        track: &LocalAudioTrack,
        options: &PublishOptions,
    ) -> Result<LocalPublication, LiveKitError> {
        let publication = self
            .sdk
            .local_participant()
            .publish_track(&track.sdk(), &options.to_sdk())
            .await
            .map_err(|error| LiveKitError::from_js(&error))?;
        let publication: sys::TrackPublication = publication.unchecked_into();
        Ok(LocalPublication { track_sid: publication.track_sid().unwrap_or_default(), muted: publication.is_muted() })
    }

    /// Takes a microphone out of the room; the track goes on. Does nothing when it is not published.
    pub async fn unpublish(&self, track: &LocalAudioTrack) -> Result<(), LiveKitError> {
        let unpublished = self.sdk.local_participant().unpublish_track(&track.sdk(), false).await;
        unpublished.map(drop).map_err(|error| LiveKitError::from_js(&error))
    }

    /// Everybody else in the room.
    pub fn remote_participants(&self) -> Vec<RemoteParticipantInfo> {
        self.remotes()
            .map(|participant| RemoteParticipantInfo {
                participant: ParticipantInfo::read(&participant),
                audio_tracks: publications(&participant)
                    .map(|publication| TrackInfo::read(&publication, &participant))
                    .filter(|track| track.kind == TrackKind::Audio)
                    .collect(),
            })
            .collect()
    }

    /// Somebody else's sound, while it is subscribed to.
    pub fn remote_audio(&self, track_sid: &str) -> Option<RemoteAudioTrack> {
        let publication = self
            .remotes()
            .flat_map(|participant| publications(&participant))
            .find(|publication| publication.track_sid().as_deref() == Some(track_sid))?;
        let is_audio = TrackKind::from_sdk(publication.kind().as_deref()) == TrackKind::Audio;
        let track = publication.track();
        (is_audio && track.is_object()).then(|| RemoteAudioTrack::new(track.unchecked_into()))
    }

    /// Plays the room's sound where the browser wanted a click first. Call it from one.
    pub async fn start_audio(&self) -> Result<(), LiveKitError> {
        self.sdk.start_audio().await.map_err(|error| LiveKitError::from_js(&error))
    }

    /// Whether the browser plays the room's sound.
    pub fn can_playback_audio(&self) -> bool {
        self.sdk.can_playback_audio()
    }

    /// Plays the room's sound on another loudspeaker. Safari and Firefox on phones cannot.
    pub async fn switch_audio_output(&self, device_id: &str) -> Result<(), LiveKitError> {
        let switched = self.sdk.switch_active_device("audiooutput", device_id).await;
        switched.map(drop).map_err(|error| LiveKitError::from_js(&error))
    }

    fn remotes(&self) -> impl Iterator<Item = sys::Participant> + use<> {
        self.sdk.remote_participants().values().into_iter().flatten().map(JsCast::unchecked_into)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.listeners.clear();
        spawn_local(leave(self.sdk.clone()));
    }
}

/// The SDK takes a lock before it reads the address, and after one that is no URL it keeps the lock: whatever is asked of
/// the room from then on never ends.
fn check_address(address: &str) -> Result<(), LiveKitError> {
    let scheme = Url::new(address).map(|url| url.protocol()).unwrap_or_default();
    if matches!(scheme.as_str(), "ws:" | "wss:" | "http:" | "https:") {
        return Ok(());
    }
    Err(LiveKitError::new(LiveKitErrorKind::InvalidAddress, address))
}

async fn leave(room: sys::Room) {
    // Whoever leaves has left: the server notices a goodbye that got lost by itself.
    if let Err(error) = room.disconnect(false).await {
        log::warn_with("livekit-web: leaving a room was not clean", &error);
    }
}

fn publications(participant: &sys::Participant) -> impl Iterator<Item = sys::TrackPublication> + use<> {
    participant.track_publications().values().into_iter().flatten().map(JsCast::unchecked_into::<sys::TrackPublication>)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_nobody_knows_is_disconnected() {
        assert_eq!(ConnectionState::from_sdk(Some("signalReconnecting")), ConnectionState::SignalReconnecting);
        assert_eq!(ConnectionState::from_sdk(Some("dreaming")), ConnectionState::Disconnected);
        assert_eq!(ConnectionState::from_sdk(None), ConnectionState::Disconnected);
    }
}
