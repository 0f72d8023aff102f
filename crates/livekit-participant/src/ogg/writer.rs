//! Recording what comes from the network as an Ogg-Opus file.

mod reorder;

use std::io::{self, Write};

use super::header::{Channels, Head, Tags};
use super::page::Page;
use super::reader::LARGEST_PACKET;
use crate::opus::{self, OpusError, SAMPLE_RATE};
use reorder::Reorder;

/// Why something could not be recorded.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The file could not be written.
    #[error("could not write the recording")]
    Io(#[from] io::Error),
    /// What should be recorded is no Opus packet. Nothing was written, and the next packet is welcome.
    #[error("a packet is malformed")]
    Packet(#[from] OpusError),
    /// A packet is larger than readers take. Nothing was written, and the next packet is welcome.
    #[error("a packet of {0} bytes is too large")]
    TooLarge(usize),
    /// A position is so far ahead that it is surely wrong. Nothing was written, and the next packet is welcome.
    #[error("a packet is {ahead} samples ahead of the recording, more than the {limit} that may be missing")]
    TooFarAhead {
        /// How far, in samples of 48 kHz.
        ahead: u64,
        /// How far it may be.
        limit: u64,
    },
}

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is in the recording, or will be as soon as those before it are there or given up.
    Kept,
    /// Its place is taken: it came twice, or after its place was filled with silence.
    Dropped,
}

/// How a recording is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriterOptions {
    /// How many channels a player should make. Packets with the other number are welcome.
    pub channels: Channels,
    /// What the file says about itself.
    pub tags: Tags,
    /// The stream's number: different for every recording, where recordings may be joined in one file (RFC 3533 §4).
    pub serial: u32,
    /// What a player skips at the beginning. The default of 312 samples (6.5 ms) is what encoders look ahead, so that
    /// what is heard at a position was spoken at it.
    pub pre_skip: u16,
    /// How long a page may get, and so how much is lost at most with a killed writer, in samples.
    pub page_duration: u32,
    /// How long a missing packet is waited for, in samples.
    pub reorder_window: u32,
    /// How much silence one packet may bring about before its position is taken for an error, in samples.
    pub longest_gap: u64,
}

impl Default for WriterOptions {
    fn default() -> Self {
        Self {
            channels: Channels::Mono,
            tags: Tags::default(),
            serial: 1,
            pre_skip: 312,
            page_duration: SAMPLE_RATE,
            reorder_window: SAMPLE_RATE / 10,
            longest_gap: u64::from(SAMPLE_RATE) * 60 * 60 * 12,
        }
    }
}

/// Records packets with their positions, so that the file lasts exactly as long as what happened.
///
/// Holes (loss, discontinuous transmission, mute, hold) are filled with silence, packets out of order are put in order,
/// and what comes twice or too late is dropped. A page is written for every second, so that a killed process loses that
/// much at most; [`super::recover`] then closes or continues the file. A page that cannot be written is kept and tried again
/// with what comes within the next seconds; what comes while it is full is lost, and becomes silence. That needs an output that
/// leaves nothing of a failed write: [`super::AllOrNothing`]. Writing blocks: give it a thread of its own or a file that
/// does not.
#[derive(Debug)]
pub struct Writer<W> {
    stream: Stream<W>,
    reorder: Reorder,
    longest_gap: u64,
}

impl<W: Write> Writer<W> {
    /// Begins a recording: writes the headers.
    pub fn new(output: W, options: &WriterOptions) -> io::Result<Self> {
        let mut stream = Stream {
            output,
            page: Page::empty(options.serial, 0),
            end: 0,
            page_start: 0,
            page_duration: u64::from(options.page_duration),
            pre_skip: u64::from(options.pre_skip),
        };
        let (channels, pre_skip) = (options.channels, options.pre_skip);
        let head = Head { channels, pre_skip, input_sample_rate: SAMPLE_RATE, output_gain: 0 };
        stream.write_header(&head.to_bytes())?;
        stream.write_header(&options.tags.to_bytes())?;
        Ok(Self::around(stream, options))
    }

    /// Goes on with a recording whose pages so far are sound.
    pub(super) fn resume(output: W, resume: &Resume, options: &WriterOptions) -> Self {
        let stream = Stream {
            output,
            page: Page::empty(resume.serial, resume.next_page),
            end: resume.end,
            page_start: resume.end,
            page_duration: u64::from(options.page_duration),
            pre_skip: u64::from(resume.pre_skip),
        };
        Self::around(stream, options)
    }

    fn around(stream: Stream<W>, options: &WriterOptions) -> Self {
        Self { stream, reorder: Reorder::new(options.reorder_window), longest_gap: options.longest_gap }
    }

    /// How much is recorded, in samples of 48 kHz, not counting packets that wait for an earlier one.
    pub fn position(&self) -> u64 {
        self.stream.end
    }

    /// Records a packet at its position, in samples of 48 kHz since the beginning of the recording.
    pub fn write(&mut self, position: u64, packet: &[u8]) -> Result<Written, WriteError> {
        let duration = opus::duration(packet)?;
        if packet.len() > LARGEST_PACKET {
            return Err(WriteError::TooLarge(packet.len()));
        }
        let ahead = position.saturating_sub(self.stream.end);
        if ahead > self.longest_gap {
            return Err(WriteError::TooFarAhead { ahead, limit: self.longest_gap });
        }
        if self.stream.is_taken(position, duration) || !self.reorder.hold(position, duration, packet) {
            return Ok(Written::Dropped);
        }
        while let Some((position, packet)) = self.reorder.release(self.stream.end) {
            self.stream.put(position, packet.duration, &packet.data)?;
        }
        Ok(Written::Kept)
    }

    /// Tells that time has passed without packets (mute, hold): everything up to here is recorded, as silence where
    /// nothing came, and written. Later packets for that time are dropped.
    pub fn advance(&mut self, until: u64) -> Result<(), WriteError> {
        let ahead = until.saturating_sub(self.stream.end);
        if ahead > self.longest_gap {
            return Err(WriteError::TooFarAhead { ahead, limit: self.longest_gap });
        }
        while let Some((position, packet)) = self.reorder.release_before(until) {
            self.stream.put(position, packet.duration, &packet.data)?;
        }
        self.stream.fill(until)?;
        Ok(())
    }

    /// Ends the recording at a position: with silence up to it, or cut to the sample if there is more than that (but for
    /// pages that are written). Without this the file is one of a killed writer.
    pub fn finish(mut self, until: u64) -> Result<W, WriteError> {
        // What is on a page that is written cannot be cut any more, and the last packets may reach beyond the end.
        self.stream.page_duration = u64::MAX;
        self.advance(until)?;
        Ok(self.stream.finish(until)?)
    }
}

/// Where a recording stands that is to be continued.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resume {
    pub serial: u32,
    pub next_page: u32,
    /// The last page's granule position.
    pub end: u64,
    pub pre_skip: u16,
}

/// Packets in order, onto pages.
#[derive(Debug)]
struct Stream<W> {
    output: W,
    page: Page,
    /// Where the last packet ends: what RFC 7845 §4 makes the granule position of its page.
    end: u64,
    /// Where the first packet of the page begins.
    page_start: u64,
    page_duration: u64,
    pre_skip: u64,
}

impl<W: Write> Stream<W> {
    /// Each of the two has a page, or pages, of its own (RFC 7845 §3).
    fn write_header(&mut self, packet: &[u8]) -> io::Result<()> {
        self.page.first = self.page.number == 0;
        let mut rest = Some(packet);
        while let Some(bytes) = rest {
            rest = self.page.push_some(bytes);
            if rest.is_none() {
                self.page.position = 0;
            }
            self.write_page()?;
            self.page.continued = rest.is_some();
        }
        Ok(())
    }

    /// A packet is late when more than half of it would be heard at the wrong time. Less is the rounding of clocks: such
    /// a packet follows the last one, and as positions are absolute the error does not grow.
    fn is_taken(&self, position: u64, duration: u32) -> bool {
        self.end.saturating_sub(position) * 2 > u64::from(duration)
    }

    fn put(&mut self, position: u64, duration: u32, packet: &[u8]) -> io::Result<()> {
        if self.is_taken(position, duration) {
            return Ok(());
        }
        self.fill(position)?;
        self.append(packet, duration)
    }

    /// Silence up to a position, as near as packets allow (2.5 ms).
    fn fill(&mut self, until: u64) -> io::Result<()> {
        while let Some((packet, duration)) = opus::silence(until.saturating_sub(self.end)) {
            self.append(packet, duration)?;
        }
        Ok(())
    }

    fn append(&mut self, packet: &[u8], duration: u32) -> io::Result<()> {
        if !self.page.push(packet) {
            self.write_audio_page()?;
            let fits = self.page.push(packet);
            debug_assert!(fits, "a page has room for 65,024 bytes, and a packet of Opus is never that large");
        }
        self.end += u64::from(duration);
        if self.end - self.page_start >= self.page_duration {
            self.write_audio_page()?;
        }
        Ok(())
    }

    fn write_audio_page(&mut self) -> io::Result<()> {
        self.page.position = self.end;
        self.page_start = self.end;
        self.write_page()
    }

    fn write_page(&mut self) -> io::Result<()> {
        self.page.write(&mut self.output)?;
        self.page = Page::empty(self.page.serial, self.page.number.wrapping_add(1));
        Ok(())
    }

    /// The last page says where to stop (RFC 7845 §4.4): after as many samples as the recording lasts, behind those that
    /// are skipped, but never before the page in front of it.
    fn finish(mut self, until: u64) -> io::Result<W> {
        let end = until + self.pre_skip;
        while self.end < end {
            self.append(opus::SILENCE_20_MS, opus::FRAME_20_MS)?;
        }
        self.page.end_stream(end.max(self.page_start));
        self.write_page()?;
        Ok(self.output)
    }
}
