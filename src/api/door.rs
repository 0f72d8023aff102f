//! What every server function begins and ends with: the desk, who asks, and the answer.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use baton_domain::ids::CallId;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::error::ApiError;
use crate::server::error::ServiceError;
use crate::server::http::address;
use crate::server::http::credentials::{bearer, caller_cookie, caller_secret, recordings_cookie, who};
use crate::server::permissions::{Action, Who, may};
use crate::server::state::App;

/// The application.
pub fn app() -> Result<App, ApiError> {
    use_context::<App>().ok_or_else(|| ApiError::new(500, "internal", "Something went wrong at the desk. Try again."))
}

/// The application, and the agent who asks, by the sign-in of their tab.
pub async fn agent() -> Result<(App, Who), ApiError> {
    let app = app()?;
    let token = bearer(&headers()).ok_or(ServiceError::NotSignedIn)?.to_owned();
    let who = app.sessions().who_of_token(&token).await?;
    allowed(&who, Action::WorkAtDesk)?;
    Ok((app, who))
}

/// The call of the caller who asks, by the cookie of their leg.
pub async fn caller() -> Result<CallId, ApiError> {
    let app = app()?;
    let secret = caller_secret(&headers()).ok_or(ServiceError::NotSignedIn)?.to_owned();
    let call = app.callers().call_of_secret(&secret).await?;
    allowed(&Who::Caller(call), Action::BeCaller)?;
    Ok(call)
}

/// The application, and whoever asks for what one need not have signed in for.
pub async fn anyone(action: Action) -> Result<(App, Who), ApiError> {
    let app = app()?;
    let headers = headers();
    let who = match who(&app, &headers).await? {
        Who::Anonymous => visitor(&app, &headers).await?,
        known => known,
    };
    allowed(&who, action)?;
    Ok((app, who))
}

/// The caller whom a cookie names, or nobody. Only a cookie of no call is nobody's: whom a store that fails cannot find may
/// be in a call already.
async fn visitor(app: &App, headers: &HeaderMap) -> Result<Who, ServiceError> {
    let Some(secret) = caller_secret(headers) else { return Ok(Who::Anonymous) };
    match app.callers().call_of_secret(secret).await {
        Ok(call) => Ok(Who::Caller(call)),
        Err(ServiceError::NotSignedIn) => Ok(Who::Anonymous),
        Err(error) => Err(error),
    }
}

/// Lets a new caller's browser keep their secret.
pub fn give_cookie(secret: Option<&str>) -> Result<(), ApiError> {
    if let Some(secret) = secret {
        set_cookie(caller_cookie(&app()?.config.http, secret));
    }
    Ok(())
}

/// Lets an agent's browser play the recordings of a call.
pub fn give_recordings(call: CallId, ticket: &str) -> Result<(), ApiError> {
    set_cookie(recordings_cookie(&app()?.config.http, call, ticket));
    Ok(())
}

fn set_cookie(cookie: String) {
    let cookie = HeaderValue::try_from(cookie).expect("our cookies are made of letters that fit a header");
    expect_context::<ResponseOptions>().append_header(SET_COOKIE, cookie);
}

/// What a service answered, for the browser. The error carries its status; the router puts it on the response.
pub fn answer<T>(result: Result<T, ServiceError>) -> Result<T, ApiError> {
    result.map_err(ApiError::from)
}

fn allowed(who: &Who, action: Action) -> Result<(), ServiceError> {
    if may(who, action) { Ok(()) } else { Err(ServiceError::NotAllowed) }
}

/// Where the request comes from.
pub fn address() -> Result<IpAddr, ApiError> {
    let from = |parts: Parts| Ok(address::address(&app()?.config.http, &parts));
    use_context::<Parts>().map_or(Ok(IpAddr::V4(Ipv4Addr::UNSPECIFIED)), from)
}

fn headers() -> HeaderMap {
    use_context::<Parts>().map(|parts| parts.headers).unwrap_or_default()
}
