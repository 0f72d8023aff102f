//! Who is in the room with which tracks, and which of them are to be subscribed to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use livekit_protocol as proto;
use livekit_protocol::participant_info::{Kind, State};

use crate::event::{Event, ParticipantKind, RemoteParticipant, RemoteTrack, Speaker, TrackSource};
use crate::options::Subscribe;

#[derive(Debug)]
struct Member {
    participant: RemoteParticipant,
    tracks: BTreeMap<String, RemoteTrack>,
    version: u32,
    joined_at_ms: i64,
}

/// The participants of the room besides ourselves, by SID.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    members: BTreeMap<String, Member>,
    subscribed: BTreeSet<String>,
}

/// Subscriptions to begin and to end, by track SID.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct SubscriptionChange {
    pub(crate) begin: Vec<String>,
    pub(crate) end: Vec<String>,
}

impl Roster {
    /// Everybody who is there now; whoever is not in the list has left. Subscriptions begin from nothing.
    pub(crate) fn replace(&mut self, everybody: &[proto::ParticipantInfo]) -> Vec<Event> {
        self.subscribed.clear();
        // Version numbers begin anew with a new server.
        self.members.values_mut().for_each(|member| member.version = 0);
        self.complete(everybody)
    }

    /// Everybody who is there now, after a time without news; whoever is not in the list has left. Subscriptions stay.
    pub(crate) fn complete(&mut self, everybody: &[proto::ParticipantInfo]) -> Vec<Event> {
        let present: BTreeSet<&str> = everybody.iter().map(|info| info.sid.as_str()).collect();
        let gone: Vec<String> = self.members.keys().filter(|sid| !present.contains(sid.as_str())).cloned().collect();
        let mut events: Vec<Event> = gone.iter().flat_map(|sid| self.remove(sid)).collect();
        events.extend(self.update(everybody));
        events
    }

    /// Participants that came, changed or left.
    pub(crate) fn update(&mut self, changed: &[proto::ParticipantInfo]) -> Vec<Event> {
        changed.iter().flat_map(|info| self.update_one(info)).collect()
    }

    /// The track with this SID.
    pub(crate) fn track(&self, sid: &str) -> Option<&RemoteTrack> {
        self.members.values().find_map(|member| member.tracks.get(sid))
    }

    /// The identity behind a participant SID.
    pub(crate) fn identity(&self, sid: &str) -> Option<Arc<str>> {
        self.members.get(sid).map(|member| Arc::clone(&member.participant.identity))
    }

    /// The identities of all.
    pub(crate) fn identities(&self) -> Vec<&str> {
        self.members.values().map(|member| &*member.participant.identity).collect()
    }

    /// Who speaks, by identity. Unknown participants (such as ourselves) are left out.
    pub(crate) fn speakers(&self, speakers: &[proto::SpeakerInfo]) -> Vec<Speaker> {
        let named = |info: &proto::SpeakerInfo| {
            let identity = self.identity(&info.sid)?;
            Some(Speaker { identity, level: info.level, is_active: info.active })
        };
        speakers.iter().filter_map(named).collect()
    }

    /// What is to be asked of the server so that the wanted audio, and nothing else, is subscribed to. It counts as asked.
    pub(crate) fn subscription_change(&mut self, wanted: &Subscribe) -> SubscriptionChange {
        let tracks = self.members.values().flat_map(|member| member.tracks.values());
        let wanted: BTreeSet<String> = tracks
            .filter(|track| track.is_audio && wanted.wants(&track.identity))
            .map(|track| track.sid.to_string())
            .collect();
        let change = SubscriptionChange {
            begin: wanted.difference(&self.subscribed).cloned().collect(),
            // A track that is gone has ended by itself.
            end: self.subscribed.difference(&wanted).filter(|sid| self.track(sid).is_some()).cloned().collect(),
        };
        self.subscribed = wanted;
        change
    }

    /// The tracks that were asked for.
    pub(crate) fn subscribed(&self) -> Vec<String> {
        self.subscribed.iter().cloned().collect()
    }

    fn update_one(&mut self, info: &proto::ParticipantInfo) -> Vec<Event> {
        if info.state == State::Disconnected as i32 {
            return self.remove(&info.sid);
        }
        let known_version = self.members.get(&info.sid).map_or(0, |member| member.version);
        if info.version != 0 && info.version < known_version {
            return Vec::new();
        }
        let Some(mut events) = self.replace_identity(info) else { return Vec::new() };
        let participant = participant(info);
        match self.members.get_mut(&info.sid) {
            None => {
                let member = Member {
                    participant: participant.clone(),
                    tracks: BTreeMap::new(),
                    version: info.version,
                    joined_at_ms: info.joined_at_ms,
                };
                self.members.insert(info.sid.clone(), member);
                events.push(Event::ParticipantJoined(participant));
            }
            Some(member) => {
                member.version = info.version;
                if member.participant != participant {
                    member.participant = participant.clone();
                    events.push(Event::ParticipantChanged(participant));
                }
            }
        }
        if let Some(member) = self.members.get_mut(&info.sid) {
            events.extend(member.update_tracks(&info.tracks));
        }
        events
    }

    /// Takes away an earlier presence of the same identity: the server does not tell of its end when a new one takes its place.
    /// `None` when it is this one that is out of date.
    fn replace_identity(&mut self, info: &proto::ParticipantInfo) -> Option<Vec<Event>> {
        let mut others = self.members.iter();
        let other = others.find(|(sid, other)| **sid != info.sid && *other.participant.identity == *info.identity);
        match other {
            Some((_, other)) if other.joined_at_ms > info.joined_at_ms => None,
            Some((sid, _)) => {
                let sid = sid.clone();
                Some(self.remove(&sid))
            }
            None => Some(Vec::new()),
        }
    }

    fn remove(&mut self, sid: &str) -> Vec<Event> {
        let Some(member) = self.members.remove(sid) else { return Vec::new() };
        let RemoteParticipant { identity, sid, .. } = member.participant;
        let mut events: Vec<Event> = member.tracks.into_values().map(Event::TrackUnpublished).collect();
        events.push(Event::ParticipantLeft { identity, sid });
        events
    }
}

impl Member {
    fn update_tracks(&mut self, infos: &[proto::TrackInfo]) -> Vec<Event> {
        let mut events = Vec::new();
        let mut before = std::mem::take(&mut self.tracks);
        for info in infos {
            let track = track(&self.participant.identity, info);
            match before.remove(&info.sid) {
                None => events.push(Event::TrackPublished(track.clone())),
                Some(old) if old.is_muted != track.is_muted => {
                    events.push(Event::TrackMuted { track: track.clone(), is_muted: track.is_muted });
                }
                Some(_) => {}
            }
            self.tracks.insert(info.sid.clone(), track);
        }
        events.extend(before.into_values().map(Event::TrackUnpublished));
        events
    }
}

fn participant(info: &proto::ParticipantInfo) -> RemoteParticipant {
    let mut attributes: Vec<(String, String)> =
        info.attributes.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    attributes.sort();
    RemoteParticipant {
        identity: info.identity.as_str().into(),
        sid: info.sid.as_str().into(),
        name: info.name.clone(),
        kind: kind(info.kind),
        metadata: info.metadata.clone(),
        attributes,
    }
}

fn kind(kind: i32) -> ParticipantKind {
    match Kind::try_from(kind) {
        Ok(Kind::Standard) => ParticipantKind::Standard,
        Ok(Kind::Sip) => ParticipantKind::Sip,
        Ok(Kind::Agent) => ParticipantKind::Agent,
        Ok(Kind::Ingress) => ParticipantKind::Ingress,
        Ok(Kind::Egress) => ParticipantKind::Egress,
        _ => ParticipantKind::Other,
    }
}

fn track(identity: &Arc<str>, info: &proto::TrackInfo) -> RemoteTrack {
    RemoteTrack {
        identity: Arc::clone(identity),
        sid: info.sid.as_str().into(),
        name: info.name.clone(),
        is_audio: info.r#type == proto::TrackType::Audio as i32,
        source: match proto::TrackSource::try_from(info.source) {
            Ok(proto::TrackSource::Microphone) => TrackSource::Microphone,
            Ok(proto::TrackSource::ScreenShareAudio) => TrackSource::ScreenShareAudio,
            _ => TrackSource::Other,
        },
        is_muted: info.muted,
        is_encrypted: info.encryption != proto::encryption::Type::None as i32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audio(sid: &str, muted: bool) -> proto::TrackInfo {
        proto::TrackInfo { sid: sid.into(), muted, ..Default::default() }
    }

    fn info(sid: &str, identity: &str, version: u32, tracks: Vec<proto::TrackInfo>) -> proto::ParticipantInfo {
        let state = State::Active as i32;
        proto::ParticipantInfo {
            sid: sid.into(),
            identity: identity.into(),
            version,
            tracks,
            state,
            ..Default::default()
        }
    }

    fn names(events: &[Event]) -> Vec<String> {
        let name = |event: &Event| match event {
            Event::ParticipantJoined(participant) => format!("joined {}", participant.identity),
            Event::ParticipantChanged(participant) => format!("changed {}", participant.identity),
            Event::ParticipantLeft { identity, .. } => format!("left {identity}"),
            Event::TrackPublished(track) => format!("published {}", track.sid),
            Event::TrackUnpublished(track) => format!("unpublished {}", track.sid),
            Event::TrackMuted { track, is_muted } => format!("muted {} {is_muted}", track.sid),
            other => format!("{other:?}"),
        };
        events.iter().map(name).collect()
    }

    #[test]
    fn people_and_tracks_come_and_go() {
        let mut roster = Roster::default();
        let events = roster.update(&[info("PA_1", "ann", 1, vec![audio("TR_1", false)])]);
        assert_eq!(names(&events), ["joined ann", "published TR_1"]);
        let events = roster.update(&[info("PA_1", "ann", 2, vec![audio("TR_1", true), audio("TR_2", false)])]);
        assert_eq!(names(&events), ["muted TR_1 true", "published TR_2"]);
        let events = roster.update(&[info("PA_1", "ann", 3, vec![audio("TR_2", false)])]);
        assert_eq!(names(&events), ["unpublished TR_1"]);
        let mut gone = info("PA_1", "ann", 4, Vec::new());
        gone.state = State::Disconnected as i32;
        assert_eq!(names(&roster.update(&[gone])), ["unpublished TR_2", "left ann"]);
    }

    #[test]
    fn news_that_is_older_than_what_is_known_is_not_news() {
        let mut roster = Roster::default();
        roster.update(&[info("PA_1", "ann", 5, vec![audio("TR_1", false)])]);
        assert!(roster.update(&[info("PA_1", "ann", 4, Vec::new())]).is_empty());
        assert!(roster.track("TR_1").is_some());
    }

    #[test]
    fn a_new_presence_of_an_identity_takes_the_place_of_the_old_one() {
        let presence = |sid: &str, joined_at_ms, track: &str| proto::ParticipantInfo {
            joined_at_ms,
            ..info(sid, "ann", 1, vec![audio(track, false)])
        };
        let mut roster = Roster::default();
        roster.update(&[presence("PA_1", 100, "TR_1")]);
        let events = roster.update(&[presence("PA_2", 200, "TR_2")]);
        assert_eq!(names(&events), ["unpublished TR_1", "left ann", "joined ann", "published TR_2"]);
        let late = roster.update(&[presence("PA_1", 100, "TR_1")]);
        assert_eq!(names(&late), Vec::<String>::new());
    }

    #[test]
    fn after_a_full_reconnect_whoever_is_missing_has_left() {
        let mut roster = Roster::default();
        roster.update(&[info("PA_1", "ann", 9, Vec::new()), info("PA_2", "bob", 9, vec![audio("TR_2", false)])]);
        let events = roster.replace(&[info("PA_1", "ann", 1, vec![audio("TR_1", false)])]);
        assert_eq!(names(&events), ["unpublished TR_2", "left bob", "published TR_1"]);
    }

    #[test]
    fn after_a_resume_whoever_is_missing_has_left_and_subscriptions_stay() {
        let mut roster = Roster::default();
        let ann = info("PA_1", "ann", 1, vec![audio("TR_1", false)]);
        roster.update(&[ann.clone(), info("PA_2", "bob", 1, Vec::new())]);
        roster.subscription_change(&Subscribe::AllAudio);
        assert_eq!(names(&roster.complete(&[ann])), ["left bob"]);
        assert_eq!(roster.subscribed(), ["TR_1"]);
    }

    #[test]
    fn only_wanted_audio_is_subscribed_to_and_asked_for_once() {
        let mut roster = Roster::default();
        let video = proto::TrackInfo { sid: "TR_v".into(), r#type: proto::TrackType::Video as i32, ..audio("", false) };
        roster.update(&[
            info("PA_1", "ann", 1, vec![audio("TR_1", false), video]),
            info("PA_2", "bob", 1, vec![audio("TR_2", false)]),
        ]);
        let change = roster.subscription_change(&Subscribe::Only(vec!["ann".into()]));
        assert_eq!(change, SubscriptionChange { begin: vec!["TR_1".into()], end: Vec::new() });
        assert_eq!(roster.subscription_change(&Subscribe::Only(vec!["ann".into()])), SubscriptionChange::default());
        let change = roster.subscription_change(&Subscribe::AllAudio);
        assert_eq!(change, SubscriptionChange { begin: vec!["TR_2".into()], end: Vec::new() });
        let change = roster.subscription_change(&Subscribe::Nothing);
        assert_eq!(change.end, ["TR_1", "TR_2"]);
    }

    #[test]
    fn speakers_are_named_by_identity_and_strangers_left_out() {
        let mut roster = Roster::default();
        roster.update(&[info("PA_1", "ann", 1, Vec::new())]);
        let speaker = |sid: &str| proto::SpeakerInfo { sid: sid.into(), level: 0.5, active: true };
        let speakers = roster.speakers(&[speaker("PA_1"), speaker("PA_9")]);
        assert_eq!(speakers, [Speaker { identity: "ann".into(), level: 0.5, is_active: true }]);
    }
}
