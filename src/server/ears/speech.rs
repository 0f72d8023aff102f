//! What one speaker says as samples, for speech recognition: as they come, for recognisers that take a stream, and cut into
//! utterances, for those that take pieces.

use std::collections::VecDeque;
use std::time::Duration;

use baton_domain::time::{Span, Timestamp};
use livekit_participant::speech::{DecodeError, SpeechOptions, Utterances};
use livekit_participant::voice_activity::Activity;
use tracing::debug;

use super::stream::{Heard, HeardPacket, LegStream, Source};

/// How often somebody in mid-utterance is looked after while no packets come: they may have muted themselves.
const LOOK: Duration = Duration::from_millis(200);
/// Samples of position (48 kHz) in a millisecond.
const PER_MS: u64 = 48;

/// What is said by one speaker.
#[derive(Debug)]
pub enum Speech {
    /// Samples in one channel at 16 kHz, speech or not. They follow those before without a seam, unless `at` says that
    /// there is a hole.
    Samples {
        /// When the first was spoken.
        at: Timestamp,
        /// The samples.
        pcm: Vec<i16>,
    },
    /// They have said something, up to a pause.
    Said {
        /// When it began, with a little silence before.
        started_at: Timestamp,
        /// When it ended.
        ended_at: Timestamp,
    },
}

/// What one speaker says, from what is heard of them.
#[derive(Debug)]
pub struct SpeechStream {
    heard: LegStream,
    utterances: Utterances,
    said: VecDeque<Speech>,
    /// Where the newest sound ended, moved on while none comes.
    now: u64,
}

impl SpeechStream {
    /// Decodes and cuts what is heard of a speaker.
    pub fn new(heard: LegStream, options: &SpeechOptions) -> Result<Self, DecodeError> {
        Ok(Self { heard, utterances: Utterances::new(options)?, said: VecDeque::new(), now: 0 })
    }

    /// Whose speech it is.
    pub fn source(&self) -> &Source {
        self.heard.source()
    }

    /// How many packets were forgotten because they were not taken in time.
    pub fn dropped(&self) -> u64 {
        self.heard.dropped()
    }

    /// What comes next; nothing when they have left, or may not be listened to any more. Cancelling the wait loses nothing.
    pub async fn next(&mut self) -> Option<Speech> {
        loop {
            if let Some(speech) = self.said.pop_front() {
                return Some(speech);
            }
            let heard = if self.utterances.is_speaking() {
                tokio::time::timeout(LOOK, self.heard.next()).await.ok()
            } else {
                Some(self.heard.next().await)
            };
            match heard {
                None => self.wait(),
                Some(Some(Heard::Packet(packet))) => self.packet(&packet),
                Some(Some(Heard::Stopped { .. })) => self.stop(),
                Some(None) => {
                    self.stop();
                    return self.said.pop_front();
                }
            }
        }
    }

    fn packet(&mut self, packet: &HeardPacket) {
        let end = packet.position + u64::from(packet.duration);
        match self.utterances.hear(packet.position, &packet.payload) {
            Ok(Some((pcm, activities))) => {
                self.now = end;
                let at = self.at(pcm.position);
                self.said.push_back(Speech::Samples { at, pcm: pcm.samples });
                for activity in activities {
                    self.tell(activity);
                }
            }
            // It came twice, or too late.
            Ok(None) => {}
            Err(error) => debug!(error = &error as &dyn std::error::Error, "A packet cannot be decoded"),
        }
    }

    fn wait(&mut self) {
        self.now += u64::try_from(LOOK.as_millis()).unwrap_or_default() * PER_MS;
        if let Some(activity) = self.utterances.advance(self.now) {
            self.tell(activity);
        }
    }

    fn stop(&mut self) {
        if let Some(utterance) = self.utterances.stop() {
            self.tell(Activity::Ended(utterance));
        }
    }

    fn tell(&mut self, activity: Activity<()>) {
        if let Activity::Ended(utterance) = activity {
            let (started_at, ended_at) = (self.at(utterance.start), self.at(utterance.end));
            self.said.push_back(Speech::Said { started_at, ended_at });
        }
    }

    fn at(&self, position: u64) -> Timestamp {
        let ms = i64::try_from(position / PER_MS).unwrap_or(i64::MAX);
        self.heard.source().started_at.plus(Span(ms))
    }
}
