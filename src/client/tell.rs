//! Telling the server a fact, and asking it, until it has heard it.

use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;

use super::backoff::Backoff;
use super::media::within::within;
use super::media_state::Answer;
use crate::api::error::ApiError;

/// A fact older than about half a minute helps nobody.
const TIMES: u32 = 10;
/// A request that nothing has come back for after this long is lost: a network that has gone says no word about it.
pub const ANSWER_LIMIT_MS: u32 = 10_000;

/// The answer; after that long without one the server counts as not reached, though it may have done what was asked.
pub async fn answered_within<T>(
    limit_ms: u32,
    answer: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    within(limit_ms, answer).await.unwrap_or_else(|| Err(ApiError::offline()))
}

/// Tells it, and again while the server cannot be reached or cannot take it. What the server refuses is not told again.
pub fn tell(fact: impl Fn() -> Answer<()> + 'static) {
    tell_again(Rc::new(fact));
}

/// The same, as long as it is so.
pub fn tell_while(is_so: impl Fn() -> bool + 'static, fact: impl Fn() -> Answer<()> + 'static) {
    tell(move || if is_so() { fact() } else { Box::pin(async { Ok(()) }) });
}

fn tell_again(fact: Rc<dyn Fn() -> Answer<()>>) {
    spawn_local(async move {
        let mut backoff = Backoff::default();
        for _ in 0..TIMES {
            match within(ANSWER_LIMIT_MS, fact()).await {
                Some(Ok(())) => return,
                Some(Err(error)) if !error.is_passing() => {
                    return leptos::logging::warn!("the server was told in vain: {error}");
                }
                Some(Err(_)) | None => TimeoutFuture::new(backoff.next_ms()).await,
            }
        }
    });
}

/// Asks, and again for as long as the server cannot be reached or fails itself; `then` gets what it says in the end. What is asked
/// must be safe to ask twice: an answer may have been lost.
pub fn ask_until_answered<T: 'static>(
    ask: impl Fn() -> Answer<T> + 'static,
    then: impl FnOnce(Result<T, ApiError>) + 'static,
) {
    spawn_local(async move {
        let mut backoff = Backoff::default();
        loop {
            match within(ANSWER_LIMIT_MS, ask()).await {
                Some(Err(error)) if error.is_passing() => {}
                Some(answer) => return then(answer),
                None => {}
            }
            TimeoutFuture::new(backoff.next_ms()).await;
        }
    });
}
