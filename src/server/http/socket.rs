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
        let mut connection = Connection::new(socket, &http);
        match introduce(&http, &mut connection).await {
            Ok(Reader::Desk(who)) => desk::tell(connection, http.app, who).await,
            Ok(Reader::Program(who, after)) => programs::tell(connection, http.app, who, after).await,
            Err(error) => connection.refuse(error.into()).await,
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

/// Whoever reads the stream.
enum Reader {
    Desk(Who),
    /// With the last event that it got.
    Program(Who, Option<i64>),
}

/// Listens to the first message, which says who reads.
async fn introduce(http: &Http, connection: &mut Connection) -> Result<Reader, ServiceError> {
    let first = tokio::time::timeout(INTRODUCTION, connection.first_message()).await;
    let Ok(Some(text)) = first else { return Err(ServiceError::NotSignedIn) };
    let hello: Hello = serde_json::from_str(&text)
        .map_err(|_| ServiceError::Invalid("The first message must be JSON with a token or an API key.".to_owned()))?;
    let who = identify(http, &hello).await?;
    match who.agent() {
        Some(_) if may(&who, Action::WorkAtDesk) => Ok(Reader::Desk(who)),
        None if may(&who, Action::ReadEvents) => Ok(Reader::Program(who, hello.after)),
        _ => Err(ServiceError::NotAllowed),
    }
}

async fn identify(http: &Http, hello: &Hello) -> Result<Who, ServiceError> {
    match (&hello.token, &hello.api_key) {
        (_, Some(key)) if http.app.sessions().is_api_key(key) => Ok(Who::ApiKey),
        (Some(token), None) => http.app.sessions().who_of_token(token).await,
        _ => Err(ServiceError::NotSignedIn),
    }
}
