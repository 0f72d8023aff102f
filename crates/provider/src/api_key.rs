//! A provider's key.

use secrecy::{ExposeSecret, SecretString};

/// A provider's key. It is never shown.
#[derive(Clone, Debug, Default)]
pub struct ApiKey(SecretString);

impl ApiKey {
    /// `key` may be empty: a server of one's own often wants none.
    pub fn new(key: &str) -> Self {
        Self(SecretString::from(key.trim()))
    }

    /// The key, for the header that it belongs into.
    pub fn secret(&self) -> &SecretString {
        &self.0
    }

    /// Whether there is one.
    pub fn is_empty(&self) -> bool {
        self.0.expose_secret().is_empty()
    }
}
