//! One speaker's packets for speech recognition: decoded to what recognisers take, and cut into utterances by listening.
//!
//! Behind the feature `speech`, because it brings a codec, which nothing else here needs. The codec is libopus itself,
//! compiled from the sources that the `opus` crate carries (cmake and a C compiler are needed, nothing is downloaded):
//! concealment and forward error correction decide what a recogniser makes of a bad line, and the reference has both. Who
//! speaks is found by `earshot`, a small neural network in Rust.

mod decoder;
mod utterances;

pub use decoder::{DecodeError, Decoder, Pcm};
pub use utterances::{Listened, SpeechOptions, Utterances};

/// Samples a second of everything decoded here, in one channel: what speech recognition works with.
pub const SPEECH_RATE: u32 = 16_000;

#[cfg(test)]
mod tests;
