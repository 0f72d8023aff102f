//! The briefing for somebody who reads another language.

use baton_domain::briefing::{Language, SectionKind};
use baton_summariser::{brief, brief_in};

use crate::desk::{context, statements, transcript};

fn language(tag: &str) -> Language {
    Language::new(tag).expect("a language")
}

const UPSET: [&str; 3] =
    ["C: My router broke on Monday and I need it for my work.", "I see.", "C: This is absolutely unacceptable!"];

#[test]
fn what_nobody_said_is_in_the_readers_language_and_what_was_said_stays() {
    let talk = transcript(&UPSET);
    let briefing = brief_in(&talk, &context(), &language("de-AT"));
    assert_eq!(statements(&briefing.mood), [("Klingt verärgert. Carol: “This is absolutely unacceptable!”", &[3][..])]);
    assert_eq!(briefing.reason, brief(&talk, &context()).reason);
    let text = briefing.plain_text();
    assert!(text.contains("Wer ruft an und warum") && text.contains("Kein Versprechen gehört"), "{text}");
    assert!(briefing.opening_line.text().starts_with("Hello Carol"), "it is said to the caller, who speaks English");
}

#[test]
fn every_mood_has_its_words_in_every_language() {
    let moods = [
        "C: This is absolutely unacceptable!",
        "C: I am really worried about this.",
        "C: Thank you so much, that is wonderful!",
    ];
    for tag in ["de", "es", "fr"] {
        for said in moods {
            let talk = transcript(&[said]);
            let (theirs, ours) = (brief_in(&talk, &context(), &language(tag)), brief(&talk, &context()));
            assert_ne!(theirs.mood, ours.mood, "{tag}: {said}");
            assert_eq!(theirs.mood.statements()[0].citations(), [1]);
        }
        let calm = transcript(&["C: It is blue.", "C: It has a lid.", "C: It stands here.", "C: It is small."]);
        assert_ne!(brief_in(&calm, &context(), &language(tag)).mood, brief(&calm, &context()).mood, "{tag}");
    }
}

#[test]
fn nobody_said_anything_yet_and_a_language_without_words_stays_english() {
    let nothing = transcript(&[]);
    assert!(brief_in(&nothing, &context(), &language("fr")).opening_line.text().starts_with("Bonjour"));
    let polish = brief_in(&transcript(&UPSET), &context(), &language("pl"));
    assert_eq!(polish, brief(&transcript(&UPSET), &context()));
    assert_eq!(SectionKind::Mood.title_in(Some(&language("pl"))), "Mood");
}
