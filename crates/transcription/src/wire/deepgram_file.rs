//! Deepgram's transcription of whole files: one request, whose body is the file.

use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Client, Url};
use serde::Deserialize;

use super::{answer, deepgram, http_address};
use crate::config::ProviderConfig;
use crate::failure::Failure;
use crate::files::{FileLine, SpokenFile, seconds, speaker_of};

/// Hours of talk, word by word.
const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;

#[derive(Deserialize)]
struct Answer {
    results: Results,
}

#[derive(Deserialize)]
struct Results {
    #[serde(default)]
    channels: Vec<Channel>,
    #[serde(default)]
    utterances: Vec<Utterance>,
}

#[derive(Deserialize)]
struct Channel {
    #[serde(default)]
    alternatives: Vec<Alternative>,
}

#[derive(Deserialize)]
struct Alternative {
    #[serde(default)]
    transcript: String,
}

#[derive(Deserialize)]
struct Utterance {
    start: f64,
    end: f64,
    transcript: String,
    #[serde(default)]
    speaker: Option<u32>,
}

/// What is said in a file.
pub async fn transcribe(http: &Client, config: &ProviderConfig, file: &SpokenFile) -> Result<Vec<FileLine>, Failure> {
    let address = url(config).ok_or(Failure::rejected(400))?;
    let mut request = http
        .post(address)
        .header(CONTENT_TYPE, file.kind.media_type())
        .header(CONTENT_LENGTH, file.bytes)
        .body(file.body().await?);
    if let Some(key) = deepgram::authorization(&config.api_key) {
        request = request.header(AUTHORIZATION, key);
    }
    Ok(answer::json::<Answer>(request, MAX_ANSWER_BYTES).await?.lines())
}

fn url(config: &ProviderConfig) -> Option<Url> {
    let mut url = http_address(config, "/v1/listen")?;
    // Several languages at once, unless one is said.
    let language = config.language.as_deref().unwrap_or("multi");
    url.query_pairs_mut().extend_pairs([
        ("model", config.model.as_str()),
        ("language", language),
        ("punctuate", "true"),
        ("smart_format", "true"),
        ("utterances", "true"),
        ("diarize", "true"),
    ]);
    Some(url)
}

impl Answer {
    fn lines(self) -> Vec<FileLine> {
        let line = |said: Utterance| FileLine {
            speaker: said.speaker.map(speaker_of),
            text: said.transcript,
            from: seconds(said.start),
            to: Some(seconds(said.end)),
        };
        if !self.results.utterances.is_empty() {
            return self.results.utterances.into_iter().map(line).collect();
        }
        // Without utterances everything is one line, of which only the beginning is known.
        let whole = self.results.channels.into_iter().filter_map(|channel| channel.alternatives.into_iter().next());
        whole.map(|said| FileLine { text: said.transcript, ..FileLine::default() }).collect()
    }
}
