//! Which language is spoken, when that can be told.

use baton_domain::briefing::Language;
use whatlang::Lang;

use crate::conversation::Conversation;
use crate::key;

/// Below this, guessing would do harm: it would switch off what works.
const MIN_CHARS: usize = 60;
/// As much as is needed; detection takes longer the more it reads.
const MAX_CHARS: usize = 6_000;
/// The share of English function words from which a text is English, whatever the letters look like.
const ENGLISH_SHARE: f64 = 0.3;

pub enum Tongue {
    English,
    Other(Language),
    /// Too little was said. English phrases may be looked for: they do no harm where there are none.
    Unclear,
}

impl Tongue {
    /// Whether the English turns of phrase may be looked for.
    pub fn has_phrases(&self) -> bool {
        !matches!(self, Self::Other(_))
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

/// The language of a text.
pub fn of_text(text: &str) -> Tongue {
    if text.chars().count() < MIN_CHARS {
        return Tongue::Unclear;
    }
    if key::english_share(text) >= ENGLISH_SHARE {
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
