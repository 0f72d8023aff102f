//! An answer about a call, with its `[12]` as links to lines. Pure, so that it can be tried out without a browser.

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    /// The number of a line that is cited.
    Line(u32),
}

/// `text` in pieces. Only lines that the answer rests on become links: whatever else stands in brackets is text.
pub fn pieces(text: &str, citations: &[u32]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('[') {
        let (before, group) = rest.split_at(start);
        plain.push_str(before);
        let end = group.find(']').map_or(group.len(), |at| at + 1);
        let lines = cited(&group[..end], citations);
        if lines.is_empty() {
            plain.push_str(&group[..end]);
        } else {
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.extend(lines.into_iter().map(Piece::Line));
        }
        rest = &group[end..];
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    pieces
}

/// The lines of `[3]` or `[3, 7]`; none when it is anything else.
fn cited(group: &str, citations: &[u32]) -> Vec<u32> {
    let inner = group.strip_prefix('[').and_then(|group| group.strip_suffix(']')).unwrap_or_default();
    let numbers: Option<Vec<u32>> = inner.split(',').map(|number| number.trim().parse().ok()).collect();
    numbers.filter(|numbers| numbers.iter().all(|number| citations.contains(number))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Piece {
        Piece::Text(text.to_owned())
    }

    #[test]
    fn only_what_is_cited_becomes_a_link() {
        let found = pieces("A refund [3], by [email 1] [9] and [4, 3].", &[3, 4]);
        let expected = [
            text("A refund "),
            Piece::Line(3),
            text(", by [email 1] [9] and "),
            Piece::Line(4),
            Piece::Line(3),
            text("."),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_bracket_that_is_still_open_is_text() {
        assert_eq!(pieces("It is [3", &[3]), [text("It is [3")]);
        assert_eq!(pieces("", &[]), []);
    }
}
