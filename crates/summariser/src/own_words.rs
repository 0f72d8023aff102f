//! The briefing's few words that nobody said, in the language of whoever reads it. What was said stays as it was said.

use baton_domain::briefing::{Briefing, Language, Section, Statement};
use baton_domain::transcript::Transcript;

use crate::context::Context;
use crate::{brief, opening};

/// What mood says in English, and the same in three other languages.
const MOODS: [[&str; 4]; 4] = [
    ["Sounds upset", "Klingt verärgert", "Suena molesto", "Semble contrarié"],
    [
        "Sounds worried or pressed for time",
        "Klingt besorgt oder in Eile",
        "Suena preocupado o con prisa",
        "Semble inquiet ou pressé",
    ],
    ["Sounds pleased", "Klingt zufrieden", "Suena satisfecho", "Semble satisfait"],
    [
        "No strong words so far",
        "Bisher keine starken Worte",
        "Sin palabras fuertes hasta ahora",
        "Pas de mots forts jusqu'ici",
    ],
];

/// The briefing for somebody who reads `language`. Where we do not have the words it stays English. The first sentence is said to
/// the caller, and so stays in the caller's language when that can be told.
pub fn brief_in(transcript: &Transcript, context: &Context, language: &Language) -> Briefing {
    let briefing = brief(transcript, context);
    let tag = language.primary();
    let Some(column) = ["en", "de", "es", "fr"].iter().position(|known| *known == tag) else { return briefing };
    let opening_line = match briefing.language {
        None if column > 0 => opening::greeting(&tag, context),
        _ => briefing.opening_line.clone(),
    };
    let mood: Section = briefing.mood.statements().iter().map(|said| in_column(said, column)).collect();
    Briefing { mood, opening_line, written_in: Some(language.clone()), ..briefing }
}

fn in_column(said: &Statement, column: usize) -> Statement {
    let words = MOODS.iter().find_map(|words| Some((words[column], said.text().strip_prefix(words[0])?)));
    let translated = words
        .and_then(|(words, rest)| Statement::new(&format!("{words}{rest}"), said.citations().iter().copied()).ok());
    translated.unwrap_or_else(|| said.clone())
}
