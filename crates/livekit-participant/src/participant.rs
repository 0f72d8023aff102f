//! The handle of a participant.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::data::{self, Delivery, DtmfDigit, Message};
use crate::error::{JoinError, MediaError, SendError};
use crate::event::{Arrival, Connected, Events};
use crate::local_track::{LocalTrack, TrackState};
use crate::options::{JoinOptions, Subscribe};
use crate::queue::Queue;
use crate::session::driver::Driver;
use crate::session::own_tracks::OwnTracks;
use crate::session::restoring::{local_addresses, new_session};
use crate::session::shared::{Command, Counters, Metrics, Shared};
use crate::signal::address::Address;
use crate::signal::dial::Dialer;

/// How many commands may wait.
const COMMANDS: usize = 64;

/// How many packets of each track may wait to be sent: half a second. They wait only while the session is busy.
const PACKETS: usize = 25;

/// A participant in a room.
///
/// It runs in a task of its own, which gets it back after losses. Dropping the handle makes it leave: the server is told (within
/// a second), and nothing keeps running. [`leave`](Self::leave) does the same and waits for it.
#[derive(Debug)]
pub struct Participant {
    connected: Connected,
    tracks: Vec<LocalTrack>,
    commands: mpsc::Sender<Command>,
    counters: Arc<Counters>,
    queues: Queues,
    has_data: bool,
    task: JoinHandle<()>,
    guard: DropGuard,
}

#[derive(Debug, Clone)]
struct Queues {
    events: Arc<Queue<crate::event::Event>>,
    outbox: Arc<Queue<crate::local_track::Outgoing>>,
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
        let queues = Queues {
            events: Arc::new(Queue::new(options.event_capacity)),
            outbox: Arc::new(Queue::new(PACKETS * options.publish.len().max(1))),
        };
        let (shared, tracks) = share(&options, &queues, &commands);
        let counters = Arc::clone(&shared.counters);
        let has_data = options.has_data;

        let now = Instant::now();
        let own = OwnTracks::new(&options.publish);
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

    /// The tracks that we publish, in the order of the options.
    pub fn tracks(&self) -> &[LocalTrack] {
        &self.tracks
    }

    /// The track that we publish at this place of the options.
    pub fn track(&self, index: usize) -> Option<&LocalTrack> {
        self.tracks.get(index)
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

/// What the handles and the session share, and the handles of the tracks.
fn share(options: &JoinOptions, queues: &Queues, commands: &mpsc::Sender<Command>) -> (Shared, Vec<LocalTrack>) {
    let states = options
        .publish
        .iter()
        .map(|track| watch::channel(TrackState { is_muted: track.is_muted, ..TrackState::default() }));
    let (senders, receivers): (Vec<_>, Vec<_>) = states.unzip();
    let track = |(index, state): (usize, watch::Receiver<TrackState>)| LocalTrack {
        index,
        name: options.publish.get(index).map(|track| track.name.as_str()).unwrap_or_default().into(),
        outbox: Arc::clone(&queues.outbox),
        state,
        commands: commands.clone(),
    };
    let tracks = receivers.into_iter().enumerate().map(track).collect();
    let shared = Shared {
        events: Arc::clone(&queues.events),
        outbox: Arc::clone(&queues.outbox),
        tracks: senders,
        counters: Arc::default(),
    };
    (shared, tracks)
}
