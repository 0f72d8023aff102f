//! The arithmetic of the evaluation.

use baton_domain::briefing::{Briefing, Language, OpeningLine, Section, Source, Statement};
use baton_evaluation::{Conversation, LoadError, Score, details, score, table};

pub const WRITTEN: &str = r#"
title = "A parcel"
category = "support"
language = "en"
caller = "Carol"
from = "Alice"
to = "Bob"
transcript = '''
 1  0:01  Alice: Hello.
 2  0:02  Caller: My parcel 48213 is late.
 3  0:05  Alice: I’ll send another one tomorrow.
'''

[[facts]]
what = "late"
sections = ["reason"]
says = ["parcel|package", "late"]
lines = [2]

[[facts]]
what = "another one"
sections = ["promised"]
says = ["I'll send"]
lines = [3]

[[never]]
what = "no refund"
says = ["refund"]
"#;

pub fn conversation() -> Conversation {
    Conversation::parse("parcel", WRITTEN).expect("well written")
}

fn section(statements: &[(&str, &[u32])]) -> Section {
    statements.iter().map(|(text, lines)| Statement::new(text, lines.iter().copied()).expect("valid")).collect()
}

fn briefing(reason: &[(&str, &[u32])], promised: &[(&str, &[u32])]) -> Briefing {
    Briefing {
        source: Source::Local,
        language: Some(Language::english()),
        written_in: None,
        lines_read: 3,
        reason: section(reason),
        tried: Section::Unknown,
        promised: section(promised),
        mood: Section::Unknown,
        facts: Section::Unknown,
        to_decide: Section::Unknown,
        might_resolve: Section::Unknown,
        opening_line: OpeningLine::new("Hello", []).expect("valid"),
    }
}

fn scored(briefing: &Briefing) -> Score {
    score(&conversation(), Some(briefing))
}

#[test]
fn what_is_stated_in_its_place_with_its_line_is_right() {
    let total = scored(&briefing(&[("The package 48213 is late", &[2])], &[("I'll send another", &[3])])).total;
    assert_eq!((total.facts, total.found, total.in_place), (2, 2, 2));
    assert_eq!((total.citations, total.right_citations, total.unsupported, total.forbidden), (2, 2, 0, 0));
    assert_eq!((total.languages, total.right_languages), (1, 1));
}

#[test]
fn another_place_and_another_line_are_noticed() {
    let score = scored(&briefing(&[], &[("My parcel is late", &[1, 2])]));
    assert_eq!((score.total.found, score.total.in_place), (1, 0));
    assert_eq!((score.total.citations, score.total.right_citations), (2, 1));
    assert_eq!((score.missed, score.misplaced), (vec!["another one".to_owned()], vec!["late".to_owned()]));
}

#[test]
fn invented_words_and_numbers_are_unsupported() {
    let invented =
        scored(&briefing(&[("Parcel 99999 is late", &[2]), ("The moon consists of green cheese", &[2])], &[]));
    assert_eq!(invented.total.unsupported, 2);
    let forbidden = scored(&briefing(&[], &[("A refund comes tomorrow", &[3])]));
    assert_eq!(forbidden.total.forbidden, 1);
}

#[test]
fn a_briefing_that_did_not_come_misses_everything() {
    let score = score(&conversation(), None);
    assert_eq!((score.total.failed, score.total.found, score.missed.len()), (1, 0, 2));
}

#[test]
fn the_report_adds_up() {
    let score = scored(&briefing(&[("My parcel 48213 is late", &[2])], &[]));
    let table = table([("support", &score), ("billing", &score)]);
    assert!(table.contains("| support  |             1 |     2 |        50 % |"), "{table}");
    assert!(table.contains("| all      |             2 |     4 |        50 % |"), "{table}");
    assert_eq!(details("parcel", &score), "parcel: missed: another one\n");
}

#[test]
fn a_line_that_is_no_line_is_named() {
    let wrong = WRITTEN.replace(" 3  0:05", " 4  0:05");
    let error = Conversation::parse("parcel", &wrong).expect_err("line 3 is missing");
    assert!(matches!(error, LoadError::Line { number: 3, .. }), "{error}");
}
