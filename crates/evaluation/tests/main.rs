//! The evaluation itself: its conversations, and its arithmetic.

mod conversations;
mod models;
#[path = "../../models/tests/provider.rs"]
#[expect(dead_code, reason = "the rest is for the tests of the crate itself")]
mod provider;
mod scoring;
