//! How requests prove who asks: a bearer token for desks and programs, a cookie for callers, and one for players of recordings.

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE};
use baton_domain::ids::CallId;

use crate::server::config::HttpConfig;
use crate::server::error::ServiceError;
use crate::server::permissions::Who;
use crate::server::services::recordings::tickets;
use crate::server::state::App;

/// The cookie that a caller's leg is known by.
const CALLER_COOKIE: &str = "baton_leg";
/// How long a browser keeps it: longer than any call.
const CALLER_COOKIE_SECONDS: u32 = 24 * 60 * 60;

/// The token of `Authorization: Bearer …`.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The secret of the caller's cookie.
pub fn caller_secret(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, CALLER_COOKIE)
}

/// The ticket with which a browser's player gets the recordings of a call.
pub fn recordings_ticket(headers: &HeaderMap, call: CallId) -> Option<&str> {
    cookie(headers, &recordings_cookie_name(call))
}

fn cookie<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find_map(|(name, value)| (name == wanted).then_some(value))
}

/// The `Set-Cookie` that gives a caller's browser its secret. Scripts cannot read it, and other sites cannot send it.
pub fn caller_cookie(config: &HttpConfig, secret: &str) -> String {
    let secure = only_over_tls(config);
    format!("{CALLER_COOKIE}={secret}; Path=/; Max-Age={CALLER_COOKIE_SECONDS}; HttpOnly; SameSite=Lax{secure}")
}

/// The `Set-Cookie` that lets an agent's browser play the recordings of a call: media elements send no other credentials.
pub fn recordings_cookie(config: &HttpConfig, call: CallId, ticket: &str) -> String {
    let (name, seconds, secure) = (recordings_cookie_name(call), tickets::GOOD_FOR.0 / 1000, only_over_tls(config));
    format!("{name}={ticket}; Path=/api/v1/recordings; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

/// One for each call, so that looking back on the next call takes nothing from the last.
fn recordings_cookie_name(call: CallId) -> String {
    format!("baton_listens_{call}")
}

fn only_over_tls(config: &HttpConfig) -> &'static str {
    if config.public_url.starts_with("https:") { "; Secure" } else { "" }
}

/// Who sends an API key or a desk's token; nobody, when nothing is sent. A wrong one is an error.
pub async fn who(app: &App, headers: &HeaderMap) -> Result<Who, ServiceError> {
    match bearer(headers) {
        None if headers.contains_key(AUTHORIZATION) => Err(ServiceError::NotSignedIn),
        None => Ok(Who::Anonymous),
        Some(key) if app.sessions().is_api_key(key) => Ok(Who::ApiKey),
        Some(token) => app.sessions().who_of_token(token).await,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_secret_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("theme=dark; baton_leg=s3cret"));
        assert_eq!(caller_secret(&headers), Some("s3cret"));
        headers.insert(COOKIE, HeaderValue::from_static("not_baton_leg=s3cret"));
        assert_eq!(caller_secret(&headers), None);
    }

    #[test]
    fn a_bearer_token_needs_its_scheme() {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_static("bearer abc"));
        assert_eq!(bearer(&headers), Some("abc"));
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Basic abc"));
        assert_eq!(bearer(&headers), None);
    }
}
