//! Tracks that we publish.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, watch};

use crate::error::SendError;
use crate::options::Audience;
use crate::queue::{Expendable, Queue};
use crate::rebase::StreamId;
use crate::session::shared::Command;

/// One Opus packet to send, and where it stands in the source that it comes from.
///
/// Sources may change at any time. Within one source, gaps between numbers are kept, because they mean something: loss, or
/// silence that was not sent (DTX). From one source to the next the published stream goes on without a jump.
#[derive(Debug, Clone)]
pub struct OpusPacket {
    /// The source.
    pub stream: StreamId,
    /// The packet's number in its source, one more for each.
    pub sequence: u64,
    /// When the packet begins in its source, in samples at 48 kHz.
    pub timestamp: u64,
    /// How loud it is, for those who show who speaks; `None` for what is no voice, such as music.
    pub level: Option<AudioLevel>,
    /// The Opus packet (RFC 6716 §3).
    pub payload: Bytes,
}

/// How loud a packet is (RFC 6464).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AudioLevel(i8);

impl AudioLevel {
    /// No sound at all.
    pub const SILENCE: Self = Self(-127);

    /// A level in decibels below the loudest possible, from 0 (loudest) to −127 (silence); what is beyond is cut.
    pub fn from_dbov(level: i8) -> Self {
        Self(level.clamp(-127, 0))
    }

    /// A loudness between 0.0 and 1.0, as [`Speaker::level`](crate::Speaker::level) tells it.
    #[expect(clippy::cast_possible_truncation, reason = "clamped to the range of the type")]
    pub fn from_linear(level: f32) -> Self {
        if level > 0.0 { Self((20.0 * level.log10()).clamp(-127.0, 0.0).round() as i8) } else { Self::SILENCE }
    }

    /// In decibels, 0 to −127.
    pub fn dbov(self) -> i8 {
        self.0
    }

    /// Whether it is worth calling a voice: anything above silence.
    pub(crate) fn is_voice(self) -> bool {
        self > Self::SILENCE
    }
}

/// What the server knows of a track of ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TrackState {
    /// The id that the server gave to it; another one after a full reconnect.
    pub(crate) sid: Option<Arc<str>>,
    /// Whether somebody has subscribed to it since then.
    pub(crate) is_heard: bool,
    /// Whether it is muted.
    pub(crate) is_muted: bool,
    /// Whether it is published no longer, or the participant has ended.
    pub(crate) is_ended: bool,
}

/// A packet on its way to the session, with the place of its track.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) index: usize,
    pub(crate) packet: OpusPacket,
}

impl Expendable for Outgoing {
    fn is_expendable(&self) -> bool {
        true
    }
}

/// A track of ours. It may be cloned and given away; it does not keep the participant alive.
#[derive(Debug, Clone)]
pub struct LocalTrack {
    pub(crate) index: usize,
    pub(crate) name: Arc<str>,
    pub(crate) outbox: Arc<Queue<Outgoing>>,
    pub(crate) state: watch::Receiver<TrackState>,
    pub(crate) commands: mpsc::Sender<Command>,
}

impl LocalTrack {
    /// The name it was published with.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its place among all tracks that the participant ever published, beginning with those of the options.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The id that the server gave to it. It changes with a full reconnect.
    pub fn sid(&self) -> Option<Arc<str>> {
        self.state.borrow().sid.clone()
    }

    /// Whether it is muted.
    pub fn is_muted(&self) -> bool {
        self.state.borrow().is_muted
    }

    /// Hands one packet over to be sent now: it does not wait, and pacing is up to the caller (see [`Player`](crate::Player)).
    /// While the track is muted or the connection is down, packets are lost.
    ///
    /// # Errors
    /// [`SendError::Ended`] when the track or the participant has ended.
    pub fn send(&self, packet: OpusPacket) -> Result<(), SendError> {
        if self.outbox.is_closed() || self.state.borrow().is_ended {
            return Err(SendError::Ended);
        }
        self.outbox.push(Outgoing { index: self.index, packet });
        Ok(())
    }

    /// Mutes or unmutes the track for everybody. While muted nothing is sent.
    ///
    /// # Errors
    /// [`SendError::Ended`] when the participant has ended.
    pub async fn set_muted(&self, is_muted: bool) -> Result<(), SendError> {
        self.commands.send(Command::Mute(self.index, is_muted)).await.map_err(|_| SendError::Ended)
    }

    /// Says who may hear the track from now on. The server takes the sound away from whoever may no longer hear it, and says
    /// nothing of when it has done so; to be sure of the first word, publish another track with its own [`Audience`].
    ///
    /// # Errors
    /// [`SendError::Ended`] when the participant has ended.
    pub async fn set_audience(&self, audience: Audience) -> Result<(), SendError> {
        self.commands.send(Command::Audience(self.index, audience)).await.map_err(|_| SendError::Ended)
    }

    /// Publishes the track no longer. All its handles have ended then.
    ///
    /// # Errors
    /// [`SendError::Ended`] when the participant has ended.
    pub async fn unpublish(self) -> Result<(), SendError> {
        self.commands.send(Command::Unpublish(self.index)).await.map_err(|_| SendError::Ended)
    }

    /// Waits until somebody has subscribed to the track, or the time is over; tells which. What is sent before that is heard by
    /// nobody: an announcement that does not wait loses its first words.
    pub async fn wait_until_heard(&self, limit: Duration) -> bool {
        let mut state = self.state.clone();
        let heard =
            async { state.wait_for(|state| state.is_heard || state.is_ended).await.map(|state| state.is_heard) };
        matches!(tokio::time::timeout(limit, heard).await, Ok(Ok(true)))
    }

    /// Waits until the track is published no longer, or the participant has ended.
    pub async fn ended(&self) {
        // An error says that the session is gone, which is the same.
        let _ = self.state.clone().wait_for(|state| state.is_ended).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_keep_to_their_range() {
        assert_eq!(AudioLevel::from_dbov(5).dbov(), 0);
        assert_eq!(AudioLevel::from_dbov(-128), AudioLevel::SILENCE);
        assert_eq!(AudioLevel::from_linear(1.0).dbov(), 0);
        assert_eq!(AudioLevel::from_linear(0.1).dbov(), -20);
        assert_eq!(AudioLevel::from_linear(0.0), AudioLevel::SILENCE);
        assert_eq!(AudioLevel::from_linear(f32::NAN), AudioLevel::SILENCE);
        assert!(!AudioLevel::SILENCE.is_voice());
    }
}
