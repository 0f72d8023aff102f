//! Agents on phones: tokens for the phone in its consult room, and for the relay between that room and the caller's.

use baton_domain::call::{AgentLeg, Call};
use baton_domain::ids::{CallId, LegId, TransferId};
use baton_domain::machine::{Actor, Command, Fact, Refusal};
use baton_domain::seat::{Relay, RoomName, relay};

use super::Request;
use crate::server::error::ServiceError;
use crate::server::ports::media_server::{Grant, Permission, TOKEN_TTL};
use crate::server::state::App;

/// Agents on phones.
pub struct Phones<'a>(pub(crate) &'a App);

/// The leg of `call` whose phone is in the consult room of `transfer`.
pub fn phone_leg(call: &Call, transfer: TransferId) -> Option<&AgentLeg> {
    call.agent_legs().into_iter().find(|leg| leg.phone == Some(transfer))
}

/// The relay of `call` to that consult room.
pub fn relay_to(call: &Call, transfer: TransferId) -> Option<Relay> {
    relay(call).filter(|relay| relay.consult == transfer)
}

impl Phones<'_> {
    /// A token for a phone in its room.
    pub async fn phone_token(&self, call: CallId, transfer: TransferId) -> Result<String, ServiceError> {
        let call = self.0.calls().find(call).await?;
        let leg = phone_leg(&call, transfer).ok_or(ServiceError::NoSeat)?;
        let agents = self.0.presence().views().await?;
        let name = agents.into_iter().find(|view| view.agent.id == leg.agent).map(|view| view.agent.name);
        self.token(RoomName::Consult(transfer), leg.leg, &name.unwrap_or_default()).await
    }

    /// A token for the relay to a phone, for either of its rooms.
    pub async fn relay_token(
        &self,
        call: CallId,
        room: RoomName,
        transfer: TransferId,
    ) -> Result<String, ServiceError> {
        let relay = relay_to(&self.0.calls().find(call).await?, transfer).ok_or(ServiceError::NoSeat)?;
        let identity = match room {
            RoomName::Call(_) => relay.phone,
            RoomName::Consult(_) => relay.leg_at_phone(),
        };
        self.token(room, identity, "Phone").await
    }

    async fn token(&self, room: RoomName, identity: LegId, name: &str) -> Result<String, ServiceError> {
        let (room, identity) = (room.to_string(), identity.to_string());
        self.0.media.create_room(&room, &self.0.installation().await?.id).await?;
        let permission = Permission { publish: true, subscribe: true };
        Ok(self.0.media.token(&Grant { room: &room, identity: &identity, name, permission, ttl: TOKEN_TTL })?)
    }

    /// The phone rings.
    pub async fn rings(&self, call: CallId, leg: &AgentLeg) -> Result<(), ServiceError> {
        self.0.calls().fact(call, Fact::OfferShown { agent: leg.agent.clone() }).await
    }

    /// It was answered.
    pub async fn answered(&self, call: CallId, leg: &AgentLeg) -> Result<(), ServiceError> {
        self.says(call, leg, Command::Accept).await
    }

    /// Its voice is in the room.
    pub async fn is_heard(&self, call: CallId, leg: &AgentLeg) -> Result<(), ServiceError> {
        self.0.calls().fact(call, Fact::MediaReady { agent: leg.agent.clone() }).await
    }

    /// Whoever has it hung up.
    pub async fn hung_up(&self, call: CallId, leg: &AgentLeg) -> Result<(), ServiceError> {
        self.says(call, leg, Command::HangUp).await
    }

    /// A phone is no desk that could be told why not: what does not fit any more is not done.
    async fn says(&self, call: CallId, leg: &AgentLeg, command: Command) -> Result<(), ServiceError> {
        let by = Actor::Agent(leg.agent.clone());
        match self.0.change(&Request::command(call, by, command)).await {
            Ok(_)
            | Err(ServiceError::Refused(
                Refusal::CallEnded | Refusal::WrongState { .. } | Refusal::NotYourCall | Refusal::NoTransfer,
                _,
            )) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
