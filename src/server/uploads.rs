//! Where files that people send are kept while they are worked on: a folder of this instance, beside its recordings that are
//! being made. A file is there from its first byte until its transcript is stored, and no longer.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use baton_domain::ids::SpokenFileId;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// The folder, and who works on what is in it.
#[derive(Debug)]
pub struct Uploads {
    folder: PathBuf,
    /// Something was received, and waits.
    pub waiting: Notify,
    /// Moves with every change of any file.
    changes: watch::Sender<()>,
    working: Mutex<HashMap<SpokenFileId, CancellationToken>>,
}

impl Uploads {
    /// Files in a folder below the one of recordings that are being made.
    pub fn below(spool: &Path) -> Self {
        let folder = spool.join("uploads");
        Self { folder, waiting: Notify::new(), changes: watch::Sender::new(()), working: Mutex::default() }
    }

    /// Where a file is.
    pub fn path(&self, id: SpokenFileId) -> PathBuf {
        self.folder.join(id.to_string())
    }

    /// A new, empty file.
    pub async fn create(&self, id: SpokenFileId) -> io::Result<tokio::fs::File> {
        tokio::fs::create_dir_all(&self.folder).await?;
        tokio::fs::OpenOptions::new().write(true).create_new(true).open(self.path(id)).await
    }

    /// A file is wanted no more. One that is not there is gone already.
    pub async fn remove(&self, id: SpokenFileId) -> io::Result<()> {
        match tokio::fs::remove_file(self.path(id)).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    /// The ids of all files that are there.
    pub async fn all(&self) -> io::Result<Vec<SpokenFileId>> {
        let mut entries = match tokio::fs::read_dir(&self.folder).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut ids = Vec::new();
        while let Some(entry) = entries.next_entry().await? {
            let id: Option<SpokenFileId> = entry.file_name().to_str().and_then(|name| name.parse().ok());
            ids.extend(id);
        }
        Ok(ids)
    }

    /// Something has changed.
    pub fn tell(&self) {
        self.changes.send_replace(());
    }

    /// Whoever waits for a change.
    pub fn listen(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// Somebody begins to work on a file; nothing when somebody does already.
    pub fn begin_work(&self, id: SpokenFileId) -> Option<CancellationToken> {
        let mut working = self.working();
        if working.contains_key(&id) {
            return None;
        }
        let given_up = CancellationToken::new();
        working.insert(id, given_up.clone());
        Some(given_up)
    }

    /// Nobody works on a file any more.
    pub fn end_work(&self, id: SpokenFileId) {
        self.working().remove(&id);
    }

    /// Whoever works on a file, or still receives it, gives up.
    pub fn give_up(&self, id: SpokenFileId) {
        if let Some(working) = self.working().get(&id) {
            working.cancel();
        }
    }

    /// Whether somebody works on a file.
    pub fn is_at_work(&self, id: SpokenFileId) -> bool {
        self.working().contains_key(&id)
    }

    fn working(&self) -> MutexGuard<'_, HashMap<SpokenFileId, CancellationToken>> {
        // A panic elsewhere leaves plain tokens behind, which stay right.
        self.working.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
