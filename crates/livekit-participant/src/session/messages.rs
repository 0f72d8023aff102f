//! What the server says, and what is said to it.

use std::time::Instant;

use livekit_protocol as proto;
use livekit_protocol::leave_request::Action;
use livekit_protocol::participant_info::State;
use livekit_protocol::signal_request::Message as Request;
use livekit_protocol::signal_response::Message as Response;
use str0m::Candidate;
use str0m::net::{Protocol, TcpType};

use super::driver::{Driver, Presence};
use super::offer::CHANNELS;
use crate::error::{EndReason, Loss, MediaError};
use crate::event::Event;
use crate::session::recovery::Way;
use crate::signal::link::LinkEvent;
use crate::signal::message;

impl Driver {
    pub(super) fn on_link(&mut self, event: LinkEvent) {
        match event {
            LinkEvent::Message(message) => {
                self.on_message(*message);
                self.advance_engine();
            }
            LinkEvent::NotDialled(error) => self.not_dialled(error),
            LinkEvent::Broken(error) => self.link_broken(error),
        }
    }

    fn on_message(&mut self, message: Response) {
        match message {
            Response::Join(join) => self.on_join(join),
            Response::Reconnect(reconnect) => self.on_reconnect(reconnect),
            Response::Leave(leave) => self.on_leave(&leave),
            Response::Answer(answer) => self.on_answer(answer),
            Response::Trickle(trickle) => self.on_candidate(message::trickled_candidate(&trickle)),
            Response::MediaSectionsRequirement(demand) => self.engine.negotiation.demand(demand.num_audios),
            Response::Update(update) => self.on_update(update.participants),
            Response::SpeakersChanged(changed) => self.on_speakers(&changed.speakers),
            Response::TrackPublished(response) => self.on_published(response),
            Response::TrackSubscribed(subscribed) => self.own.on_subscribed(&subscribed.track_sid),
            Response::TrackUnpublished(response) => {
                if let Some(index) = self.own.on_unpublished(&response.track_sid) {
                    self.emit(Event::OwnTrackUnpublished { index });
                }
            }
            Response::Mute(mute) => self.on_mute(&mute),
            Response::RefreshToken(token) => self.options.tokens.renew(token),
            Response::RoomMoved(moved) => self.on_moved(moved),
            Response::RequestResponse(response) => self.on_response(&response),
            _ => {}
        }
    }

    fn on_join(&mut self, join: proto::JoinResponse) {
        self.presence = Some(presence(join.participant, join.room));
        self.node = node(join.server_info);
        self.acknowledged();
        let events = self.roster.replace(&join.other_participants);
        self.tell(events);
        self.sync_subscriptions();
        self.sync_tracks();
    }

    /// The server lets the presence go on that has our identity; the list that follows tells whether that is us.
    fn on_reconnect(&mut self, reconnect: proto::ReconnectResponse) {
        self.awaits_list = true;
        let node = node(reconnect.server_info);
        // Our path leads to the node that had us before.
        self.is_path_dead |= node != self.node;
        self.node = node;
    }

    /// It is us. The server needs our view of things, and media may need a new path.
    fn resumed(&mut self) {
        self.acknowledged();
        let state = self.sync_state();
        self.send(Request::SyncState(state));
        if let Err(error) = self.restore_path(Instant::now()) {
            self.media_failed(error);
        }
    }

    fn sync_state(&mut self) -> proto::SyncState {
        let channel = |(delivery, id): (crate::data::Delivery, u16)| {
            let label = CHANNELS.iter().find(|(known, _)| *known == delivery).map(|(_, label)| (*label).to_owned());
            let target = proto::SignalTarget::Publisher as i32;
            proto::DataChannelInfo { label: label.unwrap_or_default(), id: id.into(), target }
        };
        proto::SyncState {
            // What is subscribed to, since nothing is automatically.
            subscription: Some(message::subscription(self.roster.subscribed(), true)),
            publish_tracks: self.own.published(),
            data_channels: self.engine.channel_ids().into_iter().map(channel).collect(),
            datachannel_receive_states: self.sequences.states(),
            ..Default::default()
        }
    }

    fn on_leave(&mut self, leave: &proto::LeaveRequest) {
        match Action::try_from(leave.action) {
            Ok(Action::Resume) => {
                // It has lost our path, or gives us to another node.
                self.is_path_dead = true;
                self.lost_to(Loss::ServerAsked, Way::Resume);
            }
            Ok(Action::Reconnect) => self.lost_to(Loss::ServerAsked, Way::Rejoin),
            Ok(Action::Disconnect) | Err(_) => self.ended = Some(message::end_reason(leave.reason)),
        }
    }

    fn on_answer(&mut self, mut answer: proto::SessionDescription) {
        let (candidates, sdp) = message::split_candidates(&answer.sdp);
        answer.sdp = sdp;
        match self.engine.answer(answer) {
            Ok(true) => {
                for candidate in candidates {
                    self.on_candidate(Some(candidate));
                }
                self.settle_tracks();
            }
            Ok(false) => {}
            Err(error) => self.media_failed(error),
        }
    }

    fn on_candidate(&mut self, candidate: Option<String>) {
        let Some(candidate) = candidate.and_then(|candidate| Candidate::from_sdp_string(&candidate).ok()) else {
            return;
        };
        match candidate.proto() {
            Protocol::Udp if self.tcp.takes_udp() => self.engine.add_remote(candidate),
            Protocol::Tcp if candidate.tcptype() == Some(TcpType::Passive) => self.tcp.offer(candidate),
            _ => {}
        }
    }

    fn on_update(&mut self, mut participants: Vec<proto::ParticipantInfo>) {
        if let Some(me) = &self.presence {
            if participants.iter().any(|participant| is_replacement(me, participant)) {
                self.ended = Some(EndReason::DuplicateIdentity);
                return;
            }
            participants.retain(|participant| participant.identity != me.identity);
        }
        let is_list = std::mem::take(&mut self.awaits_list);
        let events = if is_list { self.roster.complete(&participants) } else { self.roster.update(&participants) };
        self.tell(events);
        if is_list {
            self.resumed();
        }
        self.sync_subscriptions();
        self.sync_audience();
    }

    fn on_speakers(&mut self, speakers: &[proto::SpeakerInfo]) {
        let speakers = self.roster.speakers(speakers);
        if !speakers.is_empty() {
            self.emit(Event::Speakers(speakers));
        }
    }

    fn on_mute(&mut self, mute: &proto::MuteTrackRequest) {
        let Some(index) = self.own.index(&mute.sid) else { return };
        if self.own.set_muted(index, mute.muted) {
            self.emit(Event::OwnTrackMuted { index, is_muted: mute.muted });
        }
    }

    /// The server has put us into another room.
    fn on_moved(&mut self, moved: proto::RoomMovedResponse) {
        self.options.tokens.renew(moved.token);
        self.presence = Some(presence(moved.participant, moved.room));
        let events = self.roster.replace(&moved.other_participants);
        self.tell(events);
        self.sync_subscriptions();
    }

    fn tell(&self, events: Vec<Event>) {
        for event in events {
            self.emit(event);
        }
    }

    /// Sends an offer if one is wanted and can be sent.
    pub(super) fn send_offer(&mut self, now: Instant) -> Result<(), MediaError> {
        if self.can_signal()
            && let Some(offer) = self.engine.next_offer(now)?
        {
            self.send(Request::Offer(message::offer(offer.id, offer.sdp)));
        }
        Ok(())
    }

    /// Asks for the audio that is wanted and not yet asked for, and ends what is not wanted any more.
    pub(super) fn sync_subscriptions(&mut self) {
        if !self.can_signal() {
            return;
        }
        let change = self.roster.subscription_change(&self.options.subscribe);
        for (track_sids, is_beginning) in [(change.end, false), (change.begin, true)] {
            if !track_sids.is_empty() {
                self.send(Request::Subscription(message::subscription(track_sids, is_beginning)));
            }
        }
    }

    pub(super) fn send_mute(&mut self, index: usize) {
        let Some(mute) = self.own.mute(index).filter(|_| self.can_signal()) else { return };
        self.send(Request::Mute(mute));
    }

    pub(super) fn send(&mut self, request: Request) {
        let Some(link) = &self.link else { return };
        if let Err(error) = link.send(request) {
            self.link_broken(error);
        }
    }
}

fn presence(me: Option<proto::ParticipantInfo>, room: Option<proto::Room>) -> Presence {
    let me = me.unwrap_or_default();
    let room = room.map(|room| room.name).unwrap_or_default();
    Presence { sid: me.sid, identity: me.identity, room, joined_at_ms: me.joined_at_ms }
}

/// Which of the server's machines this is.
fn node(server: Option<proto::ServerInfo>) -> String {
    server.unwrap_or_default().node_id
}

/// Whether this is somebody who joined with our identity after us. The server lets whoever has the identity resume, also us in
/// the place of another, and does not say so.
fn is_replacement(me: &Presence, other: &proto::ParticipantInfo) -> bool {
    other.identity == me.identity
        && other.sid != me.sid
        && other.state != State::Disconnected as i32
        && other.joined_at_ms > me.joined_at_ms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_later_presence_under_our_identity_replaces_us() {
        let info = |sid: &str, joined_at_ms| proto::ParticipantInfo {
            sid: sid.into(),
            identity: "ann".into(),
            joined_at_ms,
            ..Default::default()
        };
        let me = presence(Some(info("PA_2", 200)), None);
        assert!(is_replacement(&me, &info("PA_3", 300)));
        assert!(!is_replacement(&me, &info("PA_2", 200)), "it is us");
        assert!(!is_replacement(&me, &info("PA_1", 100)), "it is who we were");
        let gone = proto::ParticipantInfo { state: State::Disconnected as i32, ..info("PA_3", 300) };
        assert!(!is_replacement(&me, &gone));
        let other = proto::ParticipantInfo { identity: "bob".into(), ..info("PA_3", 300) };
        assert!(!is_replacement(&me, &other));
    }
}
