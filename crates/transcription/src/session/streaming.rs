//! A provider that listens to a stream.

use std::time::Duration;

use baton_provider::ErrorStatus;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use super::stream::Stream;
use super::{Asking, Ended};
use crate::audio::{self, Position, RATE};
use crate::failure::Failure;
use crate::lines::{Heard, HeardWord};
use crate::pace::Pace;
use crate::providers::Provider;
use crate::timeline::Timeline;
use crate::wire::{self, Reading, Said, Streaming, Trouble};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// So much is sent at once: providers take between 50 and 1000 ms.
const FRAME: usize = RATE as usize / 10;
const SHORTEST: usize = RATE as usize / 20;
/// A pause is sent as silence up to this; its rest is left out.
const LONGEST_PAUSE: u64 = RATE as u64;
/// How often a connection that is sent nothing says so.
const KEEP_ALIVE: Duration = Duration::from_secs(4);
/// A provider that does not take a message in this time is stuck.
const SEND: Duration = Duration::from_secs(5);
/// After it has hung up, so long for its last word.
const LAST_WORD: Duration = Duration::from_secs(1);
/// One that has been connected for this long works.
const PROVED: Duration = Duration::from_secs(5);
/// More messages that are none are too many.
const GARBAGE: u32 = 10;
const MAX_MESSAGE_BYTES: usize = 1024 * 1024;

/// Connects and streams until that breaks or everything is said.
pub async fn run(stream: &mut Stream, provider: &Provider, asking: &mut Asking<'_>) -> Ended {
    let Some(wire) = Streaming::new(provider.config.service) else { return Ended::Over };
    stream.connecting();
    let connecting = connect(provider);
    tokio::pin!(connecting);
    let socket = loop {
        tokio::select! {
            socket = &mut connecting => break socket,
            () = stream.step() => if stream.is_over() { return Ended::Over },
        }
    };
    let (sink, source) = match socket {
        Ok(socket) => socket.split(),
        Err(failure) => return Ended::Failed(failure),
    };
    stream.connected(provider);
    let now = Instant::now();
    let connection = Connection {
        pace: Pace::new(provider.config.limits.catch_up, now),
        sent_until: stream.until(),
        flushed: stream.until(),
        stream,
        provider,
        wire,
        sink,
        timeline: Timeline::default(),
        opened: now,
        sent_at: now,
        heard_at: None,
        garbage: 0,
        broken: None,
        closing: None,
    };
    match connection.run(source, asking).await {
        Ok(()) => Ended::Over,
        Err(failure) => Ended::Failed(failure),
    }
}

async fn connect(provider: &Provider) -> Result<Socket, Failure> {
    let request = wire::request(&provider.config)?;
    let limits =
        WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE_BYTES)).max_frame_size(Some(MAX_MESSAGE_BYTES));
    let connect = connect_async_tls_with_config(request, Some(limits), true, Some(provider.connector.clone()));
    match tokio::time::timeout(provider.config.limits.connect, connect).await {
        Err(_) => Err(Failure::TimedOut),
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(tungstenite::Error::Http(response))) => {
            Err(ErrorStatus::of(response.status(), response.headers()).into())
        }
        Ok(Err(_)) => Err(Failure::Unreachable),
    }
}

struct Connection<'a> {
    stream: &'a mut Stream,
    provider: &'a Provider,
    wire: Streaming,
    sink: SplitSink<Socket, Message>,
    timeline: Timeline,
    pace: Pace,
    sent_until: Position,
    /// Up to here final lines have been asked for.
    flushed: Position,
    opened: Instant,
    sent_at: Instant,
    heard_at: Option<Instant>,
    garbage: u32,
    /// When it took nothing more.
    broken: Option<Instant>,
    /// When the provider was told that there is nothing more.
    closing: Option<Instant>,
}

impl Connection<'_> {
    async fn run(mut self, mut source: SplitStream<Socket>, asking: &mut Asking<'_>) -> Result<(), Failure> {
        loop {
            tokio::select! {
                message = source.next() => {
                    if self.message(message)? {
                        return Ok(());
                    }
                }
                () = self.stream.step() => {}
            }
            if self.stream.is_over() && (self.stream.is_abandoned() || self.closing.is_some()) {
                return Ok(());
            }
            if self.heard_at.is_some() || self.opened.elapsed() >= PROVED {
                asking.proved();
            }
            self.send_sound().await?;
            self.keep().await?;
            self.check()?;
        }
    }

    /// `true` when everything has been said.
    fn message(&mut self, message: Option<Result<Message, tungstenite::Error>>) -> Result<bool, Failure> {
        match message {
            Some(Ok(Message::Text(text))) => self.read(text.as_str()),
            Some(Ok(Message::Binary(_))) => self.garbage().map(|()| false),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Ok(false),
            Some(Err(tungstenite::Error::Capacity(_))) => Err(Failure::NotTheProtocol),
            Some(Ok(Message::Close(_)) | Err(_)) | None if self.closing.is_some() => Ok(true),
            Some(Ok(Message::Close(Some(frame)))) => Err(wire::closed(frame.code.into(), frame.reason.as_str())),
            Some(Ok(Message::Close(None)) | Err(_)) | None => Err(Failure::Cut),
        }
    }

    fn read(&mut self, text: &str) -> Result<bool, Failure> {
        let now = Instant::now();
        let readings = match self.wire.read(text, now) {
            Ok(readings) => readings,
            Err(Trouble::Garbage) => return self.garbage().map(|()| false),
            Err(Trouble::Failure(failure)) => return Err(failure),
        };
        for reading in readings {
            match reading {
                Reading::Said(said) => self.said(&said),
                Reading::Done if self.closing.is_some() => return Ok(true),
                Reading::Done => {}
            }
        }
        Ok(false)
    }

    fn said(&mut self, said: &Said) {
        self.heard_at = Some(Instant::now());
        let at = |seconds| self.timeline.position(seconds);
        let word = |word: &wire::SaidWord| HeardWord { from: at(word.from), to: at(word.to), text: word.text.clone() };
        let from = at(said.from);
        let heard = Heard {
            from,
            to: at(said.to).max(from),
            text: said.text.clone(),
            words: said.words.iter().map(word).collect(),
            is_final: said.is_final,
        };
        self.stream.heard(&heard);
    }

    fn garbage(&mut self) -> Result<(), Failure> {
        self.garbage += 1;
        if self.garbage > GARBAGE { Err(Failure::NotTheProtocol) } else { Ok(()) }
    }

    /// Sends what is there, as fast as it may be sent, and asks for final lines where somebody paused.
    async fn send_sound(&mut self) -> Result<(), Failure> {
        while self.closing.is_none() {
            let end = self.stream.journal.end();
            let mark = self.stream.utterances.iter().map(|utterance| utterance.to).find(|to| *to > self.flushed);
            let is_due = mark.is_some() || self.stream.is_finishing();
            let next = self.stream.journal.read(self.sent_until, FRAME).filter(|next| {
                // Less than a frame is sent only when no more will come.
                is_due || next.samples.len() >= FRAME || next.end() < end
            });
            // What follows a pause waits until the line before it has been asked for.
            let next = next.filter(|next| mark.is_none_or(|mark| next.position < mark));
            match (next, mark) {
                (Some(next), _) => {
                    if !self.pace.take(next.samples.len() as u64, Instant::now()) {
                        return Ok(());
                    }
                    self.pause_until(next.position).await?;
                    let (position, sent_until) = (next.position, next.end());
                    let mut samples = next.samples;
                    samples.resize(samples.len().max(SHORTEST), 0);
                    self.send_samples(position, &samples).await?;
                    self.sent_until = sent_until;
                }
                (None, Some(mark)) => self.flush(mark).await?,
                (None, None) => return Ok(()),
            }
        }
        Ok(())
    }

    /// Silence where nothing was sent, so that the provider hears the pause.
    async fn pause_until(&mut self, position: Position) -> Result<(), Failure> {
        let has_sent = self.sent_until > 0 && self.timeline != Timeline::default();
        let pause = position.saturating_sub(self.sent_until).min(LONGEST_PAUSE);
        if !has_sent || pause < SHORTEST as u64 {
            return Ok(());
        }
        let silence = vec![0; usize::try_from(pause).unwrap_or_default()];
        self.send_samples(self.sent_until, &silence).await
    }

    async fn send_samples(&mut self, position: Position, samples: &[i16]) -> Result<(), Failure> {
        self.timeline.sent(position, samples.len() as u64);
        self.send(Message::binary(audio::bytes(samples))).await
    }

    async fn flush(&mut self, mark: Position) -> Result<(), Failure> {
        self.flushed = mark;
        let now = Instant::now();
        for utterance in self.stream.utterances.iter_mut().filter(|utterance| utterance.to <= mark) {
            utterance.asked.get_or_insert(now);
        }
        self.send(Message::text(self.wire.flush())).await
    }

    /// Keeps the connection, or ends it when there is nothing more.
    async fn keep(&mut self) -> Result<(), Failure> {
        if self.closing.is_none() && self.stream.is_finishing() && self.stream.journal.end() <= self.sent_until {
            self.closing = Some(Instant::now());
            return self.send(Message::text(self.wire.close())).await;
        }
        match self.wire.keep_alive() {
            Some(message) if self.sent_at.elapsed() >= KEEP_ALIVE => self.send(Message::text(message)).await,
            _ => Ok(()),
        }
    }

    async fn send(&mut self, message: Message) -> Result<(), Failure> {
        if self.broken.is_some() {
            return Ok(());
        }
        self.sent_at = Instant::now();
        let sent = tokio::time::timeout(SEND, self.sink.send(message)).await.map_err(|_| Failure::Stuck)?;
        // Why a provider hung up is still to be read.
        self.broken = sent.err().map(|_| self.sent_at);
        Ok(())
    }

    /// Notices who says nothing about what they were asked for.
    fn check(&mut self) -> Result<(), Failure> {
        if let Some(said) = self.wire.settled(Instant::now()) {
            self.said(&said);
        }
        if self.broken.is_some_and(|since| since.elapsed() >= LAST_WORD) {
            return Err(Failure::Cut);
        }
        let Some(asked) = self.stream.utterances.front().and_then(|first| first.asked) else { return Ok(()) };
        if asked.elapsed() < self.provider.config.limits.answer {
            return Ok(());
        }
        if self.heard_at.is_some_and(|heard| heard >= asked) {
            // It speaks, and there was nothing in this.
            self.stream.done_with_first();
            return Ok(());
        }
        Err(Failure::Silent)
    }
}
