//! Which pages may talk to us: our own. A browser says in `Origin` whose page it is; programs say nothing.

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode, Uri};

use super::host;
use super::problem::Problem;
use crate::server::config::Config;

/// Refuses requests that a browser sends for somebody else's page: cookies would come along with them.
pub fn check(config: &Config, headers: &HeaderMap) -> Result<(), Problem> {
    let Some(origin) = headers.get(ORIGIN) else { return Ok(()) };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let is_ours = origin.to_str().is_ok_and(|origin| is_ours(config, origin, host));
    if is_ours {
        return Ok(());
    }
    Err(Problem::new(StatusCode::FORBIDDEN, "foreign_origin", "Pages of other addresses may not do this."))
}

fn is_ours(config: &Config, origin: &str, host: Option<&str>) -> bool {
    let Ok(uri) = origin.parse::<Uri>() else { return false };
    let Some(authority) = uri.authority() else { return false };
    if host.is_some_and(|host| host.eq_ignore_ascii_case(authority.as_str())) {
        return true;
    }
    let public = config.http.public_url.parse::<Uri>();
    if public.is_ok_and(|public| public.scheme() == uri.scheme() && public.authority() == Some(authority)) {
        return true;
    }
    // The client-only bundle is served on a port of its own while one develops. Elsewhere another port is another program.
    config.http.development && host::is_local(authority.as_str())
}
