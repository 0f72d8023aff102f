//! Where access tokens come from.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::TokenError;

/// A token that is on its way.
pub type TokenFuture<'a> = Pin<Box<dyn Future<Output = Result<String, TokenError>> + Send + 'a>>;

/// Supplies access tokens: for the first join, and when the server no longer accepts the newest one.
///
/// While connected the server renews the token every few minutes by itself. A source is asked again only when a full reconnect
/// comes after a longer outage. It must answer within a few seconds.
///
/// ```
/// use livekit_participant::{TokenError, TokenFuture, TokenSource};
///
/// struct Desk;
///
/// impl TokenSource for Desk {
///     fn token(&self) -> TokenFuture<'_> {
///         Box::pin(async { Err(TokenError::new("the desk is closed")) })
///     }
/// }
/// ```
pub trait TokenSource: Send + Sync + 'static {
    /// A token that is good now.
    fn token(&self) -> TokenFuture<'_>;
}

impl TokenSource for String {
    fn token(&self) -> TokenFuture<'_> {
        let token = self.clone();
        Box::pin(async move { Ok(token) })
    }
}

/// The source and the newest token that is known to be good. Clones share it.
#[derive(Clone)]
pub(crate) struct Tokens {
    source: Arc<dyn TokenSource>,
    newest: Arc<Mutex<Option<String>>>,
}

impl Tokens {
    pub(crate) fn new(source: Arc<dyn TokenSource>) -> Self {
        Self { source, newest: Arc::default() }
    }

    /// The server handed out a new token, or accepted one.
    pub(crate) fn renew(&self, token: String) {
        *self.newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
    }

    /// The newest token; the source is asked only when there is none yet.
    pub(crate) async fn current(&self) -> Result<String, TokenError> {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match newest {
            Some(token) => Ok(token),
            None => self.source.token().await,
        }
    }

    /// Another token than the one that was refused, from the source; `None` when the source has no other.
    pub(crate) async fn instead_of(&self, refused: &str) -> Result<Option<String>, TokenError> {
        let token = self.source.token().await?;
        Ok((token != refused).then_some(token))
    }
}

impl std::fmt::Debug for Tokens {
    // A token is a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_server_renews_and_a_fixed_source_has_no_other() {
        let tokens = Tokens::new(Arc::new(String::from("first")));
        assert_eq!(tokens.current().await.ok().as_deref(), Some("first"));
        tokens.renew(String::from("second"));
        assert_eq!(tokens.current().await.ok().as_deref(), Some("second"));
        assert_eq!(tokens.instead_of("second").await.ok().flatten().as_deref(), Some("first"));
        assert_eq!(tokens.instead_of("first").await.ok().flatten(), None);
    }

    #[test]
    fn a_token_is_not_printed() {
        let tokens = Tokens::new(Arc::new(String::from("secret")));
        tokens.renew(String::from("secret"));
        assert!(!format!("{tokens:?}").contains("secret"));
    }
}
