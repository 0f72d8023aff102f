//! LiveKit's signalling under our own address: a page served over https may not open `ws://`, and a browser that reaches
//! us need not reach LiveKit's port. Only signalling passes through here, never sound.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, COOKIE, HOST, ORIGIN, UPGRADE};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use hyper::upgrade::OnUpgrade;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::problem::{AsItCame, Problem};
use super::{Http, origin};
use crate::server::config::LiveKitConfig;

/// LiveKit answers a handshake within this time or counts as away.
const ANSWER: Duration = Duration::from_secs(10);

/// Where LiveKit is.
#[derive(Debug)]
pub struct Signalling {
    client: Client<HttpsConnector<HttpConnector>, Body>,
    base: String,
}

impl Signalling {
    /// The server that the configuration names.
    pub fn new(config: &LiveKitConfig) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        // One small message after another: none waits until the one before has arrived.
        tcp.set_nodelay(true);
        let https = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1();
        let connector = https.wrap_connector(tcp);
        let base = config.url.replacen("ws", "http", 1).trim_end_matches('/').to_owned();
        Self { client: Client::builder(TokioExecutor::new()).build(connector), base }
    }

    /// The same path and query there.
    fn address(&self, uri: &Uri) -> Option<Uri> {
        let path = uri.path_and_query()?.as_str();
        format!("{}{path}", self.base).parse().ok()
    }
}

/// Passes one request on, and when it becomes a WebSocket, everything that follows.
pub async fn pass_on(State(http): State<Http>, mut request: Request) -> Response {
    if let Err(problem) = origin::check(&http.app.config, request.headers()) {
        return problem.into_response();
    }
    let Some(address) = http.signalling.address(request.uri()) else { return away() };
    let from_browser = request.extensions_mut().remove::<OnUpgrade>();
    let Some(asked) = outgoing(request, address) else { return away() };
    let answer = tokio::time::timeout(ANSWER, http.signalling.client.request(asked)).await;
    let Ok(Ok(mut answer)) = answer else { return away() };
    if answer.status() == StatusCode::SWITCHING_PROTOCOLS
        && let Some(from_browser) = from_browser
    {
        let from_livekit = hyper::upgrade::on(&mut answer);
        tokio::spawn(join(from_browser, from_livekit, http.stop.clone()));
    }
    let mut response = answer.map(Body::new);
    response.extensions_mut().insert(AsItCame);
    response
}

/// The request as LiveKit gets it: our cookies are none of its business, and the host is its own.
fn outgoing(request: Request, address: Uri) -> Option<Request> {
    let (parts, body) = request.into_parts();
    let mut headers = parts.headers;
    for name in [HOST, COOKIE, ORIGIN] {
        headers.remove(name);
    }
    if !is_upgrade(&headers) {
        headers.remove(CONNECTION);
    }
    let mut outgoing = Request::builder().method(parts.method).uri(address).body(body).ok()?;
    *outgoing.headers_mut() = headers;
    Some(outgoing)
}

fn is_upgrade(headers: &HeaderMap) -> bool {
    headers.contains_key(UPGRADE)
}

/// Both directions, until one side ends or the server does.
async fn join(from_browser: OnUpgrade, from_livekit: OnUpgrade, stop: CancellationToken) {
    let (Ok(browser), Ok(livekit)) = tokio::join!(from_browser, from_livekit) else { return };
    let (mut browser, mut livekit) = (TokioIo::new(browser), TokioIo::new(livekit));
    tokio::select! {
        ended = tokio::io::copy_bidirectional(&mut browser, &mut livekit) => {
            if let Err(error) = ended {
                debug!(%error, "A signalling connection broke");
            }
        }
        () = stop.cancelled() => {}
    }
}

fn away() -> Response {
    let detail = "LiveKit cannot be reached. Calls that are running go on; try again in a moment.";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "media_unavailable", detail).into_response()
}
