//! Who writes briefings besides the local summariser.

use std::time::Duration;

use baton_domain::briefing::Language;
use baton_models::{ApiKey, Limits, ProviderConfig, ProviderConfigError};
use baton_redaction::Kinds;

use super::{ConfigError, text};

/// In this order they are asked when `BATON_MODELS` says nothing.
const USUAL_ORDER: &str = "groq,openai,other";

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

/// The variables of one provider, and what they are when they are not set.
struct Variables {
    name: &'static str,
    api_key: &'static str,
    base_url: &'static str,
    model: &'static str,
    usual_base_url: Option<&'static str>,
    usual_model: Option<&'static str>,
}

const PROVIDERS: [Variables; 3] = [
    Variables {
        name: "groq",
        api_key: "GROQ_API_KEY",
        base_url: "GROQ_BASE_URL",
        model: "GROQ_MODEL",
        usual_base_url: Some("https://api.groq.com/openai/v1"),
        usual_model: Some("openai/gpt-oss-120b"),
    },
    Variables {
        name: "openai",
        api_key: "OPENAI_API_KEY",
        base_url: "OPENAI_BASE_URL",
        model: "OPENAI_MODEL",
        usual_base_url: Some("https://api.openai.com/v1"),
        usual_model: Some("gpt-4.1-mini"),
    },
    Variables {
        name: "other",
        api_key: "BATON_MODEL_API_KEY",
        base_url: "BATON_MODEL_BASE_URL",
        model: "BATON_MODEL_NAME",
        usual_base_url: None,
        usual_model: None,
    },
];

impl ModelsConfig {
    /// Reads the environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(&text)
    }

    /// Reads what `text` gives for a variable.
    pub fn read(text: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let order = text("BATON_MODELS").unwrap_or_else(|| USUAL_ORDER.to_owned());
        let limits = limits(text)?;
        let mut providers = Vec::new();
        for name in order.split(',').map(str::trim).filter(|name| *name != "none") {
            let variables = PROVIDERS.iter().find(|variables| variables.name == name);
            let variables = variables.ok_or_else(|| ConfigError::Invalid {
                variable: "BATON_MODELS",
                value: order.clone(),
                wanted: "a list of groq, openai and other, or none",
            })?;
            providers.extend(variables.provider(text, limits)?);
        }
        let kinds = "all, none, or a list of card, iban, ssn, secret, email and phone";
        let language = "a language tag such as en or pt-BR";
        Ok(Self {
            providers,
            redacted: parsed(text, "BATON_REDACT", kinds, str::parse)?.unwrap_or_default(),
            language: parsed(text, "BATON_BRIEFING_LANGUAGE", language, Language::new)?,
        })
    }
}

impl Variables {
    /// The provider, when it is set: by its key, or where it needs none, by its address.
    fn provider(
        &self,
        text: &dyn Fn(&str) -> Option<String>,
        limits: Limits,
    ) -> Result<Option<ProviderConfig>, ConfigError> {
        let key = text(self.api_key);
        let own_url = text(self.base_url);
        if key.is_none() && (self.usual_base_url.is_some() || own_url.is_none()) {
            return Ok(None);
        }
        let missing = |variable, hint| ConfigError::Missing { variable, hint };
        let url = own_url.or_else(|| self.usual_base_url.map(str::to_owned));
        let url = url.ok_or_else(|| missing(self.base_url, "where does the server with this key listen?"))?;
        let model = text(self.model).or_else(|| self.usual_model.map(str::to_owned));
        let model = model.ok_or_else(|| missing(self.model, "which of the server's models shall write?"))?;
        let provider = ProviderConfig::new(self.name, &url, ApiKey::new(key.as_deref().unwrap_or_default()), &model);
        provider.map(|provider| Some(ProviderConfig { limits, ..provider })).map_err(|error| match error {
            ProviderConfigError::BaseUrl { .. } => ConfigError::Invalid {
                variable: self.base_url,
                value: url,
                wanted: "an address such as https://api.example.com/v1",
            },
            ProviderConfigError::Model { .. } => missing(self.model, "which of its models shall write?"),
        })
    }
}

fn limits(text: &dyn Fn(&str) -> Option<String>) -> Result<Limits, ConfigError> {
    let seconds = |value: &str| value.parse::<u64>().ok().filter(|seconds| (1..=600).contains(seconds)).ok_or(());
    let total = parsed(text, "BATON_MODEL_SECONDS", "a number of seconds between 1 and 600", seconds)?;
    let usual = Limits::default();
    Ok(total.map_or(usual, |seconds| Limits { total: Duration::from_secs(seconds), ..usual }))
}

fn parsed<T, E>(
    text: &dyn Fn(&str) -> Option<String>,
    variable: &'static str,
    wanted: &'static str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<T>, ConfigError> {
    let Some(value) = text(variable) else { return Ok(None) };
    parse(&value).map(Some).map_err(|_| ConfigError::Invalid { variable, value, wanted })
}
