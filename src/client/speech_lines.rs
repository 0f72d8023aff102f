//! Makes lines of what a browser's recogniser says it hears: arithmetic only.
//!
//! Recognisers cut what is not final into several pieces and join them as they like, so all that is not final is one line, which ends
//! with the next piece that stays.

use baton_domain::browser_speech::RecognisedLine;
use baton_domain::ids::SegmentId;
use baton_domain::transcript::MAX_SEGMENT_CHARS;

/// The lines of one person in one room.
#[derive(Debug)]
pub struct SpeechLines {
    room: String,
    /// What has not ended.
    open: Option<(SegmentId, String)>,
}

impl SpeechLines {
    /// Nothing was said yet in this room.
    pub fn new(room: String) -> Self {
        Self { room, open: None }
    }

    /// `pieces` are heard, each with whether it stays; `new_id` makes up ids.
    pub fn hear(
        &mut self,
        pieces: impl IntoIterator<Item = (String, bool)>,
        mut new_id: impl FnMut() -> SegmentId,
    ) -> Vec<RecognisedLine> {
        let mut lines = Vec::new();
        let mut rest = String::new();
        for (text, is_final) in pieces {
            if is_final {
                lines.extend(self.end_with(&text, &mut new_id));
            } else {
                rest.push_str(&text);
            }
        }
        let rest = shortened(&rest);
        if !rest.is_empty() && self.open.as_ref().is_none_or(|(_, known)| *known != rest) {
            let id = self.open.take().map_or_else(new_id, |(id, _)| id);
            lines.push(self.line(id, rest.clone(), false));
            self.open = Some((id, rest));
        }
        lines
    }

    /// Nothing more is heard: what is open stays as it stands.
    pub fn end(&mut self) -> Option<RecognisedLine> {
        let (id, text) = self.open.take()?;
        Some(self.line(id, text, true))
    }

    /// An empty piece ends nothing: what was heard before was something.
    fn end_with(&mut self, text: &str, new_id: impl FnOnce() -> SegmentId) -> Option<RecognisedLine> {
        let text = shortened(text);
        if text.is_empty() {
            return self.end();
        }
        let id = self.open.take().map_or_else(new_id, |(id, _)| id);
        Some(self.line(id, text, true))
    }

    fn line(&self, id: SegmentId, text: String, is_final: bool) -> RecognisedLine {
        RecognisedLine { room: self.room.clone(), id, text, is_final }
    }
}

/// As much as fits into a line.
fn shortened(text: &str) -> String {
    text.trim().chars().take(MAX_SEGMENT_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `1 my rou…, 1 My router.` of lines, where an ellipsis is one that is not final.
    fn shown(lines: impl IntoIterator<Item = RecognisedLine>) -> String {
        let one = |line: RecognisedLine| {
            let number = line.id.to_string().chars().last().unwrap_or_default();
            format!("{number} {}{}", line.text, if line.is_final { "" } else { "…" })
        };
        lines.into_iter().map(one).collect::<Vec<_>>().join(", ")
    }

    fn hear(lines: &mut SpeechLines, pieces: &[(&str, bool)], next: &mut u8) -> String {
        let new_id = || {
            *next += 1;
            format!("0190f7a0-0000-7000-8000-00000000000{next}").parse().expect("an id")
        };
        shown(lines.hear(pieces.iter().map(|(text, is_final)| ((*text).to_owned(), *is_final)), new_id))
    }

    #[test]
    fn a_line_grows_and_ends_under_one_id() {
        let (mut lines, mut next) = (SpeechLines::new("call-1".into()), 0);
        assert_eq!(hear(&mut lines, &[("my rou", false)], &mut next), "1 my rou…");
        assert_eq!(hear(&mut lines, &[("my rou", false)], &mut next), "", "nothing is new");
        assert_eq!(hear(&mut lines, &[("my router", false), (" died", false)], &mut next), "1 my router died…");
        assert_eq!(hear(&mut lines, &[("My router died.", true)], &mut next), "1 My router died.");
        assert_eq!(hear(&mut lines, &[("Twice.", true), (" and", false)], &mut next), "2 Twice., 3 and…");
        assert_eq!(shown(lines.end()), "3 and");
        assert_eq!(lines.end(), None);
    }

    #[test]
    fn an_empty_piece_ends_what_was_heard() {
        let (mut lines, mut next) = (SpeechLines::new("call-1".into()), 0);
        assert_eq!(hear(&mut lines, &[("", true), (" ", false)], &mut next), "");
        assert_eq!(hear(&mut lines, &[("yes", false)], &mut next), "1 yes…");
        assert_eq!(hear(&mut lines, &[(" ", true)], &mut next), "1 yes");
    }

    #[test]
    fn a_line_is_never_longer_than_the_server_takes() {
        let (mut lines, mut next) = (SpeechLines::new("call-1".into()), 0);
        let said = hear(&mut lines, &[(&"ä".repeat(MAX_SEGMENT_CHARS + 5), true)], &mut next);
        assert_eq!(said.chars().count(), MAX_SEGMENT_CHARS + 2);
    }
}
