//! The first sentence the target may say: who they are, and that the story does not have to be told again.

use baton_domain::briefing::{MAX_STATEMENT_CHARS, OpeningLine};

use crate::context::Context;
use crate::conversation::{Sentence, shortened};
use crate::cues::Phrases;
use crate::language::Tongue;

/// The longest part of the caller's own story that can be said in one breath.
const MAX_STORY_CHARS: usize = 150;
/// Longer names are shortened: the whole must stay sayable, and within the limit.
const MAX_NAME_CHARS: usize = 40;

pub fn line(reason: Option<&&Sentence<'_>>, tongue: &Tongue, phrases: &Phrases, context: &Context) -> OpeningLine {
    let names = Names::of(context);
    let story = reason.and_then(|sentence| Some((retold(sentence, phrases)?, sentence.line)));
    let (text, citation) = match (tongue, story) {
        (Tongue::Other(language), _) => (greeting_in(language.tag(), &names), None),
        (_, Some((story, line))) => (with_story(&names, &story), Some(line)),
        (_, None) if reason.is_some() => (without_story(&names), reason.map(|sentence| sentence.line)),
        (_, None) => (nothing_said(&names), None),
    };
    OpeningLine::new(&shortened(&text, MAX_STATEMENT_CHARS - 1), citation).expect("a greeting has text and fits")
}

/// Only the greeting, in a language where we have it.
pub fn greeting(tag: &str, context: &Context) -> OpeningLine {
    let text = greeting_in(tag, &Names::of(context));
    OpeningLine::new(&shortened(&text, MAX_STATEMENT_CHARS - 1), None).expect("a greeting has text and fits")
}

struct Names {
    /// With a space before it, or nothing.
    caller: String,
    target: Option<String>,
    transferring: String,
}

impl Names {
    fn of(context: &Context) -> Self {
        Self {
            caller: context
                .caller_name
                .as_deref()
                .and_then(sayable)
                .map_or_else(String::new, |name| format!(" {name}")),
            target: context.target.as_deref().and_then(sayable),
            transferring: sayable(&context.transferring_agent).unwrap_or_else(|| "My colleague".to_owned()),
        }
    }

    /// ", I'm Bob", or nothing when it is not known who takes over.
    fn introduced(&self, words: &str) -> String {
        self.target.as_ref().map_or_else(String::new, |target| format!(", {words} {target}"))
    }
}

fn sayable(name: &str) -> Option<String> {
    let name = name.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let name = shortened(&name.collect::<Vec<_>>().join(" "), MAX_NAME_CHARS);
    (!name.is_empty()).then_some(name)
}

fn with_story(names: &Names, story: &str) -> String {
    let Names { caller, transferring, .. } = names;
    let introduced = names.introduced("I'm");
    format!("Hello{caller}{introduced}. {transferring} told me that {story}. You don't have to explain it again.")
}

fn without_story(names: &Names) -> String {
    let Names { caller, transferring, .. } = names;
    let introduced = names.introduced("I'm");
    format!(
        "Hello{caller}{introduced}. {transferring} told me what you talked about. You don't have to explain it again."
    )
}

fn nothing_said(names: &Names) -> String {
    let Names { caller, transferring, .. } = names;
    let introduced = names.introduced("I'm");
    format!("Hello{caller}{introduced}. {transferring} passed your call to me. How can I help you?")
}

/// Only a greeting: retelling needs grammar, and a wrong sentence in the caller's language is worse than a short one.
fn greeting_in(tag: &str, names: &Names) -> String {
    let Names { caller, transferring, .. } = names;
    match tag {
        "de" => format!("Guten Tag{caller}{}. {transferring} hat mich informiert.", names.introduced("hier ist")),
        "es" => format!("Hola{caller}{}. {transferring} ya me ha informado.", names.introduced("soy")),
        "fr" => format!("Bonjour{caller}{}. {transferring} m'a tout expliqué.", names.introduced("ici")),
        "it" => format!("Buongiorno{caller}{}. {transferring} mi ha già informato.", names.introduced("sono")),
        "nl" => format!("Goedendag{caller}{}. {transferring} heeft mij ingelicht.", names.introduced("u spreekt met")),
        "pt" => format!("Bom dia{caller}{}. {transferring} já me informou.", names.introduced("aqui é")),
        _ => without_story(names),
    }
}

/// The caller's sentence as it is said back to them: "My router died" is "your router died". `None` where turning the pronouns
/// round would not give a sentence: questions, and whatever speaks to the agent.
fn retold(sentence: &Sentence<'_>, phrases: &Phrases) -> Option<String> {
    let text = without_opening_words(&sentence.text);
    let text = text.trim_end_matches(|c: char| c.is_whitespace() || ".!,;:-–…".contains(c));
    let plain = text.to_lowercase().replace('\u{2019}', "'");
    let speaks_to_agent = plain.split(|c: char| !c.is_alphanumeric() && c != '\'').any(|word| word.starts_with("you"));
    let begins = plain.split(' ').next().is_some_and(|word| RETOLD_FROM.contains(&word));
    let fits = text.chars().count() <= MAX_STORY_CHARS && text.split(' ').nth(2).is_some();
    let sayable = begins && fits && !speaks_to_agent && !phrases.ask(sentence) && !text.contains(['[', '“', '"']);
    sayable.then(|| agreed(&text.split(' ').map(turned).collect::<Vec<_>>().join(" ")))
}

/// A statement that begins so can follow "told me that".
const RETOLD_FROM: [&str; 17] = [
    "my", "our", "i", "i'm", "i've", "i'd", "we", "we're", "we've", "the", "there", "it", "it's", "there's", "someone",
    "nobody", "this",
];

/// Without "Hi, my name is Carol Jensen and", "Well,", "Yes,".
fn without_opening_words(text: &str) -> &str {
    let mut rest = text.trim();
    while let Some((first, after)) = rest.split_once([' ', ',']) {
        let word = first.to_lowercase();
        if !OPENING_WORDS.contains(&word.trim_matches(|c: char| !c.is_alphanumeric())) {
            break;
        }
        rest = after.trim_start_matches([' ', ',', '.', '!']);
    }
    rest
}

const OPENING_WORDS: [&str; 18] = [
    "hi", "hello", "hey", "yes", "yeah", "no", "well", "so", "ok", "okay", "um", "uh", "er", "and", "but", "look",
    "listen", "good",
];

/// One word from the caller's side to the other's, with what hangs on it.
fn turned(word: &str) -> String {
    let core_end = word.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
    let (core, tail) = word.split_at(core_end);
    let core_lower = core.to_lowercase().replace('\u{2019}', "'");
    let other = match core_lower.as_str() {
        "i" | "we" | "me" | "us" => "you",
        "my" | "our" => "your",
        "mine" | "ours" => "yours",
        "i'm" | "we're" => "you're",
        "i've" | "we've" => "you've",
        "i'd" | "we'd" => "you'd",
        "i'll" | "we'll" => "you'll",
        "myself" => "yourself",
        "ourselves" => "yourselves",
        "am" => "are",
        "the" | "there" | "it" | "it's" | "there's" | "someone" | "nobody" | "this" => {
            return format!("{core_lower}{tail}");
        }
        _ => return word.to_owned(),
    };
    format!("{other}{tail}")
}

/// "I was" has become "you was".
fn agreed(text: &str) -> String {
    text.replace("you was ", "you were ").replace("you wasn't ", "you weren't ").replace("you wasn’t ", "you weren’t ")
}
