//! Signalling over TLS.

use std::net::Ipv4Addr;
use std::sync::Arc;

use livekit_participant::{JoinError, JoinOptions, Participant};
use rcgen::CertifiedKey;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_util::task::AbortOnDropHandle;

use super::server::{Server, join};

/// A TLS front before the server, with a certificate of its own.
struct Front {
    url: String,
    certificate: Vec<u8>,
    _task: AbortOnDropHandle<()>,
}

impl Front {
    async fn start(server: &Server) -> Self {
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed([String::from("localhost")]).expect("the name is sound");
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("it was just made");
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has them")
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .expect("the key is the certificate's");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("there is a free port");
        let url = format!("wss://localhost:{}", listener.local_addr().expect("it is bound").port());
        let task = tokio::spawn(serve(listener, TlsAcceptor::from(Arc::new(config)), server.port));
        Self { url, certificate: cert.der().to_vec(), _task: AbortOnDropHandle::new(task) }
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, port: u16) {
    while let Ok((client, _)) = listener.accept().await {
        let acceptor = acceptor.clone();
        // Each ends with its connection, and all with the test's runtime.
        tokio::spawn(async move {
            let Ok(mut client) = acceptor.accept(client).await else { return };
            let Ok(mut server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else { return };
            let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
        });
    }
}

#[tokio::test]
async fn a_trusted_certificate_lets_us_in() {
    let server = Server::start().await;
    let front = Front::start(&server).await;
    let options = JoinOptions::new(&front.url, server.token("room", "ann")).trust(front.certificate.clone());
    let (ann, _) = join(options).await;
    assert_eq!(&*ann.connected().identity, "ann");
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let server = Server::start().await;
    let front = Front::start(&server).await;
    let error = Participant::join(JoinOptions::new(&front.url, server.token("room", "ann"))).await.map(drop);
    assert!(matches!(error, Err(JoinError::Signal(_))), "{error:?}");
}

#[tokio::test]
async fn what_is_no_certificate_is_refused_at_once() {
    let options = JoinOptions::new("wss://localhost", String::new()).trust(b"nonsense".to_vec());
    let error = Participant::join(options).await.map(drop);
    assert!(matches!(error, Err(JoinError::Certificate)), "{error:?}");
}
