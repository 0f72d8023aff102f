//! Timed Opus to timed samples.

use super::SPEECH_RATE;
use crate::opus::{LONGEST_PACKET, OpusError, Packet, SAMPLE_RATE, SHORTEST_FRAME};

/// How many samples of 48 kHz one sample of speech stands for.
const RATIO: u32 = SAMPLE_RATE / SPEECH_RATE;

/// Holes up to here are concealed: a sound that goes on longer is no longer a guess, but an invention.
const CONCEALED: u64 = SAMPLE_RATE as u64 / 10;

/// Holes up to here are filled, so that a recogniser hears a pause where there is one. Behind longer ones (mute, hold) the
/// position jumps.
const FILLED: u64 = SAMPLE_RATE as u64;

/// Why a packet was not decoded.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// It is no Opus packet.
    #[error("a packet is malformed")]
    Packet(#[from] OpusError),
    /// The codec refused what is well formed outside.
    #[error("the codec refused a packet")]
    Codec(#[source] ::opus::Error),
}

/// Samples in one channel at [`SPEECH_RATE`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pcm {
    /// Where they begin, in samples of 48 kHz like all positions.
    pub position: u64,
    /// The samples. They follow those before without a seam, unless the position says that there is a hole.
    pub samples: Vec<i16>,
    /// How many of them, at the beginning, were in no packet: concealed, restored from the next packet, or silence.
    pub filled: usize,
}

impl Pcm {
    /// Where they end, in samples of 48 kHz.
    pub fn end(&self) -> u64 {
        self.position + self.samples.len() as u64 * u64::from(RATIO)
    }
}

/// Decodes the packets of one speaker.
#[derive(Debug)]
pub struct Decoder {
    codec: ::opus::Decoder,
    /// Where the last packet ended.
    end: Option<u64>,
}

impl Decoder {
    /// A decoder that has heard nothing yet.
    pub fn new() -> Result<Self, DecodeError> {
        let codec = ::opus::Decoder::new(SPEECH_RATE, ::opus::Channels::Mono).map_err(DecodeError::Codec)?;
        Ok(Self { codec, end: None })
    }

    /// Decodes a packet, and fills the hole before it. `None` when it comes twice or too late: what it says was concealed
    /// already.
    pub fn decode(&mut self, position: u64, packet: &[u8]) -> Result<Option<Pcm>, DecodeError> {
        let duration = Packet::parse(packet)?.duration();
        let end = self.end.unwrap_or(position);
        if end.saturating_sub(position) * 2 > u64::from(duration) {
            return Ok(None);
        }
        let mut samples = match position.saturating_sub(end) {
            hole if hole > FILLED => {
                self.codec.reset_state().map_err(DecodeError::Codec)?;
                Vec::new()
            }
            hole => self.fill(hole, packet)?,
        };
        let filled = samples.len();
        samples.extend(self.run(packet, duration, false)?);
        let start = position.max(end) - filled as u64 * u64::from(RATIO);
        self.end = Some(position.max(end) + u64::from(duration));
        Ok(Some(Pcm { position: start, samples, filled }))
    }

    /// Makes up for what is missing before a packet: the codec conceals it, with the help of the packet where that carries
    /// a copy of the one before (RFC 6716 §2.1.7), then fades, and the rest is silence.
    fn fill(&mut self, hole: u64, packet: &[u8]) -> Result<Vec<i16>, DecodeError> {
        let whole = hole - hole % u64::from(SHORTEST_FRAME);
        let concealed = u32::try_from(whole.min(CONCEALED)).unwrap_or(LONGEST_PACKET);
        let mut samples = match whole {
            0 => Vec::new(),
            1..=CONCEALED => self.run(packet, concealed, true)?,
            _ => self.run(&[], concealed, false)?,
        };
        samples.resize(usize::try_from(whole / u64::from(RATIO)).unwrap_or_default(), 0);
        Ok(samples)
    }

    fn run(&mut self, packet: &[u8], duration: u32, restore: bool) -> Result<Vec<i16>, DecodeError> {
        let mut samples = vec![0; (duration / RATIO) as usize];
        let decoded = self.codec.decode(packet, &mut samples, restore).map_err(DecodeError::Codec)?;
        samples.truncate(decoded);
        Ok(samples)
    }
}
