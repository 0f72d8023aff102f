//! Files of sound that agents and programs have transcribed: received, read, deleted. The work on them is in
//! [`work`](self::work), which the worker drives.

pub mod refusal;
mod summary;
pub mod work;

use std::io;
use std::time::Duration;

use baton_domain::ids::SpokenFileId;
use baton_domain::spoken_file::{SpokenFile, SpokenFileFailure, SpokenFileState};
use baton_domain::time::Timestamp;
use baton_transcription::Kind;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use serde::Serialize;
use tokio::io::AsyncWriteExt;
use tokio::runtime::Handle;
use tracing::{error, info, warn};

use crate::server::error::{ServiceError, chain};
use crate::server::permissions::Who;
use crate::server::random;
use crate::server::services::idempotency::{Key, asker};
use crate::server::state::App;
use crate::server::store::spoken_files;
use crate::server::store::{StoreError, Tx};
use refusal::FileRefusal;

/// Nobody who sends a file pauses for longer than this.
const STALLED: Duration = Duration::from_secs(30);
/// So many files of one owner are received and worked on at once.
const MOST_OPEN: u32 = 5;
/// The most that are listed.
const MOST_LISTED: u32 = 100;
/// Whoever waits for a change is answered after this long, with or without one: no request takes longer than half a minute.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// A file that is about to come.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// What it is called.
    pub name: String,
    /// What it is, as whoever sends it says.
    pub media_type: String,
    /// How large it is, when that is said before.
    pub announced: Option<u64>,
}

/// What makes a repetition known before its body is read.
#[derive(Serialize)]
struct Asked<'a> {
    name: &'a str,
    media_type: &'a str,
    announced: Option<u64>,
}

/// Files that are transcribed.
pub struct SpokenFiles<'a>(pub(crate) &'a App);

/// Who may see it: an agent whatever else they are, and programs together.
fn owner(who: &Who) -> String {
    who.agent().map_or_else(|| asker(who), |agent| format!("agent:{agent}"))
}

impl SpokenFiles<'_> {
    /// Receives a file, which is then worked on. What this key has brought before is not received again.
    pub async fn receive<E>(
        &self,
        who: &Who,
        new: NewFile,
        key: Option<String>,
        body: impl Stream<Item = Result<Bytes, E>> + Send + Unpin,
    ) -> Result<SpokenFile, ServiceError> {
        let owner = owner(who);
        let asked = Asked { name: &new.name, media_type: &new.media_type, announced: new.announced };
        let key = key.map(|key| Key::new(key, "transcribe", &asked)).transpose()?;
        if let Some(before) = self.answered(&owner, key.as_ref()).await? {
            return Ok(before);
        }
        let kind = self.check(&new)?;
        let file = SpokenFile::begun(SpokenFileId(random::id()), &new.name, kind.media_type(), self.0.clock.now());
        let Some(given_up) = self.0.uploads.begin_work(file.id) else { return Err(ServiceError::Stale) };
        let mut reception = Reception { app: self.0.clone(), id: file.id, owner: owner.clone(), is_over: false };
        let received = async {
            self.insert(&file, &owner).await?;
            let bytes = given_up.run_until_cancelled(self.write(file.id, body)).await;
            let bytes = bytes.ok_or(ServiceError::NotFound("transcription"))??;
            self.received(SpokenFile { bytes, ..file.clone() }, &owner, key.as_ref()).await
        };
        let received = received.await;
        // What this key has brought before is given in its place.
        if !received.as_ref().is_ok_and(|there| there.id == file.id) {
            self.discard(file.id, &owner).await?;
        }
        reception.is_over = true;
        received
    }

    /// One's own file.
    pub async fn find(&self, who: &Who, id: SpokenFileId) -> Result<SpokenFile, ServiceError> {
        let mut db = self.0.store.read().await?;
        let found = spoken_files::find(&mut db, id, &owner(who)).await?;
        found.ok_or(ServiceError::NotFound("transcription"))
    }

    /// The same, once it is other than what was seen of it, or after a while as it is.
    pub async fn follow(&self, who: &Who, id: SpokenFileId, seen: Option<u32>) -> Result<SpokenFile, ServiceError> {
        let mut changes = self.0.uploads.listen();
        let waiting = async {
            loop {
                let file = self.find(who, id).await?;
                if file.state.is_over() || seen != Some(file.revision) {
                    return Ok(file);
                }
                // Whoever tells lives as long as the desk.
                let _ = changes.changed().await;
            }
        };
        match tokio::time::timeout(LONGEST_WAIT, waiting).await {
            Ok(found) => found,
            Err(_) => self.find(who, id).await,
        }
    }

    /// One's own files, the newest first.
    pub async fn all(&self, who: &Who) -> Result<Vec<SpokenFile>, ServiceError> {
        let mut db = self.0.store.read().await?;
        Ok(spoken_files::of_owner(&mut db, &owner(who), MOST_LISTED).await?)
    }

    /// Deletes one's own file with its transcript; work on it ends.
    pub async fn delete(&self, who: &Who, id: SpokenFileId) -> Result<(), ServiceError> {
        let owner = owner(who);
        let mut tx = self.0.store.begin().await?;
        let was_there = spoken_files::delete(&mut tx, id, &owner).await?;
        tx.commit().await.map_err(StoreError::from)?;
        if !was_there {
            return Err(ServiceError::NotFound("transcription"));
        }
        self.0.uploads.give_up(id);
        self.0.uploads.tell();
        Ok(self.0.uploads.remove(id).await.map_err(FileRefusal::Spool)?)
    }

    /// Deletes what was kept for long enough: as long as recordings are.
    pub async fn forget_old(&self) -> Result<(), ServiceError> {
        let Some(retention) = self.0.config.recordings.retention else { return Ok(()) };
        let before = Timestamp(self.0.clock.now().0 - retention.0);
        let mut tx = self.0.store.begin().await?;
        let count = spoken_files::delete_older(&mut tx, before).await?;
        tx.commit().await.map_err(StoreError::from)?;
        if count > 0 {
            info!(count, "Deleted {count} transcripts of files that were kept for long enough");
        }
        Ok(())
    }

    fn check(&self, new: &NewFile) -> Result<&'static Kind, FileRefusal> {
        let kind = Kind::of_media_type(&new.media_type).ok_or(FileRefusal::UnknownKind)?;
        if self.0.config.transcription.providers.is_empty() {
            return Err(FileRefusal::NoProvider);
        }
        let limit = self.0.config.recordings.upload_limit;
        if new.announced.is_some_and(|bytes| bytes > limit) {
            return Err(FileRefusal::TooLarge { limit });
        }
        Ok(kind)
    }

    async fn answered(&self, owner: &str, key: Option<&Key>) -> Result<Option<SpokenFile>, ServiceError> {
        let Some(key) = key else { return Ok(None) };
        let mut db = self.0.store.read().await?;
        let Some(id) = key.answer(&mut db, owner).await? else { return Ok(None) };
        let id = id.parse::<SpokenFileId>().map_err(StoreError::from)?;
        // It may have been deleted since, which is no reason to bring it again.
        let found = spoken_files::find(&mut db, id, owner).await?;
        found.map(Some).ok_or(ServiceError::NotFound("transcription"))
    }

    async fn insert(&self, file: &SpokenFile, owner: &str) -> Result<(), ServiceError> {
        let mut tx = self.0.store.begin().await?;
        if spoken_files::open_of_owner(&mut tx, owner).await? >= MOST_OPEN {
            return Err(FileRefusal::TooManyFiles { limit: MOST_OPEN }.into());
        }
        spoken_files::insert(&mut tx, file, owner, &self.0.instance).await?;
        Ok(tx.commit().await.map_err(StoreError::from)?)
    }

    /// Everything that comes goes to the disk as it comes.
    async fn write<E>(
        &self,
        id: SpokenFileId,
        mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<u64, FileRefusal> {
        let limit = self.0.config.recordings.upload_limit;
        let mut file = self.0.uploads.create(id).await?;
        let mut bytes = 0_u64;
        while let Some(piece) = tokio::time::timeout(STALLED, body.next()).await.map_err(|_| FileRefusal::Stalled)? {
            let piece = piece.map_err(|_| FileRefusal::Cut)?;
            bytes += piece.len() as u64;
            if bytes > limit {
                return Err(FileRefusal::TooLarge { limit });
            }
            file.write_all(&piece).await?;
        }
        if bytes == 0 {
            return Err(FileRefusal::Empty);
        }
        file.sync_all().await?;
        Ok(bytes)
    }

    /// All of it is there. When the same key has brought another meanwhile, that one is given.
    async fn received(&self, file: SpokenFile, owner: &str, key: Option<&Key>) -> Result<SpokenFile, ServiceError> {
        let (id, bytes) = (file.id, file.bytes);
        let mut tx = self.0.store.begin().await?;
        if let Some(key) = key {
            if let Some(before) = key.answer(&mut tx, owner).await? {
                let before = before.parse::<SpokenFileId>().map_err(StoreError::from)?;
                let before = spoken_files::find(&mut tx, before, owner).await?;
                return before.ok_or(ServiceError::NotFound("transcription"));
            }
            key.remember(&mut tx, owner, &id.to_string(), self.0.clock.now()).await?;
        }
        let file = SpokenFile { state: SpokenFileState::Transcribing, ..file };
        let file = put(&mut tx, file).await?.ok_or(ServiceError::NotFound("transcription"))?;
        tx.commit().await.map_err(StoreError::from)?;
        self.0.uploads.tell();
        info!(file.id = %id, bytes, "File {id} was received, to be transcribed");
        Ok(file)
    }

    /// What did not come whole was never there.
    async fn discard(&self, id: SpokenFileId, owner: &str) -> Result<(), ServiceError> {
        self.0.uploads.remove(id).await.map_err(FileRefusal::Spool)?;
        let mut tx = self.0.store.begin().await?;
        spoken_files::delete(&mut tx, id, owner).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.0.uploads.tell();
        Ok(())
    }

    /// Stores what has become of a file and tells whoever waits. Nothing when it was deleted or given up meanwhile.
    async fn store(&self, file: SpokenFile) -> Result<Option<SpokenFile>, ServiceError> {
        let id = file.id;
        let mut tx = self.0.store.begin().await?;
        let stored = put(&mut tx, file).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.0.uploads.tell();
        if stored.is_none() {
            // Another server may have done that, which has not the sound.
            self.remove_sound(id).await;
        }
        Ok(stored)
    }

    /// Nobody waits for the sound of a file any more. What cannot be removed now is looked for every hour: what is stored of the
    /// file is true with or without it.
    async fn remove_sound(&self, id: SpokenFileId) {
        if let Err(failed) = self.0.uploads.remove(id).await {
            error!(file.id = %id, error = chain(&failed), "The sound of file {id} could not be removed, trying again later");
        }
    }

    async fn fail(&self, mut file: SpokenFile, failure: SpokenFileFailure) -> Result<(), ServiceError> {
        file.fail(failure, self.0.clock.now());
        let id = file.id;
        info!(file.id = %id, failure = failure.name(), "File {id} was not transcribed");
        self.store(file).await?;
        self.remove_sound(id).await;
        Ok(())
    }
}

/// A file that is being received. Whoever sends it may be gone in the middle, and the request with them: then nothing of it stays.
struct Reception {
    app: App,
    id: SpokenFileId,
    owner: String,
    is_over: bool,
}

impl Drop for Reception {
    fn drop(&mut self) {
        self.app.uploads.end_work(self.id);
        self.app.uploads.waiting.notify_one();
        // Without a runtime the server ends, and looks after it at its next start.
        let Some(runtime) = Handle::try_current().ok().filter(|_| !self.is_over) else { return };
        let (app, id, owner) = (self.app.clone(), self.id, self.owner.clone());
        runtime.spawn(async move {
            if let Err(failed) = app.spoken_files().discard(id, &owner).await {
                warn!(file.id = %id, error = chain(&failed), "What there was of file {id} could not be removed");
            }
        });
    }
}

async fn put(tx: &mut Tx, mut file: SpokenFile) -> Result<Option<SpokenFile>, StoreError> {
    file.revision += 1;
    Ok(spoken_files::put(tx, &file).await?.then_some(file))
}

impl From<io::Error> for FileRefusal {
    fn from(error: io::Error) -> Self {
        Self::Spool(error)
    }
}
