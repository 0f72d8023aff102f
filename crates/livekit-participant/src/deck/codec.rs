//! What the codec does: music decoded and made again in step with its packets, and a voice as samples.

use std::collections::VecDeque;

use bytes::Bytes;
use opus::{Application, Bitrate, Decoder, Encoder};

use super::DeckError;
use crate::ogg::{Channels, Clip, Looped};
use crate::opus::{LONGEST_PACKET, SAMPLE_RATE, duration};

/// For each channel: more than the usual file has, so that a packet made again is no worse than its original.
const BITS_PER_CHANNEL: i32 = 48_000;

/// The largest packet that is made, well above what the bit rate gives in 120 ms.
const LARGEST: usize = 4000;

/// Decodes music, one packet ahead, and makes packets again of what became of it.
#[derive(Debug)]
pub struct Codec {
    channels: usize,
    decoder: Decoder,
    encoder: Encoder,
    rest: Looped,
    /// Decoded and not yet used.
    ahead: VecDeque<f32>,
}

impl Codec {
    /// In step with `rest`, which goes on after `recent`. An encoder's sound comes a little later than what it was given; so
    /// it is given everything that much earlier, as if it had made those packets, too.
    pub fn warmed_up(channels: Channels, recent: &VecDeque<Bytes>, rest: Looped) -> Result<Self, DeckError> {
        let (count, opus_channels) = match channels {
            Channels::Mono => (1_u8, opus::Channels::Mono),
            Channels::Stereo => (2, opus::Channels::Stereo),
        };
        let mut encoder = Encoder::new(SAMPLE_RATE, opus_channels, Application::LowDelay)?;
        encoder.set_bitrate(Bitrate::Bits(BITS_PER_CHANNEL * i32::from(count)))?;
        let lookahead = usize::try_from(encoder.get_lookahead()?).unwrap_or_default();
        let decoder = Decoder::new(SAMPLE_RATE, opus_channels)?;
        let channels = usize::from(count);
        let mut codec = Self { channels, decoder, encoder, rest, ahead: VecDeque::new() };
        for packet in recent {
            codec.decode(packet)?;
        }
        codec.music(u32::try_from(lookahead).unwrap_or_default())?;
        for packet in recent {
            let heard = codec.music(duration(packet).unwrap_or_default())?;
            codec.encode(&heard)?;
        }
        Ok(codec)
    }

    pub fn channels(&self) -> usize {
        self.channels
    }

    /// So many samples of each channel, side by side.
    pub fn music(&mut self, duration: u32) -> Result<Vec<f32>, DeckError> {
        let wanted = duration as usize * self.channels;
        while self.ahead.len() < wanted {
            let Some(piece) = self.rest.next() else { break };
            self.decode(&piece.packet)?;
        }
        let there = wanted.min(self.ahead.len());
        let mut samples: Vec<f32> = self.ahead.drain(..there).collect();
        samples.resize(wanted, 0.0);
        Ok(samples)
    }

    pub fn encode(&mut self, samples: &[f32]) -> Result<Bytes, DeckError> {
        Ok(self.encoder.encode_vec_float(samples, LARGEST)?.into())
    }

    fn decode(&mut self, packet: &[u8]) -> Result<(), DeckError> {
        let mut samples = vec![0.0; LONGEST_PACKET as usize * self.channels];
        let decoded = self.decoder.decode_float(packet, &mut samples, false)?;
        self.ahead.extend(samples.iter().take(decoded * self.channels));
        Ok(())
    }
}

/// A voice as samples of one channel, after a while of silence in which the music makes room.
#[derive(Debug)]
pub struct Overlay {
    decoder: Decoder,
    packets: VecDeque<Bytes>,
    silent: u32,
    ahead: VecDeque<f32>,
}

impl Overlay {
    pub fn new(words: &Clip, silent: u32) -> Result<Self, DeckError> {
        let decoder = Decoder::new(SAMPLE_RATE, opus::Channels::Mono)?;
        Ok(Self { decoder, packets: words.once().map(|piece| piece.packet).collect(), silent, ahead: VecDeque::new() })
    }

    /// Nothing when all is said.
    pub fn next_sample(&mut self) -> Result<Option<f32>, DeckError> {
        if self.silent > 0 {
            self.silent -= 1;
            return Ok(Some(0.0));
        }
        while self.ahead.is_empty() {
            let Some(packet) = self.packets.pop_front() else { return Ok(None) };
            let mut samples = vec![0.0; LONGEST_PACKET as usize];
            let decoded = self.decoder.decode_float(&packet, &mut samples, false)?;
            self.ahead.extend(samples.iter().take(decoded));
        }
        Ok(self.ahead.pop_front())
    }
}
