//! Opus in files: the Ogg container (RFC 3533) with Opus in it (RFC 7845).
//!
//! - [`Reader`] gives the packets of a file with their positions; [`Clip`] holds a whole one in memory, to be played to
//!   many at once and for ever (hold music).
//! - [`Writer`] makes a recording of what comes from the network: late, twice, out of order, with holes. What is in the
//!   file is as long as what happened. [`Placement`] finds the positions of packets that come with timestamps.
//!   Into an [`AllOrNothing`] it goes on after a disk that was full.
//! - [`recover`] closes or continues a recording whose writer was killed.
//!
//! Positions and durations are samples of 48 kHz throughout (RFC 7845 §4). Pages are read and written here rather than by
//! the `ogg` crate, because continuing a cut recording needs what that one keeps to itself: where the last sound page
//! ends, its number and its granule position. The tests hold the two against each other.

mod all_or_nothing;
mod clip;
mod header;
mod page;
mod placement;
mod reader;
pub mod recover;
mod writer;

pub use all_or_nothing::AllOrNothing;
pub use clip::{Clip, ClipError, Looped, Piece};
pub use header::{Channels, Head, HeaderError, Tags};
pub use page::PageError;
pub use placement::Placement;
pub use reader::{Packet, ReadError, Reader};
pub use writer::{WriteError, Writer, WriterOptions, Written};

#[cfg(test)]
mod tests;
