//! The thread that writes all recordings of this server: files block, and packets must not wait for them.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use baton_domain::ids::RecordingId;
use bytes::Bytes;
use tokio::sync::oneshot;
use tracing::{error, warn};

use super::losses::Losses;
use super::sound_file::{SoundFile, SoundFileError};
use super::spool_key;
use crate::server::clock;
use crate::server::error::chain;
use crate::server::store::recordings::Closed;

/// How often what was heard is brought to the disk.
const KEEP_EVERY: Duration = Duration::from_secs(1);
/// How much may wait for a slow disk: ten seconds of fifty speakers. What comes then is lost, as silence in its place.
const BACKLOG: usize = 25_000;

/// Where the files of recordings that are being made are, and how they are called.
#[derive(Clone, Debug)]
pub struct Spool {
    folder: PathBuf,
}

impl Spool {
    /// The spool in a folder, which is made when it is not there.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// The file of a recording.
    pub fn path(&self, id: RecordingId) -> PathBuf {
        self.folder.join(spool_key(id))
    }

    /// The recordings that have a file here.
    pub fn files(&self) -> io::Result<Vec<RecordingId>> {
        let entries = std::fs::read_dir(&self.folder)?;
        let names = entries.map(|entry| entry.map(|entry| entry.file_name()));
        let ids = names.filter_map(|name| match name {
            Ok(name) => name.to_str()?.strip_suffix(".opus")?.parse().ok().map(Ok),
            Err(error) => Some(Err(error)),
        });
        ids.collect()
    }
}

/// What the thread is asked to do.
enum Order {
    Begin(RecordingId, oneshot::Sender<Result<(), SoundFileError>>),
    Write(RecordingId, u64, Bytes),
    Finish(RecordingId, oneshot::Sender<Result<Closed, SoundFileError>>),
}

/// The handle to the thread, which ends when all of them are gone.
#[derive(Clone, Debug)]
pub struct Writing {
    orders: SyncSender<Order>,
    /// What the thread could not even be asked.
    refused: Arc<Mutex<Losses>>,
}

/// Why there is no finished file.
#[derive(Debug, thiserror::Error)]
pub enum WritingError {
    /// The file.
    #[error(transparent)]
    File(#[from] SoundFileError),
    /// The thread is gone.
    #[error("the thread that writes recordings has ended")]
    Ended,
}

impl Writing {
    /// Starts the thread.
    pub fn start(spool: Spool) -> io::Result<Self> {
        let (orders, received) = sync_channel(BACKLOG);
        let thread = std::thread::Builder::new().name("recordings".to_owned());
        thread.spawn(move || Thread { spool, files: HashMap::new(), failed: Losses::default() }.run(&received))?;
        Ok(Self { orders, refused: Arc::default() })
    }

    /// Begins a file.
    pub async fn begin(&self, id: RecordingId) -> Result<(), WritingError> {
        let (answer, answered) = oneshot::channel();
        self.order(Order::Begin(id, answer)).await?;
        Ok(answered.await.map_err(|_| WritingError::Ended)??)
    }

    /// Records a packet at its position. Never waits.
    pub fn write(&self, id: RecordingId, position: u64, packet: Bytes) {
        if self.orders.try_send(Order::Write(id, position, packet)).is_err() {
            tell_of_slow(id, self.refused(|losses| losses.add(id, clock::monotonic())));
        }
    }

    fn refused<T>(&self, change: impl FnOnce(&mut Losses) -> T) -> T {
        // Whole values only: a panic elsewhere leaves nothing half done.
        change(&mut self.refused.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Ends a file.
    pub async fn finish(&self, id: RecordingId) -> Result<Closed, WritingError> {
        tell_of_slow(id, self.refused(|losses| losses.end(id)));
        let (answer, answered) = oneshot::channel();
        self.order(Order::Finish(id, answer)).await?;
        Ok(answered.await.map_err(|_| WritingError::Ended)??)
    }

    /// Waits until a slow disk has taken what came before.
    async fn order(&self, order: Order) -> Result<(), WritingError> {
        let orders = self.orders.clone();
        let sent = tokio::task::spawn_blocking(move || orders.send(order).is_ok()).await;
        if sent.unwrap_or(false) { Ok(()) } else { Err(WritingError::Ended) }
    }
}

fn tell_of_slow(id: RecordingId, lost: Option<u64>) {
    if let Some(count) = lost {
        warn!(recording.id = %id, count, "{count} packets of recording {id} are lost: the disk does not keep up");
    }
}

struct Thread {
    spool: Spool,
    files: HashMap<RecordingId, SoundFile>,
    /// What could not be written.
    failed: Losses,
}

impl Thread {
    fn run(mut self, orders: &Receiver<Order>) {
        let mut keep_at = clock::monotonic() + KEEP_EVERY;
        loop {
            let now = clock::monotonic();
            if now >= keep_at {
                self.keep();
                keep_at = now + KEEP_EVERY;
            }
            match orders.recv_timeout(keep_at.saturating_duration_since(now)) {
                Ok(order) => self.obey(order),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.keep();
    }

    fn obey(&mut self, order: Order) {
        // Whoever asked may have given up waiting: what they asked for is done all the same.
        match order {
            Order::Begin(id, answer) => {
                let begun = SoundFile::begin(&self.spool.path(id));
                let _ = answer.send(begun.map(|file| drop(self.files.insert(id, file))));
            }
            Order::Write(id, position, packet) => {
                if let Some(file) = self.files.get_mut(&id)
                    && let Err(failed) = file.write(position, &packet)
                    && let Some(count) = self.failed.add(id, clock::monotonic())
                {
                    error!(recording.id = %id, count, error = chain(&failed), "{count} times recording {id} could not be written");
                }
            }
            Order::Finish(id, answer) => {
                let path = self.spool.path(id);
                if let Some(count) = self.failed.end(id) {
                    error!(recording.id = %id, count, "{count} times more recording {id} could not be written");
                }
                let _ = answer.send(match self.files.remove(&id) {
                    Some(file) => file.finish(&path),
                    None => Err(io::Error::from(io::ErrorKind::NotFound).into()),
                });
            }
        }
    }

    fn keep(&self) {
        for (id, file) in &self.files {
            if let Err(failed) = file.keep() {
                error!(recording.id = %id, error = chain(&failed), "Recording {id} could not be brought to the disk");
            }
        }
    }
}
