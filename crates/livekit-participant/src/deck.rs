//! Music without an end, faded in and out and spoken over.
//!
//! As long as the music plays as it is, its packets pass untouched. A codec works only while it is louder or softer than
//! itself, or somebody speaks over it: a second or five in every half minute. What the codec makes is in step with the
//! packets that it stands in for, to the sample, and its memory is filled from the packets before them; so neither end of
//! such a stretch is a jump for whoever listens.
//!
//! Behind the feature `speech`, which brings the codec.

mod codec;
mod ramp;

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use crate::ogg::{Channels, Clip, Looped};
use crate::opus::SAMPLE_RATE;
use codec::{Codec, Overlay};
use ramp::Ramp;

/// How loud the music goes on under a voice: 15 dB below itself.
const UNDER_A_VOICE: f32 = 0.18;

/// How long the music takes to make room for a voice, and to come back.
const DUCKING: Duration = Duration::from_millis(400);

/// How many packets a codec hears before it is heard: after 80 ms nothing of its beginning is left (RFC 7845 §4.2).
const REMEMBERED: usize = 5;

/// Why a clip cannot be played like this, or not any further.
#[derive(Debug, thiserror::Error)]
pub enum DeckError {
    /// The codec makes packets of 2.5, 5, 10, 20, 40, 60, 80, 100 or 120 ms.
    #[error("a packet lasts {0} samples of 48 kHz, which no encoder makes in one piece")]
    Duration(u32),
    /// The codec refused.
    #[error("the codec refused a packet")]
    Codec(#[from] ::opus::Error),
}

/// Music without an end. Each packet is asked for when it is due.
#[derive(Debug)]
pub struct Deck {
    music: Looped,
    channels: Channels,
    /// The packets that were heard last.
    recent: VecDeque<Bytes>,
    fade: Ramp,
    duck: Ramp,
    voice: Option<Overlay>,
    codec: Option<Codec>,
}

impl Deck {
    /// Plays `music`, from its beginning. It is silent until it is [faded](Deck::fade_to) in.
    ///
    /// # Errors
    /// [`DeckError::Duration`] for packets that could not be made again.
    pub fn new(music: &Clip) -> Result<Self, DeckError> {
        if let Some(piece) = music.once().find(|piece| !can_be_made(piece.duration)) {
            return Err(DeckError::Duration(piece.duration));
        }
        Ok(Self {
            music: music.looped(),
            channels: music.head().channels,
            recent: VecDeque::with_capacity(REMEMBERED),
            fade: Ramp::at(0.0),
            duck: Ramp::at(1.0),
            voice: None,
            codec: None,
        })
    }

    /// Goes to this loudness, 0 to 1, within a time. At 0 it stops where it is, and a voice over it is cut off.
    pub fn fade_to(&mut self, loudness: f32, within: Duration) {
        self.fade.go_to(loudness.clamp(0.0, 1.0), samples_in(within));
    }

    /// Speaks over the music, which makes room and comes back. One voice that still speaks is cut off by the next.
    ///
    /// # Errors
    /// [`DeckError::Codec`] when there is no codec to be had.
    pub fn say(&mut self, words: &Clip) -> Result<(), DeckError> {
        self.voice = Some(Overlay::new(words, samples_in(DUCKING))?);
        self.duck.go_to(UNDER_A_VOICE, samples_in(DUCKING));
        Ok(())
    }

    /// Whether somebody speaks over it.
    pub fn is_speaking(&self) -> bool {
        self.voice.is_some()
    }

    /// Whether nothing is to be heard.
    pub fn is_silent(&self) -> bool {
        self.fade.is_resting_at(0.0)
    }

    /// The packet that is due now, and how long it lasts in samples of 48 kHz; nothing while it is silent.
    ///
    /// # Errors
    /// [`DeckError::Codec`] for music that is no Opus inside.
    pub fn next_packet(&mut self) -> Result<Option<(Bytes, u32)>, DeckError> {
        if self.is_silent() {
            self.fall_silent();
            return Ok(None);
        }
        let rest = self.music.clone();
        let Some(piece) = self.music.next() else { return Ok(None) };
        let packet = if self.is_as_it_is() {
            self.codec = None;
            piece.packet.clone()
        } else {
            self.made(rest, piece.duration)?
        };
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back(piece.packet);
        Ok(Some((packet, piece.duration)))
    }

    fn is_as_it_is(&self) -> bool {
        self.voice.is_none() && self.fade.is_resting_at(1.0) && self.duck.is_resting_at(1.0)
    }

    fn fall_silent(&mut self) {
        (self.voice, self.codec) = (None, None);
        self.duck = Ramp::at(1.0);
        // Whoever listens has heard nothing for a while when it goes on.
        self.recent.clear();
    }

    /// The next packet of `rest`, made again as loud as it is to be.
    fn made(&mut self, rest: Looped, duration: u32) -> Result<Bytes, DeckError> {
        let mut codec = match self.codec.take() {
            Some(codec) => codec,
            None => Codec::warmed_up(self.channels, &self.recent, rest)?,
        };
        let mut samples = codec.music(duration)?;
        let (fade, duck, voice) = (&mut self.fade, &mut self.duck, &mut self.voice);
        for frame in samples.chunks_mut(codec.channels()) {
            let voiced = match voice {
                Some(overlay) => overlay.next_sample()?,
                None => None,
            };
            let loudness = (fade.step(), duck.step());
            for sample in frame {
                *sample = (*sample * loudness.1 + voiced.unwrap_or_default()) * loudness.0;
            }
            if voice.is_some() && voiced.is_none() {
                *voice = None;
                duck.go_to(1.0, samples_in(DUCKING));
            }
        }
        let packet = codec.encode(&samples)?;
        self.codec = Some(codec);
        Ok(packet)
    }
}

fn samples_in(span: Duration) -> u32 {
    u32::try_from(span.as_millis() * u128::from(SAMPLE_RATE) / 1000).unwrap_or(u32::MAX)
}

/// What `opus_encode` takes as one frame.
fn can_be_made(duration: u32) -> bool {
    const SHORTEST: u32 = SAMPLE_RATE / 400;
    matches!(duration / SHORTEST, 1 | 2 | 4 | 8 | 16 | 24 | 32 | 40 | 48) && duration.is_multiple_of(SHORTEST)
}

#[cfg(test)]
mod tests;
