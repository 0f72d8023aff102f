//! The player's name for the server's build, where nothing plays.

use baton_domain::time::Span;

use super::playback::{Mix, PlayerState};

/// See `player.rs`.
#[derive(Clone)]
pub struct Player;

impl Player {
    /// See `player.rs`.
    pub fn new(_: Mix, _: PlayerState) -> Self {
        Self
    }

    /// See `player.rs`.
    pub fn play(&self) {}

    /// See `player.rs`.
    pub fn pause(&self) {}

    /// See `player.rs`.
    pub fn seek(&self, _: Span) {}
}
