//! Who writes briefings besides the local summariser.

use baton_domain::briefing::Language;
use baton_models::ProviderConfig;
use baton_provider::settings::{SettingError, Text, parsed};
use baton_redaction::Kinds;

use super::text;

/// Who writes briefings besides the local summariser. Without a key: nobody.
#[derive(Clone, Debug, Default)]
pub struct ModelsConfig {
    /// `BATON_MODELS`, the order in which providers are asked, default `groq,openai,other`; `none` asks nobody. Each by
    /// `GROQ_API_KEY`, `GROQ_MODEL`, `GROQ_BASE_URL`; `OPENAI_API_KEY`, `OPENAI_MODEL`, `OPENAI_BASE_URL`; and for any other
    /// server that speaks OpenAI's interface `BATON_MODEL_API_KEY`, `BATON_MODEL_NAME`, `BATON_MODEL_BASE_URL`.
    /// `BATON_MODEL_SECONDS` (25) is the time that one of them has.
    pub providers: Vec<ProviderConfig>,
    /// `BATON_REDACT`, what is taken out of a text before it leaves: `all` (default), `none`, or some of card, iban, ssn, secret,
    /// email, phone.
    pub redacted: Kinds,
    /// `BATON_BRIEFING_LANGUAGE`, default the conversation's.
    pub language: Option<Language>,
}

impl ModelsConfig {
    /// Reads the environment.
    pub fn from_env() -> Result<Self, SettingError> {
        Self::read(&text)
    }

    /// Reads what `text` gives for a variable.
    pub fn read(text: Text<'_>) -> Result<Self, SettingError> {
        let kinds = "all, none, or a list of card, iban, ssn, secret, email and phone";
        let language = "a language tag such as en or pt-BR";
        Ok(Self {
            providers: baton_models::settings::providers(text)?,
            redacted: parsed(text, "BATON_REDACT", kinds, str::parse)?.unwrap_or_default(),
            language: parsed(text, "BATON_BRIEFING_LANGUAGE", language, Language::new)?,
        })
    }
}
