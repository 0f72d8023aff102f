//! The sockets that media travels through: UDP first, TCP where UDP does not get through.

pub mod framing;
pub(crate) mod local;
pub(crate) mod tcp;
pub(crate) mod udp;

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::task::Poll;

use str0m::net::{Protocol, Transmit};

use self::tcp::{TcpEvent, TcpLink};
use self::udp::UdpSockets;

/// The largest datagram that can arrive.
pub(crate) const DATAGRAM_LIMIT: usize = 65_535;

/// What happened on the sockets.
#[derive(Debug)]
pub(crate) enum Received {
    /// A datagram (or a frame that stands for one) lies in the buffer.
    Datagram { protocol: Protocol, from: SocketAddr, to: SocketAddr, length: usize },
    /// The TCP connection stands.
    TcpConnected { local: SocketAddr, remote: SocketAddr },
    /// The TCP connection broke or could not be made.
    TcpLost,
}

/// All sockets of one media session.
#[derive(Debug)]
pub(crate) struct Transport {
    udp: UdpSockets,
    tcp: Option<TcpLink>,
}

impl Transport {
    pub(crate) fn new(udp: UdpSockets) -> Self {
        Self { udp, tcp: None }
    }

    /// The addresses of the UDP sockets.
    pub(crate) fn udp_addresses(&self) -> Vec<SocketAddr> {
        self.udp.addresses()
    }

    /// Replaces the UDP sockets: a new port finds its way where an old mapping on the way is dead.
    pub(crate) fn replace_udp(&mut self, udp: UdpSockets) {
        self.udp = udp;
    }

    /// Begins to connect by TCP; [`receive`](Self::receive) tells how it went.
    pub(crate) fn dial_tcp(&mut self, remote: SocketAddr) {
        self.tcp = Some(TcpLink::dial(remote));
    }

    /// Gives the TCP connection up.
    pub(crate) fn drop_tcp(&mut self) {
        self.tcp = None;
    }

    /// Sends one datagram. What cannot be sent at once is lost, as on any network.
    pub(crate) fn send(&mut self, transmit: &Transmit) {
        match transmit.proto {
            Protocol::Udp => self.udp.send(transmit.source, transmit.destination, &transmit.contents),
            Protocol::Tcp => {
                if let Some(tcp) = &mut self.tcp {
                    tcp.send(transmit.destination, &transmit.contents);
                }
            }
            Protocol::SslTcp | Protocol::Tls => {}
        }
    }

    /// Waits for something to arrive. Cancelling it loses nothing.
    pub(crate) async fn receive(&mut self, buffer: &mut [u8]) -> Received {
        poll_fn(|context| {
            if let Poll::Ready((from, to, length)) = self.udp.poll_receive(context, buffer) {
                return Poll::Ready(Received::Datagram { protocol: Protocol::Udp, from, to, length });
            }
            let Some(tcp) = &mut self.tcp else { return Poll::Pending };
            match tcp.poll_event(context, buffer) {
                Poll::Ready(Ok(TcpEvent::Connected { local, remote })) => {
                    Poll::Ready(Received::TcpConnected { local, remote })
                }
                Poll::Ready(Ok(TcpEvent::Frame { local, remote, length })) => {
                    Poll::Ready(Received::Datagram { protocol: Protocol::Tcp, from: remote, to: local, length })
                }
                Poll::Ready(Err(error)) => {
                    tracing::debug!(error = &error as &dyn std::error::Error, "The TCP path for media is lost");
                    self.tcp = None;
                    Poll::Ready(Received::TcpLost)
                }
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }

    /// Takes what has arrived already, without waiting.
    pub(crate) async fn try_receive(&mut self, buffer: &mut [u8]) -> Option<Received> {
        tokio::select! {
            biased;
            received = self.receive(buffer) => Some(received),
            () = std::future::ready(()) => None,
        }
    }
}

/// Whether an error of a socket concerns one datagram only, not the socket.
fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock
            | io::ErrorKind::Interrupted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
    )
}
