//! One signalling connection, in a task of its own: however slow the server or the network is, media does not wait for it.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use livekit_protocol as proto;
use livekit_protocol::signal_request::Message as Request;
use livekit_protocol::signal_response::Message as Response;
use tokio::sync::mpsc;
use tokio::time::{Interval, MissedTickBehavior};
use tokio_tungstenite::tungstenite::{self, Message as Frame};
use tokio_util::task::AbortOnDropHandle;

use super::dial::{DialError, Dialer, Socket};
use super::message;
use crate::error::SignalError;
use crate::token::Tokens;

/// How many messages may wait in either direction.
const CAPACITY: usize = 256;

/// How often the server is asked for a sign of life, and how long it may give none. The server's own defaults.
const PING_INTERVAL: Duration = Duration::from_secs(5);
const SILENCE_LIMIT: Duration = Duration::from_secs(15);

/// How long writing one message may take.
const WRITE_LIMIT: Duration = Duration::from_secs(5);

/// A signalling connection that is being made, or stands. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Link {
    requests: mpsc::Sender<Outgoing>,
    events: mpsc::Receiver<LinkEvent>,
    task: AbortOnDropHandle<()>,
}

#[derive(Debug)]
enum Outgoing {
    Request(Request),
    /// The last message, after which the connection is closed.
    Goodbye(Request),
}

/// What happened on the connection.
#[derive(Debug)]
pub(crate) enum LinkEvent {
    /// A message from the server.
    Message(Box<Response>),
    /// It could not be made. Nothing follows.
    NotDialled(DialError),
    /// It broke. Nothing follows.
    Broken(SignalError),
}

impl Link {
    /// Begins to connect.
    pub(crate) fn dial(dialer: Dialer, tokens: Tokens, join: &proto::JoinRequest) -> Self {
        let (requests, request_queue) = mpsc::channel(CAPACITY);
        let (event_queue, events) = mpsc::channel(CAPACITY);
        let join_request = message::encode_join(join);
        let task = tokio::spawn(run(dialer, tokens, join_request, request_queue, event_queue));
        Self { requests, events, task: AbortOnDropHandle::new(task) }
    }

    /// Hands a message over to be sent. It does not wait.
    pub(crate) fn send(&self, request: Request) -> Result<(), SignalError> {
        self.requests.try_send(Outgoing::Request(request)).map_err(|_| SignalError::Stuck)
    }

    /// What happens next. Cancelling the wait loses nothing.
    pub(crate) async fn event(&mut self) -> LinkEvent {
        self.events.recv().await.unwrap_or(LinkEvent::Broken(SignalError::Closed))
    }

    /// Sends a last message and closes the connection, within the limit.
    pub(crate) async fn goodbye(self, request: Request, limit: Duration) {
        let Self { requests, mut events, task } = self;
        let farewell = async {
            if requests.send(Outgoing::Goodbye(request)).await.is_ok() {
                // The task may be waiting to hand events over.
                while events.recv().await.is_some() {}
                if let Err(error) = task.await {
                    tracing::debug!(error = &error as &dyn std::error::Error, "The signalling task failed");
                }
            }
        };
        if tokio::time::timeout(limit, farewell).await.is_err() {
            tracing::debug!("The server did not take the goodbye in time");
        }
    }
}

async fn run(
    dialer: Dialer,
    tokens: Tokens,
    join_request: String,
    requests: mpsc::Receiver<Outgoing>,
    events: mpsc::Sender<LinkEvent>,
) {
    let last = match dialer.dial(&join_request, &tokens).await {
        Ok(socket) => match Connection::new(socket).run(requests, &events).await {
            Ok(()) => return,
            Err(error) => LinkEvent::Broken(error),
        },
        Err(error) => LinkEvent::NotDialled(error),
    };
    // Whoever no longer listens does not need to know.
    let _ = events.send(last).await;
}

struct Connection {
    socket: Socket,
    ping: Interval,
    began_at: Instant,
    heard_at: Instant,
}

impl Connection {
    fn new(socket: Socket) -> Self {
        let now = Instant::now();
        let mut ping = tokio::time::interval_at((now + PING_INTERVAL).into(), PING_INTERVAL);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { socket, ping, began_at: now, heard_at: now }
    }

    /// Carries messages both ways until we say goodbye (or nobody is there any more), or it breaks.
    async fn run(
        mut self,
        mut requests: mpsc::Receiver<Outgoing>,
        events: &mpsc::Sender<LinkEvent>,
    ) -> Result<(), SignalError> {
        loop {
            tokio::select! {
                request = requests.recv() => match request {
                    Some(Outgoing::Request(request)) => self.write(request).await?,
                    Some(Outgoing::Goodbye(request)) => {
                        self.write(request).await?;
                        return self.close().await;
                    }
                    None => return self.close().await,
                },
                frame = self.socket.next() => {
                    self.heard_at = Instant::now();
                    let Some(response) = read(frame)? else { continue };
                    if events.send(LinkEvent::Message(Box::new(response))).await.is_err() {
                        return self.close().await;
                    }
                }
                _ = self.ping.tick() => self.ping().await?,
            }
        }
    }

    async fn ping(&mut self) -> Result<(), SignalError> {
        if self.heard_at.elapsed() >= SILENCE_LIMIT {
            return Err(SignalError::Silent);
        }
        // The server only echoes the number, so any clock will do.
        let timestamp = i64::try_from(self.began_at.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.write(Request::PingReq(proto::Ping { timestamp, ..Default::default() })).await
    }

    async fn write(&mut self, request: Request) -> Result<(), SignalError> {
        let frame = Frame::binary(message::encode(request));
        match tokio::time::timeout(WRITE_LIMIT, self.socket.send(frame)).await {
            Ok(sent) => sent.map_err(|error| SignalError::Socket(Box::new(error))),
            Err(_) => Err(SignalError::Stuck),
        }
    }

    async fn close(&mut self) -> Result<(), SignalError> {
        match tokio::time::timeout(WRITE_LIMIT, self.socket.close(None)).await {
            Ok(Ok(()) | Err(tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed)) => Ok(()),
            Ok(Err(error)) => Err(SignalError::Socket(Box::new(error))),
            Err(_) => Err(SignalError::Stuck),
        }
    }
}

/// The message in a frame; `None` for frames without one and for messages that are not known here.
fn read(frame: Option<Result<Frame, tungstenite::Error>>) -> Result<Option<Response>, SignalError> {
    match frame {
        Some(Ok(Frame::Binary(bytes))) => message::decode(&bytes).map_err(SignalError::Unreadable),
        Some(Ok(Frame::Close(_))) | None => Err(SignalError::Closed),
        Some(Ok(_)) => Ok(None),
        Some(Err(error)) => Err(SignalError::Socket(Box::new(error))),
    }
}
