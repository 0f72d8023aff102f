//! The page's clock for the server's build, where no page lives.

/// See `page_time.rs`.
pub fn page_time() -> f64 {
    0.0
}
