//! What recordings are made with: the spool in which they grow, the thread that writes them, and the storage they go to.
//!
//! A recording that is being made is a file of this computer. It is brought to the disk every second, so that a killed
//! server loses no more than that; what was cut is closed when the server starts again. Only whole files go to the storage,
//! and only then leave the spool, so that a storage that is down costs nothing but time.

mod activity;
mod losses;
mod sound_file;
mod writing;

use std::collections::HashSet;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use baton_domain::ids::RecordingId;
use baton_domain::recording::Recording;
use tokio::sync::Notify;

pub use sound_file::{Cut, SoundFile, SoundFileError, close_cut};
pub use writing::{Spool, Writing, WritingError};

use super::ports::recording_storage::RecordingStorage;

/// What recordings are made with.
pub struct Recorder {
    /// Where they grow.
    pub spool: Spool,
    /// The same, to be read from.
    pub spooled: Arc<dyn RecordingStorage>,
    /// Where they go to.
    pub storage: Arc<dyn RecordingStorage>,
    /// Who writes them.
    pub writing: Writing,
    /// Those that are being made at this moment: they are not cut, although they have no end yet.
    live: Mutex<HashSet<RecordingId>>,
    /// Something waits for the storage, or is to be removed from it.
    pub unsettled: Notify,
}

impl Recorder {
    /// Opens the spool and starts the thread. `spooled` reads the same folder.
    pub fn open(
        spool: Spool,
        spooled: Arc<dyn RecordingStorage>,
        storage: Arc<dyn RecordingStorage>,
    ) -> io::Result<Self> {
        let writing = Writing::start(spool.clone())?;
        Ok(Self { spool, spooled, storage, writing, live: Mutex::default(), unsettled: Notify::new() })
    }

    /// A recording is being made from now on.
    pub fn begins(&self, id: RecordingId) {
        self.live().insert(id);
    }

    /// It is no more.
    pub fn ends(&self, id: RecordingId) {
        self.live().remove(&id);
    }

    /// Whether a recording is being made by this server.
    pub fn makes(&self, id: RecordingId) -> bool {
        self.live().contains(&id)
    }

    fn live(&self) -> MutexGuard<'_, HashSet<RecordingId>> {
        // A panic elsewhere leaves plain ids behind, which stay right.
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of a recording's file in the spool.
pub fn spool_key(id: RecordingId) -> String {
    format!("{id}.opus")
}

/// The name of a recording's file in the storage.
pub fn storage_key(recording: &Recording) -> String {
    format!("{}/{}.opus", recording.call, recording.id)
}
