//! What everybody needs who asks a provider over the network: a key that is never shown, TLS, waits that do not make things
//! worse, and a circuit breaker. It knows nothing of what is asked for.

mod api_key;
pub mod backoff;
pub mod breaker;
mod clock;
pub mod retry_after;
pub mod settings;
mod tls;

pub use api_key::ApiKey;
pub use clock::{Clock, SystemClock};
pub use tls::{http_client, tls_config};
