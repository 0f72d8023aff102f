//! One participant's sound in another room, without transcoding.
//!
//! The SFU does not hand audio levels on to subscribers, so a relayed speaker would never count as speaking in the other room.
//! The relay therefore takes the levels that the first room's server tells ([`Event::Speakers`]) and puts them on the packets.

use crate::error::SendError;
use crate::event::{AudioPacket, Event, Events, Speaker};
use crate::local_track::{AudioLevel, LocalTrack, OpusPacket};

/// Relays one identity's sound from the room that the events come from into a track of another room.
///
/// ```no_run
/// # use livekit_participant::{Events, LocalTrack, Relay};
/// # async fn example(here: Events, there: LocalTrack) {
/// // Two of these, one for each direction, put one leg into two rooms.
/// Relay::new("phone-7", there).run(here).await;
/// # }
/// ```
#[derive(Debug)]
pub struct Relay {
    identity: String,
    to: LocalTrack,
    level: AudioLevel,
}

impl Relay {
    /// Relays what this identity says into this track.
    pub fn new(identity: impl Into<String>, to: LocalTrack) -> Self {
        Self { identity: identity.into(), to, level: AudioLevel::SILENCE }
    }

    /// Takes one event of the first room. Returns whether a packet was relayed.
    ///
    /// # Errors
    /// [`SendError::Ended`] when the participant in the other room has ended.
    pub fn on_event(&mut self, event: &Event) -> Result<bool, SendError> {
        match event {
            Event::Audio(packet) if *packet.identity == *self.identity => {
                self.to.send(self.relayed(packet)).map(|()| true)
            }
            Event::Speakers(speakers) => {
                self.on_speakers(speakers);
                Ok(false)
            }
            Event::ParticipantLeft { identity, .. } if **identity == *self.identity => {
                self.level = AudioLevel::SILENCE;
                Ok(false)
            }
            _ => Ok(false),
        }
    }

    /// Relays until either side ends.
    pub async fn run(mut self, mut events: Events) {
        let to = self.to.clone();
        let relay = async {
            while let Some(event) = events.next().await {
                if self.on_event(&event).is_err() {
                    return;
                }
            }
        };
        tokio::select! {
            () = relay => {}
            () = to.ended() => {}
        }
    }

    fn relayed(&self, packet: &AudioPacket) -> OpusPacket {
        OpusPacket {
            stream: packet.stream,
            sequence: packet.sequence,
            timestamp: packet.timestamp,
            level: Some(self.level),
            payload: packet.payload.clone(),
        }
    }

    fn on_speakers(&mut self, speakers: &[Speaker]) {
        for speaker in speakers.iter().filter(|speaker| *speaker.identity == *self.identity) {
            self.level = if speaker.is_active { AudioLevel::from_linear(speaker.level) } else { AudioLevel::SILENCE };
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Instant;

    use bytes::Bytes;
    use tokio::sync::{mpsc, watch};

    use super::*;
    use crate::local_track::TrackState;
    use crate::queue::Queue;
    use crate::rebase::StreamId;

    fn track() -> LocalTrack {
        LocalTrack {
            index: 0,
            name: "relay".into(),
            outbox: Arc::new(Queue::new(10)),
            state: watch::channel(TrackState::default()).1,
            commands: mpsc::channel(1).0,
        }
    }

    fn audio(identity: &str) -> Event {
        Event::Audio(AudioPacket {
            identity: identity.into(),
            track_sid: "TR_1".into(),
            stream: StreamId::unique(),
            sequence: 7,
            timestamp: 960,
            received_at: Instant::now(),
            payload: Bytes::from_static(b"opus"),
        })
    }

    fn speaks(identity: &str, level: f32, is_active: bool) -> Event {
        Event::Speakers(vec![Speaker { identity: identity.into(), level, is_active }])
    }

    #[test]
    fn one_voice_is_relayed_with_its_level_and_others_are_not() {
        let track = track();
        let mut relay = Relay::new("ann", track.clone());
        assert_eq!(relay.on_event(&audio("bob")), Ok(false));
        assert_eq!(relay.on_event(&audio("ann")), Ok(true));
        let events = [speaks("ann", 0.1, true), speaks("bob", 1.0, true), audio("ann"), speaks("ann", 0.1, false)];
        for event in events.iter().chain([&audio("ann")]) {
            relay.on_event(event).expect("the track is open");
        }
        let levels: Vec<i8> = std::iter::from_fn(|| track.outbox.pop())
            .filter_map(|outgoing| outgoing.packet.level)
            .map(AudioLevel::dbov)
            .collect();
        assert_eq!(levels, [-127, -20, -127]);
    }

    #[test]
    fn an_ended_room_ends_the_relay() {
        let track = track();
        track.outbox.close();
        assert_eq!(Relay::new("ann", track).on_event(&audio("ann")), Err(SendError::Ended));
    }
}
