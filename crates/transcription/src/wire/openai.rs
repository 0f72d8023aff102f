//! OpenAI's `/audio/transcriptions`, as OpenAI, Groq and servers of one's own speak it.

use std::sync::atomic::{AtomicBool, Ordering};

use baton_provider::ErrorStatus;
use reqwest::Client;
use reqwest::multipart::{Form, Part};
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::answer;
use crate::config::ProviderConfig;
use crate::failure::Failure;

/// An answer is longer than this only when something is wrong.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;
/// Whisper's own limits: so sure that nobody speaks, and so unsure of what was said, is silence.
const NO_SPEECH: f64 = 0.6;
const UNSURE: f64 = -1.0;

/// The interface of one provider.
#[derive(Debug)]
pub struct OpenAi {
    http: Client,
    /// Whether it understands `verbose_json`. Newer models do not.
    verbose: AtomicBool,
}

#[derive(Deserialize)]
struct Answer {
    text: String,
    #[serde(default)]
    segments: Vec<Segment>,
}

#[derive(Deserialize)]
struct Segment {
    #[serde(default)]
    text: String,
    #[serde(default)]
    no_speech_prob: f64,
    #[serde(default)]
    avg_logprob: f64,
}

impl OpenAi {
    pub fn new(config: &ProviderConfig) -> Self {
        let http = baton_provider::http_client(config.limits.connect);
        Self { http, verbose: AtomicBool::new(!config.model.starts_with("gpt-")) }
    }

    /// What is said in a WAV file.
    pub async fn transcribe(&self, config: &ProviderConfig, wav: Vec<u8>) -> Result<String, Failure> {
        let verbose = self.verbose.load(Ordering::Relaxed);
        match self.ask(config, wav.clone(), verbose).await {
            Err(Failure::Status(ErrorStatus::Rejected { status: 400 | 422 })) if verbose => {
                let answer = self.ask(config, wav, false).await?;
                self.verbose.store(false, Ordering::Relaxed);
                Ok(answer)
            }
            other => other,
        }
    }

    async fn ask(&self, config: &ProviderConfig, wav: Vec<u8>, verbose: bool) -> Result<String, Failure> {
        let file = Part::bytes(wav).file_name("speech.wav").mime_str("audio/wav").expect("a media type");
        let mut form = Form::new()
            .part("file", file)
            .text("model", config.model.clone())
            .text("response_format", if verbose { "verbose_json" } else { "json" })
            .text("temperature", "0");
        if let Some(language) = &config.language {
            // Only the language itself, without a country.
            form = form.text("language", language.split('-').next().unwrap_or(language).to_owned());
        }
        let mut request = self.http.post(format!("{}/audio/transcriptions", config.base_url)).multipart(form);
        if !config.api_key.is_empty() {
            request = request.bearer_auth(config.api_key.secret().expose_secret());
        }
        let asked = tokio::time::timeout(config.limits.answer, answer::json::<Answer>(request, MAX_ANSWER_BYTES));
        Ok(asked.await.map_err(|_| Failure::TimedOut)??.spoken())
    }
}

impl Answer {
    /// The text without what the model made up in silence.
    fn spoken(self) -> String {
        let is_silence = |segment: &Segment| segment.no_speech_prob > NO_SPEECH && segment.avg_logprob < UNSURE;
        if !self.segments.iter().any(is_silence) {
            return self.text;
        }
        self.segments.iter().filter(|segment| !is_silence(segment)).map(|segment| segment.text.as_str()).collect()
    }
}
