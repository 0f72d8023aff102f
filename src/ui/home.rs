//! The first page.

pub mod checks;
pub mod doors;
pub mod progress;
pub mod simulate;
