//! Joining, and getting back after a loss.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use livekit_protocol::ReconnectReason;
use str0m::net::Protocol;
use tokio_tungstenite::tungstenite::http::StatusCode;

use super::audience;
use super::driver::Driver;
use super::engine::{Engine, EngineOptions};
use super::recovery::{Step, Way};
use super::tcp_plan::TcpPlan;
use crate::data::Sequences;
use crate::error::{EndReason, JoinError, Loss, MediaError, SignalError};
use crate::event::{Arrival, Connected, Event};
use crate::negotiation::Negotiation;
use crate::options::{JoinOptions, MediaTransport};
use crate::session::own_tracks::OwnTracks;
use crate::signal::address::Address;
use crate::signal::dial::DialError;
use crate::signal::link::Link;
use crate::signal::message;
use crate::transport::udp::UdpSockets;
use crate::transport::{Transport, local};
use crate::watchdog::Watchdog;

/// How long one attempt at getting back may take; TCP has its turn within it.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(10);

/// How long the server may take to say why it closed the media session. Both travel at once, on different ways.
const REASON_LIMIT: Duration = Duration::from_secs(1);

/// How long finding the server's address may take.
const RESOLVE_LIMIT: Duration = Duration::from_secs(3);

/// Where a participant stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// In the room, and all is well.
    Live,
    /// Waiting for the time of the next attempt.
    Waiting { way: Way, at: Instant },
    /// An attempt is being made.
    Connecting { arrival: Arrival, until: Instant, is_acknowledged: bool },
}

impl Phase {
    /// When the phase ends by itself.
    pub(super) fn deadline(self) -> Option<Instant> {
        match self {
            Self::Live => None,
            Self::Waiting { at, .. } => Some(at),
            Self::Connecting { until, .. } => Some(until),
        }
    }
}

/// A media session with its sockets, before it is offered to the server.
pub(crate) fn new_session(
    options: &JoinOptions,
    own: &OwnTracks,
    addresses: &[IpAddr],
    now: Instant,
) -> Result<(Engine, Transport), MediaError> {
    let is_udp_wanted = options.transport != MediaTransport::TcpOnly;
    let udp = if is_udp_wanted { UdpSockets::bind(addresses).map_err(MediaError::Socket)? } else { UdpSockets::none() };
    let senders = own.cids().len();
    // Something must be offered, and who subscribes to anything needs a section to receive it.
    let receivers = u32::from(options.subscribe.is_something() || (senders == 0 && !options.has_data));
    let engine_options = EngineOptions { senders, receivers, has_data: options.has_data };
    let engine = Engine::new(engine_options, &udp.addresses(), now)?;
    Ok((engine, Transport::new(udp)))
}

/// The local addresses to send media from.
pub(crate) async fn local_addresses(options: &JoinOptions, server: &Address) -> std::io::Result<Vec<IpAddr>> {
    if let Some(address) = options.bind {
        return Ok(vec![address]);
    }
    local::towards(&tokio::time::timeout(RESOLVE_LIMIT, server.resolve()).await??)
}

impl Driver {
    /// Begins to join with the session that was prepared.
    pub(crate) fn begin_join(&mut self, arrival: Arrival, limit: Duration, now: Instant) -> Result<(), MediaError> {
        let offer = self.engine.next_offer(now)?.ok_or(MediaError::EmptyOffer)?;
        let join = message::join(self.own.requests(), message::offer(offer.id, offer.sdp));
        self.link = Some(Link::dial(self.dialer.clone(), self.options.tokens.clone(), &join));
        self.tcp = TcpPlan::new(self.options.transport);
        self.tcp.begin(now, self.is_over_tcp);
        self.phase = Phase::Connecting { arrival, until: now + limit, is_acknowledged: false };
        Ok(())
    }

    async fn rejoin(&mut self, now: Instant) -> Result<(), MediaError> {
        let addresses = local_addresses(&self.options, self.dialer.address()).await.map_err(MediaError::Socket)?;
        self.own.begin_presence();
        (self.engine, self.transport) = new_session(&self.options, &self.own, &addresses, now)?;
        self.told_audience = Some(audience::everybody());
        self.sequences = Sequences::default();
        self.watchdog = Watchdog::default();
        self.is_path_dead = false;
        self.is_engine_dead = false;
        self.reason_due = None;
        self.begin_join(Arrival::Rejoined, ATTEMPT_LIMIT, now)
    }

    fn resume(&mut self, now: Instant) {
        self.engine.negotiation.forget_outstanding();
        self.engine.pending = None;
        let sid = self.presence.as_ref().map(|presence| presence.sid.clone()).unwrap_or_default();
        let reason =
            if self.is_path_dead { ReconnectReason::RrPublisherFailed } else { ReconnectReason::RrSignalDisconnected };
        let join = message::resume(sid, reason);
        self.awaits_list = false;
        self.link = Some(Link::dial(self.dialer.clone(), self.options.tokens.clone(), &join));
        let until = now + ATTEMPT_LIMIT;
        self.phase = Phase::Connecting { arrival: Arrival::Resumed, until, is_acknowledged: false };
    }

    /// The server has taken us in, or back.
    pub(super) fn acknowledged(&mut self) {
        if let Phase::Connecting { is_acknowledged, .. } = &mut self.phase {
            *is_acknowledged = true;
        }
    }

    /// Whether messages can be sent now.
    pub(super) fn can_signal(&self) -> bool {
        self.link.is_some() && matches!(self.phase, Phase::Live | Phase::Connecting { is_acknowledged: true, .. })
    }

    /// Agrees with the server on the media path again. One that is alive is kept: while ICE begins anew the server takes nothing from
    /// the path that it had, and a packet or two would be lost.
    pub(super) fn restore_path(&mut self, now: Instant) -> Result<(), MediaError> {
        if !self.is_path_dead && self.engine.is_up() && self.watchdog.is_fresh(now) {
            // What the server said on the lost connection about sections and their tracks is in the answer.
            self.engine.negotiation.demand(0);
            return Ok(());
        }
        self.begin_ice_restart(now)
    }

    /// Asks for ICE anew, from new ports when the old path is dead: an address translation on the way may be.
    fn begin_ice_restart(&mut self, now: Instant) -> Result<(), MediaError> {
        if self.is_path_dead && self.tcp.takes_udp() {
            let old = self.transport.udp_addresses();
            let addresses: Vec<IpAddr> = old.iter().map(SocketAddr::ip).collect();
            let udp = UdpSockets::bind(&addresses).map_err(MediaError::Socket)?;
            self.engine.remove_udp(&old);
            self.engine.add_udp(&udp.addresses())?;
            self.transport.replace_udp(udp);
        }
        if let Some(local) = self.tcp.local.take() {
            // The server tells sessions apart by the first packet of a connection, so ICE anew needs a new connection.
            self.engine.remove_tcp(local);
        }
        self.transport.drop_tcp();
        self.tcp.begin(now, self.is_over_tcp);
        self.engine.negotiation.demand_ice_restart();
        Ok(())
    }

    /// Whether all is well again; if so, it is told.
    pub(super) fn check_restored(&mut self, now: Instant) {
        let Phase::Connecting { arrival, is_acknowledged: true, .. } = self.phase else { return };
        if !self.engine.is_settled() || !self.engine.has_open_channels() {
            return;
        }
        self.phase = Phase::Live;
        self.recovery.restored(now);
        self.watchdog.watch(now);
        self.is_path_dead = false;
        self.tcp.settle();
        self.sync_subscriptions();
        if arrival == Arrival::Resumed {
            // What was changed meanwhile was not told.
            self.resume_tracks();
        }
        let connected = self.connected(arrival);
        self.emit(Event::Connected(connected.clone()));
        if let Some(joined) = self.joined.take() {
            // Whoever gave up waiting does not need to know; the participant ends with its handle.
            let _ = joined.send(Ok(connected));
        }
    }

    fn connected(&self, arrival: Arrival) -> Connected {
        let text = |text: Option<&String>| Arc::<str>::from(text.map(String::as_str).unwrap_or_default());
        let presence = self.presence.as_ref();
        Connected {
            arrival,
            room: text(presence.map(|presence| &presence.room)),
            identity: text(presence.map(|presence| &presence.identity)),
            sid: text(presence.map(|presence| &presence.sid)),
            is_over_tcp: self.is_over_tcp,
        }
    }

    /// Does what is due in this phase.
    pub(super) async fn advance_phase(&mut self, now: Instant) {
        match self.phase {
            Phase::Waiting { way: Way::Resume, at } if now >= at => self.resume(now),
            Phase::Waiting { way: Way::Rejoin, at } if now >= at => {
                if let Err(error) = self.rejoin(now).await {
                    self.media_failed(error);
                }
            }
            Phase::Connecting { until, .. } if now >= until => {
                self.fail_join(JoinError::TimedOut);
                self.attempt_failed(Way::Rejoin);
            }
            _ => {}
        }
    }

    /// Joining failed, if that is what was going on.
    fn fail_join(&mut self, error: JoinError) {
        if let Some(joined) = self.joined.take() {
            // Whoever gave up waiting does not need to know.
            let _ = joined.send(Err(error));
            self.ended = Some(EndReason::Lost);
        }
    }

    /// The connection is lost; the same presence is to go on.
    pub(super) fn lost(&mut self, loss: Loss) {
        self.lost_to(loss, Way::Resume);
    }

    pub(super) fn lost_to(&mut self, loss: Loss, wish: Way) {
        if self.phase == Phase::Live {
            tracing::debug!(?loss, ?wish, "The connection to the room is lost");
            self.emit(Event::Reconnecting(loss));
        }
        self.attempt_failed(wish);
    }

    /// Goes on to the next attempt.
    fn attempt_failed(&mut self, wish: Way) {
        self.link = None;
        self.watchdog.rest();
        // A presence that the server never acknowledged cannot be resumed.
        let is_new = matches!(self.phase, Phase::Connecting { arrival: Arrival::Joined | Arrival::Rejoined, .. });
        let wish = if is_new { Way::Rejoin } else { wish };
        match self.recovery.next(wish, Instant::now()) {
            Step::Try(way, at) => self.phase = Phase::Waiting { way, at },
            Step::GiveUp => self.ended = Some(EndReason::Lost),
        }
    }

    pub(super) fn link_broken(&mut self, error: SignalError) {
        tracing::debug!(error = &error as &dyn std::error::Error, "The signalling connection is lost");
        self.fail_join(JoinError::Signal(error));
        self.lost(Loss::Signal);
    }

    pub(super) fn not_dialled(&mut self, error: DialError) {
        let is_resume = matches!(self.phase, Phase::Connecting { arrival: Arrival::Resumed, .. });
        let is_unauthorized = matches!(&error, DialError::Refused { status, .. } if is_denial(*status));
        tracing::debug!(?error, "The server was not reached");
        let is_refused = matches!(error, DialError::Refused { .. });
        self.fail_join(match error {
            DialError::Signal(error) => JoinError::Signal(error),
            DialError::Refused { status, message } => JoinError::Refused { status, message },
            DialError::Token(error) => JoinError::Token(error),
        });
        if is_unauthorized && !is_resume {
            self.ended = Some(EndReason::Unauthorized);
        } else {
            self.attempt_failed(if is_refused { Way::Rejoin } else { Way::Resume });
        }
    }

    /// The server did not answer an offer: the two sides no longer agree on anything.
    pub(super) fn unanswered(&mut self) {
        self.engine.negotiation = Negotiation::default();
        self.fail_join(JoinError::Media(MediaError::Unanswered));
        self.lost_to(Loss::Unanswered, Way::Rejoin);
    }

    /// The media session is broken for good.
    pub(super) fn media_failed(&mut self, error: MediaError) {
        tracing::debug!(error = &error as &dyn std::error::Error, "The media session failed");
        self.is_engine_dead = true;
        self.reason_due = None;
        self.fail_join(JoinError::Media(error));
        self.lost_to(Loss::MediaFailed, Way::Rejoin);
    }

    /// The server closed the media session. It says why on the other connection: had we been replaced and tried to resume, we would
    /// take the connection away from whoever replaced us, because the server goes by the identity alone.
    pub(super) fn media_closed(&mut self, now: Instant) {
        self.watchdog.rest();
        self.reason_due = Some(now + REASON_LIMIT);
    }

    /// ICE gave the path up. During an attempt that is no news.
    pub(super) fn path_failed(&mut self) {
        if self.phase == Phase::Live && self.reason_due.is_none() {
            self.is_path_dead = true;
            self.lost(Loss::MediaFailed);
        }
    }

    /// Something arrived on the media path.
    pub(super) fn heard_on(&mut self, protocol: Protocol, now: Instant) {
        self.is_over_tcp = protocol == Protocol::Tcp;
        self.watchdog.heard(now);
    }

    pub(super) fn tcp_connected(&mut self, local: SocketAddr, remote: SocketAddr) {
        let candidate = self.tcp.remote().filter(|candidate| candidate.addr() == remote).cloned();
        let Some(candidate) = candidate else { return self.transport.drop_tcp() };
        self.tcp.local = Some(local);
        match self.engine.add_tcp(local, candidate) {
            Ok(()) => self.advance_engine(),
            Err(error) => self.media_failed(error),
        }
    }

    pub(super) fn tcp_lost(&mut self) {
        if let Some(local) = self.tcp.local.take() {
            self.engine.remove_tcp(local);
        }
        if self.is_over_tcp {
            self.path_failed();
        }
    }
}

/// Whether the server does not let us in with any token we have.
fn is_denial(status: u16) -> bool {
    status == StatusCode::UNAUTHORIZED || status == StatusCode::FORBIDDEN
}
