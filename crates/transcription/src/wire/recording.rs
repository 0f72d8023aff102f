//! AssemblyAI's transcription of whole files: upload, ask, and ask again until it is done.

use std::time::Duration;

use baton_provider::ApiKey;
use reqwest::{Body, Client, RequestBuilder};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;
use thiserror::Error;

use super::answer;
use crate::failure::Failure;

/// Between two looks at a transcript that is not done.
const POLL: Duration = Duration::from_secs(3);
/// Hours of talk, word by word.
const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;
/// So many looks may fail in passing.
const TRIES: u32 = 5;

/// A provider that takes whole files.
#[derive(Debug)]
pub struct Recording {
    http: Client,
    base_url: String,
    api_key: ApiKey,
    poll: Duration,
}

/// Why there is no transcript.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RecordingError {
    /// The provider is of no use.
    #[error("the recording could not be transcribed")]
    Provider(#[source] Failure),
    /// The provider cannot make anything of the file.
    #[error("the recording cannot be read")]
    Unreadable,
}

#[derive(Deserialize)]
struct Uploaded {
    upload_url: String,
}

#[derive(Deserialize)]
struct Transcript {
    id: String,
    status: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    utterances: Option<Vec<Utterance>>,
}

/// Something that one of the speakers says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Utterance {
    /// `A`, `B` …
    pub speaker: String,
    /// What.
    pub text: String,
    /// Milliseconds since the recording began.
    pub start: u64,
    /// The same.
    pub end: u64,
}

impl Recording {
    /// `base_url` is usually `https://api.assemblyai.com`.
    pub fn new(base_url: &str, api_key: ApiKey) -> Self {
        let http = baton_provider::http_client(Duration::from_secs(5));
        Self { http, base_url: base_url.trim_end_matches('/').to_owned(), api_key, poll: POLL }
    }

    /// The same, looking as often as this.
    #[must_use]
    pub fn polling(self, poll: Duration) -> Self {
        Self { poll, ..self }
    }

    /// Everything that is said in a file, by its speakers.
    pub async fn transcribe(
        &self,
        file: impl Into<Body>,
        language: Option<&str>,
    ) -> Result<Vec<Utterance>, RecordingError> {
        let upload = self.authorized(self.http.post(format!("{}/v2/upload", self.base_url)).body(file));
        let uploaded: Uploaded = answer::json(upload, MAX_ANSWER_BYTES).await.map_err(RecordingError::Provider)?;
        let mut order = json!({ "audio_url": uploaded.upload_url, "speaker_labels": true });
        match language {
            Some(language) => order["language_code"] = language.to_lowercase().replace('-', "_").into(),
            None => order["language_detection"] = true.into(),
        }
        let begin = self.authorized(self.http.post(format!("{}/v2/transcript", self.base_url)).json(&order));
        let ordered = answer::json(begin, MAX_ANSWER_BYTES).await;
        let mut transcript: Transcript = ordered.map_err(RecordingError::Provider)?;
        let mut failed = 0;
        loop {
            match transcript.status.as_str() {
                "completed" => return Ok(transcript.utterances()),
                "error" => return Err(RecordingError::Unreadable),
                _ => tokio::time::sleep(self.poll).await,
            }
            let id: String = transcript.id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
            let look = self.authorized(self.http.get(format!("{}/v2/transcript/{id}", self.base_url)));
            match answer::json(look, MAX_ANSWER_BYTES).await {
                Ok(newer) => (transcript, failed) = (newer, 0),
                Err(failure) if failure.is_rejection() => return Err(RecordingError::Provider(failure)),
                Err(failure) => {
                    failed += 1;
                    if failed >= TRIES {
                        return Err(RecordingError::Provider(failure));
                    }
                    tokio::time::sleep(failure.retry_after().unwrap_or(self.poll)).await;
                }
            }
        }
    }

    fn authorized(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("authorization", self.api_key.secret().expose_secret())
    }
}

impl Transcript {
    /// Without speakers everything is one's.
    fn utterances(self) -> Vec<Utterance> {
        let whole = self.text.filter(|text| !text.is_empty());
        let one = |text| vec![Utterance { speaker: "A".to_owned(), text, start: 0, end: 0 }];
        self.utterances.filter(|all| !all.is_empty()).or_else(|| whole.map(one)).unwrap_or_default()
    }
}
