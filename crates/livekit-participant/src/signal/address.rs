//! Where the server is.

use std::net::SocketAddr;

use tokio_tungstenite::tungstenite::http::Uri;

use crate::error::JoinError;

/// The server's address, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    is_secure: bool,
    host: String,
    port: u16,
    authority: String,
    path: String,
}

impl Address {
    /// Reads `ws://`, `wss://`, `http://` or `https://` addresses; a path before the API is kept.
    pub(crate) fn parse(url: &str) -> Result<Self, JoinError> {
        let uri: Uri = url.trim().parse().map_err(|_| JoinError::Address)?;
        let is_secure = match uri.scheme_str() {
            Some("ws" | "http") => false,
            Some("wss" | "https") => true,
            _ => return Err(JoinError::Address),
        };
        let authority = uri.authority().ok_or(JoinError::Address)?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() || authority.as_str().contains('@') {
            return Err(JoinError::Address);
        }
        Ok(Self {
            is_secure,
            host: host.into(),
            port: authority.port_u16().unwrap_or(if is_secure { 443 } else { 80 }),
            authority: authority.as_str().into(),
            path: uri.path().trim_end_matches('/').into(),
        })
    }

    /// The address to open the WebSocket at, with the encoded join request.
    pub(crate) fn join(&self, join_request: &str) -> String {
        let scheme = if self.is_secure { "wss" } else { "ws" };
        format!("{scheme}://{}{}/rtc/v1?join_request={join_request}", self.authority, self.path)
    }

    /// The network addresses of the server.
    pub(crate) async fn resolve(&self) -> std::io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((self.host.as_str(), self.port)).await?.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(url: &str) -> Option<String> {
        Address::parse(url).ok().map(|address| address.join("abc="))
    }

    #[test]
    fn addresses_lead_to_the_signalling_endpoint() {
        assert_eq!(join("ws://h:7880").as_deref(), Some("ws://h:7880/rtc/v1?join_request=abc="));
        assert_eq!(join("https://h/").as_deref(), Some("wss://h/rtc/v1?join_request=abc="));
        assert_eq!(join("wss://h/sub/").as_deref(), Some("wss://h/sub/rtc/v1?join_request=abc="));
        assert_eq!(join("ws://[::1]:7880").as_deref(), Some("ws://[::1]:7880/rtc/v1?join_request=abc="));
    }

    #[test]
    fn what_is_no_server_address_is_refused() {
        for url in ["", "h:7880", "ftp://h", "ws://", "/rtc", "ws://user@h"] {
            assert!(Address::parse(url).is_err(), "{url:?} was taken");
        }
    }
}
