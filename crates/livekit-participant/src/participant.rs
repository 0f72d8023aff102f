//! The handle of a participant.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::data::{self, Delivery, DtmfDigit, Message};
use crate::error::{JoinError, MediaError, PublishError, SendError};
use crate::event::{Arrival, Connected, Events};
use crate::local_track::{LocalTrack, Outgoing};
use crate::options::{JoinOptions, PublishOptions, Subscribe};
use crate::queue::Queue;
use crate::session::driver::Driver;
use crate::session::own_tracks::{OwnTracks, Published};
use crate::session::restoring::{local_addresses, new_session};
use crate::session::shared::{Command, Counters, Metrics, Shared};
use crate::signal::address::Address;
use crate::signal::dial::Dialer;

/// How many commands may wait.
const COMMANDS: usize = 64;

/// How long publishing a track may take: two round trips, or a loss from which the participant gets back.
const PUBLISH_LIMIT: Duration = Duration::from_secs(15);

type Commands = mpsc::Sender<Command>;

/// A participant in a room.
///
/// It runs in a task of its own, which gets it back after losses. Dropping the handle makes it leave: the server is told (within
/// a second), and nothing keeps running. [`leave`](Self::leave) does the same and waits for it.
#[derive(Debug)]
pub struct Participant {
    connected: Connected,
    tracks: Vec<LocalTrack>,
    commands: Commands,
    counters: Arc<Counters>,
    queues: Queues,
    has_data: bool,
    task: JoinHandle<()>,
    guard: DropGuard,
}

#[derive(Debug, Clone)]
struct Queues {
    events: Arc<Queue<crate::event::Event>>,
    outbox: Arc<Queue<Outgoing>>,
}

impl Participant {
    /// Joins a room and waits until media flows. Cancelling it leaves nothing behind.
    ///
    /// It must be called within a tokio runtime whose time and I/O are enabled.
    ///
    /// # Errors
    /// [`JoinError`] says why it did not come about. Nothing is tried again: the caller knows better whether that makes sense.
    pub async fn join(options: JoinOptions) -> Result<(Self, Events), JoinError> {
        let address = Address::parse(&options.url)?;
        let dialer = Dialer::new(address, &options.root_certificates)?;
        let addresses = local_addresses(&options, dialer.address()).await.map_err(MediaError::Socket)?;

        let stop = CancellationToken::new();
        let guard = stop.clone().drop_guard();
        let (commands, command_queue) = mpsc::channel(COMMANDS);
        let (joined, arrival) = oneshot::channel();
        let mut own = OwnTracks::default();
        let published: Vec<Published> = options.publish.iter().map(|track| own.add(track.clone(), None)).collect();
        own.begin_presence();
        let queues = Queues {
            events: Arc::new(Queue::new(options.event_capacity)),
            outbox: Arc::new(Queue::new(own.outbox_capacity())),
        };
        let named = published.into_iter().zip(&options.publish);
        let tracks =
            named.map(|(track, options)| local_track(track, &options.name, &queues.outbox, &commands)).collect();
        let counters = Arc::<Counters>::default();
        let Queues { events, outbox } = queues.clone();
        let shared = Shared { events, outbox, counters: Arc::clone(&counters) };
        let has_data = options.has_data;

        let now = Instant::now();
        let session = new_session(&options, &own, &addresses, now)?;
        let limit = options.connect_limit;
        let mut driver = Driver::new(options, dialer, shared, own, session, joined);
        driver.begin_join(Arrival::Joined, limit, now)?;
        let task = tokio::spawn(driver.run(stop, command_queue));
        let connected = arrival.await.unwrap_or(Err(JoinError::Cancelled))?;
        let events = Events::new(Arc::clone(&queues.events));
        Ok((Self { connected, tracks, commands, counters, queues, has_data, task, guard }, events))
    }

    /// How we came into the room: our identity, the room's name, and more.
    pub fn connected(&self) -> &Connected {
        &self.connected
    }

    /// The tracks that were published while joining, in the order of the options.
    pub fn tracks(&self) -> &[LocalTrack] {
        &self.tracks
    }

    /// The track that was published while joining, at this place of the options.
    pub fn track(&self, index: usize) -> Option<&LocalTrack> {
        self.tracks.get(index)
    }

    /// Publishes one more track, and waits until it can be sent. To stop, [`LocalTrack::unpublish`] it; dropping its handle does
    /// not. Cancelling the wait leaves nothing published.
    ///
    /// # Errors
    /// [`PublishError`] says why it did not come about.
    pub async fn publish(&self, options: PublishOptions) -> Result<LocalTrack, PublishError> {
        let name = options.name.clone();
        let (waiting, published) = oneshot::channel();
        self.commands.send(Command::Publish(options, waiting)).await.map_err(|_| PublishError::Ended)?;
        let published = tokio::time::timeout(PUBLISH_LIMIT, published).await.map_err(|_| PublishError::TimedOut)?;
        let track = published.unwrap_or(Err(PublishError::Ended))?;
        Ok(local_track(track, &name, &self.queues.outbox, &self.commands))
    }

    /// Subscribes to other audio than before.
    ///
    /// # Errors
    /// [`SendError::Ended`] when the participant has ended.
    pub async fn subscribe(&self, subscribe: Subscribe) -> Result<(), SendError> {
        self.commands.send(Command::Subscribe(subscribe)).await.map_err(|_| SendError::Ended)
    }

    /// Sends a message to others in the room. A reliable one that was taken arrives while the session lasts, also across a
    /// resume; a full reconnect loses what was on its way.
    ///
    /// # Errors
    /// [`SendError`] when it was not taken.
    pub async fn send(&self, message: Message) -> Result<(), SendError> {
        let delivery = message.delivery;
        self.send_data(delivery, data::encode_message(message)?).await
    }

    /// Presses a key on the telephones in the room, or on those of the given identities.
    ///
    /// # Errors
    /// [`SendError`] when it was not taken.
    pub async fn send_dtmf(&self, digit: DtmfDigit, to: Vec<String>) -> Result<(), SendError> {
        self.send_data(Delivery::Reliable, data::encode_dtmf(digit, to)?).await
    }

    async fn send_data(&self, delivery: Delivery, bytes: Vec<u8>) -> Result<(), SendError> {
        if !self.has_data {
            return Err(SendError::NoDataChannel);
        }
        let (done, sent) = oneshot::channel();
        self.commands.send(Command::Data(delivery, bytes, done)).await.map_err(|_| SendError::Ended)?;
        sent.await.unwrap_or(Err(SendError::Ended))
    }

    /// What has passed through so far.
    pub fn metrics(&self) -> Metrics {
        self.counters.read(self.queues.events.dropped(), self.queues.outbox.dropped())
    }

    /// Whether it has ended, by itself or by the server.
    pub fn is_ended(&self) -> bool {
        self.task.is_finished()
    }

    /// Leaves the room and waits until nothing runs any more, about a second at most.
    pub async fn leave(self) {
        let Self { task, guard, .. } = self;
        drop(guard);
        if let Err(error) = task.await {
            tracing::warn!(error = &error as &dyn std::error::Error, "The participant's task failed");
        }
    }
}

/// The handle of a track, from what the session says of it.
fn local_track(
    (index, state): Published,
    name: &str,
    outbox: &Arc<Queue<Outgoing>>,
    commands: &Commands,
) -> LocalTrack {
    LocalTrack { index, name: name.into(), outbox: Arc::clone(outbox), state, commands: commands.clone() }
}
