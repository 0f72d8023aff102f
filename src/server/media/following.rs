//! How somebody whom the server plays learns where their call stands.

use baton_domain::call::Call;
use baton_domain::ids::CallId;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::PartError;
use crate::server::hub::News;
use crate::server::state::App;

/// A call as it is, and then as it is after every change.
pub struct Following<'a> {
    app: &'a App,
    call: CallId,
    news: Receiver<News>,
    /// Whether it may have changed since it was read.
    has_changed: bool,
}

impl<'a> Following<'a> {
    /// Listening begins before the call is read, so that nothing falls between them.
    pub fn begin(app: &'a App, call: CallId) -> Self {
        Self { app, call, news: app.hub.subscribe(), has_changed: true }
    }

    /// The call after its next change, at first at once; nothing when the desk ends. Cancelling the wait loses nothing.
    pub async fn next(&mut self) -> Result<Option<Call>, PartError> {
        while !self.has_changed {
            self.has_changed = match self.news.recv().await {
                Ok(News::Call { call, .. }) => call.call.id == self.call,
                Ok(News::CallerSeat(call)) => call == self.call,
                Ok(_) => false,
                Err(RecvError::Lagged(_)) => true,
                Err(RecvError::Closed) => return Ok(None),
            };
        }
        let call = self.app.calls().find(self.call).await.map_err(PartError::Desk)?;
        self.has_changed = false;
        Ok(Some(call))
    }
}
