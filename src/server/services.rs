//! Use cases. Each finds the call, asks the rules, stores what comes out in one transaction, and only then acts.

pub mod acting;
pub mod briefings;
pub mod callers;
pub mod calls;
pub mod captions;
mod change;
pub mod hold_music;
pub mod home;
pub mod idempotency;
pub mod insight;
pub mod installation;
pub mod leases;
pub mod listening;
pub mod media_health;
pub mod phones;
pub mod presence;
pub mod recordings;
pub mod seating;
pub mod sessions;
pub mod speaking;
pub mod spoken_files;
mod standing;
mod text_sent;
pub mod transcripts;
pub mod transfers;
pub mod views;
pub mod wrap_ups;

pub use change::Request;
