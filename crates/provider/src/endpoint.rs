//! Where a provider is asked, and which of its models.

use reqwest::Url;
use thiserror::Error;

/// How a provider's address begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `https://`, and `http://` for a server of one's own.
    Http,
    /// `wss://`, and `ws://` for a server of one's own.
    WebSocket,
}

impl Scheme {
    const fn secure(self) -> &'static str {
        match self {
            Self::Http => "https",
            Self::WebSocket => "wss",
        }
    }

    const fn plain(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::WebSocket => "ws",
        }
    }
}

/// Why a provider cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProviderConfigError {
    /// The address is none.
    #[error("the base URL of {name} is not an address that begins with {wanted}://")]
    BaseUrl {
        /// Which provider.
        name: String,
        /// How it should begin.
        wanted: &'static str,
    },
    /// No model is named.
    #[error("no model is named for {name}")]
    Model {
        /// Which provider.
        name: String,
    },
}

/// A provider's address and model, which can be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its address, to which a path can be added.
    pub base_url: String,
    /// Its model.
    pub model: String,
}

impl Endpoint {
    /// What the provider with this name is set to.
    ///
    /// # Errors
    /// [`ProviderConfigError`] for an address that is none, and without a model.
    pub fn new(name: &str, scheme: Scheme, base_url: &str, model: &str) -> Result<Self, ProviderConfigError> {
        let base_url = base_url.trim().trim_end_matches('/');
        let fits = |url: Url| [scheme.secure(), scheme.plain()].contains(&url.scheme());
        if !Url::parse(base_url).is_ok_and(fits) {
            return Err(ProviderConfigError::BaseUrl { name: name.to_owned(), wanted: scheme.secure() });
        }
        let model = model.trim();
        if model.is_empty() {
            return Err(ProviderConfigError::Model { name: name.to_owned() });
        }
        Ok(Self { base_url: base_url.to_owned(), model: model.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_begins_as_its_interface_does() {
        let new = |scheme, url| Endpoint::new("x", scheme, url, " m ");
        let taken = |url: &str| Ok(Endpoint { base_url: url.to_owned(), model: "m".to_owned() });
        assert_eq!(new(Scheme::Http, " https://example.com/v1/ "), taken("https://example.com/v1"));
        assert_eq!(new(Scheme::Http, "http://127.0.0.1:1"), taken("http://127.0.0.1:1"));
        assert_eq!(new(Scheme::WebSocket, "wss://example.com"), taken("wss://example.com"));
        assert_eq!(new(Scheme::WebSocket, "ws://127.0.0.1:1"), taken("ws://127.0.0.1:1"));
        for (scheme, wanted) in [(Scheme::Http, "https"), (Scheme::WebSocket, "wss")] {
            for url in ["example.com", "ftp://example.com", ""] {
                assert_eq!(new(scheme, url), Err(ProviderConfigError::BaseUrl { name: "x".to_owned(), wanted }));
            }
        }
        assert!(
            new(Scheme::Http, "wss://example.com").is_err() && new(Scheme::WebSocket, "https://example.com").is_err()
        );
    }

    #[test]
    fn a_model_is_named() {
        let blank = Endpoint::new("x", Scheme::Http, "https://example.com", " ");
        assert_eq!(blank, Err(ProviderConfigError::Model { name: "x".to_owned() }));
    }
}
