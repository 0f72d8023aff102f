//! Follows what is said, and brings each call's insight up to date soon after: a task for each call, so that a slow one keeps no
//! other waiting, and one at a time, so that many lines in a row are read once.

use std::collections::HashMap;
use std::time::Duration;

use baton_domain::call::Call;
use baton_domain::ids::{AgentId, CallId};
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
    running: HashMap<Work, bool>,
    tasks: JoinSet<()>,
    works: HashMap<Id, Work>,
    /// Which agent had the caller when a call was last heard of, for whom a model writes.
    readers: HashMap<CallId, AgentId>,
}

/// What is done for a call. By rules and by models go on beside each other: a model may take half a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Work {
    ByRules(CallId),
    ByModels(CallId),
}

impl Analyst {
    /// An analyst who listens from now on.
    pub fn new(app: App) -> Self {
        let news = app.hub.subscribe();
        Self {
            app,
            news,
            running: HashMap::new(),
            tasks: JoinSet::new(),
            works: HashMap::new(),
            readers: HashMap::new(),
        }
    }

    /// Analyses until the process ends.
    pub async fn run(mut self) {
        loop {
            tokio::select! {
                heard = self.news.recv() => match heard {
                    Ok(News::Said(call, _, line)) if line.is_final => self.said(call),
                    Ok(News::Moved(call)) => self.moved(&call),
                    Ok(News::Call { call, .. }) if call.call.is_ended() => drop(self.readers.remove(&call.call.id)),
                    // What was missed is read with the next line.
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                },
                Some(ended) = self.tasks.join_next_with_id() => self.ended(ended),
            }
        }
    }

    fn said(&mut self, call: CallId) {
        self.more(Work::ByRules(call));
        if self.app.writer.is_there() {
            self.more(Work::ByModels(call));
        }
    }

    /// Whoever takes a call over may read another language than whoever had it before.
    fn moved(&mut self, call: &Call) {
        if !self.app.writer.is_there() {
            return;
        }
        let Some(reader) = call.agents_with_caller().first().copied() else { return };
        let before = self.readers.insert(call.id, reader.clone());
        if before.as_ref() != Some(reader) {
            self.more(Work::ByModels(call.id));
        }
    }

    /// There is more to read.
    fn more(&mut self, work: Work) {
        match self.running.get_mut(&work) {
            Some(again) => *again = true,
            None => self.begin(work),
        }
    }

    fn begin(&mut self, work: Work) {
        self.running.insert(work, false);
        let app = self.app.clone();
        let task = self.tasks.spawn(async move {
            tokio::time::sleep(GATHER).await;
            if let Err(error) = work.go(&app).await {
                warn!(error = chain(&error), "A call was not analysed: {work:?}");
            }
        });
        self.works.insert(task.id(), work);
    }

    fn ended(&mut self, ended: Result<(Id, ()), JoinError>) {
        let id = match ended {
            Ok((id, ())) => id,
            Err(panic) => {
                error!("An analysis panicked: {panic}");
                panic.id()
            }
        };
        let Some(work) = self.works.remove(&id) else { return };
        if self.running.remove(&work) == Some(true) {
            self.begin(work);
        }
    }
}

impl Work {
    async fn go(self, app: &App) -> Result<(), ServiceError> {
        match self {
            Self::ByRules(call) => app.insights().refresh(call).await.map(drop),
            Self::ByModels(call) => {
                if app.insights().catch_up(call).await? {
                    // Lines came while the model wrote.
                    app.insights().refresh(call).await?;
                }
                Ok(())
            }
        }
    }
}
