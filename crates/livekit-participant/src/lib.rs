//! A LiveKit participant in pure Rust: it joins a room, publishes Opus, hears others, exchanges messages and telephone keys,
//! and gets back by itself after losses. There is no libwebrtc, no codec and nothing to download at build time.
//!
//! It is made for servers: hold music, recorders, speech recognition, announcements, and relays between rooms, hundreds in one
//! process. Sound goes in and comes out as Opus packets; whoever wants samples brings a codec.
//!
//! # Example
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use livekit_participant::ogg::Clip;
//! use livekit_participant::{Event, JoinOptions, Participant, Player, PublishOptions, Subscribe};
//!
//! # async fn example(token: String) -> Result<(), Box<dyn std::error::Error>> {
//! let options = JoinOptions::new("wss://livekit.example", token)
//!     .publish(PublishOptions::new("greeting"))
//!     .subscribe(Subscribe::AllAudio);
//! let (participant, mut events) = Participant::join(options).await?;
//!
//! // Say something to whoever is there …
//! if let Some(track) = participant.track(0) {
//!     track.wait_until_heard(Duration::from_secs(2)).await;
//!     let clip = Clip::read(std::fs::File::open("greeting.opus")?)?;
//!     Player::new(track.clone()).play(clip.once().map(|piece| piece.packet)).await?;
//! }
//!
//! // … and listen.
//! while let Some(event) = events.next().await {
//!     if let Event::Audio(packet) = event {
//!         println!("{} at {}: {} bytes", packet.identity, packet.timestamp, packet.payload.len());
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # How it works
//!
//! Each participant is one task around [str0m](https://docs.rs/str0m) (ICE, DTLS, SRTP) and a second one that carries the
//! signalling messages, so a slow server or network never holds media up. Only the modern signalling with a single peer
//! connection is spoken (`/rtc/v1`, LiveKit 1.9 and later). Rules that need neither socket nor clock (when to offer, when to
//! try what after a loss, how packets of changing sources become one stream) stand apart and are tested as such.
//!
//! # What happens when something breaks
//!
//! | what | what is done |
//! |---|---|
//! | the signalling connection breaks, or is silent for 15 s | it is resumed; sound goes on meanwhile, no packet is lost |
//! | nothing arrives on the media path for 4 s | resumed, with ICE anew from a new port, and TCP when UDP does not connect within 3 s |
//! | resuming fails, or the server has forgotten us | joined again under the same identity |
//! | the token is no longer accepted | the [`TokenSource`] is asked for another one |
//! | all that fails for [a minute](JoinOptions::restore_limit) | [`Event::Ended`] |
//! | the server removes us, closes the room, or the identity joins elsewhere | [`Event::Ended`] at once |

#![warn(missing_docs)]

mod backoff;
mod data;
#[cfg(feature = "speech")]
pub mod deck;
mod error;
mod event;
mod local_track;
mod negotiation;
pub mod ogg;
mod options;
pub mod opus;
mod participant;
mod player;
pub mod queue;
mod rebase;
mod relay;
mod roster;
mod session;
mod signal;
#[cfg(feature = "speech")]
pub mod speech;
mod token;
mod transport;
pub mod voice_activity;
mod watchdog;

pub use crate::data::{Delivery, DtmfDigit, Message};
pub use crate::error::{EndReason, JoinError, Loss, MediaError, PublishError, SendError, SignalError, TokenError};
pub use crate::event::{
    Arrival, AudioPacket, Connected, Event, Events, ParticipantKind, RemoteParticipant, RemoteTrack, Speaker,
    TrackSource,
};
pub use crate::local_track::{AudioLevel, LocalTrack, OpusPacket};
pub use crate::options::{Audience, JoinOptions, MediaTransport, PublishOptions, Subscribe};
pub use crate::participant::Participant;
pub use crate::player::{PlayError, Player};
pub use crate::rebase::StreamId;
pub use crate::relay::Relay;
pub use crate::session::shared::Metrics;
pub use crate::token::{TokenFuture, TokenSource};

/// The parsers of what comes from outside, for fuzzing. Not for use, and without any promise.
#[doc(hidden)]
pub mod parsers {
    pub use crate::data::decode as data_packet;
    pub use crate::signal::message::{decode as signal_response, split_candidates, trickled_candidate};
    pub use crate::transport::framing::FrameReader;
}
