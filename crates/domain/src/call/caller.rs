//! The caller's part in a call, and what they are called.

use serde::{Deserialize, Serialize};

use super::Connection;
use crate::ids::LegId;
use crate::time::Timestamp;

/// The caller's part in the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallerLeg {
    /// Identity in the call's room.
    pub leg: LegId,
    /// What the caller calls themselves, or what is shown in its place.
    pub name: String,
    /// Whether nobody gave a name, so that something else is shown in its place. Of calls of before this was kept, their name tells.
    #[serde(default)]
    pub is_unnamed: bool,
    /// Whether they are in the room.
    pub connection: Connection,
    /// Whether something else has their microphone for a while, as a phone call has.
    #[serde(default)]
    pub is_interrupted: bool,
    /// Whether the server plays them, for a demo.
    #[serde(default)]
    pub is_simulated: bool,
    /// Whether nothing at their end plays music while they hear nobody, as on a phone: then the server does.
    #[serde(default)]
    pub needs_music: bool,
}

impl CallerLeg {
    /// What a caller is called who has given no name; a telephone's number takes its place.
    pub const UNNAMED: &str = "Caller";

    /// What the caller calls themselves, if they have said it: a number is no name, and neither is what a line says in place of one,
    /// like `anonymous`.
    pub fn given_name(&self) -> Option<&str> {
        let is_name = !self.is_unnamed && self.name != Self::UNNAMED && self.name.chars().any(char::is_alphabetic);
        is_name.then_some(self.name.as_str())
    }

    /// A leg that has not joined yet.
    pub fn expected(leg: LegId, name: String, now: Timestamp) -> Self {
        Self {
            leg,
            name,
            is_unnamed: false,
            connection: Connection::Expected { since: now },
            is_interrupted: false,
            is_simulated: false,
            needs_music: false,
        }
    }

    /// The same, of somebody who has given no name.
    pub fn unnamed(leg: LegId, now: Timestamp) -> Self {
        Self { is_unnamed: true, ..Self::expected(leg, Self::UNNAMED.to_owned(), now) }
    }
}
