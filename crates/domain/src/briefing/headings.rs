//! A briefing's own words, in the languages in which the local summariser knows them; in any other they are English.

use crate::briefing::{Language, SectionKind};

impl SectionKind {
    /// The heading, in a language where we have it.
    pub fn title_in(self, language: Option<&Language>) -> &'static str {
        self.words(language).map_or_else(|| self.title(), |[title, _]| title)
    }

    /// What is shown when the section is unknown, in a language where we have it.
    pub fn unknown_in(self, language: Option<&Language>) -> &'static str {
        self.words(language).map_or_else(|| self.unknown(), |[_, unknown]| unknown)
    }

    fn words(self, language: Option<&Language>) -> Option<[&'static str; 2]> {
        match language?.primary().as_str() {
            "de" => Some(self.german()),
            "es" => Some(self.spanish()),
            "fr" => Some(self.french()),
            _ => None,
        }
    }

    fn german(self) -> [&'static str; 2] {
        match self {
            Self::Reason => ["Wer ruft an und warum", "Noch nicht gesagt"],
            Self::Tried => ["Schon versucht", "Nichts wurde erwähnt"],
            Self::Promised => ["Versprochen", "Kein Versprechen gehört"],
            Self::Mood => ["Stimmung", "Nicht zu erkennen"],
            Self::Facts => ["Fakten", "Keine Zahlen, Namen oder Daten gehört"],
            Self::ToDecide => ["Zu entscheiden", "Keine offene Frage gehört"],
            Self::MightResolve => ["Könnte helfen", "Noch kein Weg vorgeschlagen"],
        }
    }

    fn spanish(self) -> [&'static str; 2] {
        match self {
            Self::Reason => ["Quién llama y por qué", "Aún no se ha dicho"],
            Self::Tried => ["Ya intentado", "No se mencionó nada"],
            Self::Promised => ["Prometido", "No se oyó ninguna promesa"],
            Self::Mood => ["Estado de ánimo", "No se puede saber"],
            Self::Facts => ["Datos", "No se oyeron números, nombres ni fechas"],
            Self::ToDecide => ["Por decidir", "No se oyó ninguna pregunta abierta"],
            Self::MightResolve => ["Podría resolverlo", "Aún no se propuso nada"],
        }
    }

    fn french(self) -> [&'static str; 2] {
        match self {
            Self::Reason => ["Qui appelle et pourquoi", "Pas encore dit"],
            Self::Tried => ["Déjà essayé", "Rien n'a été mentionné"],
            Self::Promised => ["Promis", "Aucune promesse entendue"],
            Self::Mood => ["Humeur", "Impossible à dire"],
            Self::Facts => ["Faits", "Ni nombres, ni noms, ni dates entendus"],
            Self::ToDecide => ["À décider", "Aucune question ouverte entendue"],
            Self::MightResolve => ["Pourrait aider", "Rien n'a encore été proposé"],
        }
    }
}

/// "First sentence", in a language where we have it.
pub fn first_sentence_in(language: Option<&Language>) -> &'static str {
    match language.map(Language::primary).as_deref() {
        Some("de") => "Erster Satz",
        Some("es") => "Primera frase",
        Some("fr") => "Première phrase",
        _ => "First sentence",
    }
}
