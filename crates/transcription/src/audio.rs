//! Samples and positions.

use std::time::Duration;

/// Samples a second.
pub const RATE: u32 = 16_000;

/// A place in a speaker's stream: samples since its beginning, at [`RATE`].
pub type Position = u64;

/// How long this many samples last.
pub fn span(samples: u64) -> Duration {
    let rate = u64::from(RATE);
    Duration::from_secs(samples / rate) + Duration::from_micros((samples % rate) * 1_000_000 / rate)
}

/// How many samples a span has.
pub(crate) fn samples(span: Duration) -> u64 {
    u64::try_from(span.as_micros() * u128::from(RATE) / 1_000_000).unwrap_or(u64::MAX)
}

/// Samples as bytes, the lower one first.
pub(crate) fn bytes(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

/// The samples as a WAV file.
pub fn wav(samples: &[i16]) -> Vec<u8> {
    let data = u32::try_from(samples.len() * 2).unwrap_or(u32::MAX);
    let mut file = Vec::with_capacity(44 + samples.len() * 2);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&data.saturating_add(36).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    // The length of what follows, then: PCM, one channel, its rate, bytes a second, bytes a sample, bits a sample.
    file.extend_from_slice(&16_u32.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&(RATE * 2).to_le_bytes());
    file.extend_from_slice(&2_u16.to_le_bytes());
    file.extend_from_slice(&16_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&data.to_le_bytes());
    file.extend_from_slice(&bytes(samples));
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_samples_are_the_same_both_ways() {
        assert_eq!(span(16_000), Duration::from_secs(1));
        assert_eq!(span(8), Duration::from_micros(500));
        assert_eq!(samples(Duration::from_millis(1_500)), 24_000);
    }

    #[test]
    fn a_wav_file_says_how_long_it_is() {
        let file = wav(&[1, -2, 3]);
        assert_eq!(file.len(), 50);
        assert_eq!(&file[..4], b"RIFF");
        assert_eq!(file[4..8], 42_u32.to_le_bytes());
        assert_eq!(file[24..28], 16_000_u32.to_le_bytes());
        assert_eq!(file[40..44], 6_u32.to_le_bytes());
        assert_eq!(file[44..], [1, 0, 254, 255, 3, 0]);
    }
}
