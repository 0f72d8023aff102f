//! Agents: what they are, who waits for them, and their colleagues.

pub mod language;
pub mod presence;
pub mod queue;
pub mod roster;
