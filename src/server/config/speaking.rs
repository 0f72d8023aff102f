//! Who reads briefings aloud.

use baton_speaking::{ApiKey, ProviderConfig, ProviderConfigError};

use super::{ConfigError, text};

/// Who reads briefings aloud. Without a provider nobody does, and there is no button for it.
#[derive(Clone, Debug, Default)]
pub struct SpeakingConfig {
    /// `BATON_VOICE`, `other` (default), `openai` or `none`. Either is there when it is set: a server that speaks OpenAI's
    /// `/audio/speech` by `BATON_VOICE_BASE_URL`, `BATON_VOICE_API_KEY`, `BATON_VOICE_MODEL` (tts-1) and `BATON_VOICE_NAME`
    /// (alloy); and OpenAI by `OPENAI_API_KEY`, `OPENAI_BASE_URL`, `OPENAI_VOICE_MODEL` (gpt-4o-mini-tts) and
    /// `OPENAI_VOICE_NAME` (alloy). OpenAI only when it is named: its key may be there for briefings alone.
    pub provider: Option<ProviderConfig>,
}

/// The variables of one provider, and what they are when they are not set.
struct Variables {
    name: &'static str,
    api_key: &'static str,
    base_url: &'static str,
    model: &'static str,
    voice: &'static str,
    usual_base_url: Option<&'static str>,
    usual_model: &'static str,
}

const USUAL_VOICE: &str = "alloy";

const PROVIDERS: [Variables; 2] = [
    Variables {
        name: "other",
        api_key: "BATON_VOICE_API_KEY",
        base_url: "BATON_VOICE_BASE_URL",
        model: "BATON_VOICE_MODEL",
        voice: "BATON_VOICE_NAME",
        usual_base_url: None,
        usual_model: "tts-1",
    },
    Variables {
        name: "openai",
        api_key: "OPENAI_API_KEY",
        base_url: "OPENAI_BASE_URL",
        model: "OPENAI_VOICE_MODEL",
        voice: "OPENAI_VOICE_NAME",
        usual_base_url: Some("https://api.openai.com/v1"),
        usual_model: "gpt-4o-mini-tts",
    },
];

impl SpeakingConfig {
    /// Reads the environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(&text)
    }

    /// Reads what `text` gives for a variable.
    pub fn read(text: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let name = text("BATON_VOICE").unwrap_or_else(|| "other".to_owned());
        if name == "none" {
            return Ok(Self::default());
        }
        let variables = PROVIDERS.iter().find(|variables| variables.name == name);
        let wanted = "other, openai or none";
        let variables = variables.ok_or(ConfigError::Invalid { variable: "BATON_VOICE", value: name, wanted })?;
        Ok(Self { provider: variables.provider(text)? })
    }
}

impl Variables {
    /// The provider, when it is set: by its key, or where it needs none, by its address.
    fn provider(&self, text: &dyn Fn(&str) -> Option<String>) -> Result<Option<ProviderConfig>, ConfigError> {
        let (key, own_url) = (text(self.api_key), text(self.base_url));
        if key.is_none() && (self.usual_base_url.is_some() || own_url.is_none()) {
            return Ok(None);
        }
        let missing = |variable, hint| ConfigError::Missing { variable, hint };
        let url = own_url.or_else(|| self.usual_base_url.map(str::to_owned));
        let url = url.ok_or_else(|| missing(self.base_url, "where does the server with this key listen?"))?;
        let model = text(self.model).unwrap_or_else(|| self.usual_model.to_owned());
        let voice = text(self.voice).unwrap_or_else(|| USUAL_VOICE.to_owned());
        let key = ApiKey::new(key.as_deref().unwrap_or_default());
        ProviderConfig::new(self.name, &url, key, &model, &voice).map(Some).map_err(|error| match error {
            ProviderConfigError::BaseUrl(_) => ConfigError::Invalid {
                variable: self.base_url,
                value: url,
                wanted: "an address such as https://api.example.com/v1",
            },
            ProviderConfigError::Voice(_) => missing(self.voice, "with which voice shall it speak?"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> Result<Option<String>, ConfigError> {
        let text = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let provider = SpeakingConfig::read(&text)?.provider;
        Ok(provider.map(|it| format!("{} {} {} {}", it.name, it.base_url, it.model, it.voice)))
    }

    #[test]
    fn nobody_speaks_who_was_not_named() {
        assert!(matches!(read(&[]), Ok(None)));
        assert!(matches!(read(&[("OPENAI_API_KEY", "k")]), Ok(None)), "that key is for briefings until it is named");
        let own = [("BATON_VOICE_BASE_URL", "http://127.0.0.1:1/v1/"), ("BATON_VOICE_NAME", "nova")];
        assert_eq!(read(&own).ok().flatten().as_deref(), Some("other http://127.0.0.1:1/v1 tts-1 nova"));
        let openai = [("BATON_VOICE", "openai"), ("OPENAI_API_KEY", "k")];
        let expected = "openai https://api.openai.com/v1 gpt-4o-mini-tts alloy";
        assert_eq!(read(&openai).ok().flatten().as_deref(), Some(expected));
        assert!(matches!(read(&[own[0], ("BATON_VOICE", "none")]), Ok(None)));
        assert!(matches!(read(&[("BATON_VOICE", "somebody")]), Err(ConfigError::Invalid { .. })));
        assert!(matches!(read(&[("BATON_VOICE_API_KEY", "k")]), Err(ConfigError::Missing { .. })));
    }
}
