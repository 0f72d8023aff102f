//! The task that runs a participant: it waits for whatever comes next and lets the parts do the rest.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use livekit_protocol as proto;
use str0m::net::Protocol;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::audience;
use super::engine::Engine;
use super::recovery::Recovery;
use super::restoring::Phase;
use super::shared::{Command, Shared, count};
use super::tcp_plan::TcpPlan;
use crate::data::{Decoded, Delivery, Incoming, Sequences};
use crate::error::{EndReason, JoinError, Loss, MediaError};
use crate::event::{AudioPacket, Connected, Event};
use crate::options::JoinOptions;
use crate::roster::Roster;
use crate::session::engine::{Polled, ReceivedAudio};
use crate::session::own_tracks::OwnTracks;
use crate::signal::dial::Dialer;
use crate::signal::link::{Link, LinkEvent};
use crate::signal::message;
use crate::transport::{DATAGRAM_LIMIT, Received, Transport};
use crate::watchdog::Watchdog;

/// How long saying goodbye may take.
const GOODBYE_LIMIT: Duration = Duration::from_secs(1);

/// How many datagrams are taken before anything else has its turn.
const BATCH: usize = 64;

/// The presence that the server gave to us.
#[derive(Debug, Clone)]
pub(super) struct Presence {
    pub(super) sid: String,
    pub(super) identity: String,
    pub(super) room: String,
    /// When it began, in milliseconds of the server's clock.
    pub(super) joined_at_ms: i64,
}

/// Everything that one participant consists of while it runs.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of one connection, not the state of a machine")]
pub(crate) struct Driver {
    pub(super) options: JoinOptions,
    pub(super) dialer: Dialer,
    pub(super) shared: Shared,
    pub(super) own: OwnTracks,
    pub(super) engine: Engine,
    pub(super) transport: Transport,
    pub(super) tcp: TcpPlan,
    pub(super) link: Option<Link>,
    pub(super) roster: Roster,
    /// What the server was told of who may hear what; `None` when it is not known what it knows.
    pub(super) told_audience: Option<proto::SubscriptionPermission>,
    pub(super) sequences: Sequences,
    pub(super) recovery: Recovery,
    pub(super) watchdog: Watchdog,
    pub(super) phase: Phase,
    pub(super) presence: Option<Presence>,
    /// Which of the server's machines has us.
    pub(super) node: String,
    /// Whether the next news of participants is the list of all, as it is after a resume.
    pub(super) awaits_list: bool,
    pub(super) is_over_tcp: bool,
    pub(super) is_path_dead: bool,
    pub(super) is_engine_dead: bool,
    /// Until when to wait for the server to say why it closed the media session.
    pub(super) reason_due: Option<Instant>,
    pub(super) joined: Option<oneshot::Sender<Result<Connected, JoinError>>>,
    pub(super) ended: Option<EndReason>,
}

impl Driver {
    /// A participant that has prepared its session and has not begun to join. `joined` is told how that goes.
    pub(crate) fn new(
        options: JoinOptions,
        dialer: Dialer,
        shared: Shared,
        own: OwnTracks,
        (engine, transport): (Engine, Transport),
        joined: oneshot::Sender<Result<Connected, JoinError>>,
    ) -> Self {
        Self {
            tcp: TcpPlan::new(options.transport),
            recovery: Recovery::new(options.restore_limit),
            phase: Phase::Live,
            options,
            dialer,
            shared,
            own,
            engine,
            transport,
            link: None,
            roster: Roster::default(),
            told_audience: Some(audience::everybody()),
            sequences: Sequences::default(),
            watchdog: Watchdog::default(),
            presence: None,
            node: String::new(),
            awaits_list: false,
            is_over_tcp: false,
            is_path_dead: false,
            is_engine_dead: false,
            reason_due: None,
            joined: Some(joined),
            ended: None,
        }
    }

    /// Runs until the participant leaves, is dropped, or is thrown out.
    pub(crate) async fn run(mut self, stop: CancellationToken, mut commands: mpsc::Receiver<Command>) {
        let reason = self.serve(&stop, &mut commands).await;
        self.finish(reason).await;
    }

    async fn serve(&mut self, stop: &CancellationToken, commands: &mut mpsc::Receiver<Command>) -> EndReason {
        let mut buffer = vec![0; DATAGRAM_LIMIT];
        loop {
            let wait = self.pump();
            if let Some(reason) = self.ended {
                return reason;
            }
            let deadline = self.deadline(wait);
            tokio::select! {
                () = stop.cancelled() => return EndReason::Left,
                received = self.transport.receive(&mut buffer) => {
                    self.on_received(&received, &buffer);
                    self.drain(&mut buffer).await;
                }
                event = link_event(&mut self.link) => self.on_link(event),
                Some(command) = commands.recv() => self.on_command(command),
                () = self.shared.outbox.arrived() => {}
                () = tokio::time::sleep_until(deadline.into()) => tokio::select! {
                    () = stop.cancelled() => return EndReason::Left,
                    () = self.on_time(&mut buffer) => {}
                },
            }
        }
    }

    /// Lets the media session say what it has to say; returns when it wants to be asked again.
    fn pump(&mut self) -> Instant {
        /// A session that is broken for good has nothing to say until another takes its place.
        const NEVER: Duration = Duration::from_secs(3600);
        let now = Instant::now();
        if self.is_engine_dead {
            self.shared.outbox.clear();
            return now + NEVER;
        }
        match self.try_pump(now) {
            Ok(wait) => {
                self.check_restored(now);
                wait
            }
            Err(error) => {
                self.media_failed(error);
                now
            }
        }
    }

    fn try_pump(&mut self, now: Instant) -> Result<Instant, MediaError> {
        self.send_outbox(now)?;
        self.send_offer(now)?;
        self.poll_engine(now)
    }

    /// Takes what the media session has to say. It must be asked after every packet, in or out: it has room for one.
    fn poll_engine(&mut self, now: Instant) -> Result<Instant, MediaError> {
        loop {
            match self.engine.poll()? {
                Polled::Wait(at) => return Ok(at),
                Polled::Transmit(transmit) => self.transport.send(&transmit),
                Polled::Audio(audio) => self.on_audio(audio),
                Polled::Data(delivery, bytes) => self.on_data(delivery, &bytes),
                Polled::Changed => {}
                Polled::PathFailed => self.path_failed(),
                Polled::Closed => self.media_closed(now),
            }
        }
    }

    fn send_outbox(&mut self, now: Instant) -> Result<(), MediaError> {
        while let Some(outgoing) = self.shared.outbox.pop() {
            let is_sent = match self.own.audible_section(outgoing.index) {
                Some(section) => self.engine.send_audio(section, &outgoing.packet, now)?,
                None => false,
            };
            let counters = &self.shared.counters;
            count(if is_sent { &counters.sent } else { &counters.unsent });
            self.poll_engine(now)?;
        }
        Ok(())
    }

    fn on_audio(&mut self, audio: ReceivedAudio) {
        // Unknown only for the moment between a track's end and the news of it.
        let Some(track) = self.roster.track(&audio.track_sid) else { return };
        count(&self.shared.counters.received);
        self.shared.events.push(Event::Audio(AudioPacket {
            identity: track.identity.clone(),
            track_sid: track.sid.clone(),
            stream: audio.stream,
            sequence: audio.sequence,
            timestamp: audio.timestamp,
            received_at: audio.received_at,
            payload: audio.payload,
        }));
    }

    fn on_data(&mut self, delivery: Delivery, bytes: &[u8]) {
        let decoded = match crate::data::decode(bytes, delivery) {
            Ok(decoded) => decoded,
            Err(error) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "A data packet cannot be read");
                return;
            }
        };
        if !self.sequences.is_new(&decoded) {
            return;
        }
        match decoded {
            Decoded { incoming: Some(Incoming::Message(message)), .. } => self.emit(Event::Data(message)),
            Decoded { incoming: Some(Incoming::Dtmf { identity, digit }), .. } => {
                self.emit(Event::Dtmf { identity, digit });
            }
            Decoded { incoming: None, .. } => {}
        }
    }

    fn on_received(&mut self, received: &Received, buffer: &[u8]) {
        match *received {
            Received::Datagram { protocol, from, to, length } => {
                let now = Instant::now();
                let datagram = buffer.get(..length).unwrap_or_default();
                match self.take(protocol, (from, to), datagram, now) {
                    Ok(true) => self.heard_on(protocol, now),
                    Ok(false) => {}
                    Err(error) => self.media_failed(error),
                }
            }
            Received::TcpConnected { local, remote } => self.tcp_connected(local, remote),
            Received::TcpLost => self.tcp_lost(),
        }
    }

    fn take(
        &mut self,
        protocol: Protocol,
        path: (SocketAddr, SocketAddr),
        datagram: &[u8],
        now: Instant,
    ) -> Result<bool, MediaError> {
        let is_ours = !self.is_engine_dead && self.engine.receive(now, protocol, path, datagram)?;
        if is_ours {
            if !self.engine.is_up() {
                self.engine.advance(now)?;
            }
            self.poll_engine(now)?;
        }
        Ok(is_ours)
    }

    /// Takes what else has arrived already, so that a burst does not cost a turn for each packet.
    async fn drain(&mut self, buffer: &mut [u8]) {
        for _ in 0..BATCH {
            let Some(received) = self.transport.try_receive(buffer).await else { return };
            self.on_received(&received, buffer);
        }
    }

    fn on_command(&mut self, command: Command) {
        match command {
            Command::Mute(index, is_muted) => {
                if self.own.set_muted(index, is_muted) {
                    self.send_mute(index);
                }
            }
            Command::Publish(options, waiting) => self.publish(options, waiting),
            Command::Unpublish(index) => self.unpublish(index),
            Command::Audience(index, audience) => self.set_audience(index, audience),
            Command::Subscribe(subscribe) => {
                self.options.subscribe = subscribe;
                self.sync_subscriptions();
            }
            Command::Data(delivery, bytes, done) => {
                let sent = self.engine.send_data(delivery, &bytes, Instant::now());
                // Whoever gave up waiting does not need to know.
                let _ = done.send(sent);
            }
        }
    }

    async fn on_time(&mut self, buffer: &mut [u8]) {
        // After a pause of the whole process the packets that arrived in it come first: the path is not dead, we were.
        self.drain(buffer).await;
        self.advance_engine();
        let now = Instant::now();
        if let Some(remote) = self.tcp.take_due(now)
            && !self.engine.is_up()
        {
            self.transport.dial_tcp(remote);
        }
        if self.watchdog.is_silent(now) {
            self.is_path_dead = true;
            self.lost(Loss::MediaSilent);
        }
        if self.can_signal() && self.engine.negotiation.is_overdue(now) {
            self.unanswered();
        }
        if self.reason_due.is_some_and(|due| now >= due) {
            self.media_failed(MediaError::Closed);
        }
        self.advance_phase(now).await;
    }

    /// Lets the media session act on what it knows by now. It does nothing by itself: without this, whoever the server cannot reach
    /// first, behind an address translation, would not make use of the server's addresses before the next timer.
    pub(super) fn advance_engine(&mut self) {
        if !self.is_engine_dead
            && let Err(error) = self.engine.advance(Instant::now())
        {
            self.media_failed(error);
        }
    }

    /// When to look again although nothing arrives.
    fn deadline(&mut self, wait: Instant) -> Instant {
        let now = Instant::now();
        let negotiation = self.engine.negotiation.deadline(now).filter(|_| self.can_signal());
        let tcp = self.tcp.deadline().filter(|_| !self.engine.is_up());
        let others = [self.watchdog.deadline(), self.phase.deadline(), self.reason_due, negotiation, tcp];
        others.into_iter().flatten().fold(wait, Instant::min)
    }

    pub(super) fn emit(&self, event: Event) {
        self.shared.events.push(event);
    }

    async fn finish(&mut self, reason: EndReason) {
        self.engine.close();
        while let Ok(polled) = self.engine.poll() {
            match polled {
                Polled::Wait(_) => break,
                Polled::Transmit(transmit) => self.transport.send(&transmit),
                _ => {}
            }
        }
        if let Some(link) = self.link.take().filter(|_| reason == EndReason::Left) {
            link.goodbye(message::leave(), GOODBYE_LIMIT).await;
        }
        if let Some(joined) = self.joined.take() {
            // Whoever gave up waiting does not need to know.
            let _ = joined.send(Err(JoinError::Ended(reason)));
        }
        self.emit(Event::Ended(reason));
    }
}

/// The next event of the link; never, when there is none.
async fn link_event(link: &mut Option<Link>) -> LinkEvent {
    match link {
        Some(link) => link.event().await,
        None => std::future::pending().await,
    }
}
