//! The UDP sockets of a media session, one per local address.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::task::{Context, Poll};

use tokio::io::ReadBuf;
use tokio::net::UdpSocket;

use super::is_passing;

/// Sockets bound to concrete addresses: ICE must know where a packet leaves and arrives, which a wildcard address hides.
#[derive(Debug)]
pub(crate) struct UdpSockets {
    sockets: Vec<(SocketAddr, UdpSocket)>,
}

impl UdpSockets {
    /// Binds one socket with a free port to each address. Addresses that cannot be bound are left out, unless none can.
    pub(crate) fn bind(addresses: &[IpAddr]) -> io::Result<Self> {
        let mut sockets = Vec::new();
        let mut failure = None;
        for address in addresses {
            match bind(*address) {
                Ok(socket) => sockets.push(socket),
                Err(error) => failure = Some(error),
            }
        }
        match (sockets.is_empty(), failure) {
            (true, Some(error)) => Err(error),
            _ => Ok(Self { sockets }),
        }
    }

    /// No sockets at all, where UDP is not wanted.
    pub(crate) fn none() -> Self {
        Self { sockets: Vec::new() }
    }

    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        self.sockets.iter().map(|(address, _)| *address).collect()
    }

    /// Sends one datagram, or loses it.
    pub(crate) fn send(&self, from: SocketAddr, to: SocketAddr, datagram: &[u8]) {
        let Some((_, socket)) = self.sockets.iter().find(|(address, _)| *address == from) else { return };
        if let Err(error) = socket.try_send_to(datagram, to) {
            // A loopback socket cannot reach the network; ICE finds that out by the missing answer.
            tracing::trace!(error = &error as &dyn std::error::Error, "A datagram was not sent");
        }
    }

    /// The next datagram: where from, where to, how long.
    pub(crate) fn poll_receive(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<(SocketAddr, SocketAddr, usize)> {
        for (address, socket) in &self.sockets {
            loop {
                let mut read = ReadBuf::new(buffer);
                match socket.poll_recv_from(context, &mut read) {
                    Poll::Ready(Ok(from)) => return Poll::Ready((from, *address, read.filled().len())),
                    // What ICMP says of an earlier datagram is told here; the socket itself is well.
                    Poll::Ready(Err(error)) if is_passing(&error) => {}
                    Poll::Ready(Err(_)) | Poll::Pending => break,
                }
            }
        }
        Poll::Pending
    }
}

fn bind(address: IpAddr) -> io::Result<(SocketAddr, UdpSocket)> {
    let socket = std::net::UdpSocket::bind(SocketAddr::new(address, 0))?;
    socket.set_nonblocking(true)?;
    Ok((socket.local_addr()?, UdpSocket::from_std(socket)?))
}
