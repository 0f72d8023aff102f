//! Everything that comes in over HTTP: pages, server functions, files, event streams, REST, webhooks.

pub mod address;
pub mod credentials;
mod docs;
mod files;
mod functions;
mod health;
mod host;
mod origin;
mod pages;
mod problem;
mod range;
mod request;
mod rest;
mod rtc;
mod security;
mod site;
mod socket;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get, post};
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use super::state::App;
use host::Hosts;
use rtc::Signalling;
use site::Site;

/// What every handler may use.
#[derive(Clone)]
struct Http {
    app: App,
    site: Arc<Site>,
    hosts: Arc<Hosts>,
    signalling: Arc<Signalling>,
    /// Cancelled when the server ends: streams, which never finish by themselves, end with it.
    stop: CancellationToken,
}

impl FromRef<Http> for App {
    fn from_ref(http: &Http) -> Self {
        http.app.clone()
    }
}

/// The whole server. Streams end when `stop` is cancelled.
pub fn router(app: App, stop: CancellationToken) -> Router {
    let site = Arc::new(Site::new(app.config.http.site.clone()));
    let signalling = Arc::new(Signalling::new(&app.config.livekit));
    let hosts = Arc::new(Hosts::new(&app.config.http));
    let http = Http { app, site, hosts, signalling, stop };
    Router::new()
        .merge(plain_requests(&http))
        .merge(streams())
        .fallback(files::serve)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(from_fn_with_state(http.clone(), host::check))
        .layer(from_fn(problem::explain))
        .layer(CatchPanicLayer::custom(problem::of_panic))
        .layer(from_fn_with_state(http.clone(), security::headers))
        .layer(from_fn(request::name_and_log))
        .with_state(http)
}

/// Requests that are answered once, in good time.
fn plain_requests(http: &Http) -> Router<Http> {
    Router::new()
        .route("/", get(pages::home))
        .route("/join/{code}", get(pages::caller))
        .route("/desk/{agent}", get(pages::desk))
        .merge(functions::routes(http))
        .merge(docs::routes())
        .merge(rest::routes().split_for_parts().0)
        .layer(CompressionLayer::new())
        .route("/healthz", get(health::is_alive))
        .route("/readyz", get(health::is_ready))
        .route("/webhooks/livekit", post(webhooks::livekit))
        .layer(from_fn(request::limit_time))
        .layer(from_fn(request::limit_body))
}

/// Connections that stay.
fn streams() -> Router<Http> {
    Router::new()
        .route("/ws/notifications", any(socket::notifications))
        .route("/ws/caller", any(socket::caller))
        .merge(rest::streams().split_for_parts().0)
        .route("/rtc", any(rtc::pass_on))
        .route("/rtc/{*rest}", any(rtc::pass_on))
}
