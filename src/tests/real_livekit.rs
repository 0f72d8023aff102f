//! A real LiveKit, for the few tests that ask it something: `make test` starts one, and by hand it is
//! `BATON_TEST_LIVEKIT=ws://… cargo test … _livekit:: -- --ignored`, with the key and secret below.

use std::sync::Arc;

use baton::server::config::LiveKitConfig;
use baton::server::ports::participation::Tokens;

/// How it is reached.
pub fn config() -> LiveKitConfig {
    LiveKitConfig {
        url: std::env::var("BATON_TEST_LIVEKIT").expect("BATON_TEST_LIVEKIT is the address of a LiveKit server"),
        public_url: None,
        api_key: "devkey".to_owned(),
        api_secret: "secret-secret-secret-secret-secret-1234".to_owned(),
    }
}

/// The same token as often as one is asked for.
pub fn always(token: String) -> Tokens {
    Arc::new(move || {
        let token = token.clone();
        Box::pin(async move { Ok(token) })
    })
}
