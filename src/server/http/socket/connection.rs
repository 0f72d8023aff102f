//! One open WebSocket: it is pinged, notices when the other side is gone, and is told when the server ends.

use std::pin::pin;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use serde::Serialize;
use serde_json::json;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use crate::server::clock::Clock;
use crate::server::http::Http;
use crate::server::http::problem::Problem;

/// How often both sides say that they are there. Often enough that a frozen desk counts as unreachable before an offer rings
/// out there.
const PING: Duration = Duration::from_secs(5);
/// A client that was silent for this many pings is gone, though nobody told us: a closed laptop, a lost network.
const SILENT_PINGS: u8 = 2;
/// A client that takes nothing in for this long is gone too.
const SEND: Duration = Duration::from_secs(15);
/// The server goes away; come back.
const GOING_AWAY: u16 = 1001;
/// Closed with a problem that trying again does not solve.
const REFUSED: u16 = 4401;

/// An open WebSocket.
pub struct Connection {
    socket: WebSocket,
    clock: Clock,
    stop: CancellationToken,
    pings: Interval,
    unanswered: u8,
}

impl Connection {
    /// Takes over a socket.
    pub fn new(socket: WebSocket, http: &Http) -> Self {
        let mut pings = interval(PING);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first tick comes at once.
        pings.reset();
        Self { socket, clock: http.app.clock.clone(), stop: http.stop.clone(), pings, unanswered: 0 }
    }

    /// The first text that the client sends; `None` when it ends before.
    pub async fn first_message(&mut self) -> Option<Utf8Bytes> {
        loop {
            match self.socket.recv().await? {
                Ok(Message::Text(text)) => return Some(text),
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                Ok(Message::Binary(_) | Message::Close(_)) | Err(_) => return None,
            }
        }
    }

    /// Waits for `next` and looks after the connection meanwhile. `None` when that is over.
    pub async fn wait<T>(&mut self, next: impl Future<Output = T>) -> Option<T> {
        let mut next = pin!(next);
        let stop = self.stop.clone();
        loop {
            tokio::select! {
                value = &mut next => return Some(value),
                () = stop.cancelled() => {
                    self.close(GOING_AWAY, "the server restarts").await;
                    return None;
                }
                _ = self.pings.tick() => self.ping().await?,
                message = self.socket.recv() => match message {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                    Some(Ok(_)) => self.unanswered = 0,
                },
            }
        }
    }

    /// Sends a value as JSON. `None` when the connection is over.
    pub async fn send<T: Serialize>(&mut self, value: &T) -> Option<()> {
        let text = serde_json::to_string(value).ok()?;
        self.put(Message::Text(text.into())).await
    }

    /// Tells why nothing more comes, and closes.
    pub async fn refuse(&mut self, problem: Problem) {
        if self.send(&json!({ "problem": problem })).await.is_some() {
            self.close(REFUSED, "see the problem that was sent before").await;
        }
    }

    /// Pages listen for the message, and browsers answer the ping by themselves.
    async fn ping(&mut self) -> Option<()> {
        if self.unanswered >= SILENT_PINGS {
            return None;
        }
        self.unanswered += 1;
        self.send(&json!({ "ping": self.clock.now() })).await?;
        self.put(Message::Ping(axum::body::Bytes::new())).await
    }

    async fn close(&mut self, code: u16, reason: &'static str) {
        // Whether it arrives makes no difference to us.
        let _ = self.put(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
    }

    async fn put(&mut self, message: Message) -> Option<()> {
        timeout(SEND, self.socket.send(message)).await.ok()?.ok()
    }
}
