//! Where a provider is, and the key to it.

use async_openai::config::Config;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use crate::config::ProviderConfig;

/// A provider's address and key, and nothing from the environment: the library's own configuration would send OpenAI's
/// organization to everybody.
#[derive(Clone, Debug)]
pub struct Access {
    base_url: String,
    api_key: SecretString,
}

impl Access {
    pub fn new(config: &ProviderConfig) -> Self {
        Self { base_url: config.base_url.clone(), api_key: config.api_key.secret().clone() }
    }
}

impl Config for Access {
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let key = self.api_key.expose_secret();
        // A key that fits into no header is a wrong key: the provider says so.
        if let Ok(mut bearer) = HeaderValue::from_str(&format!("Bearer {key}"))
            && !key.is_empty()
        {
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        headers
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    fn query(&self) -> Vec<(&str, &str)> {
        Vec::new()
    }

    fn api_base(&self) -> &str {
        &self.base_url
    }

    fn api_key(&self) -> &SecretString {
        &self.api_key
    }
}
