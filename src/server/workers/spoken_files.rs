//! Works on the files that people send, a few at a time.

mod setbacks;

use std::sync::Arc;
use std::time::{Duration, Instant};

use baton_transcription::FileRecogniser;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::error;

use crate::server::clock;
use crate::server::error::{ServiceError, chain};
use crate::server::services::spoken_files::work::Cut;
use crate::server::state::App;
use crate::server::store::spoken_files::StoredFile;
use setbacks::Setbacks;

/// So many files are worked on at once.
const AT_ONCE: usize = 2;
/// Until the database is asked again.
const WAIT: Duration = Duration::from_secs(5);

/// The worker on files.
pub struct FileTranscriber {
    app: App,
    recogniser: Arc<dyn FileRecogniser>,
    stop: CancellationToken,
    setbacks: Setbacks,
}

impl FileTranscriber {
    /// A worker that has done nothing yet, and ends when `stop` is cancelled.
    pub fn new(app: App, recogniser: Arc<dyn FileRecogniser>, stop: CancellationToken) -> Self {
        Self { app, recogniser, stop, setbacks: Setbacks::default() }
    }

    /// Works until the server ends; what is under way then is begun again at the next start.
    pub async fn run(mut self) {
        let (app, stop) = (self.app.clone(), self.stop.clone());
        if stop.run_until_cancelled(self.recover()).await.is_none() {
            return;
        }
        let mut working = JoinSet::new();
        while !stop.is_cancelled() {
            let waiting = app.uploads.waiting.notified();
            // One moment for the round: whoever is held back by it is awaited by it, however long the database takes.
            let now = clock::monotonic();
            let is_well = self.begin(&mut working, now).await.map_err(|failed| {
                error!(error = chain(&failed), "Could not look after files, trying again");
            });
            let again_at = self.setbacks.next(now);
            tokio::select! {
                () = stop.cancelled() => {}
                () = waiting => {}
                Some(ended) = working.join_next() => self.ended(ended),
                () = tokio::time::sleep(WAIT), if is_well.is_err() => {}
                () = at(again_at), if again_at.is_some() => {}
            }
        }
        // They end by themselves, and take back that they have tried.
        while working.join_next().await.is_some() {}
    }

    async fn recover(&self) {
        while let Err(failed) = self.app.spoken_files().recover().await {
            error!(error = chain(&failed), "Could not look after the files that were cut, trying again");
            tokio::time::sleep(WAIT).await;
        }
    }

    /// Begins what may be begun.
    async fn begin(&mut self, working: &mut JoinSet<Ended>, now: Instant) -> Result<(), ServiceError> {
        let waiting = self.app.spoken_files().waiting().await?;
        self.setbacks.keep(|id| waiting.iter().any(|stored| stored.file.id == id));
        for stored in waiting {
            if working.len() >= AT_ONCE {
                break;
            }
            if self.setbacks.hold_back(stored.file.id, now) {
                continue;
            }
            if let Some(given_up) = self.app.uploads.begin_work(stored.file.id) {
                let at_work = AtWork { app: self.app.clone(), stored };
                working.spawn(work(at_work, self.recogniser.clone(), given_up, self.stop.clone()));
            }
        }
        Ok(())
    }

    fn ended(&mut self, ended: Result<Ended, JoinError>) {
        // A panic is the file's fault, for all that is known: that try stays counted.
        let Ok(Ended { at_work, is_failed }) = ended else { return };
        let id = at_work.stored.file.id;
        if is_failed {
            self.setbacks.add(id, clock::monotonic());
        } else {
            self.setbacks.forget(id);
        }
    }
}

async fn at(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time.into()).await,
        None => std::future::pending().await,
    }
}

/// Work that ends, and says so whatever becomes of it.
struct AtWork {
    app: App,
    stored: StoredFile,
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.app.uploads.end_work(self.stored.file.id);
    }
}

/// What has become of work.
struct Ended {
    /// Nobody else begins before it is known how it ended.
    at_work: AtWork,
    /// Whether it was our own fault.
    is_failed: bool,
}

async fn work(
    at_work: AtWork,
    recogniser: Arc<dyn FileRecogniser>,
    given_up: CancellationToken,
    stop: CancellationToken,
) -> Ended {
    let id = at_work.stored.file.id;
    let worked = given_up.run_until_cancelled(Box::pin(try_it(&at_work, &recogniser, &stop))).await;
    if let Some(Err(failed)) = &worked {
        error!(file.id = %id, error = chain(failed), "Work on file {id} failed, trying again");
    }
    Ended { at_work, is_failed: matches!(worked, Some(Err(_))) }
}

/// One try. It counts when this process ends in the middle of it, and when something of ours fails after sound or text has left: not
/// when the server is asked to end.
async fn try_it(
    at_work: &AtWork,
    recogniser: &Arc<dyn FileRecogniser>,
    stop: &CancellationToken,
) -> Result<(), ServiceError> {
    let AtWork { app, stored } = at_work;
    let files = app.spoken_files();
    if !files.begin_try(stored).await? {
        return Ok(());
    }
    let worked = stop.run_until_cancelled(files.work(stored.file.clone(), recogniser)).await;
    match &worked {
        Some(Ok(())) => {}
        Some(Err(_)) => take_back(at_work, Cut::Failed, stop).await,
        None => take_back(at_work, Cut::Asked, stop).await,
    }
    worked.unwrap_or(Ok(()))
}

/// While the database is away, nothing else can be done either.
async fn take_back(at_work: &AtWork, cut: Cut, stop: &CancellationToken) {
    let stored = &at_work.stored;
    let id = stored.file.id;
    while let Err(failed) = at_work.app.spoken_files().take_back_try(stored, cut).await {
        error!(file.id = %id, error = chain(&failed), "A try with file {id} still counts");
        if stop.run_until_cancelled(tokio::time::sleep(WAIT)).await.is_none() {
            return;
        }
    }
}
