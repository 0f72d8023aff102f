//! Phones that can be called into a room: today's are played by the server; a telephone line would stand here.

use async_trait::async_trait;

use super::participation::{ParticipationError, Tokens};

/// A phone to be called.
pub struct Dial {
    /// For the room that it is called into, and the identity that it has there.
    pub tokens: Tokens,
    /// Whether it was answered before, by a server that is gone: then it does not ring again.
    pub was_answered: bool,
}

/// Phones.
#[async_trait]
pub trait Telephony: Send + Sync {
    /// Calls a phone into a room, or finds the call that is going on. Dropping it hangs up.
    async fn call(&self, dial: Dial) -> Result<Box<dyn PhoneCall>, ParticipationError>;
}

/// A call to a phone.
#[async_trait]
pub trait PhoneCall: Send {
    /// What the phone does next; nothing when there is no call any more. Not to be cancelled before the end of the call.
    async fn next(&mut self) -> Result<Option<PhoneNews>, ParticipationError>;
    /// Hangs up, and returns when nothing is left in the room.
    async fn hang_up(self: Box<Self>);
}

/// What a phone does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneNews {
    /// It rings.
    Rings,
    /// It was answered.
    Answered,
    /// Its voice is in the room.
    Heard,
    /// Whoever has it hung up.
    HungUp,
}
