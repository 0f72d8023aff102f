//! The stream of one desk: a view to begin with, then every change that concerns this agent.

use std::collections::HashMap;

use baton_domain::desk_event::{DeskEvent, DeskView};
use baton_domain::ids::{AgentId, CallId};
use baton_domain::wrap_up::WrapUp;
use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;
use tracing::warn;

use super::connection::Connection;
use crate::server::error::{ServiceError, chain};
use crate::server::hub::News;
use crate::server::permissions::Who;
use crate::server::state::App;

#[derive(Serialize)]
struct Frame<'a> {
    /// The newest event of the log that this shows.
    id: Option<i64>,
    event: &'a DeskEvent,
}

/// A desk that is open for as long as this lives, however it ends.
struct OpenDesk {
    app: App,
    agent: AgentId,
}

impl OpenDesk {
    fn new(app: App, agent: AgentId) -> Self {
        app.presence().desk_opened(&agent);
        Self { app, agent }
    }
}

impl Drop for OpenDesk {
    fn drop(&mut self) {
        self.app.presence().desk_closed(&self.agent);
    }
}

/// What this desk shows, as far as changes to it depend on that.
#[derive(Debug, Default)]
struct Shown {
    me: Option<AgentId>,
    newest: Option<i64>,
    calls: HashMap<CallId, u32>,
    wrap_up: Option<WrapUp>,
}

/// Tells a desk everything until it closes.
pub async fn tell(mut connection: Connection, app: App, who: Who) {
    let Some(agent) = who.agent().cloned() else { return };
    let _desk = OpenDesk::new(app.clone(), agent);
    // Listening begins before the view is read, so that nothing falls between them.
    let mut news = app.hub.subscribe();
    let mut shown = Shown::default();
    if show_all(&mut connection, &app, &who, &mut shown).await.is_none() {
        return;
    }
    while let Some(heard) = connection.wait(news.recv()).await {
        let told = match heard {
            Ok(news) => match shown.event_of(&news) {
                Some(event) => connection.send(&Frame { id: shown.newest, event: &event }).await,
                None => Some(()),
            },
            // Too slow to hear of every change: then all of it at once.
            Err(RecvError::Lagged(_)) => show_all(&mut connection, &app, &who, &mut shown).await,
            Err(RecvError::Closed) => None,
        };
        if told.is_none() {
            return;
        }
    }
}

async fn show_all(connection: &mut Connection, app: &App, who: &Who, shown: &mut Shown) -> Option<()> {
    let view = match app.desk_view(who).await {
        Ok(view) => view,
        Err(error) => {
            warn!(error = chain(&error), "Could not read a desk's view");
            connection.refuse(ServiceError::into(error)).await;
            return None;
        }
    };
    shown.begin(&view);
    connection.send(&Frame { id: shown.newest, event: &DeskEvent::View { view: Box::new(view) } }).await
}

impl Shown {
    fn begin(&mut self, view: &DeskView) {
        self.me = Some(view.me.clone());
        self.calls = view.calls.iter().map(|shown| (shown.call.id, shown.call.version)).collect();
        self.wrap_up.clone_from(&view.wrap_up);
    }

    fn is_me(&self, agent: &AgentId) -> bool {
        self.me.as_ref() == Some(agent)
    }

    fn sees(&self, viewers: &[AgentId]) -> bool {
        viewers.iter().any(|viewer| self.is_me(viewer))
    }

    /// What a piece of news changes on this desk, if anything.
    fn event_of(&mut self, news: &News) -> Option<DeskEvent> {
        match news {
            News::Call { id, call, viewers } => {
                self.newest = Some(*id);
                let (known, version) = (self.calls.get(&call.call.id), call.call.version);
                // From before the view was read.
                if known.is_some_and(|known| *known > version) {
                    return None;
                }
                if self.sees(viewers) {
                    self.calls.insert(call.call.id, version);
                    return Some(DeskEvent::Call { call: Box::new((**call).clone()) });
                }
                self.calls.remove(&call.call.id).map(|_| DeskEvent::CallGone { call: call.call.id })
            }
            News::Moved(call) => {
                let known = self.calls.get_mut(&call.id)?;
                let is_mine = call.agent_legs().iter().any(|leg| Some(&leg.agent) == self.me.as_ref());
                // Whoever has left it is told with the rest of the news.
                if *known >= call.version || !is_mine {
                    return None;
                }
                *known = call.version;
                Some(DeskEvent::Moved { call: Box::new((**call).clone()) })
            }
            News::Waiting(waiting) => Some(DeskEvent::Waiting { waiting: waiting.to_vec() }),
            News::Agents(agents) => Some(DeskEvent::Agents { agents: agents.to_vec() }),
            News::Said(call, viewers, segment) => {
                self.sees(viewers).then(|| DeskEvent::Said { call: *call, segment: (**segment).clone() })
            }
            News::SaidInConsult(call, transfer, agents, segment) => self
                .sees(agents)
                .then(|| DeskEvent::SaidInConsult { call: *call, transfer: *transfer, segment: (**segment).clone() }),
            News::Withdrawn(call, viewers, number) => {
                self.sees(viewers).then_some(DeskEvent::Withdrawn { call: *call, number: *number })
            }
            News::WithdrawnInConsult(transfer, agents, number) => {
                self.sees(agents).then_some(DeskEvent::WithdrawnInConsult { transfer: *transfer, number: *number })
            }
            News::Briefed(call, viewers, briefing) => {
                self.sees(viewers).then(|| DeskEvent::Briefed { call: *call, briefing: Box::new((**briefing).clone()) })
            }
            News::Insight(call, viewers, change) => {
                self.sees(viewers).then(|| DeskEvent::Insight { call: *call, change: (**change).clone() })
            }
            News::WrapUps(open) => {
                let mine = open.iter().rfind(|wrap_up| self.is_me(&wrap_up.agent)).cloned();
                if mine == self.wrap_up {
                    return None;
                }
                self.wrap_up.clone_from(&mine);
                Some(DeskEvent::WrapUp { wrap_up: mine })
            }
            News::Event(_) | News::CallerSeat(_) => None,
        }
    }
}
