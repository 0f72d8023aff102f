//! One room of the seat: joined, kept, joined again when it is lost, with the microphone published closed.

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::rc::{Rc, Weak};

use baton_domain::call::RoomKind;
use baton_domain::ids::{CallId, LegId};
use futures_util::StreamExt;
use futures_util::future::{AbortHandle, abortable, select};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use livekit_web::event::{ConnectionQuality, DisconnectReason, RoomEvent, RoomEvents};
use livekit_web::log::LogLevel;
use livekit_web::room::{ConnectOptions, Room, RoomOptions};
use livekit_web::sdk;
use livekit_web::track::LocalAudioTrack;
use wasm_bindgen_futures::spawn_local;

use super::core::Core;
use super::within::within;
use crate::client::backoff::Backoff;
use crate::client::media_plan::{OwnTrack, RoomKey};
use crate::client::media_state::{Quality, RoomLink, RoomStatus};
use crate::client::signal::Wake;

const ACCESS_LIMIT_MS: u32 = 10_000;
const ASK_AGAIN_MS: u32 = 1000;
/// How much the SDK may write to the console.
pub const SDK_LOG: LogLevel = LogLevel::Warn;

/// A session for as long as the seat has it. Dropping it leaves the room at once.
pub struct JoinedRoom {
    session: Rc<RoomSession>,
    task: AbortHandle,
}

/// A room as it is now.
pub struct RoomSession {
    pub key: RoomKey,
    pub kind: RoomKind,
    pub(super) call: CallId,
    pub(super) core: Weak<Core>,
    pub(super) room: RefCell<Option<Rc<Room>>>,
    pub(super) link: Cell<RoomLink>,
    pub(super) own: RefCell<Option<Rc<LocalAudioTrack>>>,
    pub(super) is_publishing: Cell<bool>,
    /// What this page asked of the microphone last.
    pub(super) is_open: Cell<bool>,
    closed_by_server: Cell<bool>,
    retry_now: Wake,
}

enum Gone {
    /// The same seat was taken elsewhere.
    Elsewhere,
    /// The connection could not be made.
    NeverThere,
    /// The connection broke.
    Lost,
}

impl Deref for JoinedRoom {
    type Target = RoomSession;

    fn deref(&self) -> &RoomSession {
        &self.session
    }
}

impl JoinedRoom {
    pub fn join(core: &Rc<Core>, key: RoomKey, call: CallId, kind: RoomKind, wait_ms: u32) -> Self {
        let session = Rc::new(RoomSession {
            key,
            kind,
            call,
            core: Rc::downgrade(core),
            room: RefCell::default(),
            link: Cell::new(RoomLink::Joining),
            own: RefCell::default(),
            is_publishing: Cell::new(false),
            is_open: Cell::new(false),
            closed_by_server: Cell::new(false),
            retry_now: Wake::default(),
        });
        let (staying, task) = abortable(session.clone().stay(wait_ms));
        spawn_local(async move {
            let _ = staying.await;
        });
        Self { session, task }
    }

    pub fn session(&self) -> Rc<RoomSession> {
        self.session.clone()
    }
}

impl Drop for JoinedRoom {
    fn drop(&mut self) {
        self.task.abort();
        self.session.leave();
    }
}

impl RoomSession {
    pub fn link(&self) -> RoomLink {
        self.link.get()
    }

    /// The room, while it is joined.
    pub fn joined(&self) -> Option<Rc<Room>> {
        let is_there = self.link.get() != RoomLink::Joining;
        self.room.borrow().clone().filter(|_| is_there)
    }

    pub fn own_track(&self) -> OwnTrack {
        match self.own.borrow().as_ref() {
            None => OwnTrack::None,
            Some(track) if !track.is_muted() => OwnTrack::Open,
            Some(_) if self.closed_by_server.get() => OwnTrack::ClosedByServer,
            Some(_) => OwnTrack::Closed,
        }
    }

    /// The room as the page shows it.
    pub fn status(&self) -> RoomStatus {
        let is_open = self.own_track() == OwnTrack::Open;
        RoomStatus { kind: self.kind, room: self.key.room.clone(), link: self.link(), is_open }
    }

    /// Whether the microphone stands by here, or waiting for it makes no sense.
    pub fn is_settled(&self) -> bool {
        let wants_microphone = self.core.upgrade().is_some_and(|core| core.speaks());
        let may_publish = self.room.borrow().as_ref().is_some_and(|room| room.can_publish());
        self.link.get() == RoomLink::Joined && (self.own.borrow().is_some() || !wants_microphone || !may_publish)
    }

    /// The seat closes this microphone as the server did: the next seat that opens it is a new word.
    pub fn agree_with_server(&self) {
        self.closed_by_server.set(false);
    }

    pub fn retry_now(&self) {
        self.retry_now.wake();
    }

    async fn stay(self: Rc<Self>, wait_ms: u32) {
        let mut backoff = Backoff::default();
        if wait_ms > 0 {
            TimeoutFuture::new(wait_ms).await;
        }
        loop {
            let gone = self.be_there().await;
            self.leave();
            match gone {
                Gone::Elsewhere => return self.core.upgrade().map_or((), |core| core.lose()),
                Gone::Lost => {
                    self.link.set(RoomLink::Reconnecting);
                    backoff = Backoff::default();
                }
                Gone::NeverThere => {}
            }
            self.tell_core();
            select(TimeoutFuture::new(backoff.next_ms()), Box::pin(self.retry_now.wait())).await;
        }
    }

    /// From asking for a token until the connection is gone for good.
    async fn be_there(self: &Rc<Self>) -> Gone {
        if let Err(error) = sdk::load(SDK_LOG).await {
            leptos::logging::warn!("no room without LiveKit's client: {error}");
            return Gone::NeverThere;
        }
        let Some(access) = self.core.upgrade().map(|core| (core.hooks.access)(self.call, self.kind)) else {
            return Gone::NeverThere;
        };
        let access = match within(ACCESS_LIMIT_MS, access).await {
            Some(Ok(access)) => access,
            Some(Err(error)) => {
                leptos::logging::log!("no way into {} yet: {error}", self.key.room);
                return Gone::NeverThere;
            }
            None => return Gone::NeverThere,
        };
        let Some((room, events)) = self.new_room() else { return Gone::NeverThere };
        if let Err(error) = room.connect(&access.url, &access.token, ConnectOptions::default()).await {
            leptos::logging::log!("{} could not be joined: {error}", self.key.room);
            return Gone::NeverThere;
        }
        self.link.set(RoomLink::Joined);
        self.publish();
        self.tell_core();
        self.read(events).await
    }

    fn new_room(&self) -> Option<(Rc<Room>, RoomEvents)> {
        let speaker = self.core.upgrade()?.state.speaker.get_untracked();
        let options = RoomOptions { audio_output: Some(speaker).filter(|id| !id.is_empty()), ..RoomOptions::default() };
        match Room::new(&options) {
            Ok((room, events)) => {
                let room = Rc::new(room);
                self.room.replace(Some(room.clone()));
                Some((room, events))
            }
            Err(error) => {
                leptos::logging::error!("this browser makes no rooms: {error}");
                None
            }
        }
    }

    async fn read(self: &Rc<Self>, mut events: RoomEvents) -> Gone {
        while let Some(event) = events.next().await {
            if let RoomEvent::Disconnected { reason } = event {
                leptos::logging::log!("left {}: {reason:?}", self.key.room);
                return if reason == DisconnectReason::DuplicateIdentity { Gone::Elsewhere } else { Gone::Lost };
            }
            self.handle(event);
        }
        Gone::Lost
    }

    fn handle(self: &Rc<Self>, event: RoomEvent) {
        let Some(core) = self.core.upgrade() else { return };
        match event {
            RoomEvent::SignalReconnecting => {
                self.link.set(RoomLink::Resuming);
                self.tell_core();
            }
            RoomEvent::Reconnecting => {
                self.link.set(RoomLink::Reconnecting);
                self.tell_core();
            }
            RoomEvent::Reconnected => {
                self.link.set(RoomLink::Joined);
                self.make_sure_of_publication();
                self.tell_core();
            }
            RoomEvent::PermissionsChanged { local: true, .. } => {
                self.publish();
                self.tell_core();
            }
            // A full reconnect withdraws everything and publishes it again by itself; outside of one, the server forbade it.
            RoomEvent::LocalTrackUnpublished(_) if self.link.get() == RoomLink::Joined => {
                self.own.take();
                self.tell_core();
            }
            RoomEvent::TrackMuted(track) if track.local => self.was_closed(&core),
            RoomEvent::TrackUnmuted(track) if track.local => self.tell_core(),
            RoomEvent::ConnectionQuality { identity, local, quality } => {
                core.note_quality(identity.parse::<LegId>().ok().filter(|_| !local), quality_of(quality));
            }
            RoomEvent::AudioPlaybackChanged { .. } => core.check_sound(),
            RoomEvent::ParticipantConnected(_)
            | RoomEvent::ParticipantDisconnected(_)
            | RoomEvent::TrackPublished(_)
            | RoomEvent::TrackUnpublished(_)
            | RoomEvent::TrackSubscribed(_)
            | RoomEvent::TrackUnsubscribed(_)
            | RoomEvent::TrackMuted(_)
            | RoomEvent::TrackUnmuted(_) => core.look(),
            _ => {}
        }
    }

    /// The microphone is closed now. When nobody here closed it, the server did: it knows something that this page does
    /// not, so the page asks before it opens anything again.
    fn was_closed(self: &Rc<Self>, core: &Rc<Core>) {
        if self.is_open.get() && core.capture.is_live() && !self.closed_by_server.replace(true) {
            let session = Rc::downgrade(self);
            spawn_local(async move { ask_for_seat(session).await });
        }
        self.tell_core();
    }

    pub(super) fn tell_core(&self) {
        if let Some(core) = self.core.upgrade() {
            core.show_rooms();
            core.wake();
        }
    }

    /// Sends nothing more, and says goodbye.
    fn leave(&self) {
        self.is_open.set(false);
        self.closed_by_server.set(false);
        self.own.take();
        if let Some(room) = self.room.take() {
            // Something may still hold the room for a moment, so it is not enough to drop it.
            spawn_local(async move { room.disconnect().await });
        }
    }
}

/// Until the server answers, or what it closed is closed by the seat as well.
async fn ask_for_seat(session: Weak<RoomSession>) {
    loop {
        let Some((core, call)) =
            session.upgrade().filter(|it| it.closed_by_server.get()).and_then(|it| Some((it.core.upgrade()?, it.call)))
        else {
            return;
        };
        let answer = within(ACCESS_LIMIT_MS, (core.hooks.seat)(call)).await;
        if let Some(Ok(seat)) = answer {
            if let Some(session) = session.upgrade() {
                session.agree_with_server();
            }
            core.correct_seat(call, seat);
            return;
        }
        drop(core);
        TimeoutFuture::new(ASK_AGAIN_MS).await;
    }
}

fn quality_of(quality: ConnectionQuality) -> Quality {
    match quality {
        ConnectionQuality::Excellent => Quality::Excellent,
        ConnectionQuality::Good => Quality::Good,
        ConnectionQuality::Poor => Quality::Poor,
        ConnectionQuality::Lost => Quality::Lost,
        ConnectionQuality::Unknown => Quality::Unknown,
    }
}
