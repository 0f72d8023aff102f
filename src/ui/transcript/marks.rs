//! Where a search finds what it looks for.

/// A part of a text, and whether it is what was looked for.
pub type Piece = (bool, String);

/// The text in parts, with what was looked for apart from the rest; upper and lower case are the same. `None` where it is nowhere in it.
pub fn pieces(text: &str, wanted: &str) -> Option<Vec<Piece>> {
    let wanted: Vec<char> = wanted.trim().chars().flat_map(char::to_lowercase).collect();
    if wanted.is_empty() {
        return Some(vec![(false, text.to_owned())]);
    }
    let (mut pieces, mut plain, mut rest) = (Vec::new(), String::new(), text);
    while let Some(first) = rest.chars().next() {
        if let Some(length) = begins(rest, &wanted) {
            if !plain.is_empty() {
                pieces.push((false, std::mem::take(&mut plain)));
            }
            pieces.push((true, rest[..length].to_owned()));
            rest = &rest[length..];
        } else {
            plain.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    if pieces.is_empty() {
        return None;
    }
    if !plain.is_empty() {
        pieces.push((false, plain));
    }
    Some(pieces)
}

/// How long, in bytes, what was looked for is at the beginning of `text`, if it is there.
fn begins(text: &str, wanted: &[char]) -> Option<usize> {
    let mut left = wanted;
    for (at, letter) in text.char_indices() {
        if left.is_empty() {
            return Some(at);
        }
        for lower in letter.to_lowercase() {
            left = left.strip_prefix(&[lower])?;
        }
    }
    left.is_empty().then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, wanted: &str) -> Option<String> {
        let part = |(is_it, part): Piece| if is_it { format!("<{part}>") } else { part };
        pieces(text, wanted).map(|pieces| pieces.into_iter().map(part).collect())
    }

    #[test]
    fn every_place_is_marked_whatever_its_case() {
        assert_eq!(marked("My Router, my router.", "ROUTER").as_deref(), Some("My <Router>, my <router>."));
        assert_eq!(marked("Größe ÄÖ", "äö").as_deref(), Some("Größe <ÄÖ>"));
        assert_eq!(marked("aaa", "aa").as_deref(), Some("<aa>a"));
        assert!(marked("İstanbul", "stan").is_some());
    }

    #[test]
    fn what_is_not_there_is_not_found_and_nothing_is_everywhere() {
        assert_eq!(marked("My router", "modem"), None);
        assert_eq!(marked("rout", "router"), None);
        assert_eq!(marked("", "router"), None);
        assert_eq!(marked("My router", "  ").as_deref(), Some("My router"));
    }
}
