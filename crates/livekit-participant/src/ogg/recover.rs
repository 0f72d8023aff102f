//! What to do with a recording whose writer was killed: close it, or go on with it.
//!
//! [`Writer`](super::Writer) writes whole pages, so what is there is sound up to the last one. Behind it there may be
//! part of a page, or, after the machine itself stopped, zeros and worse. Both functions cut that off. They change nothing
//! in a file that is damaged in the middle, or that is not a single Ogg-Opus stream.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom, Write};

use super::page::{NO_POSITION, Page, PageError};
use super::reader::{ReadError, Reader};
use super::writer::{Resume, Writer, WriterOptions};

/// A file that can be read, written and made shorter.
pub trait Recording: Read + Write + Seek {
    /// Forgets everything from a length on.
    fn truncate(&mut self, length: u64) -> io::Result<()>;
}

impl Recording for File {
    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}

impl Recording for Cursor<Vec<u8>> {
    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.get_mut().truncate(usize::try_from(length).unwrap_or(usize::MAX));
        Ok(())
    }
}

/// Why a recording was left as it is.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The file could not be read or written.
    #[error("could not repair the recording")]
    Io(#[from] io::Error),
    /// Not even the headers are whole, and no page follows: nothing was recorded, or it is no recording.
    #[error("there is no recording in the file")]
    NothingRecorded(#[source] ReadError),
    /// A page is damaged, and others follow: cutting there would lose them.
    #[error("the recording is damaged at byte {0}, with more behind it")]
    DamagedInside(u64),
    /// There are other streams in the file.
    #[error("the file holds more than one stream")]
    ManyStreams,
    /// It cannot be continued because it has its end already.
    #[error("the recording is complete")]
    Complete,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovered {
    /// How long the recording is, in samples of 48 kHz.
    pub duration: u64,
    /// Bytes behind the last whole page, which are no longer there.
    pub bytes_cut: u64,
    /// The file had its proper end already, and was not changed.
    pub was_complete: bool,
}

/// Gives a cut recording its end. Safe to run again.
pub fn close<F: Recording>(file: &mut F) -> Result<Recovered, RecoverError> {
    let found = scan(file)?;
    if !found.complete {
        cut(file, &found)?;
        let mut last = Page::empty(found.resume.serial, found.resume.next_page);
        last.end_stream(found.resume.end);
        last.write(file)?;
    }
    Ok(found.recovered())
}

/// Goes on with a cut recording. Positions count from its beginning as before, and what was missed becomes silence with
/// the first packet written. Channels, tags, serial number and pre-skip are the file's; the other options apply.
pub fn resume<F: Recording>(mut file: F, options: &WriterOptions) -> Result<(Writer<F>, Recovered), RecoverError> {
    let found = scan(&mut file)?;
    if found.complete {
        return Err(RecoverError::Complete);
    }
    cut(&mut file, &found)?;
    Ok((Writer::resume(file, &found.resume, options), found.recovered()))
}

/// What a file holds.
struct Found {
    resume: Resume,
    complete: bool,
    /// Where the last whole page ends.
    sound: u64,
    length: u64,
}

impl Found {
    fn recovered(&self) -> Recovered {
        Recovered {
            duration: self.resume.end.saturating_sub(u64::from(self.resume.pre_skip)),
            bytes_cut: if self.complete { 0 } else { self.length - self.sound },
            was_complete: self.complete,
        }
    }
}

fn cut(file: &mut impl Recording, found: &Found) -> io::Result<()> {
    file.truncate(found.sound)?;
    file.seek(SeekFrom::Start(found.sound)).map(drop)
}

fn scan(file: &mut impl Recording) -> Result<Found, RecoverError> {
    let length = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    let reader = match Reader::new(BufReader::new(&mut *file)) {
        Ok(reader) => reader,
        Err(error) => return Err(without_headers(file, error)?),
    };
    let pre_skip = reader.head().pre_skip;
    let (mut input, serial, next_page) = reader.into_stream();
    let sound = input.stream_position()?;
    let mut found = Found { resume: Resume { serial, next_page, end: 0, pre_skip }, complete: false, sound, length };
    while !found.complete {
        match Page::read(&mut input) {
            Ok(None) | Err(PageError::CutShort) => break,
            Ok(Some(page)) if page.serial != serial => return Err(RecoverError::ManyStreams),
            Ok(Some(page)) if follows(&page, &found.resume) => found.take(&page),
            Err(PageError::Io(error)) => return Err(error.into()),
            Ok(Some(_)) | Err(_) => return refuse_if_more(&mut input, found),
        }
    }
    if found.complete && found.sound < length && has_page(&mut input, found.sound)? {
        return Err(RecoverError::ManyStreams);
    }
    Ok(found)
}

/// Whoever is told that nothing was recorded throws the file away: neither a disk that cannot be read nor sound behind
/// damaged headers may be taken for that.
fn without_headers(file: &mut impl Recording, error: ReadError) -> io::Result<RecoverError> {
    match error {
        ReadError::Page(PageError::Io(error)) => Err(error),
        _ if has_page(file, 1)? => Ok(RecoverError::DamagedInside(0)),
        error => Ok(RecoverError::NothingRecorded(error)),
    }
}

impl Found {
    fn take(&mut self, page: &Page) {
        self.sound += page.size();
        self.complete = page.last;
        self.resume.next_page = page.number.wrapping_add(1);
        if page.position != NO_POSITION {
            self.resume.end = page.position;
        }
    }
}

/// Whether a page is the one that the writer wrote after the last.
fn follows(page: &Page, resume: &Resume) -> bool {
    page.number == resume.next_page && page.position >= resume.end
}

fn refuse_if_more(input: &mut (impl Read + Seek), found: Found) -> Result<Found, RecoverError> {
    if has_page(input, found.sound + 1)? { Err(RecoverError::DamagedInside(found.sound)) } else { Ok(found) }
}

/// How far behind the last sound page another one is looked for: a page is at most 65,307 bytes long.
const SEARCHED: u64 = 1 << 20;

/// Whether a whole page begins anywhere behind a place.
fn has_page(input: &mut (impl Read + Seek), from: u64) -> io::Result<bool> {
    input.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    input.by_ref().take(SEARCHED).read_to_end(&mut bytes)?;
    let mut starts = (0..bytes.len()).filter(|&start| bytes[start..].starts_with(b"OggS"));
    Ok(starts.any(|start| matches!(Page::read(&mut &bytes[start..]), Ok(Some(_)))))
}
