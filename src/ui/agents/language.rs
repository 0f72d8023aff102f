//! In which language an agent reads what is written for them.

use baton_domain::briefing::Language;
use leptos::prelude::*;

use crate::client::desk_store::DeskStore;
use crate::ui::kit::select::{Choice, Select};

/// Those in which the desk has words of its own, as their speakers call them.
const LANGUAGES: [(&str, &str); 4] = [("en", "English"), ("de", "Deutsch"), ("es", "Español"), ("fr", "Français")];

/// The choice "Language of briefings".
#[component]
pub fn BriefingLanguage() -> impl IntoView {
    let store = DeskStore::expect();
    let myself = store.myself();
    let chosen = Memo::new(move |_| {
        let language = myself.get().and_then(|me| me.agent.language);
        language.as_ref().map(Language::tag).unwrap_or_default().to_owned()
    });
    let choices = Signal::derive(move || choices(&chosen.read()));
    let on_choose = Callback::new(move |tag: String| store.choose_language(tag));
    view! {
        <Select label="Language of briefings" id="briefing-language" choices chosen on_choose />
        <p class="settings-hint">"Also of what a model says about your calls while they go on."</p>
    }
}

/// The usual ones, and whatever is chosen.
fn choices(chosen: &str) -> Vec<Choice> {
    let choice = |(tag, name): (&str, &str)| Choice { value: tag.to_owned(), label: name.to_owned() };
    let mut all = vec![choice(("", "As the conversation"))];
    all.extend(LANGUAGES.map(choice));
    if all.iter().all(|known| known.value != chosen) {
        all.push(choice((chosen, chosen)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_that_is_chosen_is_always_among_those_to_choose() {
        let values = |chosen: &str| choices(chosen).into_iter().map(|choice| choice.value).collect::<Vec<_>>();
        assert_eq!(values("de"), ["", "en", "de", "es", "fr"]);
        assert_eq!(values("pt-BR"), ["", "en", "de", "es", "fr", "pt-BR"]);
    }
}
