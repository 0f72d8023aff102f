//! Who turns speech into text.

use std::time::Duration;

use baton_domain::browser_speech::BrowserSpeech;
use baton_provider::settings::{Found, List, SettingError, Text, Variables, number, seconds};
use baton_transcription::{ApiKey, Limits, ProviderConfig, Service};

use super::text;

/// Who turns speech into text. Without a provider: nobody, and no sound leaves.
#[derive(Clone, Debug)]
pub struct TranscriptionConfig {
    /// `BATON_TRANSCRIPTION`, the order in which providers are asked, default `deepgram,assemblyai,other`; also `groq` and
    /// `openai`; `none` asks nobody. Each by its key: `DEEPGRAM_API_KEY`, `ASSEMBLYAI_API_KEY`, `GROQ_API_KEY`,
    /// `OPENAI_API_KEY`; and for any other server that speaks OpenAI's interface by `BATON_TRANSCRIPTION_BASE_URL` and
    /// `BATON_TRANSCRIPTION_API_KEY`. Addresses: `DEEPGRAM_BASE_URL`, `ASSEMBLYAI_BASE_URL`, `GROQ_BASE_URL`, `OPENAI_BASE_URL`. Models:
    /// `DEEPGRAM_MODEL`, `ASSEMBLYAI_MODEL`, `GROQ_TRANSCRIPTION_MODEL`, `OPENAI_TRANSCRIPTION_MODEL`,
    /// `BATON_TRANSCRIPTION_MODEL`. `BATON_TRANSCRIPTION_LANGUAGE`, default whatever is spoken. How patiently they are asked:
    /// `BATON_TRANSCRIPTION_CONNECT_SECONDS` (5), `…_ANSWER_SECONDS` (12), `…_LATE_SECONDS` (4), `…_BUFFER_SECONDS` (120), `…_TRIES` (5),
    /// `…_FAILURES` (3), `…_PAUSE_SECONDS` (20), `…_CATCH_UP_PERCENT` (125), `…_INTERIM_MS` (250), `…_STREAMS` (100) and
    /// `…_REQUESTS_PER_MINUTE` (300).
    pub providers: Vec<ProviderConfig>,
    /// `browser` in `BATON_TRANSCRIPTION`: where none of the others is set, each party's own browser does it.
    pub by_browser: bool,
    /// `BATON_TRANSCRIPTION_LANGUAGE`.
    pub language: Option<String>,
    /// `BATON_TRANSCRIPTION_UTTERANCE_SECONDS` (15): an utterance is cut after this long. Nobody reads a line that grows for longer, and a
    /// provider that takes utterances answers only at their end.
    pub longest_utterance: Duration,
}

const USUAL_UTTERANCE: Duration = Duration::from_secs(15);
/// How the list calls browsers.
const BROWSER: &str = "browser";

impl Default for TranscriptionConfig {
    fn default() -> Self {
        Self { providers: Vec::new(), by_browser: false, language: None, longest_utterance: USUAL_UTTERANCE }
    }
}

/// Groq and OpenAI only when they are named: their keys may be there for briefings alone, and nobody's voice leaves by accident.
const LIST: List<Service> = List {
    variable: "BATON_TRANSCRIPTION",
    usual_order: "deepgram,assemblyai,other",
    known: &PROVIDERS,
    others: &[BROWSER],
    wanted: "a list of deepgram, assemblyai, groq, openai, other and browser, or none",
    wanted_url: "an address that begins with wss:// (Deepgram, AssemblyAI) or https://",
    which_model: "which of its models shall listen?",
};

static PROVIDERS: [Variables<Service>; 5] = [
    Variables {
        name: "deepgram",
        kind: Service::Deepgram,
        api_key: "DEEPGRAM_API_KEY",
        base_url: "DEEPGRAM_BASE_URL",
        model: "DEEPGRAM_MODEL",
        usual_base_url: Some("wss://api.deepgram.com"),
        usual_model: Some("nova-3"),
    },
    Variables {
        name: "assemblyai",
        kind: Service::AssemblyAi,
        api_key: "ASSEMBLYAI_API_KEY",
        base_url: "ASSEMBLYAI_BASE_URL",
        model: "ASSEMBLYAI_MODEL",
        usual_base_url: Some("wss://streaming.assemblyai.com"),
        usual_model: Some("universal-streaming-multilingual"),
    },
    Variables {
        name: "groq",
        kind: Service::OpenAi,
        api_key: "GROQ_API_KEY",
        base_url: "GROQ_BASE_URL",
        model: "GROQ_TRANSCRIPTION_MODEL",
        usual_base_url: Some("https://api.groq.com/openai/v1"),
        usual_model: Some("whisper-large-v3-turbo"),
    },
    Variables {
        name: "openai",
        kind: Service::OpenAi,
        api_key: "OPENAI_API_KEY",
        base_url: "OPENAI_BASE_URL",
        model: "OPENAI_TRANSCRIPTION_MODEL",
        usual_base_url: Some("https://api.openai.com/v1"),
        usual_model: Some("whisper-1"),
    },
    Variables {
        name: "other",
        kind: Service::OpenAi,
        api_key: "BATON_TRANSCRIPTION_API_KEY",
        base_url: "BATON_TRANSCRIPTION_BASE_URL",
        model: "BATON_TRANSCRIPTION_MODEL",
        usual_base_url: None,
        usual_model: Some("whisper-1"),
    },
];

impl TranscriptionConfig {
    /// Reads the environment.
    pub fn from_env() -> Result<Self, SettingError> {
        Self::read(&text)
    }

    /// Reads what `text` gives for a variable.
    pub fn read(text: Text<'_>) -> Result<Self, SettingError> {
        let language = text("BATON_TRANSCRIPTION_LANGUAGE");
        let longest_utterance = utterance(text)?;
        let limits = limits(text, longest_utterance)?;
        let providers = LIST.found(text)?.into_iter().map(|found| provider(&found, limits, language.clone()));
        Ok(Self {
            providers: providers.collect::<Result<_, _>>()?,
            by_browser: LIST.words(text).iter().any(|word| word == BROWSER),
            language,
            longest_utterance,
        })
    }

    /// What browsers are to recognise: they do where nobody else does, so that no word stands there twice.
    pub fn browser_speech(&self) -> Option<BrowserSpeech> {
        (self.by_browser && self.providers.is_empty()).then(|| BrowserSpeech { language: self.language.clone() })
    }
}

fn provider(found: &Found<Service>, limits: Limits, language: Option<String>) -> Result<ProviderConfig, SettingError> {
    let Variables { name, kind, .. } = found.variables;
    let provider = ProviderConfig::new(name, *kind, &found.base_url, ApiKey::new(&found.api_key), &found.model);
    provider.map(|provider| ProviderConfig { limits, language, ..provider }).map_err(|error| LIST.refuse(found, &error))
}

fn utterance(text: Text<'_>) -> Result<Duration, SettingError> {
    let wanted = "a number of seconds between 2 and 60";
    Ok(seconds(text, "BATON_TRANSCRIPTION_UTTERANCE_SECONDS", 2..=60, wanted)?.unwrap_or(USUAL_UTTERANCE))
}

fn limits(text: Text<'_>, utterance: Duration) -> Result<Limits, SettingError> {
    let usual = Limits::default();
    let minute = "a number of seconds between 1 and 60";
    let hour = "a number of seconds between 1 and 3600";
    let count = "a whole number between 1 and 100";
    let many = "a whole number between 1 and 100000";
    let buffer = buffer(text, utterance)?.unwrap_or(usual.buffer);
    let catch_up = number(text, "BATON_TRANSCRIPTION_CATCH_UP_PERCENT", 100..=1000, "a percentage from 100 to 1000")?;
    let interim = number(text, "BATON_TRANSCRIPTION_INTERIM_MS", 50..=5000, "milliseconds between 50 and 5000")?;
    let streams = number(text, "BATON_TRANSCRIPTION_STREAMS", 1..=100_000, many)?;
    let requests = number(text, "BATON_TRANSCRIPTION_REQUESTS_PER_MINUTE", 1..=100_000, many)?;
    Ok(Limits {
        connect: seconds(text, "BATON_TRANSCRIPTION_CONNECT_SECONDS", 1..=60, minute)?.unwrap_or(usual.connect),
        answer: seconds(text, "BATON_TRANSCRIPTION_ANSWER_SECONDS", 1..=60, minute)?.unwrap_or(usual.answer),
        late: seconds(text, "BATON_TRANSCRIPTION_LATE_SECONDS", 1..=60, minute)?.unwrap_or(usual.late),
        failures_to_open: number(text, "BATON_TRANSCRIPTION_FAILURES", 1..=100, count)?
            .unwrap_or(usual.failures_to_open),
        open_for: seconds(text, "BATON_TRANSCRIPTION_PAUSE_SECONDS", 1..=3600, hour)?.unwrap_or(usual.open_for),
        tries: number(text, "BATON_TRANSCRIPTION_TRIES", 1..=100, count)?.unwrap_or(usual.tries),
        buffer,
        catch_up: catch_up.map_or(usual.catch_up, |percent| f64::from(percent) / 100.0),
        interim_every: interim.map_or(usual.interim_every, |ms| Duration::from_millis(u64::from(ms))),
        streams: streams.and_then(|streams| usize::try_from(streams).ok()).unwrap_or(usual.streams),
        requests_per_minute: requests.unwrap_or(usual.requests_per_minute),
        ..usual
    })
}

/// An utterance that does not fit would be given up before it is sent.
fn buffer(text: Text<'_>, utterance: Duration) -> Result<Option<Duration>, SettingError> {
    let variable = "BATON_TRANSCRIPTION_BUFFER_SECONDS";
    let wanted = "a number of seconds from 5 to 3600, and longer than BATON_TRANSCRIPTION_UTTERANCE_SECONDS";
    match seconds(text, variable, 5..=3600, wanted)? {
        Some(buffer) if buffer <= utterance => {
            Err(SettingError::Invalid { variable, value: buffer.as_secs().to_string(), wanted })
        }
        buffer => Ok(buffer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(set: &[(&str, &str)]) -> Vec<String> {
        read(set).expect("valid").providers.into_iter().map(|provider| provider.name).collect()
    }

    fn read(set: &[(&str, &str)]) -> Result<TranscriptionConfig, String> {
        let text = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        TranscriptionConfig::read(&text).map_err(|error| error.to_string())
    }

    #[test]
    fn limits_are_those_of_every_provider() {
        let keys = [("DEEPGRAM_API_KEY", "k"), ("ASSEMBLYAI_API_KEY", "k")];
        let usual = read(&keys).expect("valid");
        assert!(usual.providers.iter().all(|provider| provider.limits == Limits::default()));
        assert_eq!(usual.longest_utterance, USUAL_UTTERANCE);
        let set = [
            keys[0],
            keys[1],
            ("BATON_TRANSCRIPTION_UTTERANCE_SECONDS", "10"),
            ("BATON_TRANSCRIPTION_BUFFER_SECONDS", "30"),
            ("BATON_TRANSCRIPTION_CATCH_UP_PERCENT", "150"),
            ("BATON_TRANSCRIPTION_STREAMS", "7"),
        ];
        let changed = read(&set).expect("valid");
        let expected = Limits { buffer: Duration::from_secs(30), catch_up: 1.5, streams: 7, ..Limits::default() };
        assert!(changed.providers.len() == 2 && changed.providers.iter().all(|provider| provider.limits == expected));
        assert_eq!(changed.longest_utterance, Duration::from_secs(10));
    }

    #[test]
    fn settings_that_cannot_be_meant_are_named() {
        for (variable, value) in [
            ("BATON_TRANSCRIPTION", "deepgramm"),
            ("BATON_TRANSCRIPTION_TRIES", "0"),
            ("BATON_TRANSCRIPTION_CATCH_UP_PERCENT", "90"),
            ("BATON_TRANSCRIPTION_UTTERANCE_SECONDS", "61"),
            ("BATON_TRANSCRIPTION_BUFFER_SECONDS", "15"),
            ("BATON_TRANSCRIPTION_INTERIM_MS", "soon"),
        ] {
            let error = read(&[(variable, value)]).expect_err("it is refused");
            assert!(error.starts_with(&format!("{variable} is \"{value}\", which is not ")), "{error}");
        }
    }

    #[test]
    fn browsers_recognise_only_where_nobody_else_does() {
        let set = [("BATON_TRANSCRIPTION", "deepgram, browser"), ("DEEPGRAM_API_KEY", "k")];
        assert_eq!(read(&set).expect("valid").browser_speech(), None);
        assert_eq!(read(&set[..1]).expect("valid").browser_speech(), Some(BrowserSpeech { language: None }));
        assert_eq!(read(&[]).expect("valid").browser_speech(), None, "never by itself");
    }

    #[test]
    fn providers_stand_in_their_order_and_only_where_there_is_a_key() {
        assert_eq!(names(&[]), [] as [&str; 0]);
        assert_eq!(names(&[("GROQ_API_KEY", "k")]), [] as [&str; 0], "that key is for briefings until it is named");
        assert_eq!(names(&[("ASSEMBLYAI_API_KEY", "k"), ("DEEPGRAM_API_KEY", "k")]), ["deepgram", "assemblyai"]);
        let all = [("BATON_TRANSCRIPTION", "groq, other,deepgram"), ("GROQ_API_KEY", "k")];
        assert_eq!(
            names(&[all[0], all[1], ("BATON_TRANSCRIPTION_BASE_URL", "http://127.0.0.1:1/v1")]),
            ["groq", "other"]
        );
        assert_eq!(names(&[("BATON_TRANSCRIPTION", "none"), ("DEEPGRAM_API_KEY", "k")]), [] as [&str; 0]);
    }
}
