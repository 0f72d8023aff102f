//! Tracks that come and go while the participant is in the room, and who may hear them.

use livekit_protocol as proto;
use livekit_protocol::request_response::{Reason, Request as Refused};
use livekit_protocol::signal_request::Message as Request;

use super::audience;
use super::driver::Driver;
use super::own_tracks::Waiting;
use crate::event::Event;
use crate::options::{Audience, PublishOptions};

impl Driver {
    /// Publishes one more track; whoever waits is told once it is sent.
    pub(super) fn publish(&mut self, options: PublishOptions, waiting: Waiting) {
        self.own.add(options, Some(waiting));
        self.resize_outbox();
        self.sync_tracks();
    }

    /// Publishes a track no longer.
    pub(super) fn unpublish(&mut self, index: usize) {
        if let Some(section) = self.own.remove(index) {
            self.engine.release_section(section);
        }
        self.resize_outbox();
        self.sync_audience();
    }

    pub(super) fn set_audience(&mut self, index: usize, audience: Audience) {
        self.own.set_audience(index, audience);
        self.sync_audience();
    }

    fn resize_outbox(&self) {
        self.shared.outbox.resize(self.own.outbox_capacity());
    }

    /// Asks the server for the tracks that it has not been asked for.
    pub(super) fn sync_tracks(&mut self) {
        if !self.can_signal() {
            return;
        }
        // First: what the server takes in without being told otherwise is heard by whoever subscribes to everything.
        self.sync_audience();
        for index in self.own.unasked() {
            let section = self.engine.reserve_section();
            if let Some(request) = self.own.ask(index, section) {
                self.send(Request::AddTrack(request));
            }
        }
    }

    /// Tells the server who may hear what, unless it knows.
    pub(super) fn sync_audience(&mut self) {
        if !self.can_signal() {
            return;
        }
        let permission = audience::permission(self.own.audiences(), &self.roster.identities());
        if self.told_audience.as_ref() != Some(&permission) {
            self.told_audience = Some(permission.clone());
            self.send(Request::SubscriptionPermission(permission));
        }
    }

    /// The same presence goes on: what was said before may not have arrived.
    pub(super) fn resume_tracks(&mut self) {
        self.told_audience = None;
        for section in self.own.forget_unanswered() {
            self.engine.release_section(section);
        }
        self.sync_tracks();
        for mute in self.own.mutes() {
            self.send(Request::Mute(mute));
        }
    }

    /// The server has taken a track in: now that it has an id it can be said who may hear it, and then it may be sent.
    pub(super) fn on_published(&mut self, response: proto::TrackPublishedResponse) {
        let section = self.own.on_published(response);
        self.sync_audience();
        if let Some(section) = section {
            self.engine.use_section(section);
        }
    }

    /// Tells those who wait for tracks that are sent by now.
    pub(super) fn settle_tracks(&mut self) {
        let Self { own, engine, .. } = self;
        let abandoned = own.settle(|section| engine.is_sending(section));
        for section in abandoned {
            self.engine.release_section(section);
        }
    }

    /// The server refuses something. Whoever waits for an answer is told; otherwise it is an event.
    pub(super) fn on_response(&mut self, response: &proto::RequestResponse) {
        if matches!(Reason::try_from(response.reason), Ok(Reason::Ok | Reason::Queued)) {
            return;
        }
        let refused = match &response.request {
            Some(Refused::AddTrack(request)) => self.own.on_refused(&request.cid, &response.message),
            _ => None,
        };
        match refused {
            Some(section) => self.engine.release_section(section),
            None => self.emit(Event::Refused { message: response.message.clone() }),
        }
    }
}
