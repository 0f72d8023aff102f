//! One file of a recording while it is made: packets in, exact time out.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader};
use std::path::Path;

use baton_domain::time::Span;
use livekit_participant::ogg::recover::{self, RecoverError};
use livekit_participant::ogg::{
    AllOrNothing, Packet, PageError, ReadError, Reader, Tags, WriteError, Writer, WriterOptions,
};
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
    writer: Writer<AllOrNothing<File>>,
    file: File,
    /// Where the last packet ends.
    end: u64,
}

impl SoundFile {
    /// A new file.
    pub fn begin(path: &Path) -> Result<Self, SoundFileError> {
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
        let tags = Tags { comment: Some("Recorded by Baton".to_owned()), ..Tags::default() };
        let output = AllOrNothing::new(file.try_clone()?)?;
        let writer = Writer::new(output, &WriterOptions { tags, ..WriterOptions::default() })?;
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
        self.writer.finish(self.end)?;
        self.file.sync_all()?;
        describe(path, self.end)
    }
}

/// What became of a recording that was cut.
#[derive(Debug)]
pub enum Cut {
    /// It has its end.
    Closed(Closed),
    /// It is damaged, and left as it is. What is known of it goes as far as it can be read.
    Damaged(Closed, RecoverError),
    /// Nothing was written, or the file is gone.
    Nothing,
}

/// Closes a file whose writer was killed. Safe to run again; an error may be gone by then.
pub fn close_cut(path: &Path) -> Result<Cut, SoundFileError> {
    let mut file = match OpenOptions::new().read(true).write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Cut::Nothing),
        file => file?,
    };
    match recover::close(&mut file) {
        Ok(recovered) => {
            file.sync_all()?;
            Ok(Cut::Closed(describe(path, recovered.duration)?))
        }
        Err(RecoverError::NothingRecorded(_)) => Ok(Cut::Nothing),
        Err(RecoverError::Io(error)) => Err(error.into()),
        Err(damage) => Ok(Cut::Damaged(describe_damaged(path)?, damage)),
    }
}

fn describe(path: &Path, samples: u64) -> Result<Closed, SoundFileError> {
    let duration = Span(i64::try_from(samples / SAMPLES_PER_MS).unwrap_or(i64::MAX));
    let bytes = std::fs::metadata(path)?.len();
    let activity = activity(readable(path)?, duration)?;
    Ok(Closed { duration, bytes, activity })
}

fn describe_damaged(path: &Path) -> Result<Closed, SoundFileError> {
    let end = |end: u64, packet: Result<Packet, ReadError>| {
        packet.map(|packet| end.max(packet.position + u64::from(packet.duration)))
    };
    let samples = readable(path)?.try_fold(0, end)?;
    describe(path, samples)
}

/// The packets of a file up to the first that is damaged, or to an error that may be gone the next time.
fn readable(path: &Path) -> Result<impl Iterator<Item = Result<Packet, ReadError>>, SoundFileError> {
    let reader = match Reader::new(BufReader::new(File::open(path)?)) {
        Err(error) if may_pass(&error) => return Err(error.into()),
        reader => reader.ok(),
    };
    let is_wanted = |packet: &Result<Packet, ReadError>| packet.as_ref().err().is_none_or(may_pass);
    Ok(reader.into_iter().flatten().take_while(is_wanted))
}

fn may_pass(error: &ReadError) -> bool {
    matches!(error, ReadError::Page(PageError::Io(_)))
}
