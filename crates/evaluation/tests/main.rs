//! The evaluation itself: its conversations, and its arithmetic.

mod conversations;
mod scoring;
