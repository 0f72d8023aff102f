//! Listening: who may, and tokens for it. What is heard, and by whom it may be used, is [`crate::server::ears`].

use baton_domain::call::Call;
use baton_domain::ids::CallId;
use baton_domain::listening::{LISTENER, rooms};
use baton_domain::machine::{Actor, Command};
use baton_domain::seat::RoomName;

use super::Request;
use crate::server::error::ServiceError;
use crate::server::ports::media_server::TOKEN_TTL;
use crate::server::state::App;

/// Listening.
pub struct ListeningService<'a>(pub(crate) &'a App);

impl ListeningService<'_> {
    /// Whether the server is to listen in this room now.
    pub async fn is_wanted(&self, call: CallId, room: RoomName) -> Result<bool, ServiceError> {
        let call = self.0.calls().find(call).await?;
        Ok(rooms(&call).iter().any(|listened| listened.room == room))
    }

    /// A token for the listener's place in a room: hidden from everybody, and without a voice.
    pub async fn token(&self, call: CallId, room: RoomName) -> Result<String, ServiceError> {
        if !self.is_wanted(call, room).await? {
            return Err(ServiceError::NoSeat);
        }
        let room = room.to_string();
        self.0.media.create_room(&room, &self.0.installation().await?.id).await?;
        Ok(self.0.media.hidden_token(&room, LISTENER, TOKEN_TTL)?)
    }

    /// The caller does not want to be transcribed and recorded, or allows it again.
    pub async fn consent(&self, call: CallId, is_allowed: bool) -> Result<(), ServiceError> {
        let command = if is_allowed { Command::AllowListening } else { Command::RefuseListening };
        self.0.change(&Request::command(call, Actor::Caller, command)).await.map(drop)
    }
}

/// Whether this is the listener, in a room in which it is to listen: it has no seat, and nothing is enforced upon it.
pub fn is_wanted_listener(call: &Call, room: &str, identity: &str) -> bool {
    identity == LISTENER && rooms(call).iter().any(|listened| listened.room.to_string() == room)
}
