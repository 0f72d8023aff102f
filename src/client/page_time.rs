//! The page's own clock.

/// Milliseconds since the page began; runs only forwards, also when somebody corrects the computer's clock.
pub fn page_time() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}
