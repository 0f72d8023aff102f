//! Event streams over WebSocket: for desks, for callers, and for programs.

mod caller;
mod connection;
mod desk;
mod feed;
mod programs;

use std::time::Duration;

use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

pub use feed::{EventFeed, EventJson};

use super::credentials::caller_secret;
use super::problem::Problem;
use super::{Http, origin};
use crate::server::error::ServiceError;
use crate::server::permissions::{Action, Who, may};
use connection::Connection;

/// Whoever connects says who they are within this time.
const INTRODUCTION: Duration = Duration::from_secs(10);
/// Clients say a sentence at the start, and nothing after it.
const LONGEST_MESSAGE: usize = 16 * 1024;

/// The first message: a desk shows its sign-in, a program its key.
#[derive(Deserialize)]
struct Hello {
    token: Option<String>,
    api_key: Option<String>,
    /// A program's last event: those since then are sent first.
    after: Option<i64>,
}

/// For desks, and for programs.
pub async fn notifications(State(http): State<Http>, request: Request) -> Response {
    accept(http, request, |http, socket| async move {
        let connection = Connection::new(socket, &http);
        if let Err((mut connection, problem)) = introduce(http, connection).await {
            connection.refuse(problem).await;
        }
    })
    .await
}

/// For callers, who are known by their cookie.
pub async fn caller(State(http): State<Http>, request: Request) -> Response {
    let secret = caller_secret(request.headers()).map(str::to_owned);
    let call = match secret {
        Some(secret) => http.app.callers().call_of_secret(&secret).await,
        None => Err(ServiceError::NotSignedIn),
    };
    let call = match call {
        Ok(call) if may(&Who::Caller(call), Action::BeCaller) => call,
        Ok(_) => return Problem::from(ServiceError::NotAllowed).into_response(),
        Err(error) => return Problem::from(error).into_response(),
    };
    accept(http, request, move |http, socket| caller::tell(Connection::new(socket, &http), http.app, call)).await
}

/// Upgrades a request of one of our own pages, or of a program.
async fn accept<F, Fut>(http: Http, request: Request, serve: F) -> Response
where
    F: FnOnce(Http, WebSocket) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let (mut parts, _) = request.into_parts();
    if let Err(problem) = check(&http, &parts.headers) {
        return problem.into_response();
    }
    match WebSocketUpgrade::<axum::extract::ws::DefaultOnFailedUpgrade>::from_request_parts(&mut parts, &http).await {
        Ok(upgrade) => upgrade.max_message_size(LONGEST_MESSAGE).on_upgrade(move |socket| serve(http, socket)),
        Err(rejection) => rejection.into_response(),
    }
}

fn check(http: &Http, headers: &HeaderMap) -> Result<(), Problem> {
    origin::check(&http.app.config, headers)
}

/// Listens to the first message, and serves whoever it turns out to be.
async fn introduce(http: Http, mut connection: Connection) -> Result<(), (Connection, Problem)> {
    let Ok(Some(text)) = tokio::time::timeout(INTRODUCTION, connection.first_message()).await else {
        return Err((connection, ServiceError::NotSignedIn.into()));
    };
    let Ok(hello) = serde_json::from_str::<Hello>(&text) else {
        let error = ServiceError::Invalid("The first message must be JSON with a token or an API key.".to_owned());
        return Err((connection, error.into()));
    };
    match identify(&http, &hello).await {
        Ok(who) if who.agent().is_some() && may(&who, Action::WorkAtDesk) => desk::tell(connection, http.app, who).await,
        Ok(who) if may(&who, Action::ReadEvents) => programs::tell(connection, http.app, who, hello.after).await,
        Ok(_) => return Err((connection, ServiceError::NotAllowed.into())),
        Err(error) => return Err((connection, error.into())),
    }
    Ok(())
}

async fn identify(http: &Http, hello: &Hello) -> Result<Who, ServiceError> {
    match (&hello.token, &hello.api_key) {
        (_, Some(key)) if http.app.sessions().is_api_key(key) => Ok(Who::ApiKey),
        (Some(token), None) => http.app.sessions().who_of_token(token).await,
        _ => Err(ServiceError::NotSignedIn),
    }
}
