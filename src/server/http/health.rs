//! For whoever watches over the server.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::server::state::App;

#[derive(Debug, Serialize)]
struct Readiness {
    database: bool,
    livekit: bool,
}

/// The process answers.
pub async fn is_alive() -> &'static str {
    "ok"
}

/// The database and the media server answer too.
pub async fn is_ready(State(app): State<App>) -> Response {
    let callers = app.callers();
    let (database, livekit) = tokio::join!(callers.lines(), app.media.rooms());
    app.media_health.learn(&livekit, app.clock.now());
    let readiness = Readiness { database: database.is_ok(), livekit: livekit.is_ok() };
    let is_ready = readiness.database && readiness.livekit;
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(readiness)).into_response()
}
