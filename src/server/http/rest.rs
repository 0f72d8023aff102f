//! The REST interface.

use axum::Router;
use baton_domain::time::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;

use super::Http;

/// Writes times to the millisecond, as they are kept.
const TIMES: DateTimePrinter = DateTimePrinter::new().precision(Some(3));

/// A time as the API writes it.
pub fn rfc3339(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    TIMES.timestamp_to_string(&at)
}

/// REST.
pub fn routes() -> Router<Http> {
    Router::new()
}

pub async fn events() {}
