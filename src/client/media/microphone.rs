//! The person's microphone in one room: published closed, opened and closed, and published again when it got lost.

use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use livekit_web::error::LiveKitError;
use livekit_web::room::Room;
use livekit_web::track::{LocalAudioTrack, PublishOptions};
use wasm_bindgen_futures::spawn_local;
use web_sys::MediaStreamTrack;

use super::room::RoomSession;
use crate::client::media_state::RoomLink;

const PUBLISH_AGAIN_MS: u32 = 1000;

impl RoomSession {
    /// Opens or closes the microphone. Closing takes effect before this returns to the event loop.
    pub async fn turn_microphone(&self, open: bool) -> Result<(), LiveKitError> {
        let Some(track) = self.own.borrow().clone() else { return Ok(()) };
        self.is_open.set(open);
        if open {
            return track.unmute().await;
        }
        track.media_stream_track().set_enabled(false);
        track.mute().await
    }

    /// Sends another capture from now on, as open or closed as before.
    pub async fn change_capture(self: &Rc<Self>, captured: &MediaStreamTrack) {
        let own = self.own.borrow().clone();
        if let Some(track) = own
            && let Err(error) = track.replace(captured).await
        {
            leptos::logging::warn!("the microphone is published anew: {error}");
            self.withdraw().await;
        }
        self.publish();
    }

    /// Takes the microphone out of the room.
    pub async fn withdraw(&self) {
        let (room, own) = (self.room.borrow().clone(), self.own.take());
        self.is_open.set(false);
        if let (Some(room), Some(own)) = (room, own) {
            unpublish(&room, &own).await;
        }
    }

    /// Publishes the microphone, closed, once there is one, the room is joined and the server allows it.
    pub fn publish(self: &Rc<Self>) {
        let captured = self.core.upgrade().and_then(|core| core.capture.track());
        let room = self.room.borrow().clone().filter(|room| room.can_publish());
        let is_wanted = self.own.borrow().is_none() && self.link.get() == RoomLink::Joined;
        let (Some(room), Some(captured), true) = (room, captured, is_wanted) else { return };
        if self.is_publishing.replace(true) {
            return;
        }
        let session = self.clone();
        spawn_local(async move {
            let published = session.publish_chosen(&room, captured).await;
            session.is_publishing.set(false);
            session.take_published(&room, published);
        });
    }

    /// Publishes the microphone that is chosen by the time it is published, which may be another than at the beginning, or
    /// none: until then nothing here can be changed or withdrawn.
    async fn publish_chosen(
        &self,
        room: &Room,
        mut captured: MediaStreamTrack,
    ) -> Result<Option<LocalAudioTrack>, LiveKitError> {
        let track = publish_closed(room, &captured).await?;
        while let Some(chosen) = self.core.upgrade().and_then(|core| core.capture.chosen()) {
            if chosen == captured {
                return Ok(Some(track));
            }
            if let Err(error) = track.replace(&chosen).await {
                leptos::logging::warn!("the microphone is published anew: {error}");
                break;
            }
            captured = chosen;
        }
        unpublish(room, &track).await;
        Ok(None)
    }

    /// A full reconnect publishes again by itself, unless the server forbids it meanwhile. Asking twice does nothing.
    pub(super) fn make_sure_of_publication(self: &Rc<Self>) {
        let (room, own) = (self.room.borrow().clone(), self.own.borrow().clone());
        let (Some(room), Some(own)) = (room, own) else { return self.publish() };
        let session = Rc::downgrade(self);
        spawn_local(async move {
            let published = room.publish_audio(&own, &PublishOptions::default()).await;
            if let (Err(error), Some(session)) = (published, session.upgrade()) {
                leptos::logging::warn!("the microphone did not come back: {error}");
                session.own.take();
                session.publish();
                session.tell_core();
            }
        });
    }

    fn take_published(self: &Rc<Self>, room: &Rc<Room>, published: Result<Option<LocalAudioTrack>, LiveKitError>) {
        if !self.room.borrow().as_ref().is_some_and(|current| Rc::ptr_eq(current, room)) {
            // The room may have been joined anew, which could not publish meanwhile.
            return self.publish();
        }
        match published {
            // Another one may have been chosen since.
            Ok(None) => self.publish(),
            Ok(Some(track)) => {
                self.is_open.set(false);
                self.own.replace(Some(Rc::new(track)));
                self.tell_core();
            }
            Err(error) => {
                leptos::logging::warn!("the microphone was not published: {error}");
                let session = Rc::downgrade(self);
                spawn_local(async move {
                    TimeoutFuture::new(PUBLISH_AGAIN_MS).await;
                    if let Some(session) = session.upgrade() {
                        session.publish();
                    }
                });
            }
        }
    }
}

async fn unpublish(room: &Room, track: &LocalAudioTrack) {
    if let Err(error) = room.unpublish(track).await {
        leptos::logging::warn!("a microphone was not withdrawn cleanly: {error}");
    }
}

async fn publish_closed(room: &Room, captured: &MediaStreamTrack) -> Result<LocalAudioTrack, LiveKitError> {
    let track = LocalAudioTrack::from_media_track(captured)?;
    track.media_stream_track().set_enabled(false);
    track.mute().await?;
    room.publish_audio(&track, &PublishOptions::default()).await?;
    Ok(track)
}
