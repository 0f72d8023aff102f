//! What the agent might say next, by rules: a question that nobody answered, a caller who is upset and was not heard, a promise
//! to repeat, and what was not asked yet. In the caller's language, where we have the words; else none.

use baton_domain::briefing::{MAX_STATEMENT_CHARS, OpeningLine};
use baton_domain::insight::{MoodCurve, MoodWord, ReplyReason, SuggestedReply};

use crate::conversation::{Conversation, Sentence, shortened};
use crate::cues::{Cue, Phrases};
use crate::language::Tongue;

/// So much of somebody's words fits into a sentence that is said.
const MAX_QUOTED_CHARS: usize = 120;
/// From so many sentences of the caller on, it is known what the call is about.
const ENOUGH_SENTENCES: usize = 2;

struct Words {
    danger: &'static str,
    open_question: [&'static str; 2],
    upset: &'static str,
    promise: [&'static str; 2],
    nothing_tried: &'static str,
}

const ENGLISH: Words = Words {
    danger: "Are you safe right now? If anybody is in danger, please call the emergency number at once.",
    open_question: ["You asked: “", "” Let me find that out for you."],
    upset: "I understand that this is frustrating, and I am sorry. I will stay on this with you.",
    promise: ["To be sure we agree, I said: “", "” Is that right for you?"],
    nothing_tried: "What have you tried so far?",
};
const GERMAN: Words = Words {
    danger: "Sind Sie gerade in Sicherheit? Wenn jemand in Gefahr ist, rufen Sie bitte sofort den Notruf.",
    open_question: ["Sie haben gefragt: „", "“ Das kläre ich für Sie."],
    upset: "Ich verstehe Ihren Ärger, und es tut mir leid. Ich bleibe mit Ihnen an der Sache.",
    promise: ["Damit wir uns richtig verstehen, ich habe gesagt: „", "“ Ist das für Sie in Ordnung?"],
    nothing_tried: "Was haben Sie schon versucht?",
};
const SPANISH: Words = Words {
    danger: "¿Está a salvo en este momento? Si alguien corre peligro, llame ahora mismo a emergencias.",
    open_question: ["Usted preguntó: «", "» Lo averiguo para usted."],
    upset: "Entiendo su enfado y lo siento. Me quedo con usted hasta resolverlo.",
    promise: ["Para estar de acuerdo, le he dicho: «", "» ¿Le parece bien?"],
    nothing_tried: "¿Qué ha intentado hasta ahora?",
};
const FRENCH: Words = Words {
    danger: "Êtes-vous en sécurité ? Si quelqu'un est en danger, appelez tout de suite les secours.",
    open_question: ["Vous avez demandé : « ", " » Je me renseigne pour vous."],
    upset: "Je comprends que ce soit pénible, et j'en suis désolé. Je reste avec vous sur ce point.",
    promise: ["Pour être sûrs d'être d'accord, j'ai dit : « ", " » Cela vous convient-il ?"],
    nothing_tried: "Qu'avez-vous déjà essayé ?",
};

fn words(tongue: &Tongue) -> Option<&'static Words> {
    match tongue {
        Tongue::English | Tongue::Unclear => Some(&ENGLISH),
        Tongue::Other(language) => match language.tag() {
            "de" => Some(&GERMAN),
            "es" => Some(&SPANISH),
            "fr" => Some(&FRENCH),
            _ => None,
        },
    }
}

/// The most urgent first.
pub fn suggest(
    conversation: &Conversation<'_>,
    phrases: &Phrases,
    tongue: &Tongue,
    mood: &MoodCurve,
) -> Vec<SuggestedReply> {
    let Some(words) = words(tongue) else { return Vec::new() };
    if conversation.by_caller().next().is_none() || phrases.are_none() {
        return Vec::new();
    }
    let found = [
        danger(conversation, phrases).map(|line| reply(words.danger, Some(line), ReplyReason::Danger)),
        open_question(conversation, phrases)
            .map(|asked| quoting(words.open_question, asked, ReplyReason::OpenQuestion)),
        upset(conversation, phrases, mood).map(|line| reply(words.upset, Some(line), ReplyReason::Upset)),
        promise(conversation, phrases).map(|said| quoting(words.promise, said, ReplyReason::Promise)),
        nothing_tried(conversation, phrases).then(|| reply(words.nothing_tried, None, ReplyReason::NothingTried)),
    ];
    found.into_iter().flatten().flatten().collect()
}

fn reply(text: &str, line: Option<u32>, why: ReplyReason) -> Option<SuggestedReply> {
    OpeningLine::new(text, line).ok().map(|words| SuggestedReply { words, why })
}

fn quoting([before, after]: [&str; 2], sentence: &Sentence<'_>, why: ReplyReason) -> Option<SuggestedReply> {
    let quoted = shortened(&sentence.text, MAX_QUOTED_CHARS);
    let text = format!("{before}{quoted}{after}");
    reply(&shortened(&text, MAX_STATEMENT_CHARS - 1), Some(sentence.line), why)
}

/// Where danger was mentioned; nobody needs to be asked again once an agent has spoken to it.
fn danger(conversation: &Conversation<'_>, phrases: &Phrases) -> Option<u32> {
    let says = |sentence: &Sentence<'_>| phrases.say(Cue::Emergency, sentence);
    let last = conversation.sentences.iter().rposition(|sentence| sentence.by_caller && says(sentence))?;
    let is_answered = conversation.sentences[last..].iter().any(|sentence| !sentence.by_caller && says(sentence));
    (!is_answered).then(|| conversation.sentences[last].line)
}

/// The last question of the caller to which nobody has said anything, or only asked back.
fn open_question<'c, 'a>(conversation: &'c Conversation<'a>, phrases: &Phrases) -> Option<&'c Sentence<'a>> {
    let asks = |sentence: &Sentence<'_>| phrases.ask(sentence);
    let at = conversation.sentences.iter().rposition(|sentence| {
        sentence.by_caller
            && asks(sentence)
            && !phrases.say(Cue::SmallTalk, sentence)
            && !phrases.say(Cue::Aside, sentence)
    })?;
    let is_open = conversation.reply_to(at).iter().all(asks);
    is_open.then(|| &conversation.sentences[at])
}

/// The line that upset the caller, while no agent has said that they are sorry or understand.
fn upset(conversation: &Conversation<'_>, phrases: &Phrases, mood: &MoodCurve) -> Option<u32> {
    let is_upset = matches!(mood.now()?.word(), MoodWord::Upset | MoodWord::VeryUpset);
    let line = mood.moves().rfind(|point| point.level.value() < 0)?.line;
    let heard = conversation.sentences.iter().any(|sentence| {
        let soothes = SOOTHING.iter().any(|words| sentence.plain.contains(words));
        sentence.line > line && !sentence.by_caller && soothes && !phrases.ask(sentence)
    });
    (is_upset && !heard).then_some(line)
}

/// As people say it in the four languages.
const SOOTHING: [&str; 12] = [
    "sorry",
    "apolog",
    "i understand",
    "tut mir leid",
    "entschuldig",
    "verstehe",
    "lo siento",
    "disculp",
    "entiendo",
    "désolé",
    "excuse",
    "je comprends",
];

/// The last promise of an agent, while the caller has not said anything to it.
fn promise<'c, 'a>(conversation: &'c Conversation<'a>, phrases: &Phrases) -> Option<&'c Sentence<'a>> {
    let at = conversation.sentences.iter().rposition(|sentence| {
        !sentence.by_caller
            && phrases.say(Cue::Promise, sentence)
            && !phrases.say(Cue::SmallPromise, sentence)
            && !phrases.ask(sentence)
    })?;
    conversation.reply_to(at).is_empty().then(|| &conversation.sentences[at])
}

/// Whether the caller has told what is wrong, and nobody has asked or said what was tried.
fn nothing_tried(conversation: &Conversation<'_>, phrases: &Phrases) -> bool {
    let needs = conversation.by_caller().any(|sentence| phrases.say(Cue::Need, sentence));
    let tried = conversation.sentences.iter().any(|sentence| phrases.say(Cue::Tried, sentence));
    needs && !tried && conversation.by_caller().count() >= ENOUGH_SENTENCES
}
