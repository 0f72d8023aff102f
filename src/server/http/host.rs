//! Under which hosts we answer. Anybody's page can let its own host name lead to this computer; a browser then takes us for
//! that page's server and sends along whatever the page asks for. Only `Host` still says whose page it was.

use std::collections::BTreeSet;
use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Http;
use super::credentials::bearer;
use super::problem::Problem;
use crate::server::config::HttpConfig;

/// Asked by machines under whatever name they know us by: the reports are signed, and the others tell no secrets.
const UNDER_ANY_HOST: [&str; 3] = ["/webhooks/livekit", "/healthz", "/readyz"];

/// The hosts that are ours, whatever the port.
#[derive(Clone, Debug)]
pub struct Hosts(BTreeSet<String>);

impl Hosts {
    /// Those that the configuration names, beside the names of this computer for itself.
    pub fn new(config: &HttpConfig) -> Self {
        let public = config.public_url.parse::<Uri>().ok().and_then(|url| Some(plain(url.host()?)));
        let listens_on = Some(config.addr.ip()).filter(|ip| !ip.is_unspecified()).map(|ip| ip.to_string());
        let more = config.hosts.iter().filter_map(|host| host_of(host));
        Self(public.into_iter().chain(listens_on).chain(more).chain(["localhost".to_owned()]).collect())
    }

    fn know(&self, host: &str) -> bool {
        host_of(host).is_some_and(|host| self.0.contains(&host) || is_loopback(&host))
    }
}

/// Whether a host is this computer itself, as it knows itself.
pub fn is_local(host: &str) -> bool {
    host_of(host).is_some_and(|host| host == "localhost" || is_loopback(&host))
}

fn is_loopback(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The host of `host:port`, in one spelling.
fn host_of(text: &str) -> Option<String> {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Some(ip.to_string());
    }
    let authority = text.parse::<Authority>().ok().filter(|authority| !authority.as_str().contains('@'))?;
    Some(plain(authority.host()))
}

fn plain(host: &str) -> String {
    host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase()
}

/// Refuses what was sent to a host that is none of ours.
pub async fn check(State(http): State<Http>, request: Request, next: Next) -> Response {
    match foreign_host(&http, &request) {
        Some(host) => misdirected(&host).into_response(),
        None => next.run(request).await,
    }
}

/// The host that a request was sent to, when it is none of ours. A request without one is no browser's.
fn foreign_host(http: &Http, request: &Request) -> Option<String> {
    if UNDER_ANY_HOST.contains(&request.uri().path()) {
        return None;
    }
    // HTTP/2 names it with the address.
    let in_address = request.uri().authority().map(Authority::to_string);
    let named =
        request.headers().get_all(HOST).iter().map(|host| String::from_utf8_lossy(host.as_bytes()).into_owned());
    let foreign = in_address.into_iter().chain(named).find(|host| !http.hosts.know(host))?;
    // A page that has got the key needs no detour by a name.
    let is_program = bearer(request.headers()).is_some_and(|key| http.app.sessions().is_api_key(key));
    (!is_program).then_some(foreign)
}

fn misdirected(host: &str) -> Problem {
    let detail = format!(
        "This desk does not answer as {host:?}. To open it under this name, set PUBLIC_URL to the address that people open, \
         or add the name to BATON_HOSTS."
    );
    Problem::new(StatusCode::MISDIRECTED_REQUEST, "unknown_host", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts() -> Hosts {
        Hosts::new(&HttpConfig {
            addr: ([0, 0, 0, 0], 3000).into(),
            public_url: "https://Desk.example.org:8443".to_owned(),
            hosts: vec!["192.168.1.20".to_owned(), "baton".to_owned(), "fd00::7".to_owned()],
            ..HttpConfig::default()
        })
    }

    #[test]
    fn our_own_names_are_known_under_any_port() {
        let ours = [
            "localhost",
            "localhost:3000",
            "127.0.0.1:49152",
            "127.0.0.2",
            "[::1]:3000",
            "desk.example.org",
            "DESK.example.org:8443",
            "192.168.1.20:3001",
            "baton:3000",
            "[fd00::7]:3000",
        ];
        for host in ours {
            assert!(hosts().know(host), "{host}");
        }
    }

    #[test]
    fn no_other_name_is() {
        let foreign = [
            "",
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example:3000",
            "localhost@evil.example",
            "0.0.0.0:3000",
            "192.168.1.21",
            "x localhost",
        ];
        for host in foreign {
            assert!(!hosts().know(host), "{host}");
        }
    }
}
