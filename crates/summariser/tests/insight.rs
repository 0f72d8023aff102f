//! What a call comes to while it goes on, and what can be asked about it.

use baton_domain::briefing::Statement;
use baton_domain::insight::{Insight, MoodLevel, MoodWord, ReplyReason};
use baton_domain::transcript::Transcript;
use baton_summariser::{Context, analyse, search};
use proptest::prelude::*;

use crate::desk::{context, statements, transcript};

const UPSET: [&str; 6] = [
    "C: Hello, my router has been offline since Monday.",
    "Have you restarted it?",
    "C: I restarted it twice and it did not help.",
    "I see.",
    "C: This is absolutely unacceptable! When will it work again?",
    "Which lamp is red?",
];

fn insight(lines: &[&str]) -> Insight {
    analyse(&transcript(lines), &context())
}

fn why(insight: &Insight) -> Vec<ReplyReason> {
    insight.replies.iter().map(|reply| reply.why).collect()
}

#[test]
fn the_curve_falls_with_a_word_of_feeling_and_names_its_line() {
    let found = insight(&UPSET);
    let levels: Vec<_> = found.mood.points().iter().map(|point| (point.line, point.level.value() < -20)).collect();
    assert_eq!(levels, [(1, false), (3, false), (5, true)]);
    assert_eq!(found.mood.moves().map(|point| point.line).collect::<Vec<_>>(), [5]);
    let calmer = insight(
        &[
            &UPSET[..],
            &[
                "C: It is the second lamp.",
                "C: Yes.",
                "C: Now it is green.",
                "C: Well.",
                "C: The lamp stays green.",
                "C: That is all.",
                "C: Oh, that's wonderful, thank you so much!",
            ],
        ]
        .concat(),
    );
    assert_eq!(calmer.mood.now().map(MoodLevel::word), Some(MoodWord::Pleased));
    assert!(calmer.mood.in_words().ends_with("pleased at line 13."), "{}", calmer.mood.in_words());
}

#[test]
fn intent_key_points_and_things_to_do_are_quoted_with_their_lines() {
    let lines = [&UPSET[..], &["I will send a technician tomorrow morning."]].concat();
    let found = insight(&lines);
    assert_eq!(statements(&found.intent)[0].1, [1]);
    assert!(found.key_points.statements().iter().any(|point| point.citations() == [3]), "{:?}", found.key_points);
    let actions = statements(&found.actions);
    assert!(actions.contains(&("Alice: “I will send a technician tomorrow morning.”", &[7][..])), "{actions:?}");
}

#[test]
fn what_is_open_is_suggested_and_what_was_said_is_not_suggested_again() {
    assert_eq!(why(&insight(&UPSET)), [ReplyReason::OpenQuestion, ReplyReason::Upset]);
    let heard = [&UPSET[..5], &["I am sorry. It will work again tomorrow.", "I will call you back at noon."]].concat();
    assert_eq!(why(&insight(&heard)), [ReplyReason::Promise]);
    let settled = [&heard[..], &["C: Yes, please do."]].concat();
    assert_eq!(why(&insight(&settled)), []);
}

#[test]
fn suggestions_are_in_the_callers_language_or_there_are_none() {
    let german = insight(&[
        "C: Guten Tag, mein Router funktioniert seit Montag nicht mehr, ich brauche dringend Hilfe.",
        "Guten Tag, das ist ärgerlich für Sie.",
        "C: Wann kommt denn endlich ein Techniker zu mir nach Hause und schaut sich das an?",
    ]);
    let words: Vec<_> = german.replies.iter().map(|reply| reply.words.text()).collect();
    assert!(words.iter().any(|words| words.starts_with("Sie haben gefragt")), "{words:?}");
    let polish = insight(&[
        "C: Dzień dobry, mój router nie działa od poniedziałku i bardzo potrzebuję pomocy, kiedy to naprawicie?",
    ]);
    assert_eq!(polish.replies, []);
}

#[test]
fn when_nothing_was_said_there_is_nothing_to_show() {
    let nothing = analyse(&Transcript::default(), &Context::default());
    assert!(nothing.is_blank());
    assert_eq!(nothing.lines_read, 0);
}

#[test]
fn a_question_is_answered_by_the_lines_that_have_its_words() {
    let talk = transcript(&[&UPSET[..], &["I will send a technician tomorrow morning."]].concat());
    let ask = |question| search(question, &talk, &context());
    let found = ask("When does the technician come?");
    assert_eq!(found.text, "Line 7, Alice: “I will send a technician tomorrow morning.”");
    assert_eq!(found.citations, [7]);
    assert_eq!(ask("What did we promise?").citations, [7]);
    assert_eq!(ask("What was tried?").citations, [3]);
    assert_eq!(ask("What is the mood?").citations, [5]);
    assert_eq!(ask("Is there an invoice number?").citations, [] as [u32; 0]);
    assert_eq!(ask("").text, "");
}

proptest! {
    #[test]
    fn whatever_is_said_and_asked_every_line_that_is_named_is_there(
        lines in proptest::collection::vec("(C: )?[ -~äßéñ¿“”]{1,80}", 0..20), question in "\\PC{0,120}",
    ) {
        let lines: Vec<&str> = lines.iter().map(String::as_str).filter(|line| !line.trim_start_matches("C: ").trim().is_empty()).collect();
        let talk = transcript(&lines);
        let found = analyse(&talk, &context());
        let is_there = |line: &u32| talk.line(*line).is_some();
        for section in [&found.intent, &found.key_points, &found.actions] {
            prop_assert!(section.statements().iter().flat_map(Statement::citations).all(is_there));
        }
        prop_assert!(found.replies.iter().flat_map(|reply| reply.words.citations()).all(is_there));
        prop_assert!(found.mood.points().iter().all(|point| is_there(&point.line)));
        prop_assert!(search(&question, &talk, &context()).citations.iter().all(is_there));
    }
}
