//! Ears in rooms of LiveKit.

use async_trait::async_trait;
use livekit_participant::opus::Packet;
use livekit_participant::{AudioPacket, Event, Events, JoinOptions, Participant, RemoteTrack, Subscribe};
use tracing::{debug, info};

use super::participation::Source;
use crate::server::ports::listening::{RoomEar, RoomPacket, RoomSound};
use crate::server::ports::participation::ParticipationError;

/// Somebody in a room who publishes nothing.
pub(super) struct LiveKitRoomEar {
    participant: Participant,
    events: Events,
}

impl LiveKitRoomEar {
    pub async fn join(url: &str, tokens: Source) -> Result<Box<dyn RoomEar>, ParticipationError> {
        let options = JoinOptions::new(url, tokens).subscribe(Subscribe::AllAudio);
        let (participant, events) =
            Participant::join(options).await.map_err(|error| ParticipationError::Join(Box::new(error)))?;
        info!(room = &*participant.connected().room, "Listening in a room");
        Ok(Box::new(Self { participant, events }))
    }
}

#[async_trait]
impl RoomEar for LiveKitRoomEar {
    async fn next(&mut self) -> Option<RoomSound> {
        loop {
            match self.events.next().await? {
                Event::Audio(packet) => {
                    if let Some(packet) = heard(packet) {
                        return Some(RoomSound::Packet(packet));
                    }
                }
                Event::TrackPublished(track) | Event::TrackMuted { track, .. } if track.is_audio => {
                    return Some(muted(track));
                }
                Event::TrackUnpublished(track) if track.is_audio => return Some(RoomSound::Gone(track.identity)),
                Event::ParticipantLeft { identity, .. } => return Some(RoomSound::Gone(identity)),
                Event::Ended(reason) => {
                    info!(reason = %reason, "Listening has ended");
                    return None;
                }
                Event::Reconnecting(loss) => info!(?loss, "Getting back into the room"),
                other => debug!(?other, "Nothing to do with what is heard"),
            }
        }
    }

    async fn leave(self: Box<Self>) {
        self.participant.leave().await;
    }
}

/// Nothing when it is no Opus: whoever sends such a thing is not heard.
fn heard(packet: AudioPacket) -> Option<RoomPacket> {
    let parsed = Packet::parse(&packet.payload).ok()?;
    let (duration, voice) = (parsed.duration(), parsed.voice_flag());
    Some(RoomPacket {
        identity: packet.identity,
        run: packet.stream.number(),
        sequence: packet.sequence,
        timestamp: packet.timestamp,
        duration,
        age: packet.received_at.elapsed(),
        voice,
        payload: packet.payload,
    })
}

fn muted(track: RemoteTrack) -> RoomSound {
    RoomSound::Muted { identity: track.identity, is_muted: track.is_muted }
}
