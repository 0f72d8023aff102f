//! Where a request comes from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;

use crate::server::config::HttpConfig;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address that a request comes from. Behind a proxy it is the one that the proxy adds to the header, the last; what
/// stands before it anybody may have written.
pub fn address(config: &HttpConfig, parts: &Parts) -> IpAddr {
    let told = parts.headers.get_all(FORWARDED_FOR).iter().next_back().and_then(|value| value.to_str().ok());
    let forwarded = told.and_then(|list| list.rsplit(',').next()?.trim().parse().ok());
    let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    forwarded.filter(|_| config.behind_proxy).or(connected).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn config(behind_proxy: bool) -> HttpConfig {
        HttpConfig { behind_proxy, ..HttpConfig::default() }
    }

    fn parts(forwarded_for: &str) -> Parts {
        let peer = ConnectInfo(SocketAddr::from(([192, 0, 2, 9], 4711)));
        let request = Request::builder().header(FORWARDED_FOR, forwarded_for).extension(peer).body(());
        request.expect("a request").into_parts().0
    }

    #[test]
    fn only_the_proxy_is_believed() {
        let parts = parts("203.0.113.1, 198.51.100.7");
        assert_eq!(address(&config(true), &parts).to_string(), "198.51.100.7");
        assert_eq!(address(&config(false), &parts).to_string(), "192.0.2.9");
    }

    #[test]
    fn nonsense_from_the_proxy_is_the_proxy_itself() {
        assert_eq!(address(&config(true), &parts("unknown")).to_string(), "192.0.2.9");
    }
}
