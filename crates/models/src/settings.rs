//! Which providers are asked, as an installation's settings say it.

use baton_provider::ApiKey;
use baton_provider::settings::{Found, List, SettingError, Text, Variables, seconds};

use crate::config::{Limits, ProviderConfig};

const LIST: List<()> = List {
    variable: "BATON_MODELS",
    usual_order: "groq,openai,other",
    known: &PROVIDERS,
    others: &[],
    wanted: "a list of groq, openai and other, or none",
    wanted_url: "an address such as https://api.example.com/v1",
    which_model: "which of the server's models shall write?",
};

static PROVIDERS: [Variables<()>; 3] = [
    Variables {
        name: "groq",
        kind: (),
        api_key: "GROQ_API_KEY",
        base_url: "GROQ_BASE_URL",
        model: "GROQ_MODEL",
        usual_base_url: Some("https://api.groq.com/openai/v1"),
        usual_model: Some("openai/gpt-oss-120b"),
    },
    Variables {
        name: "openai",
        kind: (),
        api_key: "OPENAI_API_KEY",
        base_url: "OPENAI_BASE_URL",
        model: "OPENAI_MODEL",
        usual_base_url: Some("https://api.openai.com/v1"),
        usual_model: Some("gpt-4.1-mini"),
    },
    Variables {
        name: "other",
        kind: (),
        api_key: "BATON_MODEL_API_KEY",
        base_url: "BATON_MODEL_BASE_URL",
        model: "BATON_MODEL_NAME",
        usual_base_url: None,
        usual_model: None,
    },
];

/// The providers that are set, in the order in which they are asked. `text` gives what a variable is.
pub fn providers(text: Text<'_>) -> Result<Vec<ProviderConfig>, SettingError> {
    let limits = limits(text)?;
    LIST.found(text)?.into_iter().map(|found| provider(&found, limits)).collect()
}

fn provider(found: &Found<()>, limits: Limits) -> Result<ProviderConfig, SettingError> {
    let key = ApiKey::new(&found.api_key);
    let provider = ProviderConfig::new(found.variables.name, &found.base_url, key, &found.model);
    provider.map(|provider| ProviderConfig { limits, ..provider }).map_err(|error| LIST.refuse(found, &error))
}

fn limits(text: Text<'_>) -> Result<Limits, SettingError> {
    let usual = Limits::default();
    let total = seconds(text, "BATON_MODEL_SECONDS", 1..=600, "a number of seconds between 1 and 600")?;
    Ok(Limits { total: total.unwrap_or(usual.total), ..usual })
}
