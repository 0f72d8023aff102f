//! A text that may leave.

use std::fmt;
use std::ops::Range;

use crate::kind::Kind;

/// A text without its personal data. Only a [`Redactor`](crate::Redactor) makes one.
#[derive(Clone, PartialEq, Eq)]
pub struct Redacted {
    text: String,
    pieces: Vec<Piece>,
}

/// A placeholder in the text, and what was there.
#[derive(Clone, PartialEq, Eq)]
struct Piece {
    range: Range<usize>,
    kind: Option<Kind>,
    original: String,
}

impl Redacted {
    pub(crate) fn new() -> Self {
        Self { text: String::new(), pieces: Vec::new() }
    }

    pub(crate) fn push(&mut self, harmless: &str) {
        self.text.push_str(harmless);
    }

    pub(crate) fn hide(&mut self, kind: Option<Kind>, placeholder: &str, original: &str) {
        let start = self.text.len();
        self.text.push_str(placeholder);
        self.pieces.push(Piece { range: start..self.text.len(), kind, original: original.to_owned() });
    }

    /// What may be sent.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How many pieces of each kind were taken out: what an audit may say.
    pub fn taken_out(&self) -> impl Iterator<Item = (Kind, usize)> {
        let count = |kind| self.pieces.iter().filter(|piece| piece.kind == Some(kind)).count();
        Kind::ALL.into_iter().map(move |kind| (kind, count(kind))).filter(|&(_, count)| count > 0)
    }

    /// The text as it was, letter by letter.
    pub fn restored(&self) -> String {
        let mut text = String::with_capacity(self.text.len());
        let mut rest = 0;
        for piece in &self.pieces {
            text.push_str(&self.text[rest..piece.range.start]);
            text.push_str(&piece.original);
            rest = piece.range.end;
        }
        text.push_str(&self.text[rest..]);
        text
    }
}

/// Without the originals: this ends up in logs.
impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Redacted").field(&self.text).finish()
    }
}
