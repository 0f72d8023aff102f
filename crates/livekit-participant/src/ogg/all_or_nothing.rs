//! A file in which each write leaves everything or nothing, so that a disk that was full for a moment spoils no page.

use std::io::{self, SeekFrom, Write};

use super::recover::Recording;

/// A file to which [`Writer`](super::Writer) writes on after a failure: what a failed write left behind is cut off before the
/// next one, so that a page never stands behind part of another.
#[derive(Debug)]
pub struct AllOrNothing<F> {
    file: F,
    /// How long the file is without what a failed write left.
    length: u64,
    /// A write has failed, and what it left could not be cut off yet.
    is_torn: bool,
}

impl<F: Recording> AllOrNothing<F> {
    /// Writes behind what is in the file.
    pub fn new(mut file: F) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        Ok(Self { file, length, is_torn: false })
    }

    /// The file itself.
    pub fn into_inner(self) -> F {
        self.file
    }

    fn mend(&mut self) -> io::Result<()> {
        if self.is_torn {
            self.file.truncate(self.length)?;
            self.file.seek(SeekFrom::Start(self.length))?;
            self.is_torn = false;
        }
        Ok(())
    }
}

impl<F: Recording> Write for AllOrNothing<F> {
    /// Takes all of `bytes`, or nothing.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.mend()?;
        let written = self.file.write_all(bytes).and_then(|()| self.file.flush());
        if let Err(error) = written {
            self.is_torn = true;
            // What cannot be cut off now is cut off before the next write; by then it is known that it is there.
            let _ = self.mend();
            return Err(error);
        }
        self.length += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
