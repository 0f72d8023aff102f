//! Which of the machine's addresses to send media from.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// The address that leads to the signalling server and, when that is on this very machine, also the one that leads to the
/// network: a server reached by loopback may well receive media on its outer address only.
pub(crate) fn towards(server: SocketAddr) -> io::Result<Vec<IpAddr>> {
    let nearest = source_for(server)?;
    let mut addresses = vec![nearest];
    if nearest.is_loopback()
        && let Ok(outer) = source_for(somewhere(server))
        && outer != nearest
    {
        addresses.push(outer);
    }
    Ok(addresses)
}

/// The source address that the routing table chooses. Connecting a UDP socket sends nothing.
fn source_for(destination: SocketAddr) -> io::Result<IpAddr> {
    let any: IpAddr = if destination.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0))?;
    socket.connect(destination)?;
    Ok(socket.local_addr()?.ip())
}

/// An address outside that nobody has (RFC 5737, RFC 3849), to ask the routing table for.
fn somewhere(like: SocketAddr) -> SocketAddr {
    let documentation: IpAddr = if like.is_ipv4() {
        Ipv4Addr::new(192, 0, 2, 1).into()
    } else {
        Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into()
    };
    SocketAddr::new(documentation, 9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_reached_from_loopback_first() {
        let addresses = towards(SocketAddr::from(([127, 0, 0, 1], 7880))).expect("there is a loopback");
        assert_eq!(addresses.first(), Some(&IpAddr::from([127, 0, 0, 1])));
        assert!(addresses.len() <= 2);
    }
}
