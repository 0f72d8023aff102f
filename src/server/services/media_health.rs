//! Whether the media server answers. While it does not, and for a while after, nobody counts as vanished: the clients
//! need that time to come back to their seats.

use std::sync::{Mutex, PoisonError};

use baton_domain::time::{Span, Timestamp};

use crate::server::ports::media_server::MediaServerError;

/// How long after the media server is back nobody counts as vanished.
const SETTLING: Span = Span::seconds(30);

/// What is known of the media server.
#[derive(Debug, Default)]
pub struct MediaHealth(Mutex<Health>);

#[derive(Clone, Copy, Debug, Default)]
struct Health {
    is_down: bool,
    back_since: Option<Timestamp>,
}

impl MediaHealth {
    /// Learns from one answer.
    pub fn learn<T>(&self, result: &Result<T, MediaServerError>, now: Timestamp) {
        let mut health = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(result, Err(MediaServerError::Unreachable(_))) {
            health.is_down = true;
        } else if health.is_down {
            *health = Health { is_down: false, back_since: Some(now) };
        }
    }

    /// Whether it does not answer.
    pub fn is_down(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_down
    }

    /// Whether somebody who is not in a room may be counted as vanished.
    pub fn may_count_vanished(&self, now: Timestamp) -> bool {
        let health = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        !health.is_down && health.back_since.is_none_or(|since| now >= since.plus(SETTLING))
    }
}
