//! Which language is spoken, when that can be told.

use baton_domain::briefing::Language;
use unicode_segmentation::UnicodeSegmentation;
use whatlang::Lang;

use crate::conversation::{Conversation, plain};
use crate::cues::Phrases;

/// Below this, guessing would do harm: it would switch off what works.
const MIN_CHARS: usize = 60;
/// As much as is needed; detection takes longer the more it reads.
const MAX_CHARS: usize = 6_000;
/// Words that no English conversation does without, and that mean nothing in the languages around it.
#[rustfmt::skip]
const ENGLISH_WORDS: [&str; 64] = [
    "the", "and", "you", "it", "that", "of", "to", "for", "my", "with", "have", "this", "are", "not", "what", "your", "can", "but", "they", "there",
    "would", "will", "been", "from", "it's", "i'm", "don't", "didn't", "can't", "i've", "i'll", "that's", "we're", "isn't", "has", "had", "were",
    "which", "when", "how", "why", "who", "at", "be", "do", "did", "does", "he", "she", "his", "her", "their", "our", "if", "or", "about", "because",
    "could", "should", "please", "thank", "thanks", "yes", "just",
];
/// Their share of the words from which a text is English, whatever the letters look like; whatlang is unsure of short texts.
const ENGLISH_SHARE: f64 = 0.2;

pub enum Tongue {
    English,
    Other(Language),
    /// Too little was said.
    Unclear,
}

impl Tongue {
    /// The tag of a language that could be told.
    fn tag(&self) -> Option<&str> {
        match self {
            Self::English => Some("en"),
            Self::Other(language) => Some(language.tag()),
            Self::Unclear => None,
        }
    }

    pub fn language(self) -> Option<Language> {
        match self {
            Self::English => Some(Language::english()),
            Self::Other(language) => Some(language),
            Self::Unclear => None,
        }
    }
}

/// The caller's language, or the call's as long as the caller has said little.
pub fn of(conversation: &Conversation<'_>) -> Tongue {
    let by_caller = joined(conversation.by_caller().map(|sentence| sentence.text.as_str()));
    let text = if by_caller.chars().count() < MIN_CHARS {
        joined(conversation.sentences.iter().map(|sentence| sentence.text.as_str()))
    } else {
        by_caller
    };
    of_text(&text)
}

/// The phrases to look for: the caller's language, and the agents' when they speak another.
pub fn phrases(conversation: &Conversation<'_>, tongue: &Tongue) -> Phrases {
    let by_agents = conversation.sentences.iter().filter(|sentence| !sentence.by_caller);
    let agents = of_text(&joined(by_agents.map(|sentence| sentence.text.as_str())));
    match tongue.tag() {
        Some(tag) => Phrases::of([Some(tag), agents.tag()].into_iter().flatten()),
        None => Phrases::all(),
    }
}

/// The language of a text.
pub fn of_text(text: &str) -> Tongue {
    if text.chars().count() < MIN_CHARS {
        return Tongue::Unclear;
    }
    if english_share(text) >= ENGLISH_SHARE {
        return Tongue::English;
    }
    let Some(info) = whatlang::detect(text).filter(whatlang::Info::is_reliable) else {
        return Tongue::Unclear;
    };
    match info.lang() {
        Lang::Eng => Tongue::English,
        other => Language::new(tag(other)).map_or(Tongue::Unclear, Tongue::Other),
    }
}

fn english_share(text: &str) -> f64 {
    let text = plain(text);
    let (english, all) = text
        .unicode_words()
        .fold((0_u32, 0_u32), |(english, all), word| (english + u32::from(ENGLISH_WORDS.contains(&word)), all + 1));
    if all == 0 { 0.0 } else { f64::from(english) / f64::from(all) }
}

fn joined<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut all = String::new();
    for text in texts {
        if all.len() >= MAX_CHARS {
            break;
        }
        all.push_str(text);
        all.push(' ');
    }
    all
}

/// BCP 47 asks for the shorter code where there are two.
fn tag(language: Lang) -> &'static str {
    match language {
        Lang::Ara => "ar",
        Lang::Bul => "bg",
        Lang::Cat => "ca",
        Lang::Ces => "cs",
        Lang::Cmn => "zh",
        Lang::Dan => "da",
        Lang::Deu => "de",
        Lang::Ell => "el",
        Lang::Est => "et",
        Lang::Fin => "fi",
        Lang::Fra => "fr",
        Lang::Heb => "he",
        Lang::Hin => "hi",
        Lang::Hrv => "hr",
        Lang::Hun => "hu",
        Lang::Ita => "it",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Lit => "lt",
        Lang::Nld => "nl",
        Lang::Nob => "nb",
        Lang::Pol => "pl",
        Lang::Por => "pt",
        Lang::Ron => "ro",
        Lang::Rus => "ru",
        Lang::Slk => "sk",
        Lang::Slv => "sl",
        Lang::Spa => "es",
        Lang::Srp => "sr",
        Lang::Swe => "sv",
        Lang::Tur => "tr",
        Lang::Ukr => "uk",
        Lang::Vie => "vi",
        other => other.code(),
    }
}
