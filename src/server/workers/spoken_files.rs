//! Works on the files that people send, a few at a time.

use std::sync::Arc;
use std::time::Duration;

use baton_transcription::FileRecogniser;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::error;

use crate::server::error::{ServiceError, chain};
use crate::server::state::App;
use crate::server::store::spoken_files::StoredFile;

/// So many files are worked on at once.
const AT_ONCE: usize = 2;
/// After a failure of our own.
const WAIT: Duration = Duration::from_secs(5);

/// The worker on files.
pub struct FileTranscriber {
    app: App,
    recogniser: Arc<dyn FileRecogniser>,
}

impl FileTranscriber {
    /// A worker that has done nothing yet.
    pub fn new(app: App, recogniser: Arc<dyn FileRecogniser>) -> Self {
        Self { app, recogniser }
    }

    /// Works until the process ends; what is under way then is begun again at the next start.
    pub async fn run(self) {
        while let Err(failed) = self.app.spoken_files().recover().await {
            error!(error = chain(&failed), "Could not look after the files that were cut, trying again");
            tokio::time::sleep(WAIT).await;
        }
        let mut working = JoinSet::new();
        loop {
            let waiting = self.app.uploads.waiting.notified();
            let is_well = self.begin(&mut working).await.map_err(|failed| {
                error!(error = chain(&failed), "Could not look after files, trying again");
            });
            tokio::select! {
                () = waiting => {}
                Some(_) = working.join_next() => {}
                () = tokio::time::sleep(WAIT), if is_well.is_err() => {}
            }
        }
    }

    /// Begins what may be begun.
    async fn begin(&self, working: &mut JoinSet<()>) -> Result<(), ServiceError> {
        for stored in self.app.spoken_files().waiting().await? {
            if working.len() >= AT_ONCE {
                break;
            }
            if let Some(given_up) = self.app.uploads.begin_work(stored.file.id) {
                working.spawn(work(self.app.clone(), stored, self.recogniser.clone(), given_up));
            }
        }
        Ok(())
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

async fn work(app: App, stored: StoredFile, recogniser: Arc<dyn FileRecogniser>, given_up: CancellationToken) {
    let at_work = AtWork { app, stored };
    let files = at_work.app.spoken_files();
    let working = files.work(at_work.stored.clone(), &recogniser);
    if let Some(Err(failed)) = given_up.run_until_cancelled(working).await {
        let id = at_work.stored.file.id;
        error!(file.id = %id, error = chain(&failed), "Work on file {id} failed, trying again");
        // It is found again, and given up after a few times.
        tokio::time::sleep(WAIT).await;
    }
}
