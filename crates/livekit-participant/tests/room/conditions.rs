//! What a network does to datagrams: it loses some, delays all, and lets some overtake others.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

/// The payload type of Opus in everything that is offered here.
const OPUS: u8 = 111;

/// What one direction of a path is like.
#[derive(Clone, Copy, Default)]
pub struct Conditions {
    pub one_way: Duration,
    /// Of a hundred datagrams, so many are lost.
    pub lost: u64,
    /// Of a hundred datagrams, so many come after the two that follow.
    pub late: u64,
}

/// How much later a late datagram comes: two packets of 20 ms overtake it.
const LATENESS: Duration = Duration::from_millis(50);

/// Both directions of a path, which are alike. What is lost is the same in every run, as far as the same is sent.
pub struct Weather {
    conditions: Mutex<Conditions>,
    dice: Mutex<u64>,
    lost_audio: AtomicU64,
    late_audio: AtomicU64,
}

impl Default for Weather {
    fn default() -> Self {
        Self {
            conditions: Mutex::default(),
            dice: Mutex::new(0x9E37_79B9_7F4A_7C15),
            lost_audio: AtomicU64::default(),
            late_audio: AtomicU64::default(),
        }
    }
}

impl Weather {
    pub fn set(&self, conditions: Conditions) {
        *self.conditions.lock().expect("nobody panicked") = conditions;
    }

    pub fn one_way(&self) -> Duration {
        self.conditions.lock().expect("nobody panicked").one_way
    }

    /// How many packets of sound were lost, or swallowed.
    pub fn lost_audio(&self) -> u64 {
        self.lost_audio.load(Ordering::Relaxed)
    }

    /// How many packets of sound came late.
    pub fn late_audio(&self) -> u64 {
        self.late_audio.load(Ordering::Relaxed)
    }

    /// Notes that a datagram does not arrive.
    pub fn lose(&self, datagram: &[u8]) {
        self.lost_audio.fetch_add(u64::from(is_audio(datagram)), Ordering::Relaxed);
    }

    /// How long a datagram takes; `None` when it is lost.
    fn fate(&self, datagram: &[u8]) -> Option<Duration> {
        let conditions = *self.conditions.lock().expect("nobody panicked");
        let throw = self.throw();
        if throw < conditions.lost {
            self.lose(datagram);
            return None;
        }
        if throw >= 100 - conditions.late {
            self.late_audio.fetch_add(u64::from(is_audio(datagram)), Ordering::Relaxed);
            return Some(conditions.one_way + LATENESS);
        }
        Some(conditions.one_way)
    }

    /// A number below a hundred (Marsaglia's xorshift).
    fn throw(&self) -> u64 {
        let mut dice = self.dice.lock().expect("nobody panicked");
        *dice ^= *dice << 13;
        *dice ^= *dice >> 7;
        *dice ^= *dice << 17;
        (*dice >> 32) % 100
    }
}

/// RTP (RFC 3550 §5.1) with Opus in it.
fn is_audio(datagram: &[u8]) -> bool {
    matches!(datagram, [first, second, ..] if first >> 6 == 2 && second & 0x7F == OPUS)
}

type Deliver = Arc<dyn Fn(&[u8]) + Send + Sync>;

/// Datagrams on their way to a socket. Those of the usual delay arrive in the order they were sent in.
pub struct Line {
    queue: mpsc::UnboundedSender<(Instant, Vec<u8>)>,
    deliver: Deliver,
    _task: AbortOnDropHandle<()>,
}

impl Line {
    pub fn new(deliver: impl Fn(&[u8]) + Send + Sync + 'static) -> Self {
        let deliver: Deliver = Arc::new(deliver);
        let (queue, mut waiting) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
        let arrive = Arc::clone(&deliver);
        let task = tokio::spawn(async move {
            while let Some((due, datagram)) = waiting.recv().await {
                tokio::time::sleep_until(due).await;
                arrive(&datagram);
            }
        });
        Self { queue, deliver, _task: AbortOnDropHandle::new(task) }
    }

    /// Sends a datagram into this weather.
    pub fn send(&self, weather: &Weather, datagram: &[u8]) {
        let Some(delay) = weather.fate(datagram) else { return };
        let due = Instant::now() + delay;
        if delay.is_zero() {
            (self.deliver)(datagram);
        } else if delay == weather.one_way() {
            self.queue.send((due, datagram.to_vec())).expect("the line lives as long as its queue");
        } else {
            let (deliver, datagram) = (Arc::clone(&self.deliver), datagram.to_vec());
            tokio::spawn(async move {
                tokio::time::sleep_until(due).await;
                deliver(&datagram);
            });
        }
    }
}
