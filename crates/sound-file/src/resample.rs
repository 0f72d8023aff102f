//! Any rate, any number of channels, to one channel at [`RATE`](crate::RATE).

use std::ops::RangeInclusive;

use rubato::audioadapter_buffers::owned::InterleavedOwned;
use rubato::{Fft, FixedSync, Indexing, Resampler};

use crate::RATE;
use crate::read::ReadError;

/// Samples that are converted at once: 64 ms at 16 kHz, 21 ms at 48 kHz.
const CHUNK: usize = 1024;

/// What sound is sampled at. A header may claim anything, and the converter makes room for all of it.
const RATES: RangeInclusive<u32> = 4_000..=384_000;

/// Converts what comes from one rate.
pub struct Resampling {
    from: u32,
    /// `None` where nothing has to be done.
    converter: Option<Box<Fft<f32>>>,
    waiting: Vec<f32>,
    /// What the converter puts before the first sample: taken away, or every time would be late.
    delay: usize,
}

impl Resampling {
    pub fn new(from: u32) -> Result<Self, ReadError> {
        let same = Self { from, converter: None, waiting: Vec::new(), delay: 0 };
        if from == RATE {
            return Ok(same);
        }
        if !RATES.contains(&from) {
            return Err(ReadError::Unreadable);
        }
        let rates = (usize::try_from(from), usize::try_from(RATE));
        let (Ok(from), Ok(to)) = rates else { return Err(ReadError::Unreadable) };
        let converter = Fft::new(from, to, CHUNK, 1, FixedSync::Input).map_err(|_| ReadError::Unreadable)?;
        Ok(Self { delay: converter.output_delay(), converter: Some(Box::new(converter)), ..same })
    }

    /// Which rate it takes.
    pub fn from(&self) -> u32 {
        self.from
    }

    /// Takes interleaved samples, gives what is complete.
    pub fn push(&mut self, interleaved: &[f32], channels: usize) -> Result<Vec<i16>, ReadError> {
        self.waiting.extend(interleaved.chunks_exact(channels.max(1)).map(mixed));
        if self.converter.is_none() {
            return Ok(to_i16(&std::mem::take(&mut self.waiting)));
        }
        let mut converted = Vec::new();
        let whole = self.waiting.len() - self.waiting.len() % CHUNK;
        let ready: Vec<f32> = self.waiting.drain(..whole).collect();
        for chunk in ready.as_chunks::<CHUNK>().0 {
            converted.extend(self.convert(chunk.to_vec(), None)?);
        }
        Ok(converted)
    }

    /// Nothing more comes: gives the rest.
    pub fn finish(&mut self) -> Result<Vec<i16>, ReadError> {
        let mut rest = std::mem::take(&mut self.waiting);
        if self.converter.is_none() || rest.is_empty() {
            return Ok(to_i16(&rest));
        }
        let length = rest.len();
        rest.resize(CHUNK, 0.0);
        self.convert(rest, Some(length))
    }

    fn convert(&mut self, chunk: Vec<f32>, partial_len: Option<usize>) -> Result<Vec<i16>, ReadError> {
        let Some(converter) = &mut self.converter else { return Ok(to_i16(&chunk)) };
        let chunk = InterleavedOwned::new_from(chunk, 1, CHUNK).map_err(|_| ReadError::Unreadable)?;
        let indexing = Indexing { partial_len, ..Indexing::default() };
        let samples = converter.process(&chunk, Some(&indexing)).map_err(|_| ReadError::Unreadable)?.take_data();
        let early = self.delay.min(samples.len());
        self.delay -= early;
        Ok(to_i16(&samples[early..]))
    }
}

/// One moment of all channels.
#[expect(clippy::cast_precision_loss, reason = "nobody has that many channels")]
fn mixed(moment: &[f32]) -> f32 {
    moment.iter().sum::<f32>() / moment.len() as f32
}

#[expect(clippy::cast_possible_truncation, reason = "the range is kept by `clamp`, and the fraction is not heard")]
fn to_i16(samples: &[f32]) -> Vec<i16> {
    samples.iter().map(|sample| (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16).collect()
}
