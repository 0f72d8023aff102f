//! Raw imports, one to one with the SDK's names; nothing here leaves the crate.

use js_sys::{Function, Iterator, Map, Object, Promise};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlMediaElement, MediaStreamTrack};

#[wasm_bindgen(module = "/js/sdk.js")]
extern "C" {
    /// The SDK's module, a [`Sdk`]. The suffix makes an address that did not fail before.
    #[wasm_bindgen(catch, js_name = "loadSdk")]
    pub async fn load_sdk(suffix: &str) -> Result<JsValue, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    /// What the SDK's module exports.
    #[wasm_bindgen(extends = Object)]
    #[derive(Clone)]
    pub type Sdk;

    /// The names of a room's events.
    #[wasm_bindgen(method, getter, js_name = "RoomEvent")]
    pub fn room_event(this: &Sdk) -> Enumeration;

    /// The reasons of a `ConnectionError`, which carries their numbers.
    #[wasm_bindgen(method, getter, js_name = "ConnectionErrorReason")]
    pub fn connection_error_reason(this: &Sdk) -> Enumeration;

    #[wasm_bindgen(method, js_name = "setLogLevel")]
    pub fn set_log_level(this: &Sdk, level: &str);

    /// The class of [`Room`].
    #[wasm_bindgen(method, getter, js_name = "Room")]
    pub fn room(this: &Sdk) -> Function;

    /// The class of [`LocalAudioTrack`].
    #[wasm_bindgen(method, getter, js_name = "LocalAudioTrack")]
    pub fn local_audio_track(this: &Sdk) -> Function;

    #[wasm_bindgen(extends = EventEmitter, extends = Object)]
    #[derive(Clone)]
    pub type Room;

    #[wasm_bindgen(method, getter)]
    pub fn state(this: &Room) -> Option<String>;

    #[wasm_bindgen(method, getter, js_name = "localParticipant")]
    pub fn local_participant(this: &Room) -> LocalParticipant;

    #[wasm_bindgen(method, getter, js_name = "remoteParticipants")]
    pub fn remote_participants(this: &Room) -> Map;

    #[wasm_bindgen(method, getter, js_name = "canPlaybackAudio")]
    pub fn can_playback_audio(this: &Room) -> bool;

    #[wasm_bindgen(method, catch)]
    pub async fn connect(this: &Room, url: &str, token: &str, options: &ConnectOptions) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    pub async fn disconnect(this: &Room, stop_tracks: bool) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = "startAudio")]
    pub async fn start_audio(this: &Room) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = "switchActiveDevice")]
    pub async fn switch_active_device(this: &Room, kind: &str, device_id: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(extends = Object)]
    #[derive(Clone)]
    pub type LocalAudioTrack;

    #[wasm_bindgen(method, getter, js_name = "isMuted")]
    pub fn is_muted(this: &LocalAudioTrack) -> bool;

    #[wasm_bindgen(method, getter)]
    pub fn sender(this: &LocalAudioTrack) -> JsValue;

    #[wasm_bindgen(method, getter, js_name = "mediaStreamTrack")]
    pub fn media_stream_track(this: &LocalAudioTrack) -> MediaStreamTrack;

    #[wasm_bindgen(method, catch)]
    pub async fn mute(this: &LocalAudioTrack) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub async fn unmute(this: &LocalAudioTrack) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = "replaceTrack")]
    pub async fn replace_track(
        this: &LocalAudioTrack,
        track: &MediaStreamTrack,
        user_provided: bool,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub fn stop(this: &LocalAudioTrack) -> Result<(), JsValue>;

    /// An enumeration of the SDK, read by key so that one missing from another version of the SDK is no error.
    pub type Enumeration;

    /// The value of a name, or the name of a number.
    #[wasm_bindgen(method, structural, indexing_getter)]
    pub fn get(this: &Enumeration, key: &str) -> Option<String>;

    /// Node's event emitter, which every class of the SDK extends.
    #[wasm_bindgen(extends = Object)]
    #[derive(Clone)]
    pub type EventEmitter;

    #[wasm_bindgen(method)]
    pub fn on(this: &EventEmitter, event: &str, listener: &Function) -> EventEmitter;

    #[wasm_bindgen(method)]
    pub fn off(this: &EventEmitter, event: &str, listener: &Function) -> EventEmitter;

    #[wasm_bindgen(extends = Object)]
    #[derive(Clone)]
    pub type Participant;

    #[wasm_bindgen(method, getter)]
    pub fn identity(this: &Participant) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    pub fn sid(this: &Participant) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    pub fn name(this: &Participant) -> Option<String>;

    #[wasm_bindgen(method, getter, js_name = "isLocal")]
    pub fn is_local(this: &Participant) -> bool;

    #[wasm_bindgen(method, getter, js_name = "audioLevel")]
    pub fn audio_level(this: &Participant) -> Option<f64>;

    #[wasm_bindgen(method, getter)]
    pub fn permissions(this: &Participant) -> Option<Permissions>;

    #[wasm_bindgen(method, getter, js_name = "trackPublications")]
    pub fn track_publications(this: &Participant) -> Map;

    #[wasm_bindgen(extends = Participant, extends = Object)]
    #[derive(Clone)]
    pub type LocalParticipant;

    #[wasm_bindgen(method, catch, js_name = "publishTrack")]
    pub async fn publish_track(
        this: &LocalParticipant,
        track: &LocalAudioTrack,
        options: &PublishOptions,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = "unpublishTrack")]
    pub async fn unpublish_track(
        this: &LocalParticipant,
        track: &LocalAudioTrack,
        stop: bool,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(extends = Object)]
    pub type Permissions;

    #[wasm_bindgen(method, getter, js_name = "canPublish")]
    pub fn can_publish(this: &Permissions) -> Option<bool>;

    #[wasm_bindgen(method, getter, js_name = "canSubscribe")]
    pub fn can_subscribe(this: &Permissions) -> Option<bool>;

    #[wasm_bindgen(extends = Object)]
    #[derive(Clone)]
    pub type TrackPublication;

    #[wasm_bindgen(method, getter, js_name = "trackSid")]
    pub fn track_sid(this: &TrackPublication) -> Option<String>;

    #[wasm_bindgen(method, getter, js_name = "trackName")]
    pub fn track_name(this: &TrackPublication) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    pub fn kind(this: &TrackPublication) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    pub fn source(this: &TrackPublication) -> Option<String>;

    #[wasm_bindgen(method, getter, js_name = "isMuted")]
    pub fn is_muted(this: &TrackPublication) -> bool;

    #[wasm_bindgen(method, getter, js_name = "isSubscribed")]
    pub fn is_subscribed(this: &TrackPublication) -> bool;

    #[wasm_bindgen(method, getter)]
    pub fn track(this: &TrackPublication) -> JsValue;

    #[wasm_bindgen(extends = Object)]
    #[derive(Clone)]
    pub type RemoteAudioTrack;

    #[wasm_bindgen(method, getter, js_name = "isMuted")]
    pub fn is_muted(this: &RemoteAudioTrack) -> bool;

    #[wasm_bindgen(method, getter, js_name = "mediaStreamTrack")]
    pub fn media_stream_track(this: &RemoteAudioTrack) -> MediaStreamTrack;

    #[wasm_bindgen(method, catch)]
    pub fn attach(this: &RemoteAudioTrack) -> Result<HtmlMediaElement, JsValue>;

    #[wasm_bindgen(method, catch, js_name = "detach")]
    pub fn detach_element(this: &RemoteAudioTrack, element: &HtmlMediaElement) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = "setVolume")]
    pub fn set_volume(this: &RemoteAudioTrack, volume: f64) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = "getRTCStatsReport")]
    pub async fn rtc_stats_report(this: &RemoteAudioTrack) -> Result<JsValue, JsValue>;

    /// The browser's `RTCStatsReport`: like a map, but no `Map`.
    #[wasm_bindgen(extends = Object)]
    pub type StatsReport;

    #[wasm_bindgen(method)]
    pub fn values(this: &StatsReport) -> Iterator;

    #[wasm_bindgen(extends = Object)]
    pub type Stats;

    #[wasm_bindgen(method, getter, js_name = "type")]
    pub fn type_(this: &Stats) -> Option<String>;

    #[wasm_bindgen(method, getter, js_name = "packetsReceived")]
    pub fn packets_received(this: &Stats) -> Option<f64>;

    #[wasm_bindgen(method, getter, js_name = "packetsLost")]
    pub fn packets_lost(this: &Stats) -> Option<f64>;

    #[wasm_bindgen(method, getter)]
    pub fn jitter(this: &Stats) -> Option<f64>;

    /// Any error the SDK or the browser throws.
    pub type Thrown;

    #[wasm_bindgen(method, getter)]
    pub fn name(this: &Thrown) -> JsValue;

    #[wasm_bindgen(method, getter)]
    pub fn message(this: &Thrown) -> JsValue;

    #[wasm_bindgen(method, getter)]
    pub fn reason(this: &Thrown) -> JsValue;

    #[wasm_bindgen(method, getter)]
    pub fn status(this: &Thrown) -> JsValue;

    #[wasm_bindgen(method, getter)]
    pub fn context(this: &Thrown) -> JsValue;

    /// The browser's own timers, by these names in a page.
    #[wasm_bindgen(js_name = "setTimeout")]
    pub fn set_timeout(handler: &Function, timeout_ms: i32) -> JsValue;

    #[wasm_bindgen(js_name = "setInterval")]
    pub fn set_interval(handler: &Function, interval_ms: i32) -> JsValue;

    #[wasm_bindgen(js_name = "clearInterval")]
    pub fn clear_interval(id: &JsValue);

    /// `AudioContext`'s choice of loudspeaker, which not every browser has.
    pub type AudioSink;

    #[wasm_bindgen(method, getter, js_name = "setSinkId")]
    pub fn set_sink_id_function(this: &AudioSink) -> JsValue;

    #[wasm_bindgen(method, catch, js_name = "setSinkId")]
    pub fn set_sink_id(this: &AudioSink, device_id: &str) -> Result<Promise, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = Object)]
    pub type RoomOptions;

    #[wasm_bindgen(method, setter, js_name = "adaptiveStream")]
    pub fn set_adaptive_stream(this: &RoomOptions, value: bool);

    #[wasm_bindgen(method, setter, js_name = "dynacast")]
    pub fn set_dynacast(this: &RoomOptions, value: bool);

    #[wasm_bindgen(method, setter, js_name = "stopLocalTrackOnUnpublish")]
    pub fn set_stop_local_track_on_unpublish(this: &RoomOptions, value: bool);

    #[wasm_bindgen(method, setter, js_name = "disconnectOnPageLeave")]
    pub fn set_disconnect_on_page_leave(this: &RoomOptions, value: bool);

    #[wasm_bindgen(method, setter, js_name = "audioOutput")]
    pub fn set_audio_output(this: &RoomOptions, value: &AudioOutput);

    #[wasm_bindgen(extends = Object)]
    pub type AudioOutput;

    #[wasm_bindgen(method, setter, js_name = "deviceId")]
    pub fn set_device_id(this: &AudioOutput, value: &str);

    #[wasm_bindgen(extends = Object)]
    pub type ConnectOptions;

    #[wasm_bindgen(method, setter, js_name = "autoSubscribe")]
    pub fn set_auto_subscribe(this: &ConnectOptions, value: bool);

    #[wasm_bindgen(method, setter, js_name = "maxRetries")]
    pub fn set_max_retries(this: &ConnectOptions, value: u32);

    #[wasm_bindgen(method, setter, js_name = "peerConnectionTimeout")]
    pub fn set_peer_connection_timeout(this: &ConnectOptions, value: u32);

    #[wasm_bindgen(method, setter, js_name = "websocketTimeout")]
    pub fn set_websocket_timeout(this: &ConnectOptions, value: u32);

    #[wasm_bindgen(extends = Object)]
    pub type PublishOptions;

    #[wasm_bindgen(method, setter, js_name = "name")]
    pub fn set_name(this: &PublishOptions, value: &str);

    #[wasm_bindgen(method, setter, js_name = "source")]
    pub fn set_source(this: &PublishOptions, value: &str);

    #[wasm_bindgen(method, setter, js_name = "dtx")]
    pub fn set_dtx(this: &PublishOptions, value: bool);

    #[wasm_bindgen(method, setter, js_name = "red")]
    pub fn set_red(this: &PublishOptions, value: bool);

    #[wasm_bindgen(method, setter, js_name = "stopMicTrackOnMute")]
    pub fn set_stop_mic_track_on_mute(this: &PublishOptions, value: bool);

    #[wasm_bindgen(method, setter, js_name = "audioPreset")]
    pub fn set_audio_preset(this: &PublishOptions, value: &AudioPreset);

    #[wasm_bindgen(extends = Object)]
    pub type AudioPreset;

    #[wasm_bindgen(method, setter, js_name = "maxBitrate")]
    pub fn set_max_bitrate(this: &AudioPreset, value: u32);
}
