//! What speakers say, as lines of text.
//!
//! A [`Recogniser`] opens a [`Session`] for the stream of one speaker. The session takes timed sound (one channel of 16-bit
//! samples at [`RATE`]) and is told where somebody spoke in it; it gives lines, interim ones first and then each once as a
//! final one. Everything has a position on the stream's own clock, in samples since its beginning, and positions decide
//! what is new: sound stays in a buffer until a final line covers it, so that a connection that breaks costs time and no
//! words, and a line that is said twice by a provider is heard once.
//!
//! Whole files are a [`FileRecogniser`]'s: decoded and cut here, or sent as they are to providers that take files.
//!
//! Providers are not trusted: they may be silent, slow, wrong or gone. [`Providers`] asks them in their order, leaves alone who
//! fails again and again, and says by [`Event::State`] when the lines are late.

mod audio;
mod config;
mod event;
mod failure;
mod files;
mod journal;
mod lines;
mod pace;
mod providers;
mod session;
mod timeline;
mod wire;

pub use audio::{Position, RATE, span, wav};
pub use baton_provider::{ApiKey, ErrorStatus, ProviderConfigError};
pub use baton_sound_file::{KINDS, Kind};
pub use config::{Limits, ProviderConfig, Service};
pub use event::{Event, LineId, State, Words};
pub use failure::Failure;
pub use files::{FileError, FileLine, FileRecogniser, FileStep, SpokenFile, Transcribing};
pub use providers::{Providers, Recogniser};
pub use session::Session;
pub use wire::recording::{Recording, RecordingError};
