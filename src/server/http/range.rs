//! `Range`, as far as players use it (RFC 9110 §14).

use std::ops::Range;

/// Which bytes are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All of them, also when the header is not understood: it may be passed over.
    All,
    /// Some.
    Part(Range<u64>),
    /// None of those that there are.
    Nothing,
}

impl Wanted {
    /// Of something with `total` bytes.
    pub fn of(header: Option<&str>, total: u64) -> Self {
        let Some((first, last)) = header.and_then(one_range) else { return Self::All };
        let range = match (first, last) {
            (Some(first), Some(last)) if last < first => return Self::All,
            (Some(first), Some(last)) => first..last.saturating_add(1).min(total),
            (Some(first), None) => first..total,
            (None, Some(count)) => total.saturating_sub(count)..total,
            (None, None) => return Self::All,
        };
        if range.start < range.end { Self::Part(range) } else { Self::Nothing }
    }
}

/// Several at once would need an answer in parts, which no player asks for.
fn one_range(header: &str) -> Option<(Option<u64>, Option<u64>)> {
    let (first, last) = header.trim().strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) };
    Some((number(first.trim())?, number(last.trim())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_to_what_there_is() {
        for (header, expected) in [
            ("bytes=0-", Wanted::Part(0..100)),
            ("bytes=0-0", Wanted::Part(0..1)),
            ("bytes=10-19", Wanted::Part(10..20)),
            ("bytes=90-900", Wanted::Part(90..100)),
            ("bytes=-10", Wanted::Part(90..100)),
            ("bytes=-900", Wanted::Part(0..100)),
            ("bytes=100-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=20-10", Wanted::All),
            ("bytes=0-1,5-6", Wanted::All),
            ("bytes=-", Wanted::All),
            ("lines=1-2", Wanted::All),
            ("bytes=a-b", Wanted::All),
        ] {
            assert_eq!(Wanted::of(Some(header), 100), expected, "{header}");
        }
        assert_eq!(Wanted::of(None, 100), Wanted::All);
        assert_eq!(Wanted::of(Some("bytes=0-"), 0), Wanted::Nothing);
    }
}
