//! Works on the files that people send, a few at a time.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use baton_domain::ids::SpokenFileId;
use baton_transcription::FileRecogniser;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::error;

use crate::server::clock;
use crate::server::error::{ServiceError, chain};
use crate::server::state::App;
use crate::server::store::spoken_files::StoredFile;

/// So many files are worked on at once.
const AT_ONCE: usize = 2;
/// After a failure of our own; twice as long after each one more with the same file.
const WAIT: Duration = Duration::from_secs(5);
/// No file waits longer than this.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// The worker on files.
pub struct FileTranscriber {
    app: App,
    recogniser: Arc<dyn FileRecogniser>,
    stop: CancellationToken,
    setbacks: HashMap<SpokenFileId, Setback>,
}

/// A file with which something of ours failed.
#[derive(Clone, Copy, Debug)]
struct Setback {
    /// How often in a row.
    count: u32,
    /// When it is tried again.
    again_at: Instant,
}

impl Setback {
    /// One more, now.
    fn after(before: Option<Self>, now: Instant) -> Self {
        let count = before.map_or(0, |before| before.count);
        let wait = WAIT.saturating_mul(2_u32.saturating_pow(count)).min(LONGEST_WAIT);
        Self { count: count.saturating_add(1), again_at: now + wait }
    }
}

impl FileTranscriber {
    /// A worker that has done nothing yet, and ends when `stop` is cancelled.
    pub fn new(app: App, recogniser: Arc<dyn FileRecogniser>, stop: CancellationToken) -> Self {
        Self { app, recogniser, stop, setbacks: HashMap::new() }
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
            let is_well = self.begin(&mut working).await.map_err(|failed| {
                error!(error = chain(&failed), "Could not look after files, trying again");
            });
            let again_at = self.again_at();
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
    async fn begin(&mut self, working: &mut JoinSet<Ended>) -> Result<(), ServiceError> {
        let now = clock::monotonic();
        let waiting = self.app.spoken_files().waiting().await?;
        self.setbacks.retain(|id, _| waiting.iter().any(|stored| stored.file.id == *id));
        for stored in waiting {
            if working.len() >= AT_ONCE {
                break;
            }
            if self.setbacks.get(&stored.file.id).is_some_and(|setback| setback.again_at > now) {
                continue;
            }
            if let Some(given_up) = self.app.uploads.begin_work(stored.file.id) {
                let at_work = AtWork { app: self.app.clone(), stored };
                working.spawn(work(at_work, self.recogniser.clone(), given_up, self.stop.clone()));
            }
        }
        Ok(())
    }

    /// The next time at which something is tried again.
    fn again_at(&self) -> Option<Instant> {
        let now = clock::monotonic();
        self.setbacks.values().map(|setback| setback.again_at).filter(|at| *at > now).min()
    }

    fn ended(&mut self, ended: Result<Ended, JoinError>) {
        // A panic is the file's fault, for all that is known: that try stays counted.
        let Ok(Ended { at_work, is_failed }) = ended else { return };
        let before = self.setbacks.remove(&at_work.stored.file.id);
        if is_failed {
            self.setbacks.insert(at_work.stored.file.id, Setback::after(before, clock::monotonic()));
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

/// One try. It counts only when this process ends in the middle of it: not when the server is asked to end, nor when something of
/// ours fails.
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
    if !matches!(worked, Some(Ok(()))) {
        take_back(at_work, stop).await;
    }
    worked.unwrap_or(Ok(()))
}

/// While the database is away, nothing else can be done either.
async fn take_back(at_work: &AtWork, stop: &CancellationToken) {
    let id = at_work.stored.file.id;
    while let Err(failed) = at_work.app.spoken_files().take_back_try(id).await {
        error!(file.id = %id, error = chain(&failed), "A try with file {id} still counts");
        if stop.run_until_cancelled(tokio::time::sleep(WAIT)).await.is_none() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_fails_again_and_again_waits_longer_and_longer() {
        let now = clock::monotonic();
        let mut setback = None;
        let waits: Vec<u64> = std::iter::repeat_with(|| {
            let next = Setback::after(setback, now);
            setback = Some(next);
            (next.again_at - now).as_secs()
        })
        .take(12)
        .collect();
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600]);
    }
}
