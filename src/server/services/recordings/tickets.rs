//! Tickets: an address by which a browser's player gets one recording. A player sends no header, so the address itself says
//! who listens, and only for as long as one looks back on a call.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use baton_domain::ids::{AgentId, CallId, RecordingId};
use baton_domain::recording::Recording;
use baton_domain::time::Span;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Recordings;
use crate::api::recordings::PlayableRecording;
use crate::server::error::ServiceError;
use crate::server::permissions::Who;

/// How long a ticket is good: longer than it takes to listen to a long call.
const GOOD_FOR: Span = Span::seconds(4 * 60 * 60);

impl Recordings<'_> {
    /// The recordings of a call that can be listened to, with the addresses at which an agent's browser gets them.
    pub async fn playable_of_call(&self, who: &Who, call: CallId) -> Result<Vec<PlayableRecording>, ServiceError> {
        let agent = who.agent().ok_or(ServiceError::NotAllowed)?;
        let mut known = self.of_call(who, call).await?;
        known.retain(Recording::is_playable);
        let playable = |recording: Recording| {
            let url = format!("/api/v1/recordings/{}?ticket={}", recording.id, self.ticket(agent, recording.id));
            PlayableRecording { recording, url }
        };
        Ok(known.into_iter().map(playable).collect())
    }

    /// `<agent>.<expiry>.<signature>`, for this recording alone.
    pub fn ticket(&self, agent: &AgentId, id: RecordingId) -> String {
        let claim = format!("{agent}.{}", self.0.clock.now().plus(GOOD_FOR).0);
        let signature = URL_SAFE_NO_PAD.encode(self.signer(id, &claim).finalize().into_bytes());
        format!("{claim}.{signature}")
    }

    /// Who listens with this ticket. What they may, they are asked again.
    pub async fn who_of_ticket(&self, id: RecordingId, ticket: &str) -> Result<Who, ServiceError> {
        let (claim, signature) = ticket.rsplit_once('.').ok_or(ServiceError::NotSignedIn)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| ServiceError::NotSignedIn)?;
        self.signer(id, claim).verify_slice(&signature).map_err(|_| ServiceError::NotSignedIn)?;
        let (agent, expires) = claim.split_once('.').ok_or(ServiceError::NotSignedIn)?;
        let is_good = expires.parse::<i64>().is_ok_and(|expires| self.0.clock.now().0 < expires);
        let agent: AgentId = agent.parse().map_err(|_| ServiceError::NotSignedIn)?;
        if !is_good {
            return Err(ServiceError::NotSignedIn);
        }
        self.0.sessions().who_of_agent(agent).await
    }

    fn signer(&self, id: RecordingId, claim: &str) -> Hmac<Sha256> {
        let key = format!("baton recording\0{}", self.0.config.livekit.api_secret);
        let mut signer = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
        signer.update(id.to_string().as_bytes());
        signer.update(b"\0");
        signer.update(claim.as_bytes());
        signer
    }
}
