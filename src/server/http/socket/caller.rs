//! The stream of one caller: where they are, again whenever that changes, and what is said in their call.

use baton_domain::desk_event::{CallerEvent, CallerState, CallerView, CaptionLine};
use baton_domain::ids::CallId;
use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;
use tracing::warn;

use super::connection::Connection;
use crate::server::error::{ServiceError, chain};
use crate::server::hub::News;
use crate::server::services::captions::Names;
use crate::server::state::App;

#[derive(Serialize)]
struct Frame<'a> {
    event: &'a CallerEvent,
}

/// Tells a caller's page everything until it closes.
pub async fn tell(connection: Connection, app: App, call: CallId) {
    // Listening begins before the view is read, so that nothing falls between them.
    let mut news = app.hub.subscribe();
    let mut page = Page { connection, app, call, shown: None, names: None };
    if page.show().await.is_none() || page.show_lines().await.is_none() {
        return;
    }
    while let Some(heard) = page.connection.wait(news.recv()).await {
        let told = match heard {
            Ok(News::Call { call: changed, .. }) if changed.call.id == call => page.show().await,
            Ok(News::CallerSeat(changed)) if changed == call => page.show().await,
            Ok(News::Waiting(_)) if page.is_waiting() => page.show().await,
            Ok(News::Said(of, _, line)) if of == call => page.say(&line).await,
            Ok(News::Withdrawn(of, _, number)) if of == call => page.send(&CallerEvent::Withdrawn { number }).await,
            Ok(_) => Some(()),
            // Too slow to hear of every change: then all of it at once.
            Err(RecvError::Lagged(_)) => match page.show().await {
                Some(()) => page.show_lines().await,
                None => None,
            },
            Err(RecvError::Closed) => None,
        };
        if told.is_none() {
            return;
        }
    }
}

/// One caller's page.
struct Page {
    connection: Connection,
    app: App,
    call: CallId,
    shown: Option<CallerView>,
    names: Option<Names>,
}

impl Page {
    fn is_waiting(&self) -> bool {
        self.shown.as_ref().is_some_and(|view| matches!(view.state, CallerState::Waiting { .. }))
    }

    /// Sends the view where it is another than before.
    async fn show(&mut self) -> Option<()> {
        let view = match self.app.callers().view(self.call).await {
            Ok(view) => view,
            Err(error) => return self.refuse(error).await,
        };
        let is_news = self.shown.as_ref().is_none_or(|before| is_news(before, &view));
        self.shown = Some(view.clone());
        if !is_news {
            return Some(());
        }
        self.send(&CallerEvent::View { view: Box::new(view) }).await
    }

    /// Sends what was said last.
    async fn show_lines(&mut self) -> Option<()> {
        let (names, lines) = match self.app.captions().for_caller(self.call).await {
            Ok(found) => found,
            Err(error) => return self.refuse(error).await,
        };
        self.names = Some(names);
        for line in lines {
            self.caption(line).await?;
        }
        Some(())
    }

    /// Sends what was just said, in the caller's own call.
    async fn say(&mut self, line: &baton_domain::transcript::Segment) -> Option<()> {
        let line = self.names.as_ref()?.caption(line);
        self.caption(line).await
    }

    async fn caption(&mut self, line: CaptionLine) -> Option<()> {
        self.send(&CallerEvent::Said { line }).await
    }

    async fn send(&mut self, event: &CallerEvent) -> Option<()> {
        self.connection.send(&Frame { event }).await
    }

    async fn refuse(&mut self, error: ServiceError) -> Option<()> {
        let call = self.call;
        warn!(call.id = %call, error = chain(&error), "Could not read what call {call}'s caller is shown");
        self.connection.refuse(error.into()).await;
        None
    }
}

/// Whether a view says more than the one before it, the clock aside. A step of the agents that changes nothing for the caller is
/// none of their business. Where several steps were taken at once, the page may know one of those between, as an answer: then it
/// is told what holds by now.
fn is_news(before: &CallerView, view: &CallerView) -> bool {
    let is_next = view.version.saturating_sub(before.version) <= 1;
    !is_next || CallerView { now: view.now, version: view.version, ..before.clone() } != *view
}
