//! What the desk needs of the outside, by role. `adapters` fills these in.

pub mod analyst;
pub mod bridging;
pub mod briefing_writer;
pub mod listening;
pub mod media_server;
pub mod participation;
pub mod recording_storage;
pub mod telephony;
