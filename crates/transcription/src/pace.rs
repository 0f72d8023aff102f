//! How fast kept sound is sent: a little faster than it was spoken.

use tokio::time::Instant;

use crate::audio::{RATE, span};

/// So much may be sent at once, in samples.
const BURST: f64 = 2.0 * RATE as f64;

#[derive(Debug)]
pub struct Pace {
    per_second: f64,
    may: f64,
    at: Instant,
}

impl Pace {
    pub fn new(catch_up: f64, now: Instant) -> Self {
        Self { per_second: f64::from(RATE) * catch_up.max(1.0), may: BURST, at: now }
    }

    /// Whether `samples` may be sent now; then they count as sent.
    #[expect(clippy::cast_precision_loss, reason = "pieces are short")]
    pub fn take(&mut self, samples: u64, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.may = (self.may + passed * self.per_second).min(BURST.max(span(samples).as_secs_f64() * self.per_second));
        self.at = now;
        let is_fine = self.may >= samples as f64;
        if is_fine {
            self.may -= samples as f64;
        }
        is_fine
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn after_a_burst_it_goes_on_at_its_pace() {
        let now = Instant::now();
        let mut pace = Pace::new(1.25, now);
        assert!(pace.take(32_000, now));
        assert!(!pace.take(1_600, now));
        assert!(!pace.take(1_600, now + Duration::from_millis(79)));
        assert!(pace.take(1_600, now + Duration::from_millis(80)));
    }
}
