//! Finds the statements in an answer while it is being written.
//!
//! A statement is an object inside of the outermost one. It is read as soon as its brace closes, so nothing half is ever shown,
//! and no JSON has to be guessed to its end.

use crate::answer::{Place, RawStatement};

/// Reads an answer piece by piece, wherever the pieces are cut.
#[derive(Debug, Default)]
pub struct Scanner {
    /// How many braces and brackets are open.
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// The last string in the outermost object; before a colon it is a key.
    string: String,
    key: String,
    /// The statement that is being read, and the depth at which it began.
    statement: Option<(usize, String)>,
}

impl Scanner {
    /// The statements that `piece` completes.
    pub fn push(&mut self, piece: &str) -> Vec<(Place, RawStatement)> {
        piece.chars().filter_map(|c| self.step(c)).collect()
    }

    fn step(&mut self, c: char) -> Option<(Place, RawStatement)> {
        let begins = c == '{' && !self.in_string && self.depth > 0 && self.statement.is_none();
        if begins {
            self.statement = Some((self.depth, String::new()));
        }
        if let Some((_, text)) = &mut self.statement {
            text.push(c);
        }
        if self.in_string {
            self.step_in_string(c);
            return None;
        }
        match c {
            '{' | '[' if self.depth > 0 || c == '{' => self.depth += 1,
            '}' | ']' => {
                self.depth = self.depth.saturating_sub(1);
                return self.close();
            }
            // Outside of the outermost object there may be a sentence with an apostrophe.
            '"' if self.depth > 0 => {
                self.in_string = true;
                self.string.clear();
            }
            ':' if self.depth == 1 => self.key = std::mem::take(&mut self.string),
            _ => {}
        }
        None
    }

    fn step_in_string(&mut self, c: char) {
        match c {
            _ if self.escaped => self.escaped = false,
            '\\' => self.escaped = true,
            '"' => {
                self.in_string = false;
                return;
            }
            _ => {}
        }
        if self.depth == 1 {
            self.string.push(c);
        }
    }

    fn close(&mut self) -> Option<(Place, RawStatement)> {
        let (_, text) = self.statement.take_if(|(depth, _)| *depth == self.depth)?;
        let place = Place::of_key(&self.key)?;
        Some((place, serde_json::from_str(&text).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::answer::parse;

    const ANSWER: &str = r#"Sure, it's this: {"reason": [{"text": "A \"quoted\" {brace}, a \\ and ] ä", "citations": [1, 2]},
        {"citations": [3], "text": "B: \u00e4"}], "other": [{"text": "no", "citations": [1]}], "tried": [],
        "mood": [{"text": 5}], "opening_line": {"text": "Hello: \"reason\"", "citations": []}}"#;

    #[test]
    fn a_statement_is_read_as_soon_as_it_is_complete() {
        let mut scanner = Scanner::default();
        assert_eq!(scanner.push(r#"{"reason":[{"text":"A","citations":[1]"#), []);
        assert_eq!(scanner.push("}").len(), 1);
        assert_eq!(scanner.push(","), []);
    }

    proptest! {
        #[test]
        fn wherever_the_answer_is_cut_the_same_statements_are_found(cuts in proptest::collection::vec(0_usize..400, 0..40)) {
            let mut scanner = Scanner::default();
            let chars: Vec<char> = ANSWER.chars().collect();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(chars.len())).chain([0, chars.len()]).collect();
            cuts.sort_unstable();
            let mut found = Vec::new();
            for cut in cuts.windows(2) {
                let piece: String = chars[cut[0]..cut[1]].iter().collect();
                found.extend(scanner.push(&piece));
            }
            let mut whole = parse(ANSWER).expect("valid").statements;
            // The parser sorts keys; the scanner keeps the order of writing.
            whole.sort_by_key(|(_, statement)| ANSWER.find(&statement.text[..1]));
            found.sort_by_key(|(_, statement)| ANSWER.find(&statement.text[..1]));
            prop_assert_eq!(found.len(), 3);
            prop_assert_eq!(found, whole);
        }

        #[test]
        fn nothing_makes_it_fail(text in ".{0,200}") {
            let _ = Scanner::default().push(&text);
        }
    }
}
