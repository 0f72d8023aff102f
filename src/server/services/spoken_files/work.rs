//! The work on files that have come: transcribed, then summarised. Every step is stored, so that a server that was killed goes
//! on where it was.

use std::sync::Arc;
use std::time::Duration;

use baton_domain::ids::SpokenFileId;
use baton_domain::spoken_file::{SpokenFile, SpokenFileFailure, SpokenFileState, SpokenLine, in_lines};
use baton_domain::time::{Span, Timestamp};
use baton_domain::transcript::MAX_SEGMENTS;
use baton_transcription::{FileError, FileLine, FileRecogniser, FileStep, Kind, SpokenFile as Spoken};
use tracing::{error, info, warn};

use super::SpokenFiles;
use super::refusal::FileRefusal;
use crate::server::error::{ServiceError, chain};
use crate::server::store::StoreError;
use crate::server::store::spoken_files::{self, StoredFile};

/// A file on which the server ended so often without being asked to is not tried again: it may be what ended it.
const TRIES: u32 = 3;
/// The sound of a file is on the disk of the server that received it. When that server was not there for so long, it is not awaited
/// any more. Recordings and files are kept for a day at least, so that whoever looks in that time is told.
const GIVEN_UP_AFTER: Span = Span::seconds(12 * 60 * 60);
/// Once the lines of a file are stored, every server can finish it, and does when its own was not there for so long: twice as long as
/// it takes to say so. That both do it is no harm but the cost.
const TAKEN_OVER_AFTER: Span = Span::seconds(2 * 60 * 60);

/// Why a try ended before the work on its file did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The server was asked to end.
    Asked,
    /// Something of ours failed.
    Failed,
}

impl SpokenFiles<'_> {
    /// At the start: what was being received when this instance was killed never came whole, and what lies in the folder
    /// without a row is nobody's.
    pub async fn recover(&self) -> Result<(), ServiceError> {
        let mut idle = self.in_state(SpokenFileState::Receiving).await?;
        idle.retain(|stored| !self.0.uploads.is_at_work(stored.file.id));
        // Files come already: of those nobody was at work on, what has just been received whole is in this state no more.
        let mut cut = self.in_state(SpokenFileState::Receiving).await?;
        cut.retain(|stored| idle.iter().any(|known| known.file.id == stored.file.id));
        for StoredFile { file, .. } in cut {
            self.fail(file, SpokenFileFailure::Interrupted).await?;
        }
        self.tidy().await;
        Ok(())
    }

    /// Removes files that nobody waits for: of what was deleted, and of what is done. What cannot be removed waits for the next
    /// time, and nothing else for that.
    pub async fn tidy(&self) {
        if let Err(failed) = self.remove_unwanted().await {
            error!(error = chain(&failed), "Could not look for files that nobody waits for, trying again in an hour");
        }
    }

    async fn remove_unwanted(&self) -> Result<(), ServiceError> {
        // First what is there, then what is wanted: a file has its row before it is there.
        let there = self.0.uploads.all().await.map_err(FileRefusal::Spool)?;
        let mut known = self.in_state(SpokenFileState::Receiving).await?;
        known.extend(self.waiting().await?);
        let wanted: Vec<SpokenFileId> = known.into_iter().map(|stored| stored.file.id).collect();
        for id in there {
            if !wanted.contains(&id) && !self.0.uploads.is_at_work(id) {
                self.remove_sound(id).await;
            }
        }
        Ok(())
    }

    /// The files of this instance that wait for work, the oldest first.
    pub async fn waiting(&self) -> Result<Vec<StoredFile>, ServiceError> {
        let mut waiting = self.in_state(SpokenFileState::Transcribing).await?;
        waiting.extend(self.in_state(SpokenFileState::Summarising).await?);
        Ok(waiting)
    }

    async fn in_state(&self, state: SpokenFileState) -> Result<Vec<StoredFile>, ServiceError> {
        let mut db = self.0.store.read().await?;
        Ok(spoken_files::in_state(&mut db, state, &self.0.instance).await?)
    }

    /// Says that this server is there, with the files that it has. Of servers that are gone, it finishes the files whose lines are
    /// there, and fails the others after a while.
    pub async fn look_after_abandoned(&self) -> Result<(), ServiceError> {
        let now = self.0.clock.now();
        let mut tx = self.0.store.begin().await?;
        spoken_files::care(&mut tx, &self.0.instance, now).await?;
        let missed = Timestamp(now.0 - TAKEN_OVER_AFTER.0);
        let taken_over = spoken_files::take_over_summarising(&mut tx, &self.0.instance, missed, now).await?;
        let abandoned = spoken_files::without_care(&mut tx, Timestamp(now.0 - GIVEN_UP_AFTER.0)).await?;
        tx.commit().await.map_err(StoreError::from)?;
        if taken_over > 0 {
            info!(taken_over, "Finishing {taken_over} files of a server that is gone");
            self.0.uploads.waiting.notify_one();
        }
        for StoredFile { file, .. } in abandoned {
            let id = file.id;
            if let Err(failed) = self.fail(file, SpokenFileFailure::Interrupted).await {
                error!(file.id = %id, error = chain(&failed), "Could not give up file {id}, trying again in an hour");
            }
        }
        Ok(())
    }

    /// Counts a try with a file. `false` when there were too many, which is its end.
    pub async fn begin_try(&self, stored: &StoredFile) -> Result<bool, ServiceError> {
        let StoredFile { file, tries, .. } = stored;
        if *tries >= TRIES {
            self.fail(file.clone(), SpokenFileFailure::Interrupted).await?;
            return Ok(false);
        }
        let mut tx = self.0.store.begin().await?;
        spoken_files::try_again(&mut tx, file.id).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(true)
    }

    /// A try ended through no fault of the file, and counts no more. One that failed after sound or text had left does: what came
    /// back was paid for, and is not to be bought without end because it cannot be stored.
    pub async fn take_back_try(&self, before: &StoredFile, cut: Cut) -> Result<(), ServiceError> {
        let StoredFile { file, owner, .. } = before;
        let mut tx = self.0.store.begin().await?;
        let stored = spoken_files::find(&mut tx, file.id, owner).await?;
        let has_left = stored.is_some_and(|stored| stored.sent_to.len() > file.sent_to.len());
        if cut == Cut::Asked || !has_left {
            spoken_files::take_back_try(&mut tx, file.id).await?;
        }
        Ok(tx.commit().await.map_err(StoreError::from)?)
    }

    /// Works on a file to its end, whatever that is.
    pub async fn work(&self, file: SpokenFile, recogniser: &Arc<dyn FileRecogniser>) -> Result<(), ServiceError> {
        let file = match file.state {
            SpokenFileState::Transcribing => match self.transcribe(file, recogniser).await? {
                Some(file) => file,
                None => return Ok(()),
            },
            _ => file,
        };
        self.finish(file).await
    }

    /// The file with its lines; nothing when it has none, or was deleted.
    async fn transcribe(
        &self,
        mut file: SpokenFile,
        recogniser: &Arc<dyn FileRecogniser>,
    ) -> Result<Option<SpokenFile>, ServiceError> {
        let Some(kind) = Kind::of_media_type(&file.media_type) else {
            return self.fail(file, SpokenFileFailure::Unreadable).await.map(|()| None);
        };
        let spoken = Spoken { path: self.0.uploads.path(file.id), kind, bytes: file.bytes };
        let mut going_on = recogniser.transcribe(spoken);
        while let Some(step) = going_on.steps.recv().await {
            let is_leaving = matches!(step, FileStep::Leaving { .. });
            file = match self.store(after(file, step)).await? {
                Some(file) => file,
                None => return Ok(None),
            };
            if is_leaving {
                going_on.go();
            }
        }
        match going_on.lines.result().await {
            Ok(lines) => {
                file.lines = numbered(lines);
                file.state = SpokenFileState::Summarising;
                let stored = self.store(file).await?;
                if let Some(file) = &stored {
                    self.remove_sound(file.id).await;
                }
                Ok(stored)
            }
            Err(error) => {
                warn!(file.id = %file.id, error = chain(&error), "File {} was not transcribed", file.id);
                self.fail(file, failure(&error)).await.map(|()| None)
            }
        }
    }

    async fn finish(&self, mut file: SpokenFile) -> Result<(), ServiceError> {
        self.summarise(&mut file).await?;
        file.state = SpokenFileState::Done;
        file.ended_at = Some(self.0.clock.now());
        let (id, lines) = (file.id, file.lines.len());
        self.store(file).await?;
        info!(file.id = %id, lines, "File {id} is transcribed and summarised");
        Ok(())
    }
}

fn after(mut file: SpokenFile, step: FileStep) -> SpokenFile {
    match step {
        FileStep::Leaving { provider, model } => {
            (file.heard, file.duration) = (None, None);
            file.sent_to.push(format!("{provider}, {model}: the sound"));
        }
        FileStep::Heard { heard, of } => (file.heard, file.duration) = (Some(span(heard)), of.map(span)),
        FileStep::Failed { provider, failure } => {
            warn!(file.id = %file.id, provider, failure = failure.name(), "{provider} did not transcribe file {}: {failure}", file.id);
        }
    }
    file
}

fn numbered(lines: Vec<FileLine>) -> Vec<SpokenLine> {
    let pieces = lines.into_iter().flat_map(|line| {
        let pieces = in_lines(&line.text).into_iter();
        pieces.map(move |text| (line.speaker.clone(), text, span(line.from), line.to.map(span)))
    });
    let numbered = (1..).zip(pieces.take(MAX_SEGMENTS));
    numbered.map(|(number, (speaker, text, from, to))| SpokenLine { number, speaker, text, from, to }).collect()
}

fn span(time: Duration) -> Span {
    Span(i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
}

fn failure(error: &FileError) -> SpokenFileFailure {
    match error {
        FileError::Nobody => SpokenFileFailure::NoProvider,
        FileError::Unreadable => SpokenFileFailure::Unreadable,
        FileError::TooLong => SpokenFileFailure::TooLong,
        FileError::Gone(_) => SpokenFileFailure::Interrupted,
        FileError::Failed(_) => SpokenFileFailure::ProviderFailed,
    }
}
