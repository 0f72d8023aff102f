//! What holds for every conversation.

use baton_domain::briefing::{Briefing, MAX_STATEMENT_CHARS, Statement};
use baton_domain::transcript::{Segment, SegmentText, Speaker, Transcript};
use baton_summariser::Context;
use proptest::prelude::*;

use crate::desk;

/// Words that the rules look for, so that chance finds the way into them.
const WORDS: [&str; 36] = [
    "I",
    "I'll",
    "we",
    "you",
    "my",
    "need",
    "restarted",
    "already",
    "promise",
    "can't",
    "decide",
    "?",
    ".",
    "!",
    "might",
    "solve",
    "invoice",
    "order number",
    "2026-1187",
    "€59.90",
    "since",
    "Monday",
    "frustrating",
    "thank you so much",
    "4111 1111 1111 1111",
    "carol@example.com",
    "+49 171 2345678",
    "My name is",
    "Zoë",
    "don't",
    "not",
    "if",
    "“",
    "Straße",
    "日本語",
    "🙂",
];

fn text() -> impl Strategy<Value = String> {
    let words = prop::collection::vec(prop::sample::select(&WORDS[..]), 1..25).prop_map(|words| words.join(" "));
    prop_oneof![words, any::<String>(), "[ -~]{1,300}"]
}

fn line() -> impl Strategy<Value = (bool, bool, SegmentText)> {
    let valid = text().prop_filter_map("a line has text", |text| SegmentText::new(&text).ok());
    (any::<bool>(), prop::bool::weighted(0.9), valid)
}

fn transcript() -> impl Strategy<Value = Transcript> {
    // Numbers with gaps: lines may be missing.
    prop::collection::vec((line(), 1_u32..4), 0..30).prop_map(|lines| {
        let mut number = 0;
        let segments = lines.into_iter().map(|((by_caller, is_final, text), step)| {
            number += step;
            let speaker = if by_caller { Speaker::Caller } else { Speaker::Agent("alice".parse().expect("valid")) };
            Segment { speaker, text, is_final, ..desk::segment(number, "x") }
        });
        Transcript::new(segments.collect()).expect("numbers rise")
    })
}

fn context() -> impl Strategy<Value = Context> {
    (any::<Option<String>>(), any::<Option<String>>(), any::<String>()).prop_map(
        |(caller_name, target, transferring_agent)| Context {
            caller_name,
            target,
            transferring_agent,
            ..Context::default()
        },
    )
}

fn texts(briefing: &Briefing) -> Vec<&str> {
    let statements = briefing.sections().into_iter().flat_map(|(_, section)| section.statements());
    statements.map(Statement::text).chain([briefing.opening_line.text()]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_citation_is_a_final_line_and_every_text_is_bounded(transcript in transcript(), context in context()) {
        let briefing = baton_summariser::brief(&transcript, &context);
        prop_assert_eq!(briefing.check_citations(&transcript), Ok(()));
        for text in texts(&briefing) {
            prop_assert!(text.chars().count() <= MAX_STATEMENT_CHARS);
            prop_assert!(!text.contains("4111 1111"));
        }
    }

    #[test]
    fn the_same_conversation_gives_the_same_briefing(transcript in transcript()) {
        let context = desk::context();
        prop_assert_eq!(baton_summariser::brief(&transcript, &context), baton_summariser::brief(&transcript, &context));
    }

    #[test]
    fn every_quotation_was_said(transcript in transcript()) {
        let briefing = baton_summariser::brief(&transcript, &desk::context());
        for statement in briefing.reason.statements() {
            let line = transcript.line(statement.citations()[0]).expect("cited lines exist");
            let said = line.text.as_str();
            let quote = statement.text().trim_start_matches("Carol: “").trim_end_matches('”').trim_end_matches('…');
            let first_words: String = quote.chars().take(12).collect();
            prop_assert!(said.contains(first_words.trim_end()) || quote.contains("[card") || said.contains("4111"), "{said:?} {quote:?}");
        }
    }
}
