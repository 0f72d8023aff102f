//! Files of sound, whatever wrote them, as utterances that a speech recogniser takes.
//!
//! [`SoundFile`] reads a file piece by piece and never holds more of it than one utterance: containers and most codecs by
//! `symphonia`, Opus (what browsers record) by libopus, everything brought to one channel of 16-bit samples at [`RATE`] and
//! cut where nobody speaks. Files come from strangers, so nothing in them is believed: a damaged packet is passed over, a file
//! in which nothing can be read is an error, and one that claims to go on for days ends it.

mod kind;
mod read;
mod resample;
mod voice;

pub use kind::{KINDS, Kind};
pub use livekit_participant::speech::SPEECH_RATE as RATE;
pub use read::{ReadError, SoundFile};
pub use voice::Utterance;
