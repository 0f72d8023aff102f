//! A bounded queue between a task that must never wait and one that may fall behind.
//!
//! A full queue forgets its oldest expendable item: audio that is late is of no use, while news of who is in the room is. An
//! unbounded queue would pour out a burst of old sound after an outage.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Tells what a full queue may forget first.
pub trait Expendable {
    /// Whether this item may go before others do.
    fn is_expendable(&self) -> bool;
}

/// A bounded drop-oldest queue for any number of producers and one consumer.
#[derive(Debug)]
pub struct Queue<T> {
    inner: Mutex<Inner<T>>,
    arrived: Notify,
}

#[derive(Debug)]
struct Inner<T> {
    items: VecDeque<T>,
    capacity: usize,
    dropped: u64,
    is_closed: bool,
}

impl<T: Expendable> Queue<T> {
    /// An empty queue for at most `capacity` items (at least one).
    pub fn new(capacity: usize) -> Self {
        let inner = Inner { items: VecDeque::new(), capacity: capacity.max(1), dropped: 0, is_closed: false };
        Self { inner: Mutex::new(inner), arrived: Notify::new() }
    }

    /// Adds an item, which may cost the oldest expendable one, or the oldest of all when none is expendable. An expendable item
    /// never drives out one that is not. After [`close`](Self::close) nothing is added.
    pub fn push(&self, item: T) {
        let mut inner = self.lock();
        if inner.is_closed {
            return;
        }
        if inner.items.len() >= inner.capacity {
            inner.dropped += 1;
            let oldest = inner.items.iter().position(Expendable::is_expendable);
            match oldest {
                Some(index) => drop(inner.items.remove(index)),
                None if item.is_expendable() => return,
                None => drop(inner.items.pop_front()),
            }
        }
        inner.items.push_back(item);
        drop(inner);
        self.arrived.notify_one();
    }
}

impl<T> Queue<T> {
    /// Takes the oldest item, without waiting.
    pub(crate) fn pop(&self) -> Option<T> {
        self.lock().items.pop_front()
    }

    /// Takes the oldest item, waiting for one; `None` once the queue is closed and empty. Cancelling it loses nothing.
    pub async fn next(&self) -> Option<T> {
        loop {
            let arrived = self.arrived.notified();
            {
                let mut inner = self.lock();
                if let Some(item) = inner.items.pop_front() {
                    return Some(item);
                }
                if inner.is_closed {
                    return None;
                }
            }
            arrived.await;
        }
    }

    /// Waits until something may be there to [`pop`](Self::pop).
    pub(crate) async fn arrived(&self) {
        self.arrived.notified().await;
    }

    /// Lets the consumer take what is left and then see the end.
    pub fn close(&self) {
        self.lock().is_closed = true;
        self.arrived.notify_one();
    }

    /// Lets another number of items wait from now on; what waits already stays.
    pub(crate) fn resize(&self, capacity: usize) {
        self.lock().capacity = capacity.max(1);
    }

    /// Forgets everything that waits, without counting it as dropped.
    pub(crate) fn clear(&self) {
        self.lock().items.clear();
    }

    /// How many items were forgotten because the consumer was behind.
    pub fn dropped(&self) -> u64 {
        self.lock().dropped
    }

    /// Whether [`close`](Self::close) was called.
    pub fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    enum Item {
        Sound(u8),
        News(u8),
    }

    impl Expendable for Item {
        fn is_expendable(&self) -> bool {
            matches!(self, Self::Sound(_))
        }
    }

    fn drain(queue: &Queue<Item>) -> Vec<Item> {
        std::iter::from_fn(|| queue.pop()).collect()
    }

    #[test]
    fn a_full_queue_forgets_the_oldest_sound_and_keeps_the_news() {
        let queue = Queue::new(3);
        for item in [Item::News(1), Item::Sound(2), Item::Sound(3), Item::Sound(4), Item::News(5)] {
            queue.push(item);
        }
        assert_eq!(drain(&queue), [Item::News(1), Item::Sound(4), Item::News(5)]);
        assert_eq!(queue.dropped(), 2);
    }

    #[test]
    fn a_queue_grows_and_shrinks() {
        let queue = Queue::new(1);
        queue.resize(2);
        queue.push(Item::Sound(1));
        queue.push(Item::Sound(2));
        queue.resize(1);
        queue.push(Item::Sound(3));
        assert_eq!(drain(&queue), [Item::Sound(2), Item::Sound(3)]);
    }

    #[test]
    fn sound_never_drives_out_news() {
        let queue = Queue::new(1);
        queue.push(Item::News(1));
        queue.push(Item::Sound(2));
        assert_eq!(queue.dropped(), 1);
        assert_eq!(drain(&queue), [Item::News(1)]);
    }

    #[test]
    fn with_news_alone_the_oldest_goes() {
        let queue = Queue::new(1);
        queue.push(Item::News(1));
        queue.push(Item::News(2));
        assert_eq!(drain(&queue), [Item::News(2)]);
    }

    #[tokio::test]
    async fn a_closed_queue_gives_what_is_left_and_ends() {
        let queue = Queue::new(4);
        queue.push(Item::News(1));
        queue.close();
        queue.push(Item::News(2));
        assert_eq!(queue.next().await, Some(Item::News(1)));
        assert_eq!(queue.next().await, None);
    }

    #[tokio::test]
    async fn a_waiting_consumer_is_woken() {
        let queue = Queue::new(4);
        let (item, ()) = tokio::join!(queue.next(), async { queue.push(Item::Sound(7)) });
        assert_eq!(item, Some(Item::Sound(7)));
    }
}
