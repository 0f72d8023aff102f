//! What a model answers, before it is believed.

use baton_domain::briefing::SectionKind;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::failure::Failure;

/// The sections by their keys on the wire, in the order in which a model writes them.
pub const SECTIONS: [(&str, SectionKind); 7] = [
    ("reason", SectionKind::Reason),
    ("tried", SectionKind::Tried),
    ("promised", SectionKind::Promised),
    ("mood", SectionKind::Mood),
    ("facts", SectionKind::Facts),
    ("to_decide", SectionKind::ToDecide),
    ("might_resolve", SectionKind::MightResolve),
];
const OPENING_LINE: &str = "opening_line";

/// Where in a briefing a statement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Section(SectionKind),
    OpeningLine,
}

impl Place {
    pub fn of_key(key: &str) -> Option<Self> {
        if key == OPENING_LINE {
            return Some(Self::OpeningLine);
        }
        SECTIONS.iter().find(|(name, _)| *name == key).map(|(_, kind)| Self::Section(*kind))
    }
}

/// A statement as the model wrote it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct RawStatement {
    pub text: String,
    /// Mostly numbers; whatever else they are is no line.
    #[serde(default)]
    pub citations: Vec<Value>,
}

/// An answer of the right form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    pub statements: Vec<(Place, RawStatement)>,
    /// Pieces that have not even the form of a statement.
    pub malformed: usize,
}

/// Reads a whole answer. Models without structured output put it into a fence or a polite sentence.
pub fn parse(text: &str) -> Result<Answer, Failure> {
    let object = object(text)?;
    if !object.keys().any(|key| Place::of_key(key).is_some()) {
        return Err(Failure::InvalidAnswer);
    }
    let mut answer = Answer::default();
    for (place, value) in object.into_iter().filter_map(|(key, value)| Some((Place::of_key(&key)?, value))) {
        for piece in pieces(value) {
            match serde_json::from_value(piece) {
                Ok(statement) => answer.statements.push((place, statement)),
                Err(_) => answer.malformed += 1,
            }
        }
    }
    Ok(answer)
}

/// The JSON object in an answer.
pub fn object(text: &str) -> Result<Map<String, Value>, Failure> {
    if text.trim().is_empty() {
        return Err(Failure::Empty);
    }
    let (start, end) = text.find('{').zip(text.rfind('}')).ok_or(Failure::InvalidAnswer)?;
    let object = text.get(start..=end).ok_or(Failure::InvalidAnswer)?;
    serde_json::from_str(object).map_err(|_| Failure::InvalidAnswer)
}

/// What a list has in it; some write a single entry without its list.
pub fn pieces(value: Value) -> Vec<Value> {
    match value {
        Value::Array(pieces) => pieces,
        Value::Null => Vec::new(),
        single => vec![single],
    }
}

/// The JSON schema of an answer, in the strict form that OpenAI and Groq take: every key required, no others.
pub fn schema() -> Value {
    let statement = statement_schema();
    let section = json!({ "type": "array", "items": statement });
    let mut properties: Map<String, Value> =
        SECTIONS.iter().map(|(key, _)| ((*key).to_owned(), section.clone())).collect();
    properties.insert(OPENING_LINE.to_owned(), statement);
    let required: Vec<&str> = SECTIONS.iter().map(|(key, _)| *key).chain([OPENING_LINE]).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// The same of one statement.
pub fn statement_schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "text": { "type": "string" },
            "citations": { "type": "array", "items": { "type": "integer" } },
        },
        "required": ["text", "citations"],
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_around_the_answer_does_no_harm() {
        let answer = parse("Here you are:\n```json\n{\"reason\":[{\"text\":\"A\",\"citations\":[1]}]}\n```");
        let answer = answer.expect("an answer");
        assert_eq!(answer.statements[0].1.text, "A");
        assert_eq!(answer.malformed, 0);
    }

    #[test]
    fn what_has_no_form_is_counted_and_what_is_no_briefing_is_refused() {
        let answer = parse(r#"{"reason":["A",{"text":"B"}],"tried":null,"else":[1]}"#).expect("an answer");
        assert_eq!((answer.statements.len(), answer.malformed), (1, 1));
        assert_eq!(parse(" \n"), Err(Failure::Empty));
        for bad in ["I cannot do that.", "{\"reason\":[", "}{", "[]", "{\"answer\":42}"] {
            assert_eq!(parse(bad), Err(Failure::InvalidAnswer), "{bad}");
        }
    }

    #[test]
    fn the_schema_names_every_key_as_required() {
        let schema = schema();
        assert_eq!(schema["required"].as_array().map(Vec::len), Some(8));
        assert_eq!(schema["properties"].as_object().map(Map::len), Some(8));
    }
}
