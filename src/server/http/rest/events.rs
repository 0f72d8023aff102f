//! Events for programs, as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::{Stream, StreamExt, stream};
use serde::Deserialize;
use tracing::warn;
use utoipa::IntoParams;

use super::input::{Asker, Params, invalid};
use super::model::Refusals;
use crate::server::error::chain;
use crate::server::http::Http;
use crate::server::http::problem::Problem;
use crate::server::http::socket::{EventFeed, EventJson};
use crate::server::permissions::Action;

/// Connections that say nothing for long are cut on the way.
const KEEP_ALIVE: Duration = Duration::from_secs(10);
/// What a client sends that comes back after a break.
const LAST_EVENT_ID: &str = "last-event-id";

/// From where.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct From {
    /// Every event after this one, and then on. Without it: from now on. An id that no event has yet is refused with 409.
    #[param(example = 0)]
    after: Option<i64>,
}

/// Events in the order of commits, without gap or repetition. After a break `Last-Event-ID` goes on where it was.
///
/// Without `after` the stream begins with an `id` alone, so that a break before the first event loses nothing. Desk tokens see
/// the calls that their agent is or was part of. The same events come over the WebSocket `/ws/notifications` to whoever sends
/// `{"api_key": "…", "after": 17}` first; without `after` its first message is `{"after": 17}`, where it begins.
#[utoipa::path(get, path = "/events", operation_id = "stream_events", tag = "Events", params(From),
    responses((status = 200, body = EventJson, content_type = "text/event-stream"), Refusals))]
pub async fn stream(
    State(http): State<Http>,
    asker: Asker,
    Params(from): Params<From>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let who = asker.may(Action::ReadEvents)?.clone();
    let after = last_event_id(&headers)?.or(from.after);
    let feed = EventFeed::begin(http.app.clone(), who, after).await?;
    // An id without data is no event to a client, and is what it comes back with.
    let begins = after.is_none().then(|| Ok(Event::default().id(feed.last().to_string())));
    let events = stream::unfold(feed, |mut feed| async move {
        let event = match feed.next().await {
            Ok(event) => sse(&event?),
            Err(error) => {
                // The client comes back by itself, with the id of the last event that it got.
                warn!(error = chain(&error), "Could not read events for a program");
                return None;
            }
        };
        Some((Ok(event), feed))
    });
    let until_the_end = stream::iter(begins).chain(events).take_until(http.stop.clone().cancelled_owned());
    Ok(Sse::new(until_the_end).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

fn sse(event: &EventJson) -> Event {
    let data = serde_json::to_string(event).expect("an event is plain data");
    Event::default().id(event.id.to_string()).event(&event.kind).data(data)
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(id) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    let id = id.to_str().ok().and_then(|id| id.parse().ok());
    id.map(Some).ok_or_else(|| invalid("Last-Event-ID is no event's id.".to_owned()))
}
