//! When to try TCP for media. Without a clock of its own.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::Candidate;

use crate::options::MediaTransport;

/// How long UDP may take before TCP is tried.
const UDP_LIMIT: Duration = Duration::from_secs(3);

/// What is known of the way over TCP.
#[derive(Debug)]
pub(crate) struct TcpPlan {
    transport: MediaTransport,
    remote: Option<Candidate>,
    due: Option<Instant>,
    /// Our end of the connection, when it stands.
    pub(crate) local: Option<SocketAddr>,
}

impl TcpPlan {
    pub(crate) fn new(transport: MediaTransport) -> Self {
        Self { transport, remote: None, due: None, local: None }
    }

    /// ICE begins: UDP has its time from now on, unless TCP is the only way or was the way before.
    pub(crate) fn begin(&mut self, now: Instant, was_over_tcp: bool) {
        self.local = None;
        // Candidates belong to one run of ICE: the server names its own anew.
        self.remote = None;
        self.due = match self.transport {
            MediaTransport::UdpOnly => None,
            MediaTransport::TcpOnly => Some(now),
            MediaTransport::UdpThenTcp => Some(if was_over_tcp { now } else { now + UDP_LIMIT }),
        };
    }

    /// The server listens for TCP there.
    pub(crate) fn offer(&mut self, candidate: Candidate) {
        self.remote = Some(candidate);
    }

    /// Where the server listens for TCP.
    pub(crate) fn remote(&self) -> Option<&Candidate> {
        self.remote.as_ref()
    }

    /// Whether UDP candidates are of use.
    pub(crate) fn takes_udp(&self) -> bool {
        self.transport != MediaTransport::TcpOnly
    }

    /// When TCP will be tried if nothing has connected by then.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.remote.as_ref().and(self.due)
    }

    /// The address to dial now, if it is time. It is said once.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<SocketAddr> {
        let remote = self.remote.as_ref()?.addr();
        self.due.take_if(|due| now >= *due).map(|_| remote)
    }

    /// Something has connected: there is no need for TCP any more.
    pub(crate) fn settle(&mut self) {
        self.due = None;
    }
}

#[cfg(test)]
mod tests {
    use str0m::net::TcpType;

    use super::*;

    fn passive() -> Candidate {
        let address = SocketAddr::from(([192, 0, 2, 1], 7881));
        Candidate::builder().tcp().host(address).tcptype(TcpType::Passive).build().expect("the address is concrete")
    }

    #[test]
    fn tcp_is_dialled_once_when_udp_had_its_time() {
        let now = Instant::now();
        let mut plan = TcpPlan::new(MediaTransport::UdpThenTcp);
        plan.begin(now, false);
        plan.offer(passive());
        assert_eq!(plan.take_due(now), None);
        assert_eq!(plan.deadline(), Some(now + UDP_LIMIT));
        assert!(plan.take_due(now + UDP_LIMIT).is_some());
        assert_eq!(plan.take_due(now + UDP_LIMIT), None);
    }

    #[test]
    fn tcp_is_dialled_at_once_when_it_is_the_only_way_or_was_the_way_before() {
        let now = Instant::now();
        for (transport, before) in [(MediaTransport::TcpOnly, false), (MediaTransport::UdpThenTcp, true)] {
            let mut plan = TcpPlan::new(transport);
            plan.begin(now, before);
            assert_eq!(plan.take_due(now), None, "it is not known where to");
            plan.offer(passive());
            assert!(plan.take_due(now).is_some());
        }
    }

    #[test]
    fn tcp_is_not_dialled_without_need() {
        let now = Instant::now();
        let mut plan = TcpPlan::new(MediaTransport::UdpOnly);
        plan.begin(now, true);
        plan.offer(passive());
        assert_eq!(plan.take_due(now + UDP_LIMIT), None);
        let mut plan = TcpPlan::new(MediaTransport::UdpThenTcp);
        plan.begin(now, false);
        plan.offer(passive());
        plan.settle();
        assert_eq!(plan.take_due(now + UDP_LIMIT), None);
    }
}
