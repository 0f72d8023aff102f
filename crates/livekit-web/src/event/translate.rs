//! From the SDK's events to owned data.

use futures_channel::mpsc;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use crate::error::{Thrown, whole};
use crate::event::{ConnectionQuality, DisconnectReason, ParticipantInfo, RoomEvent, RoomEvents, Speaker, TrackInfo};
use crate::listener::Listener;
use crate::log;
use crate::room::ConnectionState;
use crate::sys;

type Translate = fn(&JsValue, &JsValue, &JsValue) -> Option<RoomEvent>;

/// The SDK's names of the events that are passed on, and how each becomes owned data.
const TRANSLATIONS: &[(&str, Translate)] = &[
    ("Connected", |_, _, _| Some(RoomEvent::Connected)),
    ("Reconnecting", |_, _, _| Some(RoomEvent::Reconnecting)),
    ("SignalReconnecting", |_, _, _| Some(RoomEvent::SignalReconnecting)),
    ("Reconnected", |_, _, _| Some(RoomEvent::Reconnected)),
    ("ConnectionStateChanged", |state, _, _| {
        Some(RoomEvent::ConnectionStateChanged(ConnectionState::from_sdk(state.as_string().as_deref())))
    }),
    ("Disconnected", |reason, _, _| Some(RoomEvent::Disconnected { reason: disconnect_reason(reason) })),
    ("ParticipantConnected", |who, _, _| participant(who).map(RoomEvent::ParticipantConnected)),
    ("ParticipantDisconnected", |who, _, _| participant(who).map(RoomEvent::ParticipantDisconnected)),
    ("TrackPublished", |what, who, _| track(what, who).map(RoomEvent::TrackPublished)),
    ("TrackUnpublished", |what, who, _| track(what, who).map(RoomEvent::TrackUnpublished)),
    ("TrackSubscribed", |_, what, who| track(what, who).map(RoomEvent::TrackSubscribed)),
    ("TrackUnsubscribed", |_, what, who| track(what, who).map(unsubscribed)),
    ("TrackSubscriptionFailed", subscription_failed),
    ("TrackMuted", |what, who, _| track(what, who).map(RoomEvent::TrackMuted)),
    ("TrackUnmuted", |what, who, _| track(what, who).map(RoomEvent::TrackUnmuted)),
    ("LocalTrackPublished", |what, who, _| track(what, who).map(RoomEvent::LocalTrackPublished)),
    ("LocalTrackUnpublished", |what, who, _| track(what, who).map(RoomEvent::LocalTrackUnpublished)),
    ("LocalTrackSubscribed", |what, who, _| track(what, who).map(RoomEvent::LocalTrackSubscribed)),
    ("ActiveSpeakersChanged", |speakers, _, _| Some(RoomEvent::ActiveSpeakers(active_speakers(speakers)))),
    ("ConnectionQualityChanged", connection_quality),
    ("ParticipantPermissionsChanged", permissions),
    ("AudioPlaybackStatusChanged", |can, _, _| Some(RoomEvent::AudioPlaybackChanged { can_playback: can.is_truthy() })),
    ("MediaDevicesChanged", |_, _, _| Some(RoomEvent::MediaDevicesChanged)),
    ("MediaDevicesError", |error, _, _| Some(RoomEvent::MediaDevicesError { message: Thrown::read(error).message })),
];

/// Listens for every event that this crate passes on; the listeners end the stream when they are dropped.
pub(crate) fn listen(room: &sys::Room, names: &sys::Enumeration) -> (Vec<Listener>, RoomEvents) {
    let (sender, events) = mpsc::unbounded();
    let listeners = TRANSLATIONS
        .iter()
        .filter_map(|&(name, translate)| {
            let event = names.get(name);
            if event.is_none() {
                log::warn(&format!("livekit-web: this livekit-client has no event {name}"));
            }
            Some((event?, name, translate))
        })
        .map(|(event, name, translate)| {
            let sender = sender.clone();
            Listener::on_emitter(room, &event, move |a, b, c| match translate(a, b, c) {
                // Sending fails only when nobody reads any more, and then nobody wants the event.
                Some(event) => drop(sender.unbounded_send(event)),
                None => log::warn_with(&format!("livekit-web: skipped an event {name} that could not be read"), a),
            })
        })
        .collect();
    (listeners, events)
}

fn object<T: JsCast>(value: &JsValue) -> Option<&T> {
    value.is_object().then(|| value.unchecked_ref())
}

fn participant(who: &JsValue) -> Option<ParticipantInfo> {
    object(who).map(ParticipantInfo::read)
}

fn track(what: &JsValue, who: &JsValue) -> Option<TrackInfo> {
    Some(TrackInfo::read(object(what)?, object(who)?))
}

/// The SDK lets go of the track only after it has said so.
fn unsubscribed(track: TrackInfo) -> RoomEvent {
    RoomEvent::TrackUnsubscribed(TrackInfo { subscribed: false, ..track })
}

fn disconnect_reason(reason: &JsValue) -> DisconnectReason {
    DisconnectReason::from_code(reason.as_f64().and_then(whole))
}

fn subscription_failed(track_sid: &JsValue, who: &JsValue, _: &JsValue) -> Option<RoomEvent> {
    let who: &sys::Participant = object(who)?;
    Some(RoomEvent::TrackSubscriptionFailed {
        identity: who.identity().unwrap_or_default(),
        track_sid: track_sid.as_string()?,
    })
}

fn active_speakers(speakers: &JsValue) -> Vec<Speaker> {
    let Some(speakers) = object::<Array>(speakers) else { return Vec::new() };
    let speaker = |who: &sys::Participant| Speaker {
        identity: who.identity().unwrap_or_default(),
        level: who.audio_level().unwrap_or_default(),
    };
    speakers.iter().filter_map(|who| object(&who).map(speaker)).collect()
}

fn connection_quality(quality: &JsValue, who: &JsValue, _: &JsValue) -> Option<RoomEvent> {
    let who: &sys::Participant = object(who)?;
    Some(RoomEvent::ConnectionQuality {
        identity: who.identity().unwrap_or_default(),
        local: who.is_local(),
        quality: ConnectionQuality::from_js(quality),
    })
}

fn permissions(_: &JsValue, who: &JsValue, _: &JsValue) -> Option<RoomEvent> {
    let who: &sys::Participant = object(who)?;
    let now = who.permissions()?;
    Some(RoomEvent::PermissionsChanged {
        identity: who.identity().unwrap_or_default(),
        local: who.is_local(),
        can_publish: now.can_publish().unwrap_or_default(),
        can_subscribe: now.can_subscribe().unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_translated_once() {
        let mut names: Vec<_> = TRANSLATIONS.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TRANSLATIONS.len());
    }
}
