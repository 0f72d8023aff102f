//! The tracks that we publish, as the server knows them.

use std::collections::BTreeMap;
use std::sync::Arc;

use livekit_protocol as proto;
use tokio::sync::{oneshot, watch};

use super::sections::cid;
use crate::error::PublishError;
use crate::local_track::TrackState;
use crate::options::{Audience, PublishOptions};
use crate::signal::message;

/// How many packets of each track may wait to be sent: half a second. They wait only while the session is busy.
const PACKETS: usize = 25;

/// Whoever asked for a track and waits for it, and what they are given.
pub(crate) type Waiting = oneshot::Sender<Result<Published, PublishError>>;

/// What a handle of a track needs to know: its place, and how it goes on with it.
pub(crate) type Published = (usize, watch::Receiver<TrackState>);

#[derive(Debug)]
struct OwnTrack {
    options: PublishOptions,
    /// The section of the media session that carries it, once the server was asked for it.
    section: Option<usize>,
    is_muted: bool,
    published: Option<proto::TrackInfo>,
    /// Whether the server took it down: it is not asked for again in this presence.
    is_taken_down: bool,
    state: watch::Sender<TrackState>,
    waiting: Option<Waiting>,
}

/// All of them, by a place that is never given twice.
#[derive(Debug, Default)]
pub(crate) struct OwnTracks {
    tracks: BTreeMap<usize, OwnTrack>,
    next: usize,
}

impl OwnTracks {
    /// One more track to publish.
    pub(crate) fn add(&mut self, options: PublishOptions, waiting: Option<Waiting>) -> Published {
        let index = self.next;
        self.next += 1;
        let (state, receiver) = watch::channel(TrackState { is_muted: options.is_muted, ..TrackState::default() });
        let track = OwnTrack {
            is_muted: options.is_muted,
            options,
            section: None,
            published: None,
            is_taken_down: false,
            state,
            waiting,
        };
        self.tracks.insert(index, track);
        (index, receiver)
    }

    /// A track is no longer to be published; returns the section that carries it.
    pub(crate) fn remove(&mut self, index: usize) -> Option<usize> {
        // Dropping it tells its handles.
        self.tracks.remove(&index)?.section
    }

    /// A new presence begins: nothing is published yet. What everybody may hear is asked for while joining and has the first
    /// sections; for the rest it must be said first who may hear it.
    pub(crate) fn begin_presence(&mut self) {
        self.tracks.retain(|_, track| !track.is_abandoned());
        let mut sections = 0..;
        for track in self.tracks.values_mut() {
            track.published = None;
            track.is_taken_down = false;
            track.section = if track.options.audience == Audience::Everybody { sections.next() } else { None };
            track.state.send_modify(|state| {
                state.sid = None;
                state.is_heard = false;
            });
        }
    }

    /// The same presence goes on. What the server had been asked for and had not yet answered is asked for anew; returns the
    /// sections of those.
    pub(crate) fn forget_unanswered(&mut self) -> Vec<usize> {
        let unanswered = self.tracks.values_mut().filter(|track| track.published.is_none() && !track.is_taken_down);
        unanswered.filter_map(|track| track.section.take()).collect()
    }

    /// What the tracks that are asked for while joining are called in offers, in the order of their sections.
    pub(crate) fn cids(&self) -> Vec<String> {
        self.tracks.values().filter_map(|track| track.section).map(cid).collect()
    }

    /// The requests to publish those, in their present state.
    pub(crate) fn requests(&self) -> Vec<proto::AddTrackRequest> {
        self.tracks.values().filter_map(OwnTrack::request).collect()
    }

    /// The tracks that the server has not been asked for.
    pub(crate) fn unasked(&self) -> Vec<usize> {
        self.tracks.iter().filter(|(_, track)| track.section.is_none()).map(|(index, _)| *index).collect()
    }

    /// The request to publish a track in this section.
    pub(crate) fn ask(&mut self, index: usize, section: usize) -> Option<proto::AddTrackRequest> {
        let track = self.tracks.get_mut(&index)?;
        track.section = Some(section);
        track.request()
    }

    /// What the server had said of them, for it to compare after a resume.
    pub(crate) fn published(&self) -> Vec<proto::TrackPublishedResponse> {
        let response = |track: &OwnTrack| {
            let (info, section) = (track.published.clone()?, track.section?);
            Some(proto::TrackPublishedResponse { cid: cid(section), track: Some(info) })
        };
        self.tracks.values().filter_map(response).collect()
    }

    /// The server has taken one in; returns its section.
    pub(crate) fn on_published(&mut self, response: proto::TrackPublishedResponse) -> Option<usize> {
        let info = response.track?;
        let track = self.tracks.values_mut().find(|track| track.is_called(&response.cid))?;
        track.state.send_modify(|state| state.sid = Some(Arc::from(info.sid.as_str())));
        track.published = Some(info);
        track.section
    }

    /// The server does not take a track in; returns whether somebody waited for it, and its section if so.
    pub(crate) fn on_refused(&mut self, cid: &str, message: &str) -> Option<usize> {
        let (index, track) = self.tracks.iter_mut().find(|(_, track)| track.is_called(cid))?;
        let waiting = track.waiting.take()?;
        // Whoever gave up waiting does not need to know.
        let _ = waiting.send(Err(PublishError::Refused { message: message.to_owned() }));
        let index = *index;
        self.remove(index)
    }

    /// Tells those who wait for tracks that are sent by now; returns the sections of tracks that nobody waits for any more.
    pub(crate) fn settle(&mut self, is_sending: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut abandoned = Vec::new();
        self.tracks.retain(|index, track| {
            let Some(section) = track.section.filter(|section| track.published.is_some() && is_sending(*section))
            else {
                return true;
            };
            let Some(waiting) = track.waiting.take() else { return true };
            let is_taken = waiting.send(Ok((*index, track.state.subscribe()))).is_ok();
            if !is_taken {
                abandoned.push(section);
            }
            is_taken
        });
        abandoned
    }

    /// Somebody subscribed to one.
    pub(crate) fn on_subscribed(&self, sid: &str) {
        if let Some(track) = self.index(sid).and_then(|index| self.tracks.get(&index)) {
            track.state.send_modify(|state| state.is_heard = true);
        }
    }

    /// The server has taken one down; returns its place.
    pub(crate) fn on_unpublished(&mut self, sid: &str) -> Option<usize> {
        let index = self.index(sid)?;
        let track = self.tracks.get_mut(&index)?;
        track.published = None;
        track.is_taken_down = true;
        Some(index)
    }

    /// Mutes or unmutes the track at this place; returns whether that is a change.
    pub(crate) fn set_muted(&mut self, index: usize, is_muted: bool) -> bool {
        let Some(track) = self.tracks.get_mut(&index) else { return false };
        let is_change = track.is_muted != is_muted;
        track.is_muted = is_muted;
        if let Some(info) = &mut track.published {
            info.muted = is_muted;
        }
        track.state.send_modify(|state| state.is_muted = is_muted);
        is_change
    }

    /// Says who may hear the track at this place.
    pub(crate) fn set_audience(&mut self, index: usize, audience: Audience) {
        if let Some(track) = self.tracks.get_mut(&index) {
            track.options.audience = audience;
        }
    }

    /// Who may hear what, by the server's ids; `None` for a track that has none yet.
    pub(crate) fn audiences(&self) -> impl Iterator<Item = (Option<&str>, &Audience)> {
        self.tracks.values().map(|track| (track.sid(), &track.options.audience))
    }

    /// The section that the packets of the track at this place go to; `None` while it is muted.
    pub(crate) fn audible_section(&self, index: usize) -> Option<usize> {
        self.tracks.get(&index).filter(|track| !track.is_muted)?.section
    }

    /// The server's ids of all of them with whether they are muted.
    pub(crate) fn mutes(&self) -> Vec<proto::MuteTrackRequest> {
        let mute =
            |track: &OwnTrack| Some(proto::MuteTrackRequest { sid: track.sid()?.to_owned(), muted: track.is_muted });
        self.tracks.values().filter_map(mute).collect()
    }

    /// The same for the one at this place.
    pub(crate) fn mute(&self, index: usize) -> Option<proto::MuteTrackRequest> {
        let track = self.tracks.get(&index)?;
        Some(proto::MuteTrackRequest { sid: track.sid()?.to_owned(), muted: track.is_muted })
    }

    /// How many packets may wait to be sent.
    pub(crate) fn outbox_capacity(&self) -> usize {
        PACKETS * self.tracks.len().max(1)
    }

    /// The place of the track with this id.
    pub(crate) fn index(&self, sid: &str) -> Option<usize> {
        self.tracks.iter().find(|(_, track)| track.sid() == Some(sid)).map(|(index, _)| *index)
    }
}

impl OwnTrack {
    fn sid(&self) -> Option<&str> {
        self.published.as_ref().map(|info| info.sid.as_str())
    }

    fn is_called(&self, name: &str) -> bool {
        self.section.is_some_and(|section| cid(section) == name)
    }

    fn request(&self) -> Option<proto::AddTrackRequest> {
        Some(message::add_track(&cid(self.section?), &self.options, self.is_muted))
    }

    fn is_abandoned(&self) -> bool {
        self.waiting.as_ref().is_some_and(oneshot::Sender::is_closed)
    }
}

impl Drop for OwnTrack {
    // Whatever the reason, nobody waits for it any longer.
    fn drop(&mut self) {
        self.state.send_modify(|state| state.is_ended = true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [usize; 0] = [];

    fn accepted(section: usize, sid: &str) -> proto::TrackPublishedResponse {
        let track = proto::TrackInfo { sid: sid.into(), ..Default::default() };
        proto::TrackPublishedResponse { cid: cid(section), track: Some(track) }
    }

    fn for_bob() -> PublishOptions {
        PublishOptions::new("briefing").audience(Audience::Only(vec!["bob".into()]))
    }

    #[test]
    fn what_not_everybody_may_hear_is_not_asked_for_while_joining() {
        let mut own = OwnTracks::default();
        for options in [PublishOptions::new("first"), for_bob(), PublishOptions::new("last")] {
            own.add(options, None);
        }
        own.begin_presence();
        assert_eq!(own.cids(), [cid(0), cid(1)]);
        let names: Vec<String> = own.requests().into_iter().map(|request| request.name).collect();
        assert_eq!(names, ["first", "last"]);
        assert_eq!(own.unasked(), [1]);
    }

    #[test]
    fn whoever_asked_is_told_once_it_is_sent() {
        let mut own = OwnTracks::default();
        let (done, mut waiting) = oneshot::channel();
        let (index, _) = own.add(PublishOptions::new("voice"), Some(done));
        assert_eq!(own.ask(index, 4).map(|request| request.cid), Some(cid(4)));
        assert_eq!(own.on_published(accepted(4, "TR_1")), Some(4));
        assert_eq!(own.settle(|_| false), NONE);
        assert!(waiting.try_recv().is_err());
        assert_eq!(own.settle(|section| section == 4), NONE);
        let (given, state) = waiting.try_recv().expect("it is sent").expect("it was taken in");
        assert_eq!((given, state.borrow().sid.as_deref()), (index, Some("TR_1")));
        assert_eq!(own.remove(index), Some(4));
        assert!(state.borrow().is_ended);
    }

    #[test]
    fn what_nobody_waits_for_any_more_is_given_up() {
        let mut own = OwnTracks::default();
        let (done, waiting) = oneshot::channel();
        let (index, _) = own.add(PublishOptions::new("voice"), Some(done));
        own.ask(index, 0);
        own.on_published(accepted(0, "TR_1"));
        drop(waiting);
        assert_eq!(own.settle(|_| true), [0]);
        assert_eq!(own.tracks.len(), 0);
    }

    #[test]
    fn a_refusal_is_told_to_whoever_asked() {
        let mut own = OwnTracks::default();
        let (done, mut waiting) = oneshot::channel();
        let (index, _) = own.add(PublishOptions::new("voice"), Some(done));
        own.ask(index, 2);
        assert_eq!(own.on_refused(&cid(2), "no"), Some(2));
        assert!(matches!(waiting.try_recv(), Ok(Err(PublishError::Refused { message })) if message == "no"));
        assert_eq!(own.tracks.len(), 0);
        own.add(PublishOptions::new("from the start"), None);
        own.begin_presence();
        assert_eq!(own.on_refused(&cid(0), "no"), None, "nobody waits for what is published while joining");
        assert_eq!(own.tracks.len(), 1);
    }

    #[test]
    fn after_a_resume_the_unanswered_are_asked_for_anew() {
        let mut own = OwnTracks::default();
        own.add(PublishOptions::new("voice"), None);
        own.begin_presence();
        own.on_published(accepted(0, "TR_1"));
        let (index, _) = own.add(PublishOptions::new("music"), None);
        own.ask(index, 1);
        assert_eq!(own.forget_unanswered(), [1]);
        assert_eq!(own.unasked(), [index]);
        assert_eq!(own.published().len(), 1);
    }
}
