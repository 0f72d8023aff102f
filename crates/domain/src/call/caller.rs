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
    /// Which of the two it is.
    #[serde(default)]
    pub naming: Naming,
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

/// Whether a caller is called what is shown as their name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Naming {
    /// They gave it, or somebody for them. Of calls of before this was kept, the name itself tells.
    #[default]
    Given,
    /// Nobody gave one.
    Missing,
}

impl CallerLeg {
    /// What a caller is called who has given no name; a telephone's number takes its place.
    pub const UNNAMED: &str = "Caller";

    /// What the caller calls themselves, if they have said it: a number is no name, and neither is what a line says in place of one,
    /// like `anonymous`.
    pub fn given_name(&self) -> Option<&str> {
        let is_given = self.naming == Naming::Given;
        let is_name = is_given && self.name != Self::UNNAMED && self.name.chars().any(char::is_alphabetic);
        is_name.then_some(self.name.as_str())
    }

    /// Since when they are gone, of somebody who was there.
    pub fn gone_since(&self) -> Option<Timestamp> {
        match self.connection {
            Connection::Lost { since } => Some(since),
            Connection::Expected { .. } | Connection::Present { .. } => None,
        }
    }

    /// A leg that has not joined yet.
    pub fn expected(leg: LegId, name: String, now: Timestamp) -> Self {
        Self {
            leg,
            name,
            naming: Naming::Given,
            connection: Connection::Expected { since: now },
            is_interrupted: false,
            is_simulated: false,
            needs_music: false,
        }
    }

    /// The same, of somebody who has given no name.
    pub fn unnamed(leg: LegId, now: Timestamp) -> Self {
        Self { naming: Naming::Missing, ..Self::expected(leg, Self::UNNAMED.to_owned(), now) }
    }
}
