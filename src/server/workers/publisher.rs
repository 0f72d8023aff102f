//! Reads what was committed and tells whoever listens, in the order of commits.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use baton_domain::agent::{AgentView, Presence};
use baton_domain::desk_event::WaitingCall;
use baton_domain::ids::{AgentId, CallId};
use baton_domain::wrap_up::WrapUp;
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;
use tracing::error;

use crate::server::error::{ServiceError, chain};
use crate::server::hub::{News, Wake};
use crate::server::state::App;
use crate::server::store::StoreError;

/// How many events are read at once.
const BATCH: u32 = 200;

/// How often it is looked whether another server on this database has changed something.
const LOOK: Duration = Duration::from_millis(500);

/// The publisher.
pub struct Publisher {
    app: App,
    woken: mpsc::UnboundedReceiver<Wake>,
    last_event: i64,
    waiting: Vec<WaitingCall>,
    agents: Vec<AgentView>,
    wrap_ups: Vec<WrapUp>,
    /// Calls that could not be told of.
    untold: BTreeSet<CallId>,
    /// Whether the lists could not be told, or not all of them.
    are_lists_untold: bool,
}

impl Publisher {
    /// A publisher that has told nothing yet.
    pub fn new(app: App, woken: mpsc::UnboundedReceiver<Wake>) -> Self {
        Self {
            app,
            woken,
            last_event: 0,
            waiting: Vec::new(),
            agents: Vec::new(),
            wrap_ups: Vec::new(),
            untold: BTreeSet::new(),
            are_lists_untold: false,
        }
    }

    /// Tells until the process ends.
    pub async fn run(mut self) {
        match self.app.newest_event().await {
            Ok(newest) => self.last_event = newest,
            Err(error) => error!(error = chain(&error), "Could not read the newest event; telling all of them again"),
        }
        let mut looks = tokio::time::interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let told = tokio::select! {
                woken = self.woken.recv() => match woken {
                    Some(first) => self.tell_woken(first).await,
                    None => return,
                },
                _ = looks.tick() => self.look_elsewhere().await,
            };
            if let Err(error) = told {
                // The next look tells again.
                error!(error = chain(&error), "Could not tell what has changed");
            }
        }
    }

    async fn tell_woken(&mut self, first: Wake) -> Result<(), ServiceError> {
        let mut wakes = vec![first];
        while let Ok(next) = self.woken.try_recv() {
            wakes.push(next);
        }
        self.tell(wakes).await
    }

    /// Of what was done here we are woken. What nobody woke us for was done by another server, or could not be told.
    async fn look_elsewhere(&mut self) -> Result<(), ServiceError> {
        let is_behind = self.are_lists_untold || !self.untold.is_empty();
        if self.app.newest_event().await? > self.last_event || is_behind { self.tell(Vec::new()).await } else { Ok(()) }
    }

    async fn tell(&mut self, wakes: Vec<Wake>) -> Result<(), ServiceError> {
        let mut changed = std::mem::take(&mut self.untold);
        let mut ours: BTreeSet<CallId> = BTreeSet::new();
        if let Err(error) = self.tell_events(&mut changed).await {
            // They stay where they are, and the next wake tells them; what woke us is told only now.
            error!(error = chain(&error), "Could not read what happened");
        }
        for wake in wakes {
            match wake {
                Wake::Call(call) => {
                    changed.insert(call);
                    ours.insert(call);
                }
                Wake::Agents => {}
                Wake::Said(call, segment) => {
                    self.tell_viewers(call, |viewers| News::Said(call, viewers, segment.into())).await;
                }
                Wake::Withdrawn(call, number) => {
                    self.tell_viewers(call, |viewers| News::Withdrawn(call, viewers, number)).await;
                }
                Wake::Briefed(call, briefing) => {
                    self.tell_viewers(call, |viewers| News::Briefed(call, viewers, briefing.into())).await;
                }
                Wake::Insight(call, change) => {
                    self.tell_viewers(call, |viewers| News::Insight(call, viewers, change.into())).await;
                }
            }
        }
        for call in changed {
            // Whoever is still being silenced must not be spoken over: we are woken when they are.
            if !self.app.acting.is_on(call) {
                let told = self.tell_call(call, ours.contains(&call)).await;
                self.or_later(call, told);
            }
        }
        self.are_lists_untold = true;
        self.tell_lists().await?;
        self.are_lists_untold = false;
        Ok(())
    }

    /// One call that cannot be told of keeps nobody from hearing of the others. Where the database has failed, the next look tells
    /// all of the call: a ring must not wait for its next change. What cannot be read at all does wait for it.
    fn or_later(&mut self, call: CallId, told: Result<(), ServiceError>) {
        let Err(error) = told else { return };
        error!(call.id = %call, error = chain(&error), "Could not tell of call {call}");
        if matches!(error, ServiceError::Store(StoreError::Sql(_) | StoreError::Busy(_))) {
            self.untold.insert(call);
        }
    }

    async fn tell_call(&self, call: CallId, is_ours: bool) -> Result<(), ServiceError> {
        let (call, viewers) = self.app.desk_call(call).await?;
        self.app.ears.follow(&call.call, self.app.clock.now());
        if !is_ours {
            self.app.changed_elsewhere(&call.call);
        }
        self.app.hub.publish(News::Call { id: self.last_event, call: Arc::new(call), viewers: viewers.into() });
        Ok(())
    }

    async fn tell_viewers(&mut self, call: CallId, news: impl FnOnce(Arc<[AgentId]>) -> News) {
        let (viewers, told) = match self.app.viewers(call).await {
            Ok(viewers) => (viewers, Ok(())),
            // The agents are told all of the call later. Its caller's page goes by the call alone, and would not hear of it again.
            Err(error) => (Vec::new(), Err(error)),
        };
        self.app.hub.publish(news(viewers.into()));
        self.or_later(call, told);
    }

    /// Tells what happened since the last time, and adds to which calls.
    async fn tell_events(&mut self, changed: &mut BTreeSet<CallId>) -> Result<(), ServiceError> {
        loop {
            let batch = self.app.events_after(self.last_event, BATCH).await?;
            let is_last = batch.len() < BATCH as usize;
            for event in batch {
                self.last_event = event.entry.id;
                changed.insert(event.call);
                self.app.hub.publish(News::Event(Arc::new(event)));
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// Queue, presences and wrap-ups, where they are others than before.
    async fn tell_lists(&mut self) -> Result<(), ServiceError> {
        let waiting = self.app.waiting().await?;
        if waiting != self.waiting {
            self.waiting.clone_from(&waiting);
            self.app.hub.publish(News::Waiting(Arc::new(waiting)));
        }
        let wrap_ups = self.app.wrap_ups().open().await?;
        if wrap_ups != self.wrap_ups {
            for ended in self.wrap_ups.iter().filter(|known| !wrap_ups.iter().any(|open| open.is_same(known))) {
                self.app.wrap_ups().tell_readers(ended.call).await?;
            }
            self.wrap_ups.clone_from(&wrap_ups);
            self.app.hub.publish(News::WrapUps(Arc::new(wrap_ups)));
        }
        let agents = self.app.presence().views().await?;
        if agents != self.agents {
            if somebody_became_available(&self.agents, &agents) {
                let app = self.app.clone();
                tokio::spawn(async move {
                    if let Err(error) = app.calls().offer_urgent().await {
                        error!(error = chain(&error), "Could not ring anybody for the urgent calls");
                    }
                });
            }
            self.agents.clone_from(&agents);
            self.app.hub.publish(News::Agents(Arc::new(agents)));
        }
        Ok(())
    }
}

fn somebody_became_available(before: &[AgentView], now: &[AgentView]) -> bool {
    let is_available = |view: &&AgentView| view.presence == Presence::Available;
    let was_available = |id: &AgentId| before.iter().filter(is_available).any(|view| view.agent.id == *id);
    now.iter().filter(is_available).any(|view| !was_available(&view.agent.id))
}
