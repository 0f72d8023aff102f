//! Recognised lines on their way to the server: in order, one at a time, and of a line that grows only how it is now.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use baton_domain::browser_speech::RecognisedLine;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;

use super::backoff::Backoff;
use super::media_state::Answer;

/// Nobody reads faster, and the server counts.
const EVERY_MS: u32 = 200;
/// A line that stays is tried again this often.
const TIMES: u32 = 10;

/// Takes a line to the server.
pub type Send = Box<dyn Fn(RecognisedLine) -> Answer<()>>;

/// What is to be sent. It outlives its page's recogniser: the last words count as well.
pub struct SpeechOutbox {
    send: Send,
    waiting: RefCell<VecDeque<RecognisedLine>>,
    is_sending: Cell<bool>,
}

impl SpeechOutbox {
    /// An empty one.
    pub fn new(send: Send) -> Rc<Self> {
        Rc::new(Self { send, waiting: RefCell::default(), is_sending: Cell::new(false) })
    }

    /// Sends a line behind those that wait.
    pub fn push(self: &Rc<Self>, line: RecognisedLine) {
        let mut waiting = self.waiting.borrow_mut();
        waiting.retain(|known| known.is_final || known.id != line.id);
        waiting.push_back(line);
        drop(waiting);
        if !self.is_sending.replace(true) {
            let outbox = self.clone();
            spawn_local(async move { outbox.send_all().await });
        }
    }

    async fn send_all(&self) {
        loop {
            let Some(line) = self.waiting.borrow_mut().pop_front() else { break };
            self.deliver(line).await;
            TimeoutFuture::new(EVERY_MS).await;
        }
        self.is_sending.set(false);
    }

    /// Of a line that grows the next version comes soon, so it is tried once.
    async fn deliver(&self, line: RecognisedLine) {
        let mut backoff = Backoff::default();
        for _ in 0..TIMES {
            match (self.send)(line.clone()).await {
                Ok(()) => return,
                Err(error) if line.is_final && error.is_passing() => TimeoutFuture::new(backoff.next_ms()).await,
                Err(error) => return leptos::logging::warn!("a line was not taken: {error}"),
            }
        }
    }
}
