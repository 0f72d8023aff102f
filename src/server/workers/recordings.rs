//! Brings finished recordings to the storage, and removes those that were deleted.

use std::time::Duration;

use tracing::error;

use crate::server::error::chain;
use crate::server::state::App;

/// The longest wait while a storage is down; after the first failure it is a second.
const LONGEST_WAIT: Duration = Duration::from_secs(256);

/// How often it is looked what there is to do, unless somebody says so.
const LOOK: Duration = Duration::from_mins(1);

/// The keeper of recordings.
pub struct Keeper {
    app: App,
}

impl Keeper {
    /// A keeper that has done nothing yet.
    pub fn new(app: App) -> Self {
        Self { app }
    }

    /// Keeps until the process ends.
    pub async fn run(self) {
        let (mut failures, mut is_tidy) = (0, false);
        loop {
            let unsettled = self.app.recorder.unsettled.notified();
            is_tidy = is_tidy || self.tidy().await;
            let is_settled = is_tidy & self.settle().await;
            failures = if is_settled { 0 } else { failures + 1 };
            if is_settled {
                // What another server deleted is noticed by looking.
                let _ = tokio::time::timeout(LOOK, unsettled).await;
            } else {
                // Something new is no reason to ask a storage that is down.
                tokio::time::sleep(wait(failures - 1)).await;
            }
        }
    }

    async fn tidy(&self) -> bool {
        let tidied = self.app.recordings().tidy_spool().await;
        if let Err(failed) = &tidied {
            error!(error = chain(failed), "Could not look through the spool, trying again");
        }
        tidied.is_ok()
    }

    async fn settle(&self) -> bool {
        self.app.recordings().settle().await.unwrap_or_else(|failed| {
            error!(error = chain(&failed), "Could not look after recordings, trying again");
            false
        })
    }
}

fn wait(failures: u32) -> Duration {
    Duration::from_secs(1).saturating_mul(1 << failures.min(8)).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_minutes() {
        assert_eq!([0, 1, 4, 8, 900].map(|failures| wait(failures).as_secs()), [1, 2, 16, 256, 256]);
    }
}
