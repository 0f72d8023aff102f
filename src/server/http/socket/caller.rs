//! The stream of one caller: where they are, again whenever that changes.

use baton_domain::desk_event::{CallerEvent, CallerState, CallerView};
use baton_domain::ids::CallId;
use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;
use tracing::warn;

use super::connection::Connection;
use crate::server::error::chain;
use crate::server::hub::News;
use crate::server::state::App;

#[derive(Serialize)]
struct Frame<'a> {
    event: &'a CallerEvent,
}

/// Tells a caller's page everything until it closes.
pub async fn tell(mut connection: Connection, app: App, call: CallId) {
    // Listening begins before the view is read, so that nothing falls between them.
    let mut news = app.hub.subscribe();
    let mut shown = None;
    loop {
        if show(&mut connection, &app, call, &mut shown).await.is_none() {
            return;
        }
        let is_waiting = shown.as_ref().is_some_and(|view| matches!(view.state, CallerState::Waiting { .. }));
        let mut concerned = false;
        while !concerned {
            concerned = match connection.wait(news.recv()).await {
                Some(Ok(News::Call { call: changed, .. })) => changed.call.id == call,
                Some(Ok(News::CallerSeat(changed))) => changed == call,
                Some(Ok(News::Waiting(_))) => is_waiting,
                Some(Err(RecvError::Lagged(_))) => true,
                Some(Ok(_)) => false,
                Some(Err(RecvError::Closed)) | None => return,
            };
        }
    }
}

/// Sends the view where it is another than before, the clock aside.
async fn show(connection: &mut Connection, app: &App, call: CallId, shown: &mut Option<CallerView>) -> Option<()> {
    let view = match app.callers().view(call).await {
        Ok(view) => view,
        Err(error) => {
            warn!(call.id = %call, error = chain(&error), "Could not read the view of call {call}'s caller");
            connection.refuse(error.into()).await;
            return None;
        }
    };
    if shown.as_ref().is_some_and(|before| CallerView { now: view.now, ..before.clone() } == view) {
        return Some(());
    }
    *shown = Some(view.clone());
    connection.send(&Frame { event: &CallerEvent::View { view: Box::new(view) } }).await
}
