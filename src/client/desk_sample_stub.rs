//! The sample conversation's name for the server's build.

/// See `desk_sample.rs`.
pub struct Sample;

impl Sample {
    /// See `desk_sample.rs`.
    pub fn play() -> Self {
        Self
    }
}
