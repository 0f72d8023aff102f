//! Sounds of the installation's own.

use std::path::PathBuf;

use super::text;

/// Sounds of the installation's own.
#[derive(Clone, Debug)]
pub struct SoundsConfig {
    /// `BATON_SOUNDS`, the folder of music and comfort messages, default `data/sounds`. It need not be there.
    pub folder: PathBuf,
}

impl SoundsConfig {
    /// Reads the environment.
    pub fn from_env() -> Self {
        Self { folder: text("BATON_SOUNDS").map_or_else(|| PathBuf::from("data/sounds"), PathBuf::from) }
    }
}
