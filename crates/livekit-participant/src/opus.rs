//! Opus packets, looked at from outside: how long they are and whether they are well formed, without decoding a sample.
//!
//! RFC 6716 §3 gives every packet a table-of-contents byte and one of four ways to hold up to 48 frames, and seven
//! requirements (§3.4, R1–R7) that tell a packet from noise. A participant needs them for pacing (how long is this
//! packet?), for recording (is it safe to keep?) and for finding speech (SILK says so itself).

use std::fmt;

/// Samples a second in which every position and duration of this crate is counted, whatever the packets hold
/// (RFC 7587 §4.1: the RTP clock of Opus is always 48 kHz).
pub const SAMPLE_RATE: u32 = 48_000;

/// Samples of the usual 20 ms packet.
pub const FRAME_20_MS: u32 = SAMPLE_RATE / 50;

/// 20 ms of silence that every decoder understands: CELT, fullband, mono, one frame with the silence flag set.
pub const SILENCE_20_MS: &[u8] = &[0xF8, 0xFF, 0xFE];

/// Samples of the shortest frame there is, 2.5 ms. All durations are multiples of it.
pub const SHORTEST_FRAME: u32 = SAMPLE_RATE / 400;

/// The longest a packet may be, 120 ms (RFC 6716 §3.4, R5).
pub const LONGEST_PACKET: u32 = SAMPLE_RATE * 120 / 1000;

/// The largest frame in bytes (RFC 6716 §3.4, R2).
pub const LARGEST_FRAME: usize = 1275;

/// How many frames the largest packet holds: 120 ms of 2.5 ms (RFC 6716 §3.2.5).
pub const MOST_FRAMES: usize = 48;

/// Why bytes are no Opus packet. The requirement named is one of RFC 6716 §3.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpusError {
    /// R1: there is not even a table-of-contents byte.
    #[error("an Opus packet has at least one byte")]
    Empty,
    /// R2: a frame is larger than any encoder may make it.
    #[error("a frame of {0} bytes is larger than the 1275 allowed")]
    FrameTooLarge(usize),
    /// R3: two frames of the same size cannot share an odd number of bytes.
    #[error("two frames of the same size need an even number of bytes, and there are {0}")]
    UnevenFrames(usize),
    /// R4, R6, R7: a length points beyond the end.
    #[error("the packet ends before its frames do")]
    CutShort,
    /// R5: a packet that says it holds no frame.
    #[error("the packet says that it holds no frame")]
    NoFrames,
    /// R5: more than 120 ms.
    #[error("the packet would last longer than 120 ms")]
    TooLong,
    /// R6: frames of the same size that do not divide what there is.
    #[error("{bytes} bytes cannot be divided among {frames} frames of the same size")]
    UnequalShares {
        /// What there is to divide.
        bytes: usize,
        /// Among how many.
        frames: usize,
    },
}

/// Which part of the codec made the frames (RFC 6716 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Linear prediction, for speech.
    Silk,
    /// SILK below 8 kHz, CELT above.
    Hybrid,
    /// Transform coding, for music and low delay.
    Celt,
}

/// How much of the spectrum is coded (RFC 6716 §2, table 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bandwidth {
    /// Up to 4 kHz.
    Narrow,
    /// Up to 6 kHz.
    Medium,
    /// Up to 8 kHz.
    Wide,
    /// Up to 12 kHz.
    SuperWide,
    /// Up to 20 kHz.
    Full,
}

/// The table-of-contents byte with which every packet begins (RFC 6716 §3.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Toc(u8);

impl Toc {
    /// Every byte is a valid one.
    pub const fn from_byte(byte: u8) -> Self {
        Self(byte)
    }

    /// The byte itself.
    pub const fn byte(self) -> u8 {
        self.0
    }

    /// The configuration, 0 to 31 (table 2).
    pub const fn configuration(self) -> u8 {
        self.0 >> 3
    }

    /// Which part of the codec is at work.
    pub const fn mode(self) -> Mode {
        match self.configuration() {
            0..=11 => Mode::Silk,
            12..=15 => Mode::Hybrid,
            _ => Mode::Celt,
        }
    }

    /// How much of the spectrum is coded.
    pub const fn bandwidth(self) -> Bandwidth {
        match self.configuration() {
            0..=3 | 16..=19 => Bandwidth::Narrow,
            4..=7 => Bandwidth::Medium,
            8..=11 | 20..=23 => Bandwidth::Wide,
            12..=13 | 24..=27 => Bandwidth::SuperWide,
            _ => Bandwidth::Full,
        }
    }

    /// Whether the frames hold two channels.
    pub const fn is_stereo(self) -> bool {
        self.0 & 0b100 != 0
    }

    /// How long one frame is, in samples of 48 kHz.
    pub const fn frame_duration(self) -> u32 {
        let step = self.configuration() as u32 & 0b11;
        match self.mode() {
            Mode::Silk if step == 3 => 2880,
            Mode::Silk => 480 << step,
            Mode::Hybrid => 480 << (step & 1),
            Mode::Celt => 120 << step,
        }
    }

    const fn packing(self) -> Packing {
        match self.0 & 0b11 {
            0 => Packing::One,
            1 => Packing::TwoOfOneSize,
            2 => Packing::Two,
            _ => Packing::Many,
        }
    }
}

impl fmt::Debug for Toc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Toc")
            .field("configuration", &self.configuration())
            .field("stereo", &self.is_stereo())
            .field("packing", &self.packing())
            .finish()
    }
}

/// The frame count code (RFC 6716 §3.2).
#[derive(Clone, Copy, Debug)]
enum Packing {
    One,
    TwoOfOneSize,
    Two,
    Many,
}

/// A packet that holds all seven requirements. It borrows its bytes and allocates nothing.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    toc: Toc,
    /// Every frame's bytes and nothing else: neither lengths nor padding.
    frames: &'a [u8],
    sizes: Sizes,
}

/// How the bytes divide into frames.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    count: usize,
    of: [u16; MOST_FRAMES],
}

impl<'a> Packet<'a> {
    /// Reads a packet as it comes from RTP or from a container.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, OpusError> {
        let (&toc, rest) = bytes.split_first().ok_or(OpusError::Empty)?;
        let toc = Toc::from_byte(toc);
        let (sizes, frames) = match toc.packing() {
            Packing::One => (Sizes::equal(1, rest.len())?, rest),
            Packing::TwoOfOneSize if rest.len() % 2 == 1 => return Err(OpusError::UnevenFrames(rest.len())),
            Packing::TwoOfOneSize => (Sizes::equal(2, rest.len())?, rest),
            Packing::Two => Sizes::listed(2, rest)?,
            Packing::Many => many(toc, rest)?,
        };
        Ok(Self { toc, frames, sizes })
    }

    /// The packet's first byte.
    pub fn toc(&self) -> Toc {
        self.toc
    }

    /// How many frames it holds, 1 to 48.
    pub fn frame_count(&self) -> usize {
        self.sizes.count
    }

    /// How long it lasts, in samples of 48 kHz: 120 (2.5 ms) to 5760 (120 ms).
    pub fn duration(&self) -> u32 {
        self.toc.frame_duration() * u32::try_from(self.sizes.count).unwrap_or(0)
    }

    /// The frames' bytes, in order. A frame of no bytes was not sent (RFC 6716 §3.2.1).
    pub fn frames(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        let mut rest = self.frames;
        self.sizes.of[..self.sizes.count].iter().map(move |&size| {
            let (frame, after) = rest.split_at(usize::from(size));
            rest = after;
            frame
        })
    }

    /// Whether nothing is coded in it: the sender pauses (discontinuous transmission), and a decoder would conceal
    /// or make comfort noise. The reference decoder treats a frame of one byte like one of none.
    pub fn is_pause(&self) -> bool {
        self.sizes.of[..self.sizes.count].iter().all(|&size| size <= 1)
    }

    /// Whether the sender's encoder took this for speech, where the packet says so.
    ///
    /// SILK puts a voice flag for every 20 ms in front of everything else (RFC 6716 §4.2.3), at even odds, so that
    /// the flags are simply the topmost bits of each frame. CELT has none: the answer is `None`.
    pub fn voice_flag(&self) -> Option<bool> {
        if self.is_pause() {
            return Some(false);
        }
        if self.toc.mode() == Mode::Celt {
            return None;
        }
        let flags = voice_flags(self.toc);
        Some(self.frames().any(|frame| frame.first().is_some_and(|first| first & flags != 0)))
    }
}

/// Which bits of a SILK frame's first byte are voice flags: one for every 20 ms (or one for 10 ms), then one that
/// tells of redundancy, then the same again for the side channel.
fn voice_flags(toc: Toc) -> u8 {
    let per_channel = toc.frame_duration().div_ceil(FRAME_20_MS);
    let mid = !(0xFF_u8 >> per_channel);
    let side = if toc.is_stereo() { mid >> (per_channel + 1) } else { 0 };
    mid | side
}

/// How long a packet lasts, in samples of 48 kHz.
pub fn duration(packet: &[u8]) -> Result<u32, OpusError> {
    Packet::parse(packet).map(|packet| packet.duration())
}

/// The longest single packet of silence that is not longer than so many samples, and its duration. `None` below
/// 2.5 ms, for which there is no packet.
pub fn silence(at_most: u64) -> Option<(&'static [u8], u32)> {
    const BY_DURATION: [(&[u8], u32); 4] = [
        (SILENCE_20_MS, FRAME_20_MS),
        (&[0xF0, 0xFF, 0xFE], 480),
        (&[0xE8, 0xFF, 0xFE], 240),
        (&[0xE0, 0xFF, 0xFE], SHORTEST_FRAME),
    ];
    BY_DURATION.into_iter().find(|&(_, duration)| u64::from(duration) <= at_most)
}

impl Sizes {
    const NONE: Self = Self { count: 0, of: [0; MOST_FRAMES] };

    fn push(&mut self, size: usize) -> Result<(), OpusError> {
        if size > LARGEST_FRAME {
            return Err(OpusError::FrameTooLarge(size));
        }
        let place = self.of.get_mut(self.count).ok_or(OpusError::TooLong)?;
        *place = u16::try_from(size).map_err(|_| OpusError::FrameTooLarge(size))?;
        self.count += 1;
        Ok(())
    }

    /// All bytes shared equally (RFC 6716 §3.2.2, §3.2.3 and constant bit rate in §3.2.5).
    fn equal(frames: usize, bytes: usize) -> Result<Self, OpusError> {
        if !bytes.is_multiple_of(frames) {
            return Err(OpusError::UnequalShares { bytes, frames });
        }
        let mut sizes = Self::NONE;
        (0..frames).try_for_each(|_| sizes.push(bytes / frames))?;
        Ok(sizes)
    }

    /// All sizes but the last in front, and the last frame is what remains (RFC 6716 §3.2.4 and variable bit rate in
    /// §3.2.5). Gives the bytes of the frames alone beside.
    fn listed(frames: usize, mut bytes: &[u8]) -> Result<(Self, &[u8]), OpusError> {
        let mut sizes = Self::NONE;
        let mut taken = 0;
        for _ in 1..frames {
            let size = frame_length(&mut bytes)?;
            sizes.push(size)?;
            taken += size;
        }
        sizes.push(bytes.len().checked_sub(taken).ok_or(OpusError::CutShort)?)?;
        Ok((sizes, bytes))
    }
}

/// A signalled number of frames, of the same size or not, with or without padding (RFC 6716 §3.2.5).
fn many(toc: Toc, bytes: &[u8]) -> Result<(Sizes, &[u8]), OpusError> {
    let (&head, mut rest) = bytes.split_first().ok_or(OpusError::CutShort)?;
    let frames = usize::from(head & 0b0011_1111);
    if frames == 0 {
        return Err(OpusError::NoFrames);
    }
    if toc.frame_duration().saturating_mul(u32::from(head & 0b0011_1111)) > LONGEST_PACKET {
        return Err(OpusError::TooLong);
    }
    if head & 0b0100_0000 != 0 {
        let padding = padding_length(&mut rest)?;
        let kept = rest.len().checked_sub(padding).ok_or(OpusError::CutShort)?;
        rest = &rest[..kept];
    }
    if head & 0b1000_0000 != 0 {
        return Sizes::listed(frames, rest);
    }
    Ok((Sizes::equal(frames, rest.len())?, rest))
}

/// A frame's length in one byte, or two from 252 on (RFC 6716 §3.2.1).
fn frame_length(bytes: &mut &[u8]) -> Result<usize, OpusError> {
    let first = usize::from(take(bytes)?);
    if first < 252 {
        return Ok(first);
    }
    Ok(usize::from(take(bytes)?) * 4 + first)
}

/// How many bytes of padding follow at the end: every 255 stands for 254 and says that another byte follows
/// (RFC 6716 §3.2.5).
fn padding_length(bytes: &mut &[u8]) -> Result<usize, OpusError> {
    let mut total = 0;
    loop {
        match take(bytes)? {
            255 => total += 254,
            last => return Ok(total + usize::from(last)),
        }
    }
}

fn take(bytes: &mut &[u8]) -> Result<u8, OpusError> {
    let (&first, rest) = bytes.split_first().ok_or(OpusError::CutShort)?;
    *bytes = rest;
    Ok(first)
}

#[cfg(test)]
mod tests;
