//! How much a sentence is about what the whole call is about.
//!
//! Luhn's measure on word stems: words that carry meaning and come back weigh, and a sentence is as good as its words. It is
//! linear in the length of the call, which the graph methods (`TextRank`) are not, and as good on a few hundred short sentences.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_segmentation::UnicodeSegmentation;

use crate::conversation::{Conversation, Sentence};
use crate::language::Tongue;

static ENGLISH_WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| stop_words_of("en"));

pub struct KeyWords {
    stemmer: Option<Stemmer>,
    stop_words: HashSet<&'static str>,
    weights: HashMap<String, f64>,
}

impl KeyWords {
    pub fn of(conversation: &Conversation<'_>, tongue: &Tongue) -> Self {
        let tag = match tongue {
            Tongue::Other(language) => language.tag(),
            Tongue::English | Tongue::Unclear => "en",
        };
        let mut words = Self {
            stemmer: stemmer(tag),
            stop_words: if tag == "en" { ENGLISH_WORDS.clone() } else { stop_words_of(tag) },
            weights: HashMap::new(),
        };
        let mut counts: HashMap<String, u32> = HashMap::new();
        for sentence in &conversation.sentences {
            for stem in words.stems(sentence).collect::<HashSet<_>>() {
                *counts.entry(stem).or_default() += 1;
            }
        }
        // A word said once says nothing about the whole.
        words.weights = counts.into_iter().map(|(stem, count)| (stem, f64::from(count - 1).ln_1p())).collect();
        words
    }

    /// From 0, beside the point, to about 3.
    pub fn weight(&self, sentence: &Sentence<'_>) -> f64 {
        let (sum, count) = self.stems(sentence).fold((0.0, 0_u32), |(sum, count), stem| {
            (sum + self.weights.get(&stem).copied().unwrap_or_default(), count + 1)
        });
        // By the root of the length: an average would favour exclamations, a sum would favour monologues.
        if count == 0 { 0.0 } else { sum / f64::from(count).sqrt() }
    }

    /// How many words carry meaning.
    pub fn count(&self, sentence: &Sentence<'_>) -> usize {
        self.stems(sentence).count()
    }

    fn stems<'s>(&'s self, sentence: &'s Sentence<'_>) -> impl Iterator<Item = String> + 's {
        self.stems_of(&sentence.plain)
    }

    /// The words of a text in small letters that carry meaning, as stems.
    pub fn stems_of<'s>(&'s self, plain: &'s str) -> impl Iterator<Item = String> + 's {
        let meaningful =
            plain.unicode_words().filter(|word| word.chars().nth(1).is_some() && !self.stop_words.contains(word));
        meaningful.map(|word| match &self.stemmer {
            Some(stemmer) => stemmer.stem(word).into_owned(),
            None => word.to_owned(),
        })
    }
}

fn stop_words_of(tag: &str) -> HashSet<&'static str> {
    let primary = tag.split('-').next().unwrap_or(tag);
    stop_words::lookup(primary).unwrap_or_default().iter().copied().collect()
}

fn stemmer(tag: &str) -> Option<Stemmer> {
    let algorithm = match tag {
        "ar" => Algorithm::Arabic,
        "da" => Algorithm::Danish,
        "de" => Algorithm::German,
        "el" => Algorithm::Greek,
        "en" => Algorithm::English,
        "es" => Algorithm::Spanish,
        "fi" => Algorithm::Finnish,
        "fr" => Algorithm::French,
        "hu" => Algorithm::Hungarian,
        "it" => Algorithm::Italian,
        "nb" => Algorithm::Norwegian,
        "nl" => Algorithm::Dutch,
        "pt" => Algorithm::Portuguese,
        "ro" => Algorithm::Romanian,
        "ru" => Algorithm::Russian,
        "sv" => Algorithm::Swedish,
        "tr" => Algorithm::Turkish,
        _ => return None,
    };
    Some(Stemmer::create(algorithm))
}
