//! How long to wait before a request is sent again.

use std::time::Duration;

/// The longest wait that we choose ourselves.
const MAX: Duration = Duration::from_secs(8);

/// Full jitter: anything up to a limit that doubles with every attempt, so that many who failed together do not come back
/// together. What the provider asks for is kept, and the jitter comes on top. `random` is in `0.0..1.0`.
pub fn wait(attempt: u32, base: Duration, asked: Option<Duration>, random: f64) -> Duration {
    let ceiling = base.saturating_mul(2_u32.saturating_pow(attempt)).min(MAX);
    match asked {
        Some(asked) => asked.saturating_add(base.min(MAX).mul_f64(random)),
        None => ceiling.mul_f64(random),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: Duration = Duration::from_millis(500);

    #[test]
    fn the_limit_doubles_and_ends() {
        let longest: Vec<u128> = (0..7).map(|attempt| wait(attempt, BASE, None, 1.0).as_millis()).collect();
        assert_eq!(longest, [500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
        assert_eq!(wait(40, BASE, None, 0.0), Duration::ZERO);
    }

    #[test]
    fn what_the_provider_asks_for_is_never_cut_short() {
        let asked = Duration::from_secs(20);
        assert_eq!(wait(0, BASE, Some(asked), 0.0), asked);
        assert_eq!(wait(5, BASE, Some(asked), 1.0), asked + BASE);
    }
}
