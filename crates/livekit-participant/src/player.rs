//! Playing packets into a track at the right time.

use std::time::Duration;

use bytes::Bytes;
use thiserror::Error;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::error::SendError;
use crate::local_track::{AudioLevel, LocalTrack, OpusPacket};
use crate::opus::{self, OpusError, SAMPLE_RATE};
use crate::rebase::StreamId;

/// How far behind the clock playing may fall before it gives up catching up. Beyond that, a burst of packets would only be
/// thrown away by the receivers.
const LAG_LIMIT: Duration = Duration::from_millis(200);

/// Plays Opus packets into a [`LocalTrack`], each at its time.
///
/// Deadlines are absolute and follow from the durations of the packets (RFC 6716 §3.1), so no drift gathers, however late the
/// single wake-up is. One player may play one thing after another; to those who listen it is one stream.
///
/// ```no_run
/// # use livekit_participant::{LocalTrack, Player, PlayError};
/// # use std::time::Duration;
/// # async fn announce(track: LocalTrack, packets: Vec<bytes::Bytes>) -> Result<(), PlayError> {
/// // What is played before somebody listens is heard by nobody.
/// track.wait_until_heard(Duration::from_secs(2)).await;
/// Player::new(track).play(packets).await
/// # }
/// ```
#[derive(Debug)]
pub struct Player {
    track: LocalTrack,
    stream: StreamId,
    sequence: u64,
    timestamp: u64,
    level: Option<AudioLevel>,
}

/// Why something was not played to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PlayError {
    /// The participant has ended.
    #[error("the track takes no more packets")]
    Send(#[from] SendError),
    /// A packet is not Opus.
    #[error("a packet is not Opus")]
    Packet(#[from] OpusError),
}

impl Player {
    /// A player for this track. Packets bear no level, so it does not count as speaking.
    pub fn new(track: LocalTrack) -> Self {
        Self { track, stream: StreamId::unique(), sequence: 0, timestamp: 0, level: None }
    }

    /// Lets all packets bear this level, so that the player counts as speaking.
    #[must_use]
    pub fn with_level(mut self, level: AudioLevel) -> Self {
        self.level = Some(level);
        self
    }

    /// The track it plays into.
    pub fn track(&self) -> &LocalTrack {
        &self.track
    }

    /// Plays packets, and returns when the last one has had its time. Cancelling it stops at once.
    ///
    /// # Errors
    /// [`PlayError`] when the participant ends, or at a packet that is not Opus.
    pub async fn play(&mut self, packets: impl IntoIterator<Item = Bytes>) -> Result<(), PlayError> {
        let mut due = self.begin();
        for packet in packets {
            self.play_one(&mut due, packet).await?;
        }
        tokio::time::sleep_until(due).await;
        Ok(())
    }

    /// Plays packets as they come, each at its time, and returns when there will be no more and the last one has had its time.
    /// Where one comes too late there is a pause. Cancelling it stops at once.
    ///
    /// # Errors
    /// [`PlayError`] when the participant ends, or at a packet that is not Opus.
    pub async fn play_as_they_come(&mut self, packets: &mut mpsc::Receiver<Bytes>) -> Result<(), PlayError> {
        let mut due = self.begin();
        while let Some(packet) = packets.recv().await {
            self.play_one(&mut due, packet).await?;
        }
        tokio::time::sleep_until(due).await;
        Ok(())
    }

    /// What came before has ended; the pause since then is kept by the track.
    fn begin(&mut self) -> Instant {
        self.stream = StreamId::unique();
        Instant::now()
    }

    async fn play_one(&mut self, due: &mut Instant, packet: Bytes) -> Result<(), PlayError> {
        let samples = opus::duration(&packet)?;
        tokio::time::sleep_until(*due).await;
        if due.elapsed() > LAG_LIMIT {
            // The whole process was held up, or the packet came late: go on from here, as a new run of sound.
            *due = self.begin();
        }
        self.send(packet, samples)?;
        *due += duration(samples);
        Ok(())
    }

    fn send(&mut self, payload: Bytes, samples: u32) -> Result<(), SendError> {
        let Self { stream, sequence, timestamp, level, .. } = *self;
        self.sequence += 1;
        self.timestamp += u64::from(samples);
        self.track.send(OpusPacket { stream, sequence, timestamp, level, payload })
    }
}

/// Samples at 48 kHz as time.
fn duration(samples: u32) -> Duration {
    Duration::from_secs(1) * samples / SAMPLE_RATE
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::{mpsc, watch};

    use super::*;
    use crate::local_track::TrackState;
    use crate::queue::Queue;

    fn track() -> LocalTrack {
        LocalTrack {
            index: 0,
            name: "test".into(),
            outbox: Arc::new(Queue::new(100)),
            state: watch::channel(TrackState::default()).1,
            commands: mpsc::channel(1).0,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn packets_take_as_long_as_they_last() {
        let begin = Instant::now();
        let mut player = Player::new(track());
        let packets = vec![Bytes::from_static(opus::SILENCE_20_MS); 50];
        assert_eq!(player.play(packets).await, Ok(()));
        let took = begin.elapsed();
        assert!(took >= Duration::from_secs(1) && took < Duration::from_millis(1010), "it took {took:?}");
        let first = player.track.outbox.pop().expect("it was sent");
        let second = player.track.outbox.pop().expect("it was sent");
        assert_eq!(second.packet.sequence - first.packet.sequence, 1);
        assert_eq!(second.packet.timestamp - first.packet.timestamp, 960);
    }

    #[tokio::test(start_paused = true)]
    async fn packets_that_come_late_make_a_pause() {
        let begin = Instant::now();
        let mut player = Player::new(track());
        let (give, mut packets) = mpsc::channel(100);
        let giving = async move {
            for number in 0..20 {
                give.send(Bytes::from_static(opus::SILENCE_20_MS)).await.expect("somebody plays");
                if number == 9 {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        };
        let (outcome, ()) = tokio::join!(player.play_as_they_come(&mut packets), giving);
        assert_eq!(outcome, Ok(()));
        let took = begin.elapsed().as_millis();
        assert!((1200..1220).contains(&took), "ten packets, a pause to the end of a second, ten packets: {took} ms");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_opus_is_refused_and_an_ended_track_too() {
        let mut player = Player::new(track());
        assert!(matches!(player.play([Bytes::new()]).await, Err(PlayError::Packet(_))));
        player.track.outbox.close();
        let packet = Bytes::from_static(opus::SILENCE_20_MS);
        assert_eq!(player.play([packet]).await, Err(PlayError::Send(SendError::Ended)));
    }
}
