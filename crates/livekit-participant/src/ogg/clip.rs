//! A whole file in memory, for whoever plays it again and again.

use std::io::Read;
use std::sync::Arc;

use bytes::Bytes;

use super::header::{Head, Tags};
use super::reader::{ReadError, Reader};

/// Why a file cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ClipError {
    /// It could not be read.
    #[error("could not read the sound")]
    Read(#[from] ReadError),
    /// There is nothing in it to be heard.
    #[error("there is no sound in the file")]
    Empty,
}

/// One packet of a clip, as a sender needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// When it is due, in samples of 48 kHz since the first piece.
    pub position: u64,
    /// How long it lasts.
    pub duration: u32,
    /// The Opus packet.
    pub packet: Bytes,
}

/// The packets of a file, held once however often they are played. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Clip {
    head: Head,
    tags: Arc<Tags>,
    packets: Arc<[(u32, Bytes)]>,
}

impl Clip {
    /// Reads a whole file. Limit the input where a stranger provides it (`Read::take`).
    ///
    /// Packets that lie wholly in the pre-skip are left out: they are there for a decoder that starts in the middle of
    /// another sound, and over RTP they would be heard. Holes are closed.
    pub fn read(input: impl Read) -> Result<Self, ClipError> {
        let mut reader = Reader::new(input)?;
        let (head, tags) = (reader.head(), Arc::new(reader.tags().clone()));
        let packets = reader
            .by_ref()
            .filter(|packet| packet.as_ref().map_or(true, |packet| packet.skip < packet.duration))
            .map(|packet| packet.map(|packet| (packet.duration, packet.data.into())))
            .collect::<Result<Arc<[_]>, _>>()?;
        if packets.is_empty() {
            return Err(ClipError::Empty);
        }
        Ok(Self { head, tags, packets })
    }

    /// What the stream is.
    pub fn head(&self) -> Head {
        self.head
    }

    /// What the file says about itself.
    pub fn tags(&self) -> &Tags {
        &self.tags
    }

    /// How long it plays once, in samples of 48 kHz.
    pub fn duration(&self) -> u64 {
        self.packets.iter().map(|&(duration, _)| u64::from(duration)).sum()
    }

    /// Plays it once.
    pub fn once(&self) -> impl Iterator<Item = Piece> + Send + use<> {
        let count = self.packets.len();
        self.looped().take(count)
    }

    /// Plays it for ever: after the last packet comes the first again, without the file's headers and without a gap.
    pub fn looped(&self) -> Looped {
        Looped { packets: Arc::clone(&self.packets), next: 0, position: 0 }
    }
}

/// A clip without an end.
#[derive(Debug, Clone)]
pub struct Looped {
    packets: Arc<[(u32, Bytes)]>,
    next: usize,
    position: u64,
}

impl Iterator for Looped {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let (duration, packet) = self.packets.get(self.next)?.clone();
        let piece = Piece { position: self.position, duration, packet };
        self.next = (self.next + 1) % self.packets.len();
        self.position += u64::from(duration);
        Some(piece)
    }
}
