//! The stream of one program: events from where it left off, then as they happen.

use serde_json::json;
use tracing::warn;

use super::EventFeed;
use super::connection::Connection;
use crate::server::error::chain;
use crate::server::permissions::Who;
use crate::server::state::App;

/// Tells a program every event after `after` until it closes. Whoever begins with what happens now is told first where that is:
/// a connection that breaks before the first event loses nothing.
pub async fn tell(mut connection: Connection, app: App, who: Who, after: Option<i64>) {
    let mut feed = match EventFeed::begin(app, who, after).await {
        Ok(feed) => feed,
        Err(error) => return connection.refuse(error.into()).await,
    };
    if after.is_none() && connection.send(&json!({ "after": feed.last() })).await.is_none() {
        return;
    }
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
