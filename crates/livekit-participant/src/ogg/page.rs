//! Pages: what Ogg is made of (RFC 3533 §6).

use std::io::{self, Read, Write};

use crate::opus::SILENCE_20_MS;

const CAPTURE_PATTERN: [u8; 4] = *b"OggS";
const HEADER_BYTES: usize = 27;
const MOST_SEGMENTS: usize = 255;
const CONTINUED: u8 = 1;
const FIRST: u8 = 2;
const LAST: u8 = 4;

/// The granule position of a page on which no packet ends (RFC 3533 §6, field 4).
pub(super) const NO_POSITION: u64 = u64::MAX;

/// Why bytes are no page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// Reading failed.
    #[error("could not read a page")]
    Io(#[source] io::Error),
    /// The file ends within a page, as it does when its writer was killed.
    #[error("the file ends within a page")]
    CutShort,
    /// There is no capture pattern (`OggS`) where a page should begin.
    #[error("there is no page where one should begin")]
    NoPage,
    /// A version of Ogg other than 0.
    #[error("pages of version {0} are unknown")]
    UnknownVersion(u8),
    /// The checksum is wrong (RFC 3533 §6, field 7).
    #[error("the checksum of a page is wrong")]
    Damaged,
}

/// One page: some packets, or parts of them, and where the stream stands after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// The first packet began on an earlier page.
    pub continued: bool,
    pub first: bool,
    pub last: bool,
    /// The end of the last packet that ends here, or [`NO_POSITION`].
    pub position: u64,
    pub serial: u32,
    pub number: u32,
    segments: Vec<u8>,
    body: Vec<u8>,
}

/// A packet's part on one page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub bytes: &'a [u8],
    /// The packet ends on this page.
    pub complete: bool,
}

impl Page {
    pub fn empty(serial: u32, number: u32) -> Self {
        let (segments, body) = (Vec::with_capacity(MOST_SEGMENTS), Vec::new());
        Self { continued: false, first: false, last: false, position: NO_POSITION, serial, number, segments, body }
    }

    /// Adds a whole packet, if the page has room for it. A packet that ends on a full segment is followed by an empty
    /// one (RFC 3533 §5, lacing).
    pub fn push(&mut self, packet: &[u8]) -> bool {
        let needed = packet.len() / MOST_SEGMENTS + 1;
        if self.segments.len() + needed > MOST_SEGMENTS {
            return false;
        }
        self.push_part(packet, true);
        true
    }

    /// Adds as much of a packet as fits and gives what is left for the next page, if anything is (even nothing but the
    /// empty segment that ends it).
    pub fn push_some<'a>(&mut self, packet: &'a [u8]) -> Option<&'a [u8]> {
        let room = (MOST_SEGMENTS - self.segments.len()) * MOST_SEGMENTS;
        if packet.len() < room {
            self.push_part(packet, true);
            return None;
        }
        let (now, later) = packet.split_at(room);
        self.push_part(now, false);
        Some(later)
    }

    /// Makes it the last page. One without packets would be legal (RFC 3533 §6), but readers complain of it: it gets one of
    /// silence, of which nothing is played, because the position says where to stop (RFC 7845 §4.4).
    pub fn end_stream(&mut self, position: u64) {
        if self.segments.is_empty() {
            self.push_part(SILENCE_20_MS, true);
        }
        (self.last, self.position) = (true, position);
    }

    fn push_part(&mut self, bytes: &[u8], complete: bool) {
        self.segments.extend(std::iter::repeat_n(u8::MAX, bytes.len() / MOST_SEGMENTS));
        if complete {
            self.segments.push(u8::try_from(bytes.len() % MOST_SEGMENTS).unwrap_or_default());
        }
        self.body.extend_from_slice(bytes);
    }

    /// The packets on this page, the first and the last perhaps in part.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let mut rest = self.body.as_slice();
        self.segments.split_inclusive(|&segment| segment < u8::MAX).map(move |lacing| {
            let size = lacing.iter().map(|&segment| usize::from(segment)).sum();
            let (bytes, after) = rest.split_at(size);
            rest = after;
            Part { bytes, complete: lacing.last().is_some_and(|&segment| segment < u8::MAX) }
        })
    }

    /// How many bytes the page takes in a file.
    pub fn size(&self) -> u64 {
        (HEADER_BYTES + self.segments.len() + self.body.len()) as u64
    }

    /// Reads the next page; `None` where the input ends between two pages.
    pub fn read(input: &mut impl Read) -> Result<Option<Self>, PageError> {
        let mut header = [0; HEADER_BYTES];
        if !read_or_end(input, &mut header)? {
            return Ok(None);
        }
        if header[..4] != CAPTURE_PATTERN {
            return Err(PageError::NoPage);
        }
        if header[4] != 0 {
            return Err(PageError::UnknownVersion(header[4]));
        }
        let mut segments = vec![0; usize::from(header[26])];
        read_all(input, &mut segments)?;
        let mut body = vec![0; segments.iter().map(|&segment| usize::from(segment)).sum()];
        read_all(input, &mut body)?;
        let stated = u32::from_le_bytes(array(&header[22..26]));
        header[22..26].fill(0);
        if checksum([header.as_slice(), &segments, &body]) != stated {
            return Err(PageError::Damaged);
        }
        Ok(Some(Self {
            continued: header[5] & CONTINUED != 0,
            first: header[5] & FIRST != 0,
            last: header[5] & LAST != 0,
            position: u64::from_le_bytes(array(&header[6..14])),
            serial: u32::from_le_bytes(array(&header[14..18])),
            number: u32::from_le_bytes(array(&header[18..22])),
            segments,
            body,
        }))
    }

    /// Writes the page in one call, so that a killed writer leaves whole pages wherever the system allows it.
    pub fn write(&self, output: &mut impl Write) -> io::Result<()> {
        output.write_all(&self.to_bytes())?;
        output.flush()
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + self.segments.len() + self.body.len());
        bytes.extend(CAPTURE_PATTERN);
        bytes.push(0);
        bytes.push(flag(self.continued, CONTINUED) | flag(self.first, FIRST) | flag(self.last, LAST));
        bytes.extend(self.position.to_le_bytes());
        bytes.extend(self.serial.to_le_bytes());
        bytes.extend(self.number.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.push(u8::try_from(self.segments.len()).unwrap_or(u8::MAX));
        bytes.extend(&self.segments);
        bytes.extend(&self.body);
        let sum = checksum([&bytes]);
        bytes[22..26].copy_from_slice(&sum.to_le_bytes());
        bytes
    }
}

const fn flag(set: bool, bit: u8) -> u8 {
    if set { bit } else { 0 }
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(bytes);
    array
}

/// Whether there was anything; an end in the middle is an error.
fn read_or_end(input: &mut impl Read, buffer: &mut [u8]) -> Result<bool, PageError> {
    loop {
        match input.read(&mut buffer[..1]) {
            Ok(0) => return Ok(false),
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(PageError::Io(error)),
        }
    }
    read_all(input, &mut buffer[1..])?;
    Ok(true)
}

fn read_all(input: &mut impl Read, buffer: &mut [u8]) -> Result<(), PageError> {
    input.read_exact(buffer).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => PageError::CutShort,
        _ => PageError::Io(error),
    })
}

/// CRC-32 with the polynomial 0x04c11db7, not reflected, from zero (RFC 3533 §6, field 7).
fn checksum<const N: usize>(parts: [&[u8]; N]) -> u32 {
    parts
        .into_iter()
        .flatten()
        .fold(0, |sum: u32, &byte| sum << 8 ^ CHECKSUMS[usize::from(sum.to_be_bytes()[0] ^ byte)])
}

const CHECKSUMS: [u32; 256] = checksums();

const fn checksums() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte: u32 = 0;
    while byte < 256 {
        let mut sum = byte << 24;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 0x8000_0000 == 0 { sum << 1 } else { sum << 1 ^ 0x04c1_1db7 };
            bit += 1;
        }
        table[byte as usize] = sum;
        byte += 1;
    }
    table
}
