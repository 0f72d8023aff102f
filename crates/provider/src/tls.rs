//! The way out.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use rustls::{ClientConfig, RootCertStore};

/// TLS that trusts the usual authorities.
pub fn tls_config() -> ClientConfig {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has the default versions of TLS")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// A client that trusts the usual authorities, follows nobody elsewhere (the key would go along), and keeps no proxy in mind.
pub fn http_client(connect: Duration) -> Client {
    Client::builder()
        .tls_backend_preconfigured(tls_config())
        .connect_timeout(connect)
        .redirect(Policy::none())
        .build()
        .expect("the TLS configuration is reqwest's own kind")
}
