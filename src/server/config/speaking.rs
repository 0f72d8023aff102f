//! Who reads briefings aloud.

use baton_provider::settings::{Found, List, SettingError, Text, Variables};
use baton_speaking::{ApiKey, ProviderConfig, ProviderConfigError};

use super::text;

/// Who reads briefings aloud. Without a provider nobody does, and there is no button for it.
#[derive(Clone, Debug, Default)]
pub struct SpeakingConfig {
    /// `BATON_VOICE`, a list of `other` (default) and `openai`, or `none`. The first that is set speaks: a server with OpenAI's
    /// `/audio/speech` by `BATON_VOICE_BASE_URL`, `BATON_VOICE_API_KEY`, `BATON_VOICE_MODEL` (tts-1) and `BATON_VOICE_NAME`
    /// (alloy); and OpenAI by `OPENAI_API_KEY`, `OPENAI_BASE_URL`, `OPENAI_VOICE_MODEL` (gpt-4o-mini-tts) and
    /// `OPENAI_VOICE_NAME` (alloy). OpenAI only when it is named: its key may be there for briefings alone.
    pub provider: Option<ProviderConfig>,
}

const USUAL_VOICE: &str = "alloy";

/// The variable with a provider's voice.
struct Voice(&'static str);

const LIST: List<Voice> = List {
    variable: "BATON_VOICE",
    usual_order: "other",
    known: &PROVIDERS,
    others: &[],
    wanted: "a list of other and openai, or none",
    wanted_url: "an address such as https://api.example.com/v1",
    which_model: "which of its models shall speak?",
};

static PROVIDERS: [Variables<Voice>; 2] = [
    Variables {
        name: "other",
        kind: Voice("BATON_VOICE_NAME"),
        api_key: "BATON_VOICE_API_KEY",
        base_url: "BATON_VOICE_BASE_URL",
        model: "BATON_VOICE_MODEL",
        usual_base_url: None,
        usual_model: Some("tts-1"),
    },
    Variables {
        name: "openai",
        kind: Voice("OPENAI_VOICE_NAME"),
        api_key: "OPENAI_API_KEY",
        base_url: "OPENAI_BASE_URL",
        model: "OPENAI_VOICE_MODEL",
        usual_base_url: Some("https://api.openai.com/v1"),
        usual_model: Some("gpt-4o-mini-tts"),
    },
];

impl SpeakingConfig {
    /// Reads the environment.
    pub fn from_env() -> Result<Self, SettingError> {
        Self::read(&text)
    }

    /// Reads what `text` gives for a variable.
    pub fn read(text: Text<'_>) -> Result<Self, SettingError> {
        let found = LIST.found(text)?;
        Ok(Self { provider: found.first().map(|found| provider(found, text)).transpose()? })
    }
}

fn provider(found: &Found<Voice>, text: Text<'_>) -> Result<ProviderConfig, SettingError> {
    let Variables { name, kind: Voice(variable), .. } = *found.variables;
    let voice = text(variable).unwrap_or_else(|| USUAL_VOICE.to_owned());
    let key = ApiKey::new(&found.api_key);
    ProviderConfig::new(name, &found.base_url, key, &found.model, &voice).map_err(|error| match error {
        ProviderConfigError::Endpoint(error) => LIST.refuse(found, &error),
        ProviderConfigError::Voice(_) => SettingError::Missing { variable, hint: "with which voice shall it speak?" },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> Result<Option<String>, SettingError> {
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
        let both = ("BATON_VOICE", "openai, other");
        assert_eq!(
            read(&[both, own[0], own[1]]).ok().flatten().as_deref(),
            Some("other http://127.0.0.1:1/v1 tts-1 nova")
        );
        assert_eq!(read(&[both, own[0], openai[1]]).ok().flatten().as_deref(), Some(expected), "the first that is set");
    }

    #[test]
    fn settings_that_cannot_be_meant_are_named() {
        let own = ("BATON_VOICE_BASE_URL", "http://127.0.0.1:1/v1");
        for (set, variable) in [
            ([own, ("BATON_VOICE_NAME", " ")], "BATON_VOICE_NAME"),
            ([own, ("BATON_VOICE_MODEL", " ")], "BATON_VOICE_MODEL"),
            ([("BATON_VOICE_API_KEY", "k"), ("BATON_VOICE_BASE_URL", "127.0.0.1:1")], "BATON_VOICE_BASE_URL"),
        ] {
            let error = read(&set).expect_err("it is refused").to_string();
            assert!(error.starts_with(&format!("{variable} is ")), "{error}");
        }
        assert!(matches!(read(&[("BATON_VOICE", "somebody")]), Err(SettingError::Invalid { .. })));
        assert!(matches!(read(&[("BATON_VOICE_API_KEY", "k")]), Err(SettingError::Missing { .. })));
    }
}
