//! Turns of phrase that tell what a sentence does: ask, promise, report. Matched on `Sentence::plain`.
//!
//! A cue that is missed costs a line in the briefing; one that matches wrongly puts a sentence under the wrong heading, still in
//! the speaker's own words. So the patterns are generous, and what would claim the opposite (negations, questions) is kept out.

mod english;
mod french;
mod german;
mod spanish;

use std::sync::LazyLock;

use regex::Regex;

use crate::conversation::Sentence;

/// What a sentence does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cue {
    /// Somebody is in danger: that comes before whatever the call was about.
    Emergency,
    /// The caller needs something, or something is wrong.
    Need,
    /// Something was done about it already.
    Tried,
    /// Not a report of what was done: a condition or a plan.
    Hypothetical,
    /// Somebody commits to something.
    Promise,
    /// It sounds like a promise and is none: the next few seconds of the call, or the transfer itself.
    SmallPromise,
    /// An agent leaves the answer to somebody else.
    Deferred,
    /// The caller asks for something without a question mark.
    Wish,
    /// Talk that keeps a call going and asks for nothing.
    SmallTalk,
    /// A way out was named.
    MightResolve,
    /// Help in general, or help that did not work.
    NoWayOut,
    /// A question without a question mark, as speech recognition writes it.
    Asks,
    /// Yes, it was done.
    Yes,
    Upset,
    /// Words so strong that nothing else has to be said.
    Outraged,
    Worried,
    Pleased,
    Not,
    /// Whoever takes over should know it before they speak: who else is concerned, what must be by when.
    Circumstance,
    /// Said to somebody else in the room.
    Aside,
    /// Said to a machine that listens, or written for it: no part of the conversation.
    Dictated,
}

const CUES: [Cue; 21] = [
    Cue::Emergency,
    Cue::Need,
    Cue::Tried,
    Cue::Hypothetical,
    Cue::Promise,
    Cue::SmallPromise,
    Cue::Deferred,
    Cue::Wish,
    Cue::SmallTalk,
    Cue::MightResolve,
    Cue::NoWayOut,
    Cue::Asks,
    Cue::Yes,
    Cue::Upset,
    Cue::Outraged,
    Cue::Worried,
    Cue::Pleased,
    Cue::Not,
    Cue::Circumstance,
    Cue::Aside,
    Cue::Dictated,
];

/// The phrases of one language.
struct Phrasebook([Regex; CUES.len()]);

static ENGLISH: LazyLock<Phrasebook> = LazyLock::new(|| Phrasebook::new(english::pattern));
static GERMAN: LazyLock<Phrasebook> = LazyLock::new(|| Phrasebook::new(german::pattern));
static SPANISH: LazyLock<Phrasebook> = LazyLock::new(|| Phrasebook::new(spanish::pattern));
static FRENCH: LazyLock<Phrasebook> = LazyLock::new(|| Phrasebook::new(french::pattern));

/// Compiles every pattern now instead of at its first use.
pub fn compile() {
    for book in [&ENGLISH, &GERMAN, &SPANISH, &FRENCH] {
        LazyLock::force(book);
    }
}

impl Phrasebook {
    fn new(pattern: fn(Cue) -> String) -> Self {
        Self(CUES.map(|cue| {
            // Line breaks, and what the lines begin with, are for the reader of the pattern.
            let pattern: String = pattern(cue).lines().map(str::trim_start).collect();
            Regex::new(&pattern).expect("the patterns are tested")
        }))
    }

    fn of(tag: &str) -> Option<&'static Self> {
        match tag {
            "en" => Some(&ENGLISH),
            "de" => Some(&GERMAN),
            "es" => Some(&SPANISH),
            "fr" => Some(&FRENCH),
            _ => None,
        }
    }
}

/// The phrases of the languages that are spoken in one call.
pub struct Phrases(Vec<&'static Phrasebook>);

impl Phrases {
    /// Of these languages; those without a phrasebook have no phrases.
    pub fn of<'t>(tags: impl IntoIterator<Item = &'t str>) -> Self {
        let mut books: Vec<&'static Phrasebook> = Vec::new();
        for book in tags.into_iter().filter_map(Phrasebook::of) {
            if !books.iter().any(|known| std::ptr::eq(*known, book)) {
                books.push(book);
            }
        }
        Self(books)
    }

    /// Every language there is: phrases do no harm where there are none.
    pub fn all() -> Self {
        Self::of(["en", "de", "es", "fr"])
    }

    pub fn know_english(&self) -> bool {
        self.0.iter().any(|book| std::ptr::eq(*book, LazyLock::force(&ENGLISH)))
    }

    pub fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    pub fn say(&self, cue: Cue, sentence: &Sentence<'_>) -> bool {
        self.find(cue, &sentence.plain)
    }

    /// The same for a text in small letters with plain apostrophes.
    pub fn find(&self, cue: Cue, plain: &str) -> bool {
        self.0.iter().any(|book| book.0[cue as usize].is_match(plain))
    }

    pub fn ask(&self, sentence: &Sentence<'_>) -> bool {
        let text = sentence.plain.trim_end_matches(['"', '”', '»', ')', ' ']);
        text.ends_with('?') || (!text.ends_with(['.', '!', '…']) && self.say(Cue::Asks, sentence))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cue_has_its_place() {
        for (place, cue) in CUES.into_iter().enumerate() {
            assert_eq!(cue as usize, place, "{cue:?}");
        }
    }
}
