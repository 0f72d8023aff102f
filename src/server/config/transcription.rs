//! Who turns speech into text.

use baton_transcription::{ApiKey, ProviderConfig, ProviderConfigError, Service};

use super::{ConfigError, text};

/// In this order they are asked when `BATON_TRANSCRIPTION` says nothing. Groq and OpenAI only when they are named: their keys
/// may be there for briefings alone, and nobody's voice leaves by accident.
const USUAL_ORDER: &str = "deepgram,assemblyai,other";

/// Who turns speech into text. Without a provider: nobody, and no sound leaves.
#[derive(Clone, Debug, Default)]
pub struct TranscriptionConfig {
    /// `BATON_TRANSCRIPTION`, the order in which providers are asked, default `deepgram,assemblyai,other`; also `groq` and
    /// `openai`; `none` asks nobody. Each by its key: `DEEPGRAM_API_KEY`, `ASSEMBLYAI_API_KEY`, `GROQ_API_KEY`,
    /// `OPENAI_API_KEY`; and for any other server that speaks OpenAI's interface by `BATON_TRANSCRIPTION_BASE_URL` and
    /// `BATON_TRANSCRIPTION_API_KEY`. Addresses: `DEEPGRAM_BASE_URL`, `ASSEMBLYAI_BASE_URL`, `GROQ_BASE_URL`, `OPENAI_BASE_URL`. Models:
    /// `DEEPGRAM_MODEL`, `ASSEMBLYAI_MODEL`, `GROQ_TRANSCRIPTION_MODEL`, `OPENAI_TRANSCRIPTION_MODEL`,
    /// `BATON_TRANSCRIPTION_MODEL`. `BATON_TRANSCRIPTION_LANGUAGE`, default whatever is spoken.
    pub providers: Vec<ProviderConfig>,
}

/// The variables of one provider, and what they are when they are not set.
struct Variables {
    name: &'static str,
    service: Service,
    api_key: &'static str,
    base_url: &'static str,
    model: &'static str,
    usual_base_url: Option<&'static str>,
    usual_model: &'static str,
}

const PROVIDERS: [Variables; 5] = [
    Variables {
        name: "deepgram",
        service: Service::Deepgram,
        api_key: "DEEPGRAM_API_KEY",
        base_url: "DEEPGRAM_BASE_URL",
        model: "DEEPGRAM_MODEL",
        usual_base_url: Some("wss://api.deepgram.com"),
        usual_model: "nova-3",
    },
    Variables {
        name: "assemblyai",
        service: Service::AssemblyAi,
        api_key: "ASSEMBLYAI_API_KEY",
        base_url: "ASSEMBLYAI_BASE_URL",
        model: "ASSEMBLYAI_MODEL",
        usual_base_url: Some("wss://streaming.assemblyai.com"),
        usual_model: "universal-streaming-multilingual",
    },
    Variables {
        name: "groq",
        service: Service::OpenAi,
        api_key: "GROQ_API_KEY",
        base_url: "GROQ_BASE_URL",
        model: "GROQ_TRANSCRIPTION_MODEL",
        usual_base_url: Some("https://api.groq.com/openai/v1"),
        usual_model: "whisper-large-v3-turbo",
    },
    Variables {
        name: "openai",
        service: Service::OpenAi,
        api_key: "OPENAI_API_KEY",
        base_url: "OPENAI_BASE_URL",
        model: "OPENAI_TRANSCRIPTION_MODEL",
        usual_base_url: Some("https://api.openai.com/v1"),
        usual_model: "whisper-1",
    },
    Variables {
        name: "other",
        service: Service::OpenAi,
        api_key: "BATON_TRANSCRIPTION_API_KEY",
        base_url: "BATON_TRANSCRIPTION_BASE_URL",
        model: "BATON_TRANSCRIPTION_MODEL",
        usual_base_url: None,
        usual_model: "whisper-1",
    },
];

impl TranscriptionConfig {
    /// Reads the environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(&text)
    }

    /// Reads what `text` gives for a variable.
    pub fn read(text: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let order = text("BATON_TRANSCRIPTION").unwrap_or_else(|| USUAL_ORDER.to_owned());
        let language = text("BATON_TRANSCRIPTION_LANGUAGE");
        let mut providers = Vec::new();
        for name in order.split(',').map(str::trim).filter(|name| *name != "none") {
            let variables = PROVIDERS.iter().find(|variables| variables.name == name);
            let variables = variables.ok_or_else(|| ConfigError::Invalid {
                variable: "BATON_TRANSCRIPTION",
                value: order.clone(),
                wanted: "a list of deepgram, assemblyai, groq, openai and other, or none",
            })?;
            if let Some(provider) = variables.provider(text)? {
                providers.push(ProviderConfig { language: language.clone(), ..provider });
            }
        }
        Ok(Self { providers })
    }
}

impl Variables {
    /// The provider, when it is set: by its key, or where it needs none, by its address.
    fn provider(&self, text: &dyn Fn(&str) -> Option<String>) -> Result<Option<ProviderConfig>, ConfigError> {
        let key = text(self.api_key);
        let own_url = text(self.base_url);
        if key.is_none() && (self.usual_base_url.is_some() || own_url.is_none()) {
            return Ok(None);
        }
        let missing = |variable, hint| ConfigError::Missing { variable, hint };
        let url = own_url.or_else(|| self.usual_base_url.map(str::to_owned));
        let url = url.ok_or_else(|| missing(self.base_url, "where does the server with this key listen?"))?;
        let model = text(self.model).unwrap_or_else(|| self.usual_model.to_owned());
        let key = ApiKey::new(key.as_deref().unwrap_or_default());
        ProviderConfig::new(self.name, self.service, &url, key, &model).map(Some).map_err(|error| match error {
            ProviderConfigError::BaseUrl { .. } => ConfigError::Invalid {
                variable: self.base_url,
                value: url,
                wanted: "an address that begins with wss:// (Deepgram, AssemblyAI) or https://",
            },
            ProviderConfigError::Model { .. } => missing(self.model, "which of its models shall listen?"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(set: &[(&str, &str)]) -> Vec<String> {
        let text = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let config = TranscriptionConfig::read(&text).expect("valid");
        config.providers.into_iter().map(|provider| provider.name).collect()
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
