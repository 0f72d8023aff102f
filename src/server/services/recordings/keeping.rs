//! The way of a recording from its first packet to the storage, and out of it.

use baton_domain::ids::{CallId, RecordingId};
use baton_domain::recording::{RecordedLeg, Recording, RecordingState};
use baton_domain::time::Timestamp;
use tracing::{error, info, warn};

use super::Recordings;
use crate::server::error::{ServiceError, chain};
use crate::server::hub::Wake;
use crate::server::ports::recording_storage::StorageError;
use crate::server::random;
use crate::server::recorder::{Cut, SoundFileError, WritingError, close_cut, spool_key, storage_key};
use crate::server::store::recordings::Closed;
use crate::server::store::{StoreError, recordings};

impl Recordings<'_> {
    /// Somebody is heard: a file of theirs begins, whose first sample was spoken at `started_at`. The row comes first: what is
    /// in the spool without one belongs to nobody. Where no file can begin, no row is left.
    pub async fn begin(&self, leg: RecordedLeg, started_at: Timestamp) -> Result<RecordingId, ServiceError> {
        let recording = Recording::begun(RecordingId(random::id()), leg, started_at);
        let id = recording.id;
        self.0.recorder.begins(id);
        let begun = self.begin_as(&recording).await;
        if begun.is_err() {
            if let Err(failed) = self.discard(id).await {
                warn!(recording.id = %id, error = chain(&failed), "Recording {id} did not begin, and its row is left for the keeper");
            }
            self.0.recorder.ends(id);
        }
        begun.map(|()| id)
    }

    async fn begin_as(&self, recording: &Recording) -> Result<(), ServiceError> {
        let mut tx = self.0.store.begin().await?;
        recordings::insert(&mut tx, recording, &storage_key(recording), &self.0.instance).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(self.0.recorder.writing.begin(recording.id).await?)
    }

    /// Nothing more of it will come. After an error the keeper closes it.
    pub async fn finish(&self, call: CallId, id: RecordingId) -> Result<(), ServiceError> {
        let finished = match self.0.recorder.writing.finish(id).await {
            Ok(closed) => self.close(call, id, &closed).await,
            Err(failed) => Err(failed.into()),
        };
        self.0.recorder.ends(id);
        if finished.is_err() {
            self.0.recorder.unsettled.notify_one();
        }
        finished
    }

    async fn close(&self, call: CallId, id: RecordingId, closed: &Closed) -> Result<(), ServiceError> {
        let mut tx = self.0.store.begin().await?;
        recordings::close(&mut tx, id, closed).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.0.recorder.unsettled.notify_one();
        self.0.hub.wake(Wake::Call(call));
        Ok(())
    }

    /// Closes what this instance began and nobody makes any more: it was killed, or could not finish it; what others make is
    /// theirs. `true` when nothing is left to close.
    pub async fn recover(&self) -> Result<bool, ServiceError> {
        let mut db = self.0.store.read().await?;
        let mut cut = recordings::in_state(&mut db, RecordingState::Recording, &self.0.instance).await?;
        drop(db);
        cut.retain(|(recording, _)| !self.0.recorder.makes(recording.id));
        let mut is_recovered = true;
        for (recording, _) in &cut {
            is_recovered &= or_log(&self.close_cut(recording).await, recording.id, "closed");
        }
        Ok(is_recovered)
    }

    /// Only where there is nothing to listen to the row goes. A disk that cannot be read or written now is asked again, and what
    /// is damaged goes to the storage as it is: there it can be saved by hand, and is deleted like the rest.
    async fn close_cut(&self, recording: &Recording) -> Result<(), ServiceError> {
        let (id, path) = (recording.id, self.0.recorder.spool.path(recording.id));
        let cut = tokio::task::spawn_blocking(move || close_cut(&path)).await.map_err(|_| WritingError::Ended)?;
        match cut.map_err(WritingError::from)? {
            Cut::Closed(closed) => {
                info!(recording.id = %id, duration_ms = closed.duration.0, "Recording {id} was cut, and is closed");
                self.close(recording.call, id, &closed).await
            }
            Cut::Damaged(closed, damage) => {
                error!(recording.id = %id, error = chain(&damage), "Recording {id} is damaged, and kept as it is");
                self.close(recording.call, id, &closed).await
            }
            Cut::Nothing => {
                error!(recording.id = %id, "Nothing of recording {id} was written");
                self.discard(id).await
            }
        }
    }

    /// At the start: removes what had reached the storage when the server was killed. What nobody knows of stays, to be looked at.
    pub async fn tidy_spool(&self) -> Result<(), ServiceError> {
        for id in self.0.recorder.spool.files().map_err(SoundFileError::from).map_err(WritingError::from)? {
            let mut db = self.0.store.read().await?;
            match recordings::find(&mut db, id).await? {
                Some((known, _)) if known.state == RecordingState::Stored => {
                    self.0.recorder.spooled.delete(&spool_key(id)).await?;
                }
                Some(_) => {}
                None => warn!(recording.id = %id, "Nobody knows of the file of recording {id} in the spool"),
            }
        }
        Ok(())
    }

    /// Closes what was cut, brings what waits to the storage, and removes what was deleted. `true` when nothing is left to do.
    pub async fn settle(&self) -> Result<bool, ServiceError> {
        let mut is_settled = self.recover().await?;
        let mut db = self.0.store.read().await?;
        let waiting = recordings::in_state(&mut db, RecordingState::Waiting, &self.0.instance).await?;
        let deleted = recordings::in_state(&mut db, RecordingState::Deleted, &self.0.instance).await?;
        drop(db);
        for (recording, key) in &waiting {
            is_settled &= or_log(&self.upload(recording, key).await, recording.id, "stored");
        }
        for (recording, key) in &deleted {
            is_settled &= or_log(&self.erase(recording.id, key).await, recording.id, "removed");
        }
        Ok(is_settled)
    }

    async fn upload(&self, recording: &Recording, key: &str) -> Result<(), ServiceError> {
        let (recorder, id) = (&self.0.recorder, recording.id);
        match recorder.storage.put(key, &recorder.spool.path(id)).await {
            Err(StorageError::NotFound) => {
                error!(recording.id = %id, "The file of recording {id} is gone from the spool");
                return self.remove_row(id).await;
            }
            put => put?,
        }
        let mut tx = self.0.store.begin().await?;
        let was_waiting = recordings::stored(&mut tx, id).await?;
        tx.commit().await.map_err(StoreError::from)?;
        // Deleted meanwhile: it is removed from both places.
        if !was_waiting {
            return self.erase(id, key).await;
        }
        Ok(recorder.spooled.delete(&spool_key(id)).await?)
    }

    async fn erase(&self, id: RecordingId, key: &str) -> Result<(), ServiceError> {
        self.0.recorder.storage.delete(key).await?;
        self.discard(id).await
    }

    /// Nothing was recorded.
    async fn discard(&self, id: RecordingId) -> Result<(), ServiceError> {
        self.0.recorder.spooled.delete(&spool_key(id)).await?;
        self.remove_row(id).await
    }

    async fn remove_row(&self, id: RecordingId) -> Result<(), ServiceError> {
        let mut tx = self.0.store.begin().await?;
        recordings::remove(&mut tx, id).await?;
        Ok(tx.commit().await.map_err(StoreError::from)?)
    }
}

fn or_log(done: &Result<(), ServiceError>, id: RecordingId, what: &str) -> bool {
    if let Err(failed) = done {
        warn!(recording.id = %id, error = chain(failed), "Recording {id} could not be {what}, trying again");
    }
    done.is_ok()
}
