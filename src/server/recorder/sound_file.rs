//! One file of a recording while it is made: packets in, exact time out.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use baton_domain::time::Span;
use livekit_participant::ogg::recover::{self, RecoverError};
use livekit_participant::ogg::{ReadError, Tags, WriteError, Writer, WriterOptions};
use livekit_participant::opus;

use super::activity::activity;
use crate::server::store::recordings::Closed;

/// Samples in a millisecond.
const SAMPLES_PER_MS: u64 = 48;

/// Why a file cannot be written or closed.
#[derive(Debug, thiserror::Error)]
pub enum SoundFileError {
    /// The file itself.
    #[error("could not write the recording's file")]
    Io(#[from] io::Error),
    /// What was to be written.
    #[error("could not record a packet")]
    Write(#[from] WriteError),
    /// It was cut, and cannot be closed.
    #[error("could not close a recording that was cut")]
    Recover(#[from] RecoverError),
    /// It cannot be read again.
    #[error("could not read the recording again")]
    Read(#[from] ReadError),
}

/// A recording's file that is being written.
#[derive(Debug)]
pub struct SoundFile {
    writer: Writer<File>,
    file: File,
    /// Where the last packet ends.
    end: u64,
}

impl SoundFile {
    /// A new file.
    pub fn begin(path: &Path) -> Result<Self, SoundFileError> {
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
        let tags = Tags { comment: Some("Recorded by Baton".to_owned()), ..Tags::default() };
        let writer = Writer::new(file.try_clone()?, &WriterOptions { tags, ..WriterOptions::default() })?;
        // That there is a file at all is written down in its folder.
        File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(Self { writer, file, end: 0 })
    }

    /// Records a packet at its position, in samples of 48 kHz since the recording began; what is missing before it is
    /// silence. One that fits nowhere is dropped: it is its sender's mistake, and the recording goes on.
    pub fn write(&mut self, position: u64, packet: &[u8]) -> Result<(), SoundFileError> {
        match self.writer.write(position, packet) {
            Ok(_) => {
                let duration = opus::duration(packet).unwrap_or(0);
                self.end = self.end.max(position.saturating_add(u64::from(duration)));
                Ok(())
            }
            Err(WriteError::Io(error)) => Err(error.into()),
            Err(error) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "A packet cannot be recorded");
                Ok(())
            }
        }
    }

    /// What is written is on the disk: neither a killed server nor a machine without power loses it.
    pub fn keep(&self) -> Result<(), SoundFileError> {
        Ok(self.file.sync_data()?)
    }

    /// Ends the recording where its last packet does.
    pub fn finish(self, path: &Path) -> Result<Closed, SoundFileError> {
        self.writer.finish(self.end)?.sync_all()?;
        describe(path, self.end)
    }
}

/// Closes a file whose writer was killed. Safe to run again.
pub fn close_cut(path: &Path) -> Result<Closed, SoundFileError> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let recovered = recover::close(&mut file)?;
    file.sync_all()?;
    describe(path, recovered.duration)
}

fn describe(path: &Path, samples: u64) -> Result<Closed, SoundFileError> {
    let duration = Span(i64::try_from(samples / SAMPLES_PER_MS).unwrap_or(i64::MAX));
    let file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let activity = activity(io::BufReader::new(file), duration)?;
    Ok(Closed { duration, bytes, activity })
}
