//! Rooms of LiveKit to take part in.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use livekit_participant::ogg::Clip;
use livekit_participant::opus::{FRAME_20_MS, SAMPLE_RATE, SILENCE_20_MS};
use livekit_participant::{
    Audience, AudioLevel, Event, Events, JoinOptions, Participant, Player, PublishOptions, RemoteTrack, Subscribe,
    TokenError, TokenFuture, TokenSource,
};
use tokio::sync::mpsc;
use tracing::{debug, info};

use super::bridging::LiveKitBridge;
use super::listening::LiveKitRoomEar;
use crate::server::config::LiveKitConfig;
use crate::server::ports::bridging::{Bridge, BridgeEnds};
use crate::server::ports::listening::RoomEar;
use crate::server::ports::participation::{
    Broadcast, Ear, Noticed, Packets, Participation, ParticipationError, Presence, Speaker, Stage, Tokens, Voice,
};

/// How loud speech is said to be, for those who show who speaks: the recordings are levelled to about this.
const SPEECH_DBOV: i8 = -20;

/// A LiveKit server to take part at.
#[derive(Clone, Debug)]
pub struct LiveKitRooms {
    url: String,
}

impl LiveKitRooms {
    /// The server that the configuration names.
    pub fn new(config: &LiveKitConfig) -> Self {
        Self { url: config.url.clone() }
    }
}

#[async_trait]
impl Participation for LiveKitRooms {
    async fn join(&self, tokens: Tokens) -> Result<Presence, ParticipationError> {
        let options = JoinOptions::new(&self.url, Source(tokens))
            .publish(PublishOptions::new("microphone"))
            .subscribe(Subscribe::AllAudio);
        let (participant, events) =
            Participant::join(options).await.map_err(|error| ParticipationError::Join(Box::new(error)))?;
        let track = participant.track(0).ok_or(ParticipationError::Ended)?.clone();
        info!(room = &*participant.connected().room, identity = &*participant.connected().identity, "Joined a room");
        let voice = LiveKitVoice {
            participant,
            speech: Player::new(track.clone()).with_level(AudioLevel::from_dbov(SPEECH_DBOV)),
            silence: Player::new(track).with_level(AudioLevel::SILENCE),
        };
        Ok(Presence { voice: Box::new(voice), ear: Box::new(LiveKitEar { events }) })
    }

    async fn broadcast(&self, tokens: Tokens, broadcast: Broadcast) -> Result<Stage, ParticipationError> {
        let track = PublishOptions::new(broadcast.name).audience(Audience::Only(broadcast.hearers));
        let track = if broadcast.is_stereo { track.stereo() } else { track };
        let options = JoinOptions::new(&self.url, Source(tokens)).publish(track).subscribe(Subscribe::Nothing);
        let (participant, events) =
            Participant::join(options).await.map_err(|error| ParticipationError::Join(Box::new(error)))?;
        let player = Player::new(participant.track(0).ok_or(ParticipationError::Ended)?.clone());
        info!(room = &*participant.connected().room, identity = &*participant.connected().identity, "Joined a room");
        Ok(Stage { speaker: Box::new(LiveKitSpeaker { participant, player }), ear: Box::new(LiveKitEar { events }) })
    }

    async fn bridge(&self, ends: BridgeEnds) -> Result<Box<dyn Bridge>, ParticipationError> {
        LiveKitBridge::join(&self.url, ends).await
    }

    async fn listen(&self, tokens: Tokens) -> Result<Box<dyn RoomEar>, ParticipationError> {
        LiveKitRoomEar::join(&self.url, Source(tokens)).await
    }
}

pub(super) struct Source(pub Tokens);

impl TokenSource for Source {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(async { (self.0)().await.map_err(|error| TokenError::new(error.to_string())) })
    }
}

struct LiveKitVoice {
    participant: Participant,
    speech: Player,
    silence: Player,
}

#[async_trait]
impl Voice for LiveKitVoice {
    async fn say(&mut self, clip: &Clip) -> Result<(), ParticipationError> {
        self.speech.play(clip.once().map(|piece| piece.packet)).await.map_err(|_| ParticipationError::Ended)
    }

    async fn be_quiet(&mut self, span: Duration) -> Result<(), ParticipationError> {
        let frames = span.as_millis() * u128::from(SAMPLE_RATE / FRAME_20_MS) / 1000;
        let packets = (0..frames).map(|_| SILENCE_20_MS.into());
        self.silence.play(packets).await.map_err(|_| ParticipationError::Ended)
    }

    async fn leave(self: Box<Self>) {
        self.participant.leave().await;
    }
}

struct LiveKitSpeaker {
    participant: Participant,
    player: Player,
}

#[async_trait]
impl Speaker for LiveKitSpeaker {
    async fn play(&mut self, packets: &mut Packets<'_>) -> Result<(), ParticipationError> {
        self.player.play(packets).await.map_err(|_| ParticipationError::Ended)
    }

    async fn play_as_they_come(&mut self, packets: &mut mpsc::Receiver<Bytes>) -> Result<(), ParticipationError> {
        self.player.play_as_they_come(packets).await.map_err(|_| ParticipationError::Ended)
    }

    async fn wait_until_heard(&self, limit: Duration) -> bool {
        self.player.track().wait_until_heard(limit).await
    }

    async fn leave(self: Box<Self>) {
        self.participant.leave().await;
    }
}

struct LiveKitEar {
    events: Events,
}

#[async_trait]
impl Ear for LiveKitEar {
    async fn next(&mut self) -> Option<Noticed> {
        loop {
            match self.events.next().await? {
                Event::Audio(packet) => return Some(Noticed::Sound(packet.identity)),
                Event::TrackPublished(track) | Event::TrackMuted { track, .. } if track.is_audio => {
                    return Some(noticed(track));
                }
                Event::TrackUnpublished(track) if track.is_audio => return Some(Noticed::Gone(track.identity)),
                Event::ParticipantLeft { identity, .. } => return Some(Noticed::Gone(identity)),
                Event::Ended(reason) => {
                    info!(reason = %reason, "The participation has ended");
                    return None;
                }
                Event::Reconnecting(loss) => info!(?loss, "Getting back into the room"),
                other => debug!(?other, "Nothing to do with what is heard"),
            }
        }
    }
}

pub(super) fn noticed(track: RemoteTrack) -> Noticed {
    if track.is_muted { Noticed::Muted(track.identity) } else { Noticed::NotMuted(track.identity) }
}
