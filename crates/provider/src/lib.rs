//! What everybody needs who asks a provider over the network: a key that is never shown, TLS, waits that do not make things
//! worse, a circuit breaker, a budget, and what a status says that is no success. It knows nothing of what is asked for.

mod api_key;
pub mod backoff;
pub mod breaker;
mod budget;
mod clock;
mod endpoint;
mod error_status;
mod retry_after;
pub mod settings;
mod tls;

pub use api_key::ApiKey;
pub use budget::Budget;
pub use clock::{Clock, SystemClock};
pub use endpoint::{Endpoint, ProviderConfigError, Scheme};
pub use error_status::ErrorStatus;
pub use tls::{http_client, tls_config};
