//! How long to wait before trying again.

const FIRST_MS: u32 = 250;
const LONGEST_MS: u32 = 5000;

/// Twice as long every time, up to five seconds, and never exactly: pages that lost the same server come back one by one.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    base_ms: u32,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { base_ms: FIRST_MS }
    }
}

impl Backoff {
    /// The next wait: three quarters of the span to all of it.
    pub fn next_ms(&mut self) -> u32 {
        let base = self.base_ms;
        self.base_ms = (base * 2).min(LONGEST_MS);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a fraction of a small number")]
        let jitter = (js_sys::Math::random() * f64::from(base / 4)) as u32;
        base - jitter
    }
}
