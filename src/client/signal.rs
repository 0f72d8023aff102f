//! One waiting task and those who wake it.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// Wakes a task that waits. A wake while nobody waits is kept, so that none is lost; several are one.
#[derive(Default)]
pub struct Wake {
    is_set: Cell<bool>,
    waiting: RefCell<Option<Waker>>,
}

impl Wake {
    /// Wakes the task that waits, or the next one that does.
    pub fn wake(&self) {
        self.is_set.set(true);
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }

    /// Until woken.
    pub async fn wait(&self) {
        poll_fn(|context| {
            if self.is_set.take() {
                return Poll::Ready(());
            }
            self.waiting.replace(Some(context.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}
