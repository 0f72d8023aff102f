//! What was said, what it comes to, and what happened.

pub mod briefing;
pub mod briefing_text;
pub mod lines;
pub mod log;
pub mod marks;
pub mod notes;
pub mod speech;
pub mod tools;
