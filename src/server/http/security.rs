//! Headers that tell browsers what our pages may do.

use std::collections::BTreeSet;

use axum::extract::{Request, State};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HOST, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use axum::middleware::Next;
use axum::response::Response;

use super::Http;
use crate::server::config::Config;

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
/// What a page may ask a browser for: a microphone, a speaker, and to stay awake during a call.
const PERMISSIONS: &str = "microphone=(self), speaker-selection=(self), screen-wake-lock=(self), autoplay=(self), camera=(), geolocation=(), display-capture=()";
/// For answers that are no pages of ours: they may do nothing.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// Adds them to every answer; a page has set its own policy by now.
pub async fn headers(State(http): State<Http>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(NOTHING));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static(PERMISSIONS));
    if http.app.config.http.public_url.starts_with("https:") {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// The policy of a page whose own inline scripts carry `nonce`. `development` lets cargo-leptos reload it.
pub fn page_policy(config: &Config, request: &HeaderMap, nonce: &str, development: bool) -> String {
    let mut connect = BTreeSet::from(["'self'".to_owned()]);
    // Not every browser counts a WebSocket to the page's own host as 'self'.
    let host = request.get(HOST).and_then(|host| host.to_str().ok()).filter(|host| is_plain_host(host));
    connect.extend(host.into_iter().flat_map(|host| [format!("ws://{host}"), format!("wss://{host}")]));
    connect.extend(sources_of(&config.http.public_url));
    connect.extend(config.livekit.public_url.as_deref().into_iter().flat_map(sources_of));
    if development {
        connect.insert("ws://localhost:* ws://127.0.0.1:*".to_owned());
    }
    let connect: Vec<String> = connect.into_iter().collect();
    format!(
        "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
         script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; style-src-attr 'unsafe-inline'; \
         img-src 'self' data:; font-src 'self'; manifest-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; \
         connect-src {}",
        connect.join(" ")
    )
}

/// The WebSocket and the plain address of a server: LiveKit's client asks the latter why the former failed.
fn sources_of(url: &str) -> Vec<String> {
    let Ok(uri) = url.parse::<Uri>() else { return Vec::new() };
    let Some(authority) = uri.authority().filter(|authority| is_plain_host(authority.as_str())) else {
        return Vec::new();
    };
    let (socket, plain) = match uri.scheme_str() {
        Some("wss" | "https") => ("wss", "https"),
        _ => ("ws", "http"),
    };
    let mut sources = vec![format!("{socket}://{authority}"), format!("{plain}://{authority}")];
    if authority.host().ends_with(".livekit.cloud") {
        // LiveKit's cloud sends clients on to the region that is nearest to them.
        sources.extend(["wss://*.livekit.cloud".to_owned(), "https://*.livekit.cloud".to_owned()]);
    }
    sources
}

/// A host as it may stand in a policy, where a space or a semicolon would begin something new.
fn is_plain_host(host: &str) -> bool {
    !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_named_by_both_of_its_addresses() {
        assert_eq!(sources_of("ws://127.0.0.1:7880"), ["ws://127.0.0.1:7880", "http://127.0.0.1:7880"]);
        assert_eq!(
            sources_of("wss://media.example.org/path"),
            ["wss://media.example.org", "https://media.example.org"]
        );
        assert!(sources_of("wss://desk.livekit.cloud").contains(&"wss://*.livekit.cloud".to_owned()));
    }

    #[test]
    fn a_host_cannot_add_to_the_policy() {
        assert!(is_plain_host("localhost:3000"));
        assert!(is_plain_host("[::1]:3000"));
        assert!(!is_plain_host("x; script-src *"));
    }
}
