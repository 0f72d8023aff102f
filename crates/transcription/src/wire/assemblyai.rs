//! AssemblyAI's universal streaming, version 3.

use std::time::Duration;

use baton_provider::ApiKey;
use reqwest::Url;
use secrecy::ExposeSecret;
use serde::Deserialize;
use tokio::time::Instant;

use super::{Reading, Said, SaidWord, Trouble, address, closed};
use crate::config::ProviderConfig;

pub const FORCE_ENDPOINT: &str = r#"{"type":"ForceEndpoint"}"#;
pub const TERMINATE: &str = r#"{"type":"Terminate"}"#;

/// After the end of a turn the same text follows with punctuation; some models do it at once, and then nothing follows.
const FORMATTED_WITHIN: Duration = Duration::from_millis(1_500);

/// One connection.
#[derive(Debug, Default)]
pub struct AssemblyAi {
    /// A turn that has ended and may still be formatted.
    ended: Option<Ended>,
    /// Whether this model formats in a message of its own.
    formats: bool,
}

#[derive(Debug)]
struct Ended {
    turn: u64,
    said: Said,
    since: Instant,
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    turn_order: u64,
    #[serde(default)]
    turn_is_formatted: bool,
    #[serde(default)]
    end_of_turn: bool,
    #[serde(default)]
    transcript: String,
    #[serde(default)]
    words: Vec<Word>,
    #[serde(default)]
    error_code: Option<u16>,
    #[serde(default)]
    error: String,
}

#[derive(Deserialize)]
struct Word {
    text: String,
    /// Milliseconds.
    start: f64,
    end: f64,
}

impl AssemblyAi {
    pub fn read(&mut self, text: &str, now: Instant) -> Result<Vec<Reading>, Trouble> {
        let message: Message = serde_json::from_str(text)?;
        match message.kind.as_str() {
            "Turn" => Ok(self.turn(message, now)),
            "Termination" => {
                let last = self.ended.take().map(|ended| Reading::Said(finally(ended.said)));
                Ok(last.into_iter().chain([Reading::Done]).collect())
            }
            "Error" => Err(Trouble::Failure(closed(message.error_code.unwrap_or(3005), &message.error))),
            _ => Ok(Vec::new()),
        }
    }

    fn turn(&mut self, message: Message, now: Instant) -> Vec<Reading> {
        let before = self.ended.take_if(|ended| ended.turn != message.turn_order);
        let mut readings: Vec<Reading> = before.map(|ended| Reading::Said(finally(ended.said))).into_iter().collect();
        let turn = message.turn_order;
        let (is_over, is_formatted) = (message.end_of_turn, message.turn_is_formatted);
        let Some(said) = said(message) else { return readings };
        if is_over && is_formatted {
            self.formats |= self.ended.take().is_some();
            readings.push(Reading::Said(finally(said)));
        } else {
            if is_over {
                self.ended = Some(Ended { turn, said: said.clone(), since: now });
            }
            readings.push(Reading::Said(said));
        }
        readings
    }

    /// A turn that nobody formats.
    pub fn settled(&mut self, now: Instant) -> Option<Said> {
        let patience = if self.formats { FORMATTED_WITHIN * 2 } else { FORMATTED_WITHIN };
        let ended = self.ended.take_if(|ended| now.saturating_duration_since(ended.since) >= patience)?;
        Some(finally(ended.said))
    }
}

fn finally(said: Said) -> Said {
    Said { is_final: true, ..said }
}

/// `None` for a turn in which nothing was said.
fn said(message: Message) -> Option<Said> {
    let words: Vec<SaidWord> = message
        .words
        .into_iter()
        .map(|word| SaidWord { from: word.start / 1_000.0, to: word.end / 1_000.0, text: word.text })
        .collect();
    let (from, to) = (words.first()?.from, words.iter().map(|word| word.to).fold(0.0, f64::max));
    let text = if message.end_of_turn {
        message.transcript
    } else {
        // The transcript of a turn that goes on lacks the words that may still change.
        words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    };
    Some(Said { from, to, text, words, is_final: false })
}

pub fn url(config: &ProviderConfig) -> Option<Url> {
    let mut parameters = vec![
        ("speech_model", config.model.as_str()),
        ("sample_rate", "16000"),
        ("encoding", "pcm_s16le"),
        ("format_turns", "true"),
    ];
    if let Some(language) = config.language.as_deref() {
        parameters.push(("language", language));
    }
    address(config, "/v3/ws", &parameters)
}

pub fn authorization(key: &ApiKey) -> Option<String> {
    (!key.is_empty()).then(|| key.secret().expose_secret().to_owned())
}
