//! Deepgram's live streaming.

use baton_provider::{ApiKey, ErrorStatus};
use reqwest::Url;
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::{Reading, Said, SaidWord, Trouble, address};
use crate::config::ProviderConfig;

pub const FINALIZE: &str = r#"{"type":"Finalize"}"#;
pub const KEEP_ALIVE: &str = r#"{"type":"KeepAlive"}"#;
pub const CLOSE_STREAM: &str = r#"{"type":"CloseStream"}"#;

/// A line is ended at the next chance when it is as long as this, whether the speaker pauses or not.
const LONG_LINE_CHARS: usize = 300;

/// One connection. Deepgram ends pieces of a line one by one (`is_final`), and the line when the speaker pauses
/// (`speech_final`): the pieces are put together here.
#[derive(Debug, Default)]
pub struct Deepgram {
    line: Option<Said>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    start: f64,
    #[serde(default)]
    duration: f64,
    #[serde(default)]
    is_final: bool,
    #[serde(default)]
    speech_final: bool,
    #[serde(default)]
    from_finalize: bool,
    #[serde(default)]
    channel: serde_json::Value,
}

#[derive(Deserialize)]
struct Channel {
    alternatives: Vec<Alternative>,
}

#[derive(Deserialize)]
struct Alternative {
    #[serde(default)]
    transcript: String,
    #[serde(default)]
    words: Vec<Word>,
}

#[derive(Deserialize)]
struct Word {
    #[serde(rename = "word")]
    plain: String,
    #[serde(rename = "punctuated_word")]
    punctuated: Option<String>,
    start: f64,
    end: f64,
}

impl Deepgram {
    pub fn read(&mut self, text: &str) -> Result<Vec<Reading>, Trouble> {
        let message: Message = serde_json::from_str(text)?;
        match message.kind.as_str() {
            "Results" => self.results(message),
            // The summary at the end: what was begun will not go on.
            "Metadata" => {
                let last = self.line.take().map(|line| Reading::Said(Said { is_final: true, ..line }));
                Ok(last.into_iter().chain([Reading::Done]).collect())
            }
            "Error" => Err(Trouble::Failure(ErrorStatus::ServerError { status: 1011, retry_after: None }.into())),
            // Of no interest, or newer than this.
            _ => Ok(Vec::new()),
        }
    }

    fn results(&mut self, message: Message) -> Result<Vec<Reading>, Trouble> {
        let channel: Channel = serde_json::from_value(message.channel)?;
        // Other alternatives are less likely.
        let Some(best) = channel.alternatives.into_iter().next() else { return Ok(Vec::new()) };
        let piece = Said {
            from: message.start,
            to: message.start + message.duration,
            text: best.transcript,
            words: best.words.into_iter().map(SaidWord::from).collect(),
            is_final: message.is_final,
        };
        let mut line = match (&self.line, piece) {
            (None, piece) => piece,
            (Some(begun), piece) => joined(begun, piece),
        };
        if !line.is_final {
            return Ok(vec![Reading::Said(line)]);
        }
        let is_over = message.speech_final || message.from_finalize || line.text.len() > LONG_LINE_CHARS;
        line.is_final = is_over || line.text.trim().is_empty();
        self.line = (!line.is_final).then(|| line.clone());
        Ok(vec![Reading::Said(line)])
    }
}

impl From<Word> for SaidWord {
    fn from(word: Word) -> Self {
        Self { from: word.start, to: word.end, text: word.punctuated.unwrap_or(word.plain) }
    }
}

fn joined(begun: &Said, piece: Said) -> Said {
    let mut words = begun.words.clone();
    words.extend(piece.words);
    let text = format!("{} {}", begun.text, piece.text);
    Said { from: begun.from, to: piece.to.max(begun.to), text, words, is_final: piece.is_final }
}

pub fn url(config: &ProviderConfig) -> Option<Url> {
    // Several languages at once, unless one is said.
    let language = config.language.as_deref().unwrap_or("multi");
    address(
        config,
        "/v1/listen",
        &[
            ("model", config.model.as_str()),
            ("language", language),
            ("encoding", "linear16"),
            ("sample_rate", "16000"),
            ("channels", "1"),
            ("interim_results", "true"),
            ("punctuate", "true"),
            ("smart_format", "true"),
            ("endpointing", "300"),
        ],
    )
}

pub fn authorization(key: &ApiKey) -> Option<String> {
    (!key.is_empty()).then(|| format!("Token {}", key.secret().expose_secret()))
}
