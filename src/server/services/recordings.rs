//! Recordings: who may listen to them, and what becomes of them until they are deleted.

mod hearing;
mod keeping;
pub mod tickets;

use std::ops::Range;

use baton_domain::ids::{CallId, RecordingId};
use baton_domain::outcome::{Happening, HappeningKind};
use baton_domain::recording::{Recording, RecordingState};
use tracing::info;

use crate::server::error::ServiceError;
use crate::server::hub::Wake;
use crate::server::permissions::{Action, Who, may};
use crate::server::ports::recording_storage::ByteStream;
use crate::server::recorder::spool_key;
use crate::server::state::App;
use crate::server::store::events::{self, actor_name};
use crate::server::store::{StoreError, calls, recordings};

/// Recordings.
pub struct Recordings<'a>(pub(crate) &'a App);

impl Recordings<'_> {
    /// The recordings of a call that are for them, in the order in which they began.
    pub async fn of_call(&self, who: &Who, call: CallId) -> Result<Vec<Recording>, ServiceError> {
        let share = self.share(who, call).await?;
        let mut db = self.0.store.read().await?;
        let mut known = recordings::of_call(&mut db, call).await?;
        known.retain(|recording| share.has(recording));
        Ok(known)
    }

    /// One recording that can be listened to.
    pub async fn playable(&self, who: &Who, id: RecordingId) -> Result<Recording, ServiceError> {
        let recording = self.find(id).await?.0;
        if !self.share(who, recording.call).await?.has(&recording) {
            return Err(ServiceError::NotAllowed);
        }
        if recording.is_playable() { Ok(recording) } else { Err(ServiceError::StillRecorded) }
    }

    /// Some of its bytes.
    pub async fn read(&self, id: RecordingId, range: Range<u64>) -> Result<ByteStream, ServiceError> {
        let recorder = &self.0.recorder;
        let (recording, key) = self.find(id).await?;
        if recording.state == RecordingState::Waiting
            && let Ok(bytes) = recorder.spooled.read(&spool_key(id), range.clone()).await
        {
            return Ok(bytes);
        }
        // Between the two looks it may have gone from the spool to the storage.
        Ok(recorder.storage.read(&key, range).await?)
    }

    async fn find(&self, id: RecordingId) -> Result<(Recording, String), ServiceError> {
        let mut db = self.0.store.read().await?;
        recordings::find(&mut db, id).await?.ok_or(ServiceError::NotFound("recording"))
    }

    /// Deletes the recordings of a call, for good. Gives how many those were.
    pub async fn delete_of_call(&self, who: &Who, call: CallId) -> Result<u64, ServiceError> {
        if !may(who, Action::DeleteRecordings) {
            return Err(ServiceError::NotAllowed);
        }
        let actor = who.actor().map(|actor| actor_name(&actor)).ok_or(ServiceError::NotSignedIn)?;
        let deleted = self.delete(&actor, call).await;
        self.0.with_standing(call, None, deleted).await
    }

    async fn delete(&self, actor: &str, call: CallId) -> Result<u64, ServiceError> {
        let mut tx = self.0.store.begin().await?;
        let found = calls::find(&mut tx, call).await?.ok_or(ServiceError::NotFound("call"))?;
        let known = recordings::of_call(&mut tx, call).await?;
        if known.iter().any(|recording| recording.state == RecordingState::Recording) {
            return Err(ServiceError::StillRecorded);
        }
        let count = recordings::delete_of_call(&mut tx, call).await?;
        if count > 0 {
            let happened = Happening {
                kind: HappeningKind::RecordingsDeleted,
                agent: None,
                transfer: None,
                detail: Some(count.to_string()),
            };
            events::append(&mut tx, &found, actor, &[happened], self.0.clock.now()).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        self.0.recorder.unsettled.notify_one();
        self.0.hub.wake(Wake::Call(call));
        Ok(count)
    }

    /// Deletes what was kept for long enough.
    pub async fn forget_old(&self) -> Result<(), ServiceError> {
        let Some(retention) = self.0.config.recordings.retention else { return Ok(()) };
        let before = baton_domain::time::Timestamp(self.0.clock.now().0 - retention.0);
        let mut tx = self.0.store.begin().await?;
        let count = recordings::delete_older(&mut tx, before).await?;
        tx.commit().await.map_err(StoreError::from)?;
        if count > 0 {
            info!(count, "Deleting {count} recordings that were kept for long enough");
            self.0.recorder.unsettled.notify_one();
        }
        Ok(())
    }
}
