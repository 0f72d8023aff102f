//! How long a provider asks to be left alone.

use std::time::Duration;

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// Seconds or an HTTP date (RFC 9110 §10.2.3), or OpenAI's own milliseconds, which are more exact. A date is read against the answer's
/// own `Date`, so that no clock of ours has to be right.
pub fn of(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(span) = text("retry-after-ms").and_then(|ms| ms.parse().ok()) {
        return Some(Duration::from_millis(span));
    }
    let wanted = text(RETRY_AFTER.as_str())?;
    if let Ok(seconds) = wanted.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let until = httpdate::parse_http_date(wanted).ok()?;
    let now = httpdate::parse_http_date(text(DATE.as_str())?).ok()?;
    Some(until.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn asked(headers: &[(&'static str, &'static str)]) -> Option<Duration> {
        of(&headers
            .iter()
            .map(|(name, value)| (name.parse().expect("a name"), HeaderValue::from_static(value)))
            .collect())
    }

    #[test]
    fn seconds_dates_and_milliseconds_are_read() {
        assert_eq!(asked(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(asked(&[("retry-after", "1.5")]), Some(Duration::from_millis(1_500)));
        assert_eq!(asked(&[("retry-after", "7"), ("retry-after-ms", "650")]), Some(Duration::from_millis(650)));
        let date = ("date", "Sat, 21 Nov 2026 15:00:00 GMT");
        assert_eq!(asked(&[date, ("retry-after", "Sat, 21 Nov 2026 15:01:30 GMT")]), Some(Duration::from_secs(90)));
        assert_eq!(asked(&[date, ("retry-after", "Sat, 21 Nov 2026 14:00:00 GMT")]), Some(Duration::ZERO));
    }

    #[test]
    fn nonsense_asks_for_nothing() {
        assert_eq!(asked(&[]), None);
        assert_eq!(asked(&[("retry-after", "soon")]), None);
        assert_eq!(asked(&[("retry-after", "-3")]), None);
        assert_eq!(asked(&[("retry-after", "Sat, 21 Nov 2026 15:01:30 GMT")]), None);
    }
}
