//! Reading the packets of an Ogg-Opus file.

use std::collections::VecDeque;
use std::io::Read;

use super::header::{Head, HeaderError, Tags};
use super::page::{NO_POSITION, Page, PageError};
use crate::opus::{self, OpusError};

/// The largest audio packet taken (RFC 7845 §6 advises this limit): 48 frames of the largest size, with their lengths.
pub(super) const LARGEST_PACKET: usize = 61_440;

/// The largest comment header taken. Pictures may be in it, so it is not small; it is read once.
const LARGEST_TAGS: usize = 16 << 20;

/// Why a file could not be read, or not further.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is no Ogg file, or a damaged one.
    #[error("could not read the container")]
    Page(#[from] PageError),
    /// It does not begin as an Ogg-Opus file does.
    #[error("could not read the headers")]
    Header(#[from] HeaderError),
    /// A packet is no Opus packet.
    #[error("a packet is malformed")]
    Packet(#[from] OpusError),
    /// A packet grows beyond all bounds.
    #[error("a packet is larger than {0} bytes")]
    TooLarge(usize),
    /// The first position is before the beginning of time (RFC 7845 §4.5).
    #[error("the first page ends earlier than its own packets last")]
    ImpossibleStart,
}

/// One packet of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// Where it begins, in samples of 48 kHz since the first packet. Holes in the file are holes in this.
    pub position: u64,
    /// How long it lasts.
    pub duration: u32,
    /// Samples at its head that a player does not play (pre-skip, RFC 7845 §4.2).
    pub skip: u32,
    /// Samples at its tail that a player does not play (end trimming, RFC 7845 §4.4).
    pub trim: u32,
    /// The Opus packet.
    pub data: Vec<u8>,
}

/// Gives the Opus packets of a file in order. Buffer the input: it is read in small pieces.
///
/// A file may hold other streams beside the first Opus stream, which are passed over, and others after it, which are not
/// read. A file without a proper end (a recording that was cut) ends where its last whole page does; [`Reader::is_cut`]
/// tells.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    head: Head,
    tags: Tags,
    serial: u32,
    next_number: u32,
    /// The part of a packet that goes on on the next page.
    unfinished: Option<Vec<u8>>,
    ready: VecDeque<Packet>,
    timeline: Timeline,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Reading,
    Ended,
    Cut,
}

impl<R: Read> Reader<R> {
    /// Reads the headers.
    pub fn new(mut input: R) -> Result<Self, ReadError> {
        let first = Page::read(&mut input)?.ok_or(HeaderError::NotOpus)?;
        let mut parts = first.parts();
        let head = match (first.first, parts.next(), parts.next()) {
            (true, Some(part), None) if part.complete => Head::parse(part.bytes)?,
            _ => return Err(HeaderError::NotOpus.into()),
        };
        let mut reader = Self {
            head,
            tags: Tags::default(),
            serial: first.serial,
            next_number: first.number.wrapping_add(1),
            unfinished: None,
            ready: VecDeque::new(),
            timeline: Timeline { pre_skip: u64::from(head.pre_skip), ..Timeline::default() },
            state: State::Reading,
            input,
        };
        reader.tags = reader.read_tags()?;
        Ok(reader)
    }

    /// What the stream is.
    pub fn head(&self) -> Head {
        self.head
    }

    /// What the stream says about itself.
    pub fn tags(&self) -> &Tags {
        &self.tags
    }

    /// Whether the file ended without the mark that it has ended: its writer was killed, or is still at work.
    /// Known only when there are no more packets.
    pub fn is_cut(&self) -> bool {
        self.state == State::Cut
    }

    /// The input behind the headers, the stream's number and that of its next page.
    pub(super) fn into_stream(self) -> (R, u32, u32) {
        (self.input, self.serial, self.next_number)
    }

    fn read_tags(&mut self) -> Result<Tags, ReadError> {
        let mut packet = Vec::new();
        loop {
            let page = self.next_page()?.ok_or(HeaderError::NoTags)?;
            self.next_number = page.number.wrapping_add(1);
            let mut parts = page.parts();
            let Some(part) = parts.next() else { continue };
            packet.extend_from_slice(part.bytes);
            if packet.len() > LARGEST_TAGS {
                return Err(ReadError::TooLarge(LARGEST_TAGS));
            }
            if !part.complete {
                continue;
            }
            // RFC 7845 §3: the comment header ends its page.
            return match parts.next() {
                None => Ok(Tags::parse(&packet)?),
                Some(_) => Err(HeaderError::NoTags.into()),
            };
        }
    }

    /// The next page of this stream; `None` at the end, proper or not.
    fn next_page(&mut self) -> Result<Option<Page>, ReadError> {
        while self.state == State::Reading {
            match Page::read(&mut self.input) {
                Ok(Some(page)) if page.serial == self.serial => {
                    if page.last {
                        self.state = State::Ended;
                    }
                    return Ok(Some(page));
                }
                Ok(Some(_)) => {}
                Ok(None) | Err(PageError::CutShort) => self.state = State::Cut,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// Takes the packets of a page, with what earlier pages left unfinished.
    fn take_page(&mut self, page: &Page) -> Result<(), ReadError> {
        let lost = std::mem::replace(&mut self.next_number, page.number.wrapping_add(1)) != page.number;
        if lost || !page.continued {
            self.unfinished = None;
        }
        let mut packets = Vec::new();
        for (index, part) in page.parts().enumerate() {
            // The rest of a packet whose beginning is gone is gone too.
            if index == 0 && page.continued && self.unfinished.is_none() {
                continue;
            }
            let mut bytes = self.unfinished.take().unwrap_or_default();
            bytes.extend_from_slice(part.bytes);
            if bytes.len() > LARGEST_PACKET {
                return Err(ReadError::TooLarge(LARGEST_PACKET));
            }
            if part.complete {
                packets.push((opus::duration(&bytes)?, bytes));
            } else {
                self.unfinished = Some(bytes);
            }
        }
        self.timeline.place(page, packets, &mut self.ready)
    }

    fn next_packet(&mut self) -> Result<Option<Packet>, ReadError> {
        while self.ready.is_empty() {
            let Some(page) = self.next_page()? else { return Ok(None) };
            self.take_page(&page)?;
        }
        Ok(self.ready.pop_front())
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Packet, ReadError>;

    /// After an error there are no more packets.
    fn next(&mut self) -> Option<Self::Item> {
        self.next_packet().inspect_err(|_| self.state = State::Cut).transpose()
    }
}

/// Turns the positions of pages into those of packets (RFC 7845 §4).
#[derive(Debug, Default)]
struct Timeline {
    /// Where the first packet began: a stream cut out of a longer one does not begin at 0 (§4.3).
    origin: Option<u64>,
    /// Where the last packet ended, since the origin.
    end: u64,
    pre_skip: u64,
}

impl Timeline {
    fn place(
        &mut self,
        page: &Page,
        packets: Vec<(u32, Vec<u8>)>,
        ready: &mut VecDeque<Packet>,
    ) -> Result<(), ReadError> {
        if packets.is_empty() {
            return Ok(());
        }
        let total: u64 = packets.iter().map(|&(duration, _)| u64::from(duration)).sum();
        let mut position = self.start_of(page, total)?;
        let audible_end = self.audible_end(page);
        for (duration, data) in packets {
            let end = position.saturating_add(u64::from(duration));
            // Nobody hears what lies behind the end, and nothing that follows is decoded with its help.
            if position < audible_end {
                let skip = samples_before(self.pre_skip, position, duration);
                let trim = duration - samples_before(audible_end, position, duration);
                ready.push_back(Packet { position, duration, skip, trim, data });
            }
            position = end;
        }
        self.end = position;
        Ok(())
    }

    /// Where the first packet that ends on a page begins. The last page's position says where to stop instead, and so
    /// nothing about where it begins.
    fn start_of(&mut self, page: &Page, total: u64) -> Result<u64, ReadError> {
        let Some(origin) = self.origin else {
            self.origin = Some(match page.position.checked_sub(total) {
                Some(origin) if page.position != NO_POSITION && !page.last => origin,
                None if !page.last => return Err(ReadError::ImpossibleStart),
                _ => 0,
            });
            return Ok(0);
        };
        if page.last || page.position == NO_POSITION {
            return Ok(self.end);
        }
        // A page that ends earlier than its packets allow is wrong about it: time does not run backwards.
        let start = page.position.saturating_sub(total).saturating_sub(origin);
        Ok(start.max(self.end))
    }

    fn audible_end(&self, page: &Page) -> u64 {
        if !page.last || page.position == NO_POSITION {
            return u64::MAX;
        }
        page.position.saturating_sub(self.origin.unwrap_or(0))
    }
}

/// How many of a packet's samples lie before a position.
fn samples_before(limit: u64, position: u64, duration: u32) -> u32 {
    u32::try_from(limit.saturating_sub(position)).unwrap_or(u32::MAX).min(duration)
}
