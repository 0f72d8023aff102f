//! In which languages the demo's agents want to read.

use baton_domain::briefing::Language;
use baton_domain::ids::AgentId;
use baton_provider::settings::{SettingError, parsed};

use super::text;

const VARIABLE: &str = "BATON_DEMO_LANGUAGES";

/// Reads the environment.
pub fn from_env() -> Result<Vec<(AgentId, Language)>, SettingError> {
    let languages = parsed(&text, VARIABLE, "a list such as bob=de,carla=fr", |value| read(value).ok_or(()))?;
    Ok(languages.unwrap_or_default())
}

fn read(value: &str) -> Option<Vec<(AgentId, Language)>> {
    let entries = value.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    entries
        .map(|entry| {
            let (agent, language) = entry.split_once('=')?;
            Some((agent.trim().parse().ok()?, Language::new(language.trim()).ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_agents_and_languages_is_read_and_anything_else_refused() {
        let read_tags = |value: &str| -> Option<Vec<String>> {
            Some(read(value)?.iter().map(|(agent, language)| format!("{agent} {}", language.tag())).collect())
        };
        assert_eq!(read_tags("bob=de, carla=pt-BR,"), Some(vec!["bob de".to_owned(), "carla pt-BR".to_owned()]));
        assert_eq!(read_tags(""), Some(Vec::new()));
        for bad in ["bob", "bob=", "Bob=de", "bob=german!"] {
            assert_eq!(read_tags(bad), None, "{bad}");
        }
    }
}
