//! Carrying voices between two rooms, without touching the sound.

use async_trait::async_trait;
use tokio::sync::{mpsc, watch};

use super::participation::{Noticed, ParticipationError, Tokens};

/// The two ends of a bridge between a call's room and the room of a phone.
pub struct BridgeEnds {
    /// For the call's room, where the phone is heard under the identity of the token.
    pub call: Tokens,
    /// For the phone's room.
    pub phone_room: Tokens,
    /// The identity of the phone there: nobody else there hears what is carried to it.
    pub phone: String,
    /// The identities of those in the call's room whose voices may be carried to the phone.
    pub voices: Vec<String>,
}

/// A bridge that stands: it is in both rooms, and what it may come to carry is published there, muted.
#[async_trait]
pub trait Bridge: Send {
    /// Carries exactly the voices that `carried` names to the phone, and the phone's into the call while there are any, until a
    /// room is lost for good. Of whom it carries to the phone, and who is muted, it tells as it goes; nobody taking it harms
    /// nothing.
    async fn carry(
        &mut self,
        carried: watch::Receiver<Vec<String>>,
        noticed: mpsc::Sender<Noticed>,
    ) -> Result<(), ParticipationError>;
    /// Leaves both rooms, and returns when nothing is left of it.
    async fn leave(self: Box<Self>);
}
