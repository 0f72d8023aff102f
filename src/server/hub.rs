//! Who is looking: open desks, and the news they get.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use baton_domain::agent::AgentView;
use baton_domain::call::Call;
use baton_domain::desk_event::{DeskCall, TransferBriefing, WaitingCall};
use baton_domain::ids::{AgentId, CallId, TransferId};
use baton_domain::insight::InsightChange;
use baton_domain::time::{Span, Timestamp};
use baton_domain::transcript::Segment;
use baton_domain::wrap_up::WrapUp;
use tokio::sync::{broadcast, mpsc};

use super::store::events::StoredEvent;

/// How much news may wait for a slow reader before it gets a whole new view instead.
const BACKLOG: usize = 1024;

/// Something that readers may want to know.
#[derive(Clone, Debug)]
pub enum News {
    /// A call has changed.
    Call {
        /// The newest event when it was read.
        id: i64,
        /// All of it.
        call: Arc<DeskCall>,
        /// The agents who may see it.
        viewers: Arc<[AgentId]>,
    },
    /// A call has changed: the call alone, at once, for the pages whose microphones follow it.
    Moved(Arc<Call>),
    /// The caller of this call has another seat. They are told before anybody is silenced, so that their music begins
    /// while the agent is still there: it is never they who must not hear it first.
    CallerSeat(CallId),
    /// The queue has changed.
    Waiting(Arc<Vec<WaitingCall>>),
    /// Presences have changed.
    Agents(Arc<Vec<AgentView>>),
    /// Something was said.
    Said(CallId, Arc<[AgentId]>, Arc<Segment>),
    /// Two agents said something to each other in private; only they are told.
    SaidInConsult(CallId, TransferId, Arc<[AgentId]>, Arc<Segment>),
    /// The line of this number turned out to be nothing.
    Withdrawn(CallId, Arc<[AgentId]>, u32),
    /// The same in a consult; only its two agents are told.
    WithdrawnInConsult(TransferId, Arc<[AgentId]>, u32),
    /// A briefing was edited.
    Briefed(CallId, Arc<[AgentId]>, Arc<TransferBriefing>),
    /// What agents see of a call has changed.
    Insight(CallId, Arc<[AgentId]>, Arc<InsightChange>),
    /// Wrap-ups have changed.
    WrapUps(Arc<Vec<WrapUp>>),
    /// Something happened, in the order of commits.
    Event(Arc<StoredEvent>),
}

/// What the publisher is woken for.
#[derive(Clone, Debug)]
pub enum Wake {
    /// This call has changed.
    Call(CallId),
    /// Presences or wrap-ups may have changed.
    Agents,
    /// Something was said.
    Said(CallId, Box<Segment>),
    /// The line of this number turned out to be nothing.
    Withdrawn(CallId, u32),
    /// A briefing was edited.
    Briefed(CallId, Box<TransferBriefing>),
    /// What agents see of a call has changed.
    Insight(CallId, Box<InsightChange>),
}

/// Open desks and their news.
#[derive(Debug)]
pub struct Hub {
    started: Timestamp,
    desks: Mutex<HashMap<AgentId, Tabs>>,
    news: broadcast::Sender<News>,
    wake: mpsc::UnboundedSender<Wake>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Tabs {
    open: u32,
    gone_since: Option<Timestamp>,
    back_since: Option<Timestamp>,
}

impl Hub {
    /// A hub that knows of desks from `started` on, and the end at which the publisher listens.
    pub fn new(started: Timestamp) -> (Self, mpsc::UnboundedReceiver<Wake>) {
        let (wake, woken) = mpsc::unbounded_channel();
        (Self { started, desks: Mutex::default(), news: broadcast::Sender::new(BACKLOG), wake }, woken)
    }

    /// Reads the news from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    /// Tells everybody who listens.
    pub fn publish(&self, news: News) {
        // Nobody listening is no error.
        let _ = self.news.send(news);
    }

    /// Wakes the publisher.
    pub fn wake(&self, wake: Wake) {
        // The publisher only ends with the process.
        let _ = self.wake.send(wake);
    }

    /// A desk of `agent` has opened. Whoever says so says it to [`Hub::close`] when it is gone: each tab counts. Who had
    /// none for less than `grace` was there all the time, and so was who opens theirs that soon after a start of the server.
    pub fn open(&self, agent: &AgentId, now: Timestamp, grace: Span) {
        let mut desks = self.lock();
        let tabs = desks.entry(agent.clone()).or_insert(Tabs { gone_since: Some(self.started), ..Tabs::default() });
        tabs.open += 1;
        if tabs.gone_since.take().is_some_and(|since| now >= since.plus(grace)) {
            tabs.back_since = Some(now);
        }
    }

    /// A desk of `agent` has closed. `true` when it was the last.
    pub fn close(&self, agent: &AgentId, now: Timestamp) -> bool {
        let mut desks = self.lock();
        let tabs = desks.entry(agent.clone()).or_default();
        tabs.open = tabs.open.saturating_sub(1);
        if tabs.open == 0 {
            tabs.gone_since = Some(now);
        }
        tabs.open == 0
    }

    /// Whether `agent` has a desk, or had one less than `grace` ago: a reload is no absence.
    pub fn is_there(&self, agent: &AgentId, now: Timestamp, grace: Span) -> bool {
        self.lock()
            .get(agent)
            .is_some_and(|tabs| tabs.open > 0 || tabs.gone_since.is_some_and(|since| now < since.plus(grace)))
    }

    /// Since when `agent` has been there, or gone, in the sense of [`Hub::is_there`]; nothing while they have only been one of
    /// them since this server started.
    pub fn there_since(&self, agent: &AgentId, now: Timestamp, grace: Span) -> Option<Timestamp> {
        let tabs = *self.lock().get(agent)?;
        tabs.gone_since.filter(|since| now >= since.plus(grace)).or(tabs.back_since)
    }

    /// When `agent` has had no desk for `grace`, counted from now for who has never had one here; nothing while one is open.
    pub fn gone_at(&self, agent: &AgentId, now: Timestamp, grace: Span) -> Option<Timestamp> {
        let tabs = self.lock().get(agent).copied().unwrap_or_default();
        (tabs.open == 0).then(|| tabs.gone_since.unwrap_or(now).plus(grace))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<AgentId, Tabs>> {
        // A panic elsewhere leaves plain counts behind, which stay right.
        self.desks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
