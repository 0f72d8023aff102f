//! Tickets: a browser's player sends no header that says who listens, so for each call it gets a cookie, and only for as long as
//! one looks back on a call.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use baton_domain::ids::{AgentId, CallId, RecordingId};
use baton_domain::recording::Recording;
use baton_domain::time::Span;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::Recordings;
use crate::server::error::ServiceError;
use crate::server::permissions::Who;

/// How long a ticket is good: longer than it takes to listen to a long call.
pub const GOOD_FOR: Span = Span::seconds(4 * 60 * 60);

impl Recordings<'_> {
    /// The recordings of a call that can be listened to, with the ticket that an agent's browser needs for it.
    pub async fn playable_of_call(&self, who: &Who, call: CallId) -> Result<(Vec<Recording>, String), ServiceError> {
        let agent = who.agent().ok_or(ServiceError::NotAllowed)?;
        let mut known = self.of_call(who, call).await?;
        known.retain(Recording::is_playable);
        Ok((known, self.ticket(agent, call).await?))
    }

    /// `<agent>.<expiry>.<signature>`, for the recordings of this call alone.
    pub async fn ticket(&self, agent: &AgentId, call: CallId) -> Result<String, ServiceError> {
        let claim = format!("{agent}.{}", self.0.clock.now().plus(GOOD_FOR).0);
        let signature = URL_SAFE_NO_PAD.encode(self.signer(call, &claim).await?.finalize().into_bytes());
        Ok(format!("{claim}.{signature}"))
    }

    /// Who listens to a recording with the ticket that `ticket_for` finds for its call. What they may, they are asked again.
    pub async fn listener<'t>(
        &self,
        id: RecordingId,
        ticket_for: impl FnOnce(CallId) -> Option<&'t str>,
    ) -> Result<Who, ServiceError> {
        // Nobody in particular does not learn which recordings there are.
        let call = match self.find(id).await {
            Err(ServiceError::NotFound(_)) => return Err(ServiceError::NotSignedIn),
            found => found?.0.call,
        };
        self.who_of_ticket(call, ticket_for(call).ok_or(ServiceError::NotSignedIn)?).await
    }

    async fn who_of_ticket(&self, call: CallId, ticket: &str) -> Result<Who, ServiceError> {
        let (claim, signature) = ticket.rsplit_once('.').ok_or(ServiceError::NotSignedIn)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| ServiceError::NotSignedIn)?;
        self.signer(call, claim).await?.verify_slice(&signature).map_err(|_| ServiceError::NotSignedIn)?;
        let (agent, expires) = claim.split_once('.').ok_or(ServiceError::NotSignedIn)?;
        let is_good = expires.parse::<i64>().is_ok_and(|expires| self.0.clock.now().0 < expires);
        let agent: AgentId = agent.parse().map_err(|_| ServiceError::NotSignedIn)?;
        if !is_good {
            return Err(ServiceError::NotSignedIn);
        }
        self.0.sessions().who_of_agent(agent).await
    }

    async fn signer(&self, call: CallId, claim: &str) -> Result<Hmac<Sha256>, ServiceError> {
        self.0.sessions().signer(&format!("baton recordings\0{call}\0{claim}")).await
    }
}
