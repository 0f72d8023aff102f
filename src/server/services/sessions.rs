//! Signing in, so far only as in the demo.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use baton_domain::agent::Device;
use baton_domain::ids::AgentId;
use baton_domain::time::Span;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::api::session::DeskSession;
use crate::server::error::ServiceError;
use crate::server::permissions::Who;
use crate::server::random;
use crate::server::state::App;
use crate::server::store::agents;
use crate::server::store::agents::Role;

/// How long a tab stays signed in: a long shift.
const SESSION: Span = Span::seconds(16 * 60 * 60);

/// Signing in.
pub struct Sessions<'a>(pub(crate) &'a App);

impl Sessions<'_> {
    /// Opens a desk of the demo, in which anyone may be anybody who knows the code, if one is asked for.
    pub async fn open_demo_desk(&self, agent: &AgentId, code: Option<&str>) -> Result<DeskSession, ServiceError> {
        if let Some(wanted) = &self.0.config.demo.access_code
            && !code.is_some_and(|code| random::same(code.trim(), wanted))
        {
            return Err(ServiceError::CodeNeeded);
        }
        let mut db = self.0.store.read().await?;
        let stored = agents::find(&mut db, agent).await?.ok_or(ServiceError::NotFound("agent"))?;
        drop(db);
        if stored.agent.device == Device::Phone {
            return Err(ServiceError::NotFound("desk"));
        }
        Ok(DeskSession { token: self.token(agent).await?, agent: stored.agent })
    }

    /// `<agent>.<expiry>.<signature>`: it survives a restart without being stored.
    async fn token(&self, agent: &AgentId) -> Result<String, ServiceError> {
        let expires = self.0.clock.now().plus(SESSION).0;
        let claim = format!("{agent}.{expires}");
        let signature = URL_SAFE_NO_PAD.encode(self.desk_signer(&claim).await?.finalize().into_bytes());
        Ok(format!("{claim}.{signature}"))
    }

    async fn desk_signer(&self, claim: &str) -> Result<Hmac<Sha256>, ServiceError> {
        self.signer(&format!("baton desk session\0{claim}")).await
    }

    /// Signs what lets somebody in. The access code is signed with it and stands nowhere in it: another code ends what was
    /// opened with the old one, and nobody can try codes on a token.
    pub(super) async fn signer(&self, text: &str) -> Result<Hmac<Sha256>, ServiceError> {
        let key = &self.0.installation().await?.session_key;
        let mut signer = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
        let code = self.0.config.demo.access_code.as_deref().map(random::fingerprint).unwrap_or_default();
        signer.update(format!("{text}\0{code}").as_bytes());
        Ok(signer)
    }

    /// Who sits at the desk that sends this token.
    pub async fn who_of_token(&self, token: &str) -> Result<Who, ServiceError> {
        let (claim, signature) = token.rsplit_once('.').ok_or(ServiceError::NotSignedIn)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| ServiceError::NotSignedIn)?;
        self.desk_signer(claim).await?.verify_slice(&signature).map_err(|_| ServiceError::NotSignedIn)?;
        let (agent, expires) = claim.split_once('.').ok_or(ServiceError::NotSignedIn)?;
        let is_valid = expires.parse::<i64>().is_ok_and(|expires| self.0.clock.now().0 < expires);
        let agent: AgentId = agent.parse().map_err(|_| ServiceError::NotSignedIn)?;
        if !is_valid {
            return Err(ServiceError::NotSignedIn);
        }
        self.who_of_agent(agent).await
    }

    /// Who an agent is now.
    pub(super) async fn who_of_agent(&self, agent: AgentId) -> Result<Who, ServiceError> {
        let mut db = self.0.store.read().await?;
        let stored = agents::find(&mut db, &agent).await?.ok_or(ServiceError::NotSignedIn)?;
        Ok(match stored.role {
            Role::Agent => Who::Agent(agent),
            Role::Supervisor => Who::Supervisor(agent),
            Role::Admin => Who::Admin(agent),
        })
    }

    /// Whether this is the demo's API key.
    pub fn is_api_key(&self, key: &str) -> bool {
        self.0.config.demo.api_key.as_deref().is_some_and(|wanted| random::same(key, wanted))
    }
}
