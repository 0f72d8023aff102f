//! Follows what is said, and brings each call's insight up to date soon after: a task for each call, so that a slow one keeps no
//! other waiting, and one at a time, so that many lines in a row are read once.

use std::collections::HashMap;
use std::time::Duration;

use baton_domain::ids::CallId;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::{Id, JoinError, JoinSet};
use tracing::{error, warn};

use crate::server::error::{ServiceError, chain};
use crate::server::hub::News;
use crate::server::state::App;

/// Lines come in twos and threes: whoever begins at the first would begin again at once.
const GATHER: Duration = Duration::from_millis(400);

/// The worker.
pub struct Analyst {
    app: App,
    news: Receiver<News>,
    /// What goes on, and whether there is more since it began.
    running: HashMap<CallId, bool>,
    tasks: JoinSet<()>,
    calls: HashMap<Id, CallId>,
}

impl Analyst {
    /// An analyst who listens from now on.
    pub fn new(app: App) -> Self {
        let news = app.hub.subscribe();
        Self { app, news, running: HashMap::new(), tasks: JoinSet::new(), calls: HashMap::new() }
    }

    /// Analyses until the process ends.
    pub async fn run(mut self) {
        loop {
            tokio::select! {
                heard = self.news.recv() => match heard {
                    Ok(News::Said(call, _, line)) if line.is_final => self.more(call),
                    // What was missed is read with the next line.
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                },
                Some(ended) = self.tasks.join_next_with_id() => self.ended(ended),
            }
        }
    }

    /// There is more to read.
    fn more(&mut self, call: CallId) {
        match self.running.get_mut(&call) {
            Some(again) => *again = true,
            None => self.begin(call),
        }
    }

    fn begin(&mut self, call: CallId) {
        self.running.insert(call, false);
        let app = self.app.clone();
        let task = self.tasks.spawn(async move {
            tokio::time::sleep(GATHER).await;
            if let Err(error) = analyse(&app, call).await {
                warn!(call.id = %call, error = chain(&error), "Call {call} was not analysed");
            }
        });
        self.calls.insert(task.id(), call);
    }

    fn ended(&mut self, ended: Result<(Id, ()), JoinError>) {
        let id = match ended {
            Ok((id, ())) => id,
            Err(panic) => {
                error!("An analysis panicked: {panic}");
                panic.id()
            }
        };
        let Some(call) = self.calls.remove(&id) else { return };
        if self.running.remove(&call) == Some(true) {
            self.begin(call);
        }
    }
}

async fn analyse(app: &App, call: CallId) -> Result<(), ServiceError> {
    app.insights().refresh(call).await.map(drop)
}
