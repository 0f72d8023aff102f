//! The server, from the outside: the real router and the real database, with a media server that only remembers.

mod browser_speech;
mod calls;
mod captions;
mod documents;
mod events;
mod fake_bridge;
mod fake_media;
mod fake_rooms;
mod fake_s3;
mod fake_stage;
mod files;
mod hand_off;
mod hold_music;
mod harness;
mod idempotency;
mod insight;
mod insight_models;
mod instances;
mod limits;
mod listening;
mod listening_livekit;
mod listening_speech;
mod models;
mod pages;
mod permissions;
mod postgres;
mod problems;
#[path = "../../crates/models/tests/provider.rs"]
#[expect(dead_code, reason = "the rest is for the tests of the crate itself")]
mod provider;
mod recording_place;
mod recordings;
mod restart;
mod rooms;
mod settings;
mod simulated;
mod spoken_files;
mod speaking;
mod steering;
mod store;
mod streams;
mod tidy;
mod transfers;
mod vanishing;
mod webhooks;
