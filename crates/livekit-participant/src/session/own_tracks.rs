//! The tracks that we publish, as the server knows them.

use std::sync::Arc;

use livekit_protocol as proto;

use super::shared::Shared;
use crate::options::PublishOptions;
use crate::signal::message;

#[derive(Debug)]
struct OwnTrack {
    cid: String,
    options: PublishOptions,
    is_muted: bool,
    published: Option<proto::TrackInfo>,
}

/// All of them, in the order of the options.
#[derive(Debug)]
pub(crate) struct OwnTracks {
    tracks: Vec<OwnTrack>,
}

impl OwnTracks {
    pub(crate) fn new(publish: &[PublishOptions]) -> Self {
        let track = |(index, options): (usize, &PublishOptions)| OwnTrack {
            cid: format!("audio-{index}"),
            options: options.clone(),
            is_muted: options.is_muted,
            published: None,
        };
        Self { tracks: publish.iter().enumerate().map(track).collect() }
    }

    /// What the tracks are called in offers.
    pub(crate) fn cids(&self) -> Vec<String> {
        self.tracks.iter().map(|track| track.cid.clone()).collect()
    }

    /// The requests to publish them, in their present state.
    pub(crate) fn requests(&self) -> Vec<proto::AddTrackRequest> {
        self.tracks.iter().map(|track| message::add_track(&track.cid, &track.options, track.is_muted)).collect()
    }

    /// What the server had said of them, for it to compare after a resume.
    pub(crate) fn published(&self) -> Vec<proto::TrackPublishedResponse> {
        let response = |track: &OwnTrack| {
            let info = track.published.clone()?;
            Some(proto::TrackPublishedResponse { cid: track.cid.clone(), track: Some(info) })
        };
        self.tracks.iter().filter_map(response).collect()
    }

    /// A new presence begins: nothing is published yet.
    pub(crate) fn forget_published(&mut self, shared: &Shared) {
        for (index, track) in self.tracks.iter_mut().enumerate() {
            track.published = None;
            if let Some(state) = shared.tracks.get(index) {
                state.send_modify(|state| {
                    state.sid = None;
                    state.is_heard = false;
                });
            }
        }
    }

    /// The server has published one.
    pub(crate) fn on_published(&mut self, shared: &Shared, response: proto::TrackPublishedResponse) {
        let Some(index) = self.tracks.iter().position(|track| track.cid == response.cid) else { return };
        let (Some(info), Some(state)) = (response.track, shared.tracks.get(index)) else { return };
        state.send_modify(|state| state.sid = Some(Arc::from(info.sid.as_str())));
        if let Some(track) = self.tracks.get_mut(index) {
            track.published = Some(info);
        }
    }

    /// Somebody subscribed to one.
    pub(crate) fn on_subscribed(&self, shared: &Shared, sid: &str) {
        if let Some(state) = self.index(sid).and_then(|index| shared.tracks.get(index)) {
            state.send_modify(|state| state.is_heard = true);
        }
    }

    /// The server has taken one down; returns its place.
    pub(crate) fn on_unpublished(&mut self, sid: &str) -> Option<usize> {
        let index = self.index(sid)?;
        self.tracks.get_mut(index)?.published = None;
        Some(index)
    }

    /// Mutes or unmutes the track at this place; returns whether that is a change.
    pub(crate) fn set_muted(&mut self, shared: &Shared, index: usize, is_muted: bool) -> bool {
        let Some(track) = self.tracks.get_mut(index) else { return false };
        let is_change = track.is_muted != is_muted;
        track.is_muted = is_muted;
        if let Some(info) = &mut track.published {
            info.muted = is_muted;
        }
        if let Some(state) = shared.tracks.get(index) {
            state.send_modify(|state| state.is_muted = is_muted);
        }
        is_change
    }

    pub(crate) fn is_muted(&self, index: usize) -> bool {
        self.tracks.get(index).is_some_and(|track| track.is_muted)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.tracks.len()
    }

    /// The server's id of the track at this place.
    pub(crate) fn sid(&self, index: usize) -> Option<String> {
        Some(self.tracks.get(index)?.published.as_ref()?.sid.clone())
    }

    /// The place of the track with this id.
    pub(crate) fn index(&self, sid: &str) -> Option<usize> {
        self.tracks.iter().position(|track| track.published.as_ref().is_some_and(|info| info.sid == sid))
    }
}
