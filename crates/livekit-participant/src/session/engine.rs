//! The media session around str0m: ICE, DTLS, SRTP and data channels, without sockets.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use livekit_protocol::SessionDescription;
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::channel::ChannelId;
use str0m::media::Mid;
use str0m::net::{Protocol, Receive, TcpType, Transmit};
use str0m::rtp::{ExtensionValues, RtpPacket, RtpWrite, Ssrc};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc};

use crate::data::Delivery;
use crate::error::{MediaError, SendError};
use crate::local_track::OpusPacket;
use crate::negotiation::Negotiation;
use crate::rebase::StreamId;
use crate::session::sections::Sender;

/// What str0m may queue in data channels before a message is refused.
const DATA_BACKLOG_LIMIT: usize = 256 * 1024;

/// How many connectivity checks are sent at once while connecting: there are seldom more pairs of addresses.
const ICE_STEPS: usize = 4;

/// What a media session consists of.
#[derive(Debug, Clone, Default)]
pub(crate) struct EngineOptions {
    /// How many sections to begin with that send tracks.
    pub(crate) senders: usize,
    /// How many receiving sections to begin with.
    pub(crate) receivers: u32,
    /// Whether to open data channels.
    pub(crate) has_data: bool,
}

/// One media session with the server.
pub(crate) struct Engine {
    // Boxed, because it is large and sessions are moved about.
    pub(super) rtc: Box<Rtc>,
    pub(super) negotiation: Negotiation,
    pub(super) pending: Option<SdpPendingOffer>,
    pub(super) options: EngineOptions,
    pub(super) senders: Vec<Sender>,
    pub(super) receivers: Vec<Mid>,
    pub(super) channels: HashMap<ChannelId, Delivery>,
    open_channels: HashMap<Delivery, ChannelId>,
    track_by_mid: HashMap<String, String>,
    streams: HashMap<Ssrc, Stream>,
    has_connected: bool,
}

/// A run of packets that is being received.
#[derive(Debug, Clone)]
struct Stream {
    id: StreamId,
    mid: Mid,
    track_sid: String,
}

/// What the media session has to say.
#[derive(Debug)]
pub(crate) enum Polled {
    /// Nothing until then.
    Wait(Instant),
    /// A datagram is to be sent.
    Transmit(Transmit),
    /// A packet of sound arrived.
    Audio(ReceivedAudio),
    /// A data channel message arrived.
    Data(Delivery, Vec<u8>),
    /// Whether media flows may have changed.
    Changed,
    /// ICE gave the path up.
    PathFailed,
    /// The server closed the session.
    Closed,
}

/// A packet of sound and the track it belongs to.
#[derive(Debug)]
pub(crate) struct ReceivedAudio {
    pub(crate) track_sid: String,
    pub(crate) stream: StreamId,
    pub(crate) sequence: u64,
    pub(crate) timestamp: u64,
    pub(crate) received_at: Instant,
    pub(crate) payload: Bytes,
}

impl Engine {
    /// A session that sends from and receives at the given UDP addresses.
    pub(crate) fn new(options: EngineOptions, addresses: &[SocketAddr], now: Instant) -> Result<Self, MediaError> {
        let mut config = Rtc::builder().set_rtp_mode(true).clear_codecs().enable_opus(true, false);
        // Faster than the defaults: a path that answers no more is given up after seconds, not half a minute.
        config.set_max_stun_rto(Duration::from_secs(1));
        config.set_max_stun_retransmits(4);
        let mut negotiation = Negotiation::default();
        negotiation.demand(options.receivers);
        let mut engine = Self {
            rtc: Box::new(config.build(now)),
            negotiation,
            pending: None,
            options,
            senders: Vec::new(),
            receivers: Vec::new(),
            channels: HashMap::new(),
            open_channels: HashMap::new(),
            track_by_mid: HashMap::new(),
            streams: HashMap::new(),
            has_connected: false,
        };
        engine.begin_sections(engine.options.senders);
        engine.add_udp(addresses)?;
        Ok(engine)
    }

    /// Makes more local UDP addresses known; they are in the next offer.
    pub(crate) fn add_udp(&mut self, addresses: &[SocketAddr]) -> Result<(), MediaError> {
        for address in addresses {
            self.rtc.add_local_candidate(Candidate::host(*address, Protocol::Udp).map_err(MediaError::Candidate)?);
        }
        Ok(())
    }

    /// The given local UDP addresses are no more.
    pub(crate) fn remove_udp(&mut self, addresses: &[SocketAddr]) {
        for address in addresses {
            if let Ok(candidate) = Candidate::host(*address, Protocol::Udp) {
                self.rtc.direct_api().invalidate_candidate(&candidate);
            }
        }
    }

    /// A TCP connection stands between these addresses.
    pub(crate) fn add_tcp(&mut self, local: SocketAddr, remote: Candidate) -> Result<(), MediaError> {
        let candidate = tcp_candidate(local)?;
        self.rtc.add_local_candidate(candidate);
        self.rtc.add_remote_candidate(remote);
        Ok(())
    }

    /// The TCP connection from this address is no more.
    pub(crate) fn remove_tcp(&mut self, local: SocketAddr) {
        if let Ok(candidate) = tcp_candidate(local) {
            self.rtc.direct_api().invalidate_candidate(&candidate);
        }
    }

    /// The server can be reached at this address.
    pub(crate) fn add_remote(&mut self, candidate: Candidate) {
        self.rtc.add_remote_candidate(candidate);
    }

    /// Takes the server's answer. One to an offer that is no longer waited for is ignored; returns whether it was taken.
    pub(crate) fn answer(&mut self, answer: SessionDescription) -> Result<bool, MediaError> {
        if !self.negotiation.answered(answer.id) {
            return Ok(false);
        }
        let Some(pending) = self.pending.take() else { return Ok(false) };
        let sdp = SdpAnswer::from_sdp_string(&answer.sdp).map_err(|_| MediaError::Description)?;
        self.rtc.sdp_api().accept_answer(pending, sdp)?;
        self.agree_sections();
        self.track_by_mid = answer.mid_to_track_id;
        // A section that carries another track now begins another stream.
        let tracks = &self.track_by_mid;
        self.streams.retain(|_, stream| tracks.get(&*stream.mid) == Some(&stream.track_sid));
        Ok(true)
    }

    /// The next thing the session has to say. It must be asked until it wants to [wait](Polled::Wait).
    pub(crate) fn poll(&mut self) -> Result<Polled, MediaError> {
        loop {
            let event = match self.rtc.poll_output()? {
                Output::Timeout(at) => return Ok(Polled::Wait(at)),
                Output::Transmit(transmit) => return Ok(Polled::Transmit(transmit)),
                Output::Event(event) => event,
            };
            if let Some(polled) = self.translate(event) {
                return Ok(polled);
            }
        }
    }

    fn translate(&mut self, event: Event) -> Option<Polled> {
        match event {
            Event::Connected => {
                self.has_connected = true;
                Some(Polled::Changed)
            }
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => Some(Polled::PathFailed),
            Event::Closed => Some(Polled::Closed),
            Event::IceConnectionStateChange(_) => Some(Polled::Changed),
            Event::RtpPacket(packet) => self.audio(&packet).map(Polled::Audio),
            Event::ChannelOpen(id, _) => {
                let delivery = *self.channels.get(&id)?;
                self.open_channels.insert(delivery, id);
                Some(Polled::Changed)
            }
            Event::ChannelClose(id) => {
                self.open_channels.retain(|_, open| *open != id);
                None
            }
            Event::ChannelData(data) => Some(Polled::Data(self.delivery(data.id), data.data)),
            _ => None,
        }
    }

    /// How a channel delivers. One that the server opened is taken for reliable.
    fn delivery(&self, id: ChannelId) -> Delivery {
        self.channels.get(&id).copied().unwrap_or_default()
    }

    /// The packet and its track; `None` for padding, and for sections that no track is known of.
    fn audio(&mut self, packet: &RtpPacket) -> Option<ReceivedAudio> {
        if packet.payload.is_empty() {
            return None;
        }
        let ssrc = packet.header.ssrc;
        if !self.streams.contains_key(&ssrc) {
            let mid = self.rtc.direct_api().stream_rx(&ssrc)?.mid();
            let track_sid = self.track_by_mid.get(&*mid)?.clone();
            // The server replaced the source in this section: what came before has ended.
            self.streams.retain(|_, stream| stream.mid != mid);
            self.streams.insert(ssrc, Stream { id: StreamId::unique(), mid, track_sid });
        }
        let stream = self.streams.get(&ssrc)?;
        Some(ReceivedAudio {
            track_sid: stream.track_sid.clone(),
            stream: stream.id,
            sequence: *packet.seq_no,
            timestamp: packet.time.numer(),
            received_at: packet.timestamp,
            payload: Bytes::copy_from_slice(&packet.payload),
        })
    }

    /// A datagram arrived. Returns whether it belongs to the session; others are ignored.
    pub(crate) fn receive(
        &mut self,
        now: Instant,
        protocol: Protocol,
        (from, to): (SocketAddr, SocketAddr),
        datagram: &[u8],
    ) -> Result<bool, MediaError> {
        let Ok(receive) = Receive::new(protocol, from, to, datagram) else { return Ok(false) };
        let input = Input::Receive(now, receive);
        if !self.rtc.accepts(&input) {
            return Ok(false);
        }
        self.rtc.handle_input(input)?;
        Ok(true)
    }

    /// Time went on.
    pub(crate) fn advance(&mut self, now: Instant) -> Result<(), MediaError> {
        // By itself ICE takes one step every 50 ms. While everybody waits for it, all that can be done now is done now.
        let steps = if self.is_up() { 1 } else { ICE_STEPS };
        for _ in 0..steps {
            self.rtc.handle_input(Input::Timeout(now))?;
        }
        Ok(())
    }

    /// Sends one packet in one of our sections; it leaves with the next [`poll`](Self::poll). Before the session has connected, or
    /// when the packet is too late to have a place, it is lost; returns whether it was taken.
    pub(crate) fn send_audio(&mut self, section: usize, packet: &OpusPacket, now: Instant) -> Result<bool, MediaError> {
        let Some(sender) = self.senders.get_mut(section).filter(|_| self.has_connected) else { return Ok(false) };
        let Some(mid) = sender.sending_mid() else { return Ok(false) };
        let media = self.rtc.media(mid);
        let Some(payload_type) = media.and_then(|media| media.remote_pts().first().copied()) else { return Ok(false) };
        let Some(place) = sender.rebaser.place(packet.stream, packet.sequence, packet.timestamp, now) else {
            return Ok(false);
        };
        let mut extensions = ExtensionValues::default();
        if let Some(level) = packet.level {
            extensions.audio_level = Some(level.dbov());
            extensions.voice_activity = Some(level.is_voice());
        }
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_tx_by_mid(mid, None) else { return Ok(false) };
        let timestamp = wire_timestamp(place.timestamp);
        let write = RtpWrite::new(payload_type, place.sequence.into(), timestamp, now, &*packet.payload);
        stream.write_rtp(write.marker(place.starts).ext_vals(extensions));
        self.advance(now)?;
        Ok(true)
    }

    /// Sends one data channel message; it leaves with the next [`poll`](Self::poll).
    pub(crate) fn send_data(&mut self, delivery: Delivery, bytes: &[u8], now: Instant) -> Result<(), SendError> {
        let id = *self.open_channels.get(&delivery).ok_or(SendError::NotConnected)?;
        let mut channel = self.rtc.channel(id).ok_or(SendError::NotConnected)?;
        if channel.buffered_amount() > DATA_BACKLOG_LIMIT {
            return Err(SendError::Full);
        }
        match channel.write(true, bytes) {
            Ok(true) => self.advance(now).map_err(|_| SendError::NotConnected),
            Ok(false) => Err(SendError::Full),
            Err(_) => Err(SendError::NotConnected),
        }
    }

    /// Whether media flows: ICE has a path, and the keys are agreed.
    pub(crate) fn is_up(&self) -> bool {
        self.rtc.is_connected()
    }

    /// Whether media flows and nothing about it is being agreed.
    pub(crate) fn is_settled(&self) -> bool {
        self.is_up() && !self.negotiation.is_busy()
    }

    /// Whether every data channel that was asked for is open.
    pub(crate) fn has_open_channels(&self) -> bool {
        self.open_channels.len() == self.channels.len()
    }

    /// The data channels that are open, for the server to know them after a resume.
    pub(crate) fn channel_ids(&mut self) -> Vec<(Delivery, u16)> {
        let api = self.rtc.direct_api();
        let open = self.open_channels.iter();
        open.filter_map(|(delivery, id)| Some((*delivery, api.sctp_stream_id_by_channel_id(*id)?))).collect()
    }

    /// Says goodbye on the media path; the datagrams for it come with the next [`poll`](Self::poll)s.
    pub(crate) fn close(&mut self) {
        if let Err(error) = self.rtc.close() {
            tracing::debug!(error = &error as &dyn std::error::Error, "The media session did not close cleanly");
        }
    }
}

/// The candidate for a TCP connection that we dialled (RFC 6544 §4.5).
fn tcp_candidate(local: SocketAddr) -> Result<Candidate, MediaError> {
    Candidate::builder().tcp().host(local).tcptype(TcpType::Active).build().map_err(MediaError::Candidate)
}

/// The part of an extended timestamp that travels: its low 32 bits (RFC 3550 §5.1).
#[expect(clippy::cast_possible_truncation, reason = "the wire has 32 bits and wraps")]
fn wire_timestamp(timestamp: u64) -> u32 {
    timestamp as u32
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("options", &self.options).finish_non_exhaustive()
    }
}
