//! Events for programs, in the order of commits, without gap or repetition: first from the log, then as they happen.

use std::collections::VecDeque;

use serde::Serialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use utoipa::ToSchema;

use crate::server::error::ServiceError;
use crate::server::http::rest::rfc3339;
use crate::server::hub::News;
use crate::server::permissions::Who;
use crate::server::state::App;
use crate::server::store::events::StoredEvent;

/// How many events are read at once.
const BATCH: u32 = 200;

/// One event. `docs/events.md` says what each type means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Event)]
pub struct EventJson {
    /// Rises with every event, without gaps.
    #[schema(example = 17)]
    pub id: i64,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(example = "transfer_completed")]
    pub kind: String,
    /// When.
    #[schema(example = "2026-01-31T12:00:00.000Z")]
    pub at: String,
    /// In which call.
    pub call_id: String,
    /// In which transfer, if in one.
    pub transfer_id: Option<String>,
    /// The agent whom it is about.
    #[schema(example = "bob")]
    pub agent: Option<String>,
    /// More: `docs/events.md` says which types have what.
    pub detail: Option<String>,
    /// Who asked for it (`agent:alice`, `caller`, `api` …), or what reported it (`fact`, `clock`).
    #[schema(example = "agent:alice")]
    pub actor: String,
}

impl From<&StoredEvent> for EventJson {
    fn from(event: &StoredEvent) -> Self {
        let happening = &event.entry.happening;
        Self {
            id: event.entry.id,
            kind: happening.kind.name(),
            at: rfc3339(event.entry.at),
            call_id: event.call.to_string(),
            transfer_id: happening.transfer.map(|transfer| transfer.to_string()),
            agent: happening.agent.as_ref().map(ToString::to_string),
            detail: happening.detail.clone(),
            actor: event.actor.clone(),
        }
    }
}

/// A program's place in the stream of events.
pub struct EventFeed {
    app: App,
    who: Who,
    news: Receiver<News>,
    /// The last event that was given out, or after which it begins.
    last: i64,
    read: VecDeque<StoredEvent>,
    /// Whether everything that is in the log has been read.
    is_live: bool,
}

impl EventFeed {
    /// The events after `after`, or from now on. A place that nothing has reached yet is none: whoever has been there has
    /// read another log, and would miss everything until this one is as long.
    pub async fn begin(app: App, who: Who, after: Option<i64>) -> Result<Self, ServiceError> {
        // Listening begins before the log is asked, so that nothing falls between them.
        let news = app.hub.subscribe();
        let newest = app.newest_event().await?;
        match after {
            Some(after) if after > newest => Err(ServiceError::UnknownEvent { after, newest }),
            _ => Ok(Self { app, who, news, last: after.unwrap_or(newest), read: VecDeque::new(), is_live: false }),
        }
    }

    /// The event after which the next one comes.
    pub fn last(&self) -> i64 {
        self.last
    }

    /// The next event that this reader may see; `None` when the server ends. Safe to abandon and to ask again.
    pub async fn next(&mut self) -> Result<Option<EventJson>, ServiceError> {
        loop {
            let Some(event) = self.next_of_all().await? else { return Ok(None) };
            if self.may_see(&event).await? {
                self.pass(&event);
                return Ok(Some(EventJson::from(&event)));
            }
            self.pass(&event);
        }
    }

    fn pass(&mut self, event: &StoredEvent) {
        self.last = event.entry.id;
        self.read.pop_front();
    }

    /// The event at the front; it stays there until it is passed.
    async fn next_of_all(&mut self) -> Result<Option<StoredEvent>, ServiceError> {
        loop {
            if let Some(event) = self.read.front() {
                return Ok(Some(event.clone()));
            }
            if !self.is_live {
                let batch = self.app.events_after(self.last, BATCH).await?;
                self.is_live = batch.is_empty();
                self.read.extend(batch);
                continue;
            }
            match self.news.recv().await {
                Ok(News::Event(event)) => self.take(&event),
                Ok(_) => {}
                // What was missed is in the log.
                Err(RecvError::Lagged(_)) => self.is_live = false,
                Err(RecvError::Closed) => return Ok(None),
            }
        }
    }

    fn take(&mut self, event: &StoredEvent) {
        match event.entry.id - self.last {
            ..=0 => {}
            1 => self.read.push_back(event.clone()),
            // Written by another instance, of which we hear only through the log.
            _ => self.is_live = false,
        }
    }

    /// Agents see the calls that they are or were part of; everybody else who may read events sees all.
    async fn may_see(&self, event: &StoredEvent) -> Result<bool, ServiceError> {
        let Who::Agent(me) = &self.who else { return Ok(true) };
        if event.entry.happening.agent.as_ref() == Some(me) {
            return Ok(true);
        }
        self.app.is_part_of(event.call, me).await
    }
}
