//! Which of the machine's addresses to send media from.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// An address outside that nobody has (RFC 5737), to ask the routing table for.
const SOMEWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 9);

/// The addresses that lead to the signalling server. When that is on this very machine, or reached by IPv6 alone, also the one
/// that leads to the IPv4 network: media may well be received somewhere else than signalling.
pub(crate) fn towards(servers: &[SocketAddr]) -> io::Result<Vec<IpAddr>> {
    let mut sources = Vec::new();
    let mut failure = None;
    for server in servers {
        match source_for(*server) {
            Ok(source) => sources.push(source),
            Err(error) => failure = Some(error),
        }
    }
    if sources.iter().any(IpAddr::is_loopback) || !sources.iter().any(IpAddr::is_ipv4) {
        sources.extend(source_for(SOMEWHERE));
    }
    // An address without a network behind it leads nowhere, and ICE refuses it.
    sources.retain(|source| !is_link_local(source));
    sources.sort_unstable();
    sources.dedup();
    match (sources.is_empty(), failure) {
        (true, Some(error)) => Err(error),
        (true, None) => Err(io::ErrorKind::AddrNotAvailable.into()),
        _ => Ok(sources),
    }
}

/// The source address that the routing table chooses. Connecting a UDP socket sends nothing.
fn source_for(destination: SocketAddr) -> io::Result<IpAddr> {
    let any: IpAddr = if destination.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0))?;
    socket.connect(destination)?;
    Ok(socket.local_addr()?.ip())
}

fn is_link_local(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn loopback_is_reached_from_loopback_and_perhaps_from_outside() {
        let addresses = towards(&[SocketAddr::new(LOOPBACK, 7880)]).expect("there is a loopback");
        assert!(addresses.contains(&LOOPBACK));
        assert!(addresses.len() <= 2);
    }

    #[test]
    fn each_address_is_named_once_and_one_that_cannot_be_reached_does_no_harm() {
        let ipv6 = SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 7880);
        let ipv4 = SocketAddr::new(LOOPBACK, 7880);
        let addresses = towards(&[ipv6, ipv4, ipv4]).expect("there is a loopback");
        assert_eq!(addresses.iter().filter(|address| **address == LOOPBACK).count(), 1);
    }

    #[test]
    fn nowhere_is_an_error() {
        // On a machine with a network, the way there is found all the same.
        assert!(towards(&[]).is_ok_and(|addresses| !addresses.is_empty()) || source_for(SOMEWHERE).is_err());
    }
}
