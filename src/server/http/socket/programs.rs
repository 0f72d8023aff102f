//! The stream of one program: events from where it left off, then as they happen.

use tracing::warn;

use super::EventFeed;
use super::connection::Connection;
use crate::server::error::chain;
use crate::server::permissions::Who;
use crate::server::state::App;

/// Tells a program every event after `after` until it closes.
pub async fn tell(mut connection: Connection, app: App, who: Who, after: Option<i64>) {
    let mut feed = EventFeed::new(app, who, after);
    while let Some(next) = connection.wait(feed.next()).await {
        let told = match next {
            Ok(Some(event)) => connection.send(&event).await,
            Ok(None) => None,
            Err(error) => {
                warn!(error = chain(&error), "Could not read events for a program");
                connection.refuse(error.into()).await;
                None
            }
        };
        if told.is_none() {
            return;
        }
    }
}
