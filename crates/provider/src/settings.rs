//! Lists of providers in the order in which they are asked, each set by variables of its own. Who reads the environment is
//! whoever calls this: what a variable is comes in.

use std::ops::RangeInclusive;
use std::time::Duration;

use thiserror::Error;

use crate::ProviderConfigError;

/// Why a setting cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SettingError {
    /// A variable has a value that does not fit.
    #[error("{variable} is {value:?}, which is not {wanted}")]
    Invalid {
        /// Which.
        variable: &'static str,
        /// Its value.
        value: String,
        /// What it should be.
        wanted: &'static str,
    },
    /// A variable must be set.
    #[error("{variable} is not set: {hint}")]
    Missing {
        /// Which.
        variable: &'static str,
        /// What to do.
        hint: &'static str,
    },
}

/// What a variable is, if it is set.
pub type Text<'a> = &'a dyn Fn(&str) -> Option<String>;

/// How a list says that nobody is asked.
const NOBODY: &str = "none";

/// One kind of provider that a list may name: its variables, and what they are when they are not set.
pub struct Variables<K: 'static> {
    /// As the list names it.
    pub name: &'static str,
    /// What it is, for whoever made the list.
    pub kind: K,
    /// The variable with its key.
    pub api_key: &'static str,
    /// The variable with its address.
    pub base_url: &'static str,
    /// The variable with its model.
    pub model: &'static str,
    /// Its usual address. Who has one is set by its key alone.
    pub usual_base_url: Option<&'static str>,
    /// Its usual model.
    pub usual_model: Option<&'static str>,
}

/// A list of providers, and what people are told when it cannot be meant.
pub struct List<K: 'static> {
    /// The variable with the list.
    pub variable: &'static str,
    /// What it is when it is not set.
    pub usual_order: &'static str,
    /// Whom it may name.
    pub known: &'static [Variables<K>],
    /// Other words that may stand in it.
    pub others: &'static [&'static str],
    /// What may stand in it, in words.
    pub wanted: &'static str,
    /// What a base URL looks like.
    pub wanted_url: &'static str,
    /// What is asked of whoever has named no model.
    pub which_model: &'static str,
}

/// A provider that is set.
pub struct Found<K: 'static> {
    /// By which variables.
    pub variables: &'static Variables<K>,
    /// Where it is.
    pub base_url: String,
    /// Its key; empty where it needs none.
    pub api_key: String,
    /// Which of its models.
    pub model: String,
}

impl<K: 'static> List<K> {
    /// The words of the list.
    pub fn words(&self, text: Text<'_>) -> Vec<String> {
        let order = text(self.variable).unwrap_or_else(|| self.usual_order.to_owned());
        order.split(',').map(|word| word.trim().to_owned()).collect()
    }

    /// Those of the list that are set, in its order.
    pub fn found(&self, text: Text<'_>) -> Result<Vec<Found<K>>, SettingError> {
        let words = self.words(text);
        let mut found = Vec::new();
        for word in words.iter().filter(|word| *word != NOBODY && !self.others.contains(&word.as_str())) {
            let variables = self.known.iter().find(|variables| variables.name == word);
            let variables = variables.ok_or_else(|| SettingError::Invalid {
                variable: self.variable,
                value: words.join(","),
                wanted: self.wanted,
            })?;
            found.extend(self.one(variables, text)?);
        }
        Ok(found)
    }

    /// The provider, when it is set: by its key, or where it needs none, by its address.
    fn one(&self, variables: &'static Variables<K>, text: Text<'_>) -> Result<Option<Found<K>>, SettingError> {
        let key = text(variables.api_key);
        let own_url = text(variables.base_url);
        if key.is_none() && (variables.usual_base_url.is_some() || own_url.is_none()) {
            return Ok(None);
        }
        let base_url = own_url.or_else(|| variables.usual_base_url.map(str::to_owned));
        let base_url = base_url.ok_or(SettingError::Missing {
            variable: variables.base_url,
            hint: "where does the server with this key listen?",
        })?;
        let model = text(variables.model).or_else(|| variables.usual_model.map(str::to_owned));
        let model = model.ok_or_else(|| self.no_model(variables))?;
        Ok(Some(Found { variables, base_url, api_key: key.unwrap_or_default(), model }))
    }

    /// What is said of a provider that is set so that it cannot be meant.
    pub fn refuse(&self, found: &Found<K>, error: &ProviderConfigError) -> SettingError {
        match error {
            ProviderConfigError::BaseUrl { .. } => SettingError::Invalid {
                variable: found.variables.base_url,
                value: found.base_url.clone(),
                wanted: self.wanted_url,
            },
            ProviderConfigError::Model { .. } => self.no_model(found.variables),
        }
    }

    fn no_model(&self, variables: &Variables<K>) -> SettingError {
        SettingError::Missing { variable: variables.model, hint: self.which_model }
    }
}

/// What a variable comes to.
pub fn parsed<T, E>(
    text: Text<'_>,
    variable: &'static str,
    wanted: &'static str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<T>, SettingError> {
    let Some(value) = text(variable) else { return Ok(None) };
    parse(&value).map(Some).map_err(|_| SettingError::Invalid { variable, value, wanted })
}

/// A whole number within `range`, which `wanted` says in words.
pub fn number(
    text: Text<'_>,
    variable: &'static str,
    range: RangeInclusive<u32>,
    wanted: &'static str,
) -> Result<Option<u32>, SettingError> {
    let within = |value: &str| value.parse().ok().filter(|number| range.contains(number)).ok_or(());
    parsed(text, variable, wanted, within)
}

/// The same as a number of seconds.
pub fn seconds(
    text: Text<'_>,
    variable: &'static str,
    range: RangeInclusive<u32>,
    wanted: &'static str,
) -> Result<Option<Duration>, SettingError> {
    let seconds = number(text, variable, range, wanted)?;
    Ok(seconds.map(|seconds| Duration::from_secs(u64::from(seconds))))
}
