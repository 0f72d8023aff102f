//! A limit for what may never answer.

use std::pin::pin;

use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;

/// The answer, or `None` when it takes longer than that.
pub async fn within<T>(limit_ms: u32, answer: impl Future<Output = T>) -> Option<T> {
    match select(pin!(answer), TimeoutFuture::new(limit_ms)).await {
        Either::Left((answer, _)) => Some(answer),
        Either::Right(_) => None,
    }
}
