use crate::briefing::{
    Briefing, BriefingText, BriefingTextError, Language, MAX_STATEMENT_CHARS, MAX_STATEMENTS, OpeningLine, Section,
    Source, Statement, StatementError, UnfoundedCitation,
};
use crate::transcript::Transcript;

fn statement(text: &str, citations: &[u32]) -> Statement {
    Statement::new(text, citations.iter().copied()).expect("a valid statement")
}

fn blank() -> Briefing {
    Briefing {
        source: Source::Local,
        language: None,
        written_in: None,
        lines_read: 0,
        reason: Section::Unknown,
        tried: Section::Unknown,
        promised: Section::Unknown,
        mood: Section::Unknown,
        facts: Section::Unknown,
        to_decide: Section::Unknown,
        might_resolve: Section::Unknown,
        opening_line: OpeningLine::new("Hello, I'm Bob.", []).expect("a valid line"),
    }
}

fn transcript() -> Transcript {
    let line = r#"[{"id":"00000000-0000-0000-0000-000000000001","number":1,"speaker":{"kind":"caller"},
        "text":"My router is broken","started_at":0,"ended_at":900,"is_final":true},
        {"id":"00000000-0000-0000-0000-000000000002","number":2,"speaker":{"kind":"agent","id":"alice"},
        "text":"I will","started_at":1000,"ended_at":null,"is_final":false}]"#;
    serde_json::from_str(line).expect("a valid transcript")
}

#[test]
fn a_statement_without_a_citation_cannot_be_made() {
    assert_eq!(Statement::new("The router is broken", []), Err(StatementError::Uncited));
    assert_eq!(Statement::new(" \n", [1]), Err(StatementError::Empty));
    let chars = MAX_STATEMENT_CHARS + 1;
    assert_eq!(Statement::new(&"a".repeat(chars), [1]), Err(StatementError::TooLong { chars }));
    assert_eq!(Statement::new("a", 0..40), Err(StatementError::TooManyCitations { citations: 40 }));
}

#[test]
fn citations_are_sorted_and_named_once() {
    assert_eq!(statement("a", &[3, 1, 3]).citations(), [1, 3]);
}

#[test]
fn a_section_is_unknown_when_nothing_is_stated_and_bounded_when_much_is() {
    assert_eq!(Section::from(Vec::new()), Section::Unknown);
    let many: Section = (1..100).map(|line| statement("a", &[line])).collect();
    assert_eq!(many.statements().len(), MAX_STATEMENTS);
}

#[test]
fn a_citation_of_a_missing_or_interim_line_is_found() {
    let mut briefing = blank();
    assert_eq!(briefing.check_citations(&transcript()), Ok(()));
    briefing.reason = [statement("The router is broken", &[1])].into_iter().collect();
    assert_eq!(briefing.check_citations(&transcript()), Ok(()));
    briefing.promised = [statement("Alice will", &[2])].into_iter().collect();
    assert_eq!(briefing.check_citations(&transcript()), Err(UnfoundedCitation { number: 2 }));
    briefing.promised = Section::Unknown;
    briefing.opening_line = OpeningLine::new("Hello", [7]).expect("a valid line");
    assert_eq!(briefing.check_citations(&transcript()), Err(UnfoundedCitation { number: 7 }));
}

#[test]
fn the_plain_text_says_what_is_known_with_its_lines_and_what_is_not() {
    let mut briefing = blank();
    briefing.reason = [statement("Carol's router is broken", &[1, 3])].into_iter().collect();
    let text = briefing.plain_text();
    assert!(
        text.starts_with(
            "Who calls and why\n- Carol's router is broken (lines 1, 3)\n\nAlready tried\n- Nothing was mentioned\n"
        ),
        "{text}"
    );
    assert!(text.ends_with("First sentence\n- Hello, I'm Bob.\n"), "{text}");
    assert!(!briefing.is_blank());
    assert!(blank().is_blank());
}

#[test]
fn a_briefing_that_knows_nothing_says_so_first() {
    let nothing = Briefing { lines_read: 0, ..blank() };
    assert_eq!(nothing.remark(), Some("Nothing was said yet"));
    assert!(nothing.plain_text().starts_with("Nothing was said yet\n\nWho calls and why\n- Not said yet\n"));
    assert_eq!(Briefing { lines_read: 2, ..blank() }.remark(), Some("Too little was said yet to tell anything"));
    let told =
        Briefing { lines_read: 2, reason: [statement("A broken router", &[1])].into_iter().collect(), ..blank() };
    assert_eq!(told.remark(), None);
}

#[test]
fn a_briefing_survives_the_wire_and_its_rules_hold_there_too() {
    let mut briefing = blank();
    briefing.source = Source::Model { name: "llama".to_owned() };
    briefing.language = Some(Language::english());
    briefing.facts = [statement("Invoice 2024-001234", &[1])].into_iter().collect();
    let json = serde_json::to_string(&briefing).expect("serialises");
    assert_eq!(serde_json::from_str::<Briefing>(&json).expect("deserialises"), briefing);
    let uncited = json.replace("\"citations\":[1]", "\"citations\":[]");
    assert!(
        serde_json::from_str::<Briefing>(&uncited)
            .expect_err("is refused")
            .to_string()
            .contains("cites at least one line")
    );
}

#[test]
fn an_edit_keeps_its_lines_and_loses_control_characters() {
    assert_eq!(BriefingText::new(" a\n\u{7}b ").map(String::from), Ok("a\nb".to_owned()));
    assert_eq!(BriefingText::new("\u{0}\n"), Err(BriefingTextError::Empty));
}

#[test]
fn a_language_is_a_tag() {
    assert!(Language::new("pt-BR").is_ok_and(|language| !language.is_english()));
    assert!(Language::new("en-GB").is_ok_and(|language| language.is_english()));
    for bad in ["", "e", "english", "en_US", "en-", "de-toolongasubtag"] {
        assert!(Language::new(bad).is_err(), "{bad}");
    }
}
