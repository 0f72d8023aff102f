//! Opening the signalling connection.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, http};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use super::address::Address;
use crate::error::{JoinError, SignalError, TokenError};
use crate::token::Tokens;

/// How long one attempt may take: name, TCP, TLS, WebSocket.
const DIAL_LIMIT: Duration = Duration::from_secs(5);

/// How long a token source may take.
const TOKEN_LIMIT: Duration = Duration::from_secs(5);

/// The largest message that is taken from the server; a room of thousands fits.
const MESSAGE_LIMIT: usize = 8 * 1024 * 1024;

/// How much of the server's explanation is kept.
const EXPLANATION_LIMIT: usize = 300;

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How to reach the server.
#[derive(Clone)]
pub(crate) struct Dialer {
    address: Address,
    tls: Arc<rustls::ClientConfig>,
}

/// Why the server was not reached.
#[derive(Debug)]
pub(crate) enum DialError {
    /// The network failed, or the server is not there.
    Signal(SignalError),
    /// The server said no.
    Refused { status: u16, message: String },
    /// No token could be had.
    Token(TokenError),
}

impl Dialer {
    /// Prepares for `wss`, too: with the public roots and the given ones.
    pub(crate) fn new(address: Address, root_certificates: &[Vec<u8>]) -> Result<Self, JoinError> {
        let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for certificate in root_certificates {
            let certificate = CertificateDer::from_slice(certificate);
            roots.add(certificate).map_err(|_| JoinError::Certificate)?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| JoinError::Certificate)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { address, tls: Arc::new(tls) })
    }

    /// The server's address.
    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// Opens the connection with the newest token, and once more with one from the source when that is refused.
    pub(crate) async fn dial(&self, join_request: &str, tokens: &Tokens) -> Result<Socket, DialError> {
        let token = limited(tokens.current()).await?;
        match self.dial_once(join_request, &token).await {
            Err(DialError::Refused { status, message }) if status == StatusCode::UNAUTHORIZED => {
                match limited(tokens.instead_of(&token)).await? {
                    Some(other) => {
                        let socket = self.dial_once(join_request, &other).await?;
                        tokens.renew(other);
                        Ok(socket)
                    }
                    None => Err(DialError::Refused { status, message }),
                }
            }
            other => other,
        }
    }

    async fn dial_once(&self, join_request: &str, token: &str) -> Result<Socket, DialError> {
        let mut request = self.address.join(join_request).into_client_request().map_err(broken)?;
        let mut bearer = HeaderValue::try_from(format!("Bearer {token}"))
            .map_err(|_| DialError::Token(TokenError::new("a token must be printable")))?;
        bearer.set_sensitive(true);
        request.headers_mut().insert(http::header::AUTHORIZATION, bearer);
        let limits =
            WebSocketConfig::default().max_message_size(Some(MESSAGE_LIMIT)).max_frame_size(Some(MESSAGE_LIMIT));
        let connector = Connector::Rustls(Arc::clone(&self.tls));
        let connect = connect_async_tls_with_config(request, Some(limits), true, Some(connector));
        match tokio::time::timeout(DIAL_LIMIT, connect).await {
            Ok(Ok((socket, _))) => Ok(socket),
            Ok(Err(tungstenite::Error::Http(response))) => {
                let body = response.body().as_deref().unwrap_or_default();
                let message = String::from_utf8_lossy(body).chars().take(EXPLANATION_LIMIT).collect();
                Err(DialError::Refused { status: response.status().as_u16(), message })
            }
            Ok(Err(error)) => Err(broken(error)),
            Err(_) => Err(DialError::Signal(SignalError::TimedOut)),
        }
    }
}

async fn limited<T>(token: impl Future<Output = Result<T, TokenError>>) -> Result<T, DialError> {
    match tokio::time::timeout(TOKEN_LIMIT, token).await {
        Ok(token) => token.map_err(DialError::Token),
        Err(_) => Err(DialError::Token(TokenError::new("it did not answer in time"))),
    }
}

fn broken(error: tungstenite::Error) -> DialError {
    DialError::Signal(SignalError::Socket(Box::new(error)))
}

impl std::fmt::Debug for Dialer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dialer").field("address", &self.address).finish_non_exhaustive()
    }
}
